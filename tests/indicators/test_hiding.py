"""Counts of 0–9 stay hidden, others are rounded, and no hidden one can be had by taking the shown ones from the whole."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from doorstep.indicators.hiding.rounding import bounds, rounded
from doorstep.indicators.showing import SMALLEST_SHOWN, Shown, shown, shown_count, shown_counts
from doorstep.indicators.values import Value
from tests.indicators.attacker import Attacker, narrowed

COUNTS = st.dictionaries(st.integers(1, 30), st.integers(0, 25), max_size=8)


def test_a_count_is_shown_from_ten_on_to_the_nearest_five() -> None:
    told = [shown_count(n) for n in (0, 1, 9, 10, 12, 13, 17, 18, 250)]
    assert told == [None, None, None, 10, 10, 15, 15, 20, 250]


def test_bounds_are_all_the_counts_that_read_the_same() -> None:
    for count in range(10, 200):
        low, high = bounds(count)
        same = [n for n in range(10, 220) if rounded(n) == rounded(count)]
        assert (low, high) == (same[0], same[-1])


def test_a_rate_follows_from_its_own_pair_as_shown() -> None:
    assert shown(Value("i", "p", 1, 33, 58, 100), True) == Shown(35, 60, Decimal("58.3"), False)
    assert shown(Value("i", "p", 1, 58, 33, 100), False) == Shown(60, 35, Decimal("171.4"), False)
    assert shown(Value("i", "p", 1, 52, 58, 100), True) == Shown(None, 60, None, True)
    assert shown(Value("i", "p", 1, 8, 58, 100), True) == Shown(None, 60, None, True)
    assert shown(Value("i", "p", 1, 20, 9, 100), False) == Shown(None, None, None, True)


def test_the_next_smallest_is_hidden_with_a_lone_one() -> None:
    assert shown_counts({1: 7, 2: 40, 3: 12}, 59) == {1: None, 2: 40, 3: None}


def test_rounding_alone_covers_a_lone_one_among_many() -> None:
    assert shown_counts({1: 3, 2: 40, 3: 10, 4: 22}, 75) == {1: None, 2: 40, 3: 10, 4: 20}


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert shown_counts({1: 30, 2: 40}, 70) == {1: 30, 2: 40}


def test_two_empty_ones_beside_a_shown_whole_are_not_given_away() -> None:
    assert shown_counts({1: 0, 2: 0, 3: 50}, 50) == {1: None, 2: None, 3: None}


@given(COUNTS, st.integers(0, 12))
def test_no_hidden_count_can_be_narrowed_inside_nine(counts: dict[int, int], elsewhere: int) -> None:
    whole = sum(counts.values()) + elsewhere
    told = shown_counts(counts, whole)
    assert {place for place, n in counts.items() if n < SMALLEST_SHOWN} <= {p for p, n in told.items() if n is None}
    assert all(n is None or n == rounded(counts[place]) for place, n in told.items())
    reader = Attacker()
    names = [*map(str, counts), *(["elsewhere"] if elsewhere else [])]
    if not names:
        return
    reader.reads("people", names, [1], shown_count(whole))
    for place, n in told.items():
        reader.reads("people", [str(place)], [1], n)
    small = [str(place) for place, n in counts.items() if n < SMALLEST_SHOWN]
    small += ["elsewhere"] if 0 < elsewhere < SMALLEST_SHOWN else []
    found = {name: narrowed(reader, reader.sum_of("people", [name], [1])) for name in small}
    assert found == dict.fromkeys(small)
