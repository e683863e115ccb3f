"""Counts of 0–9 stay hidden, and cannot be had by taking the shown ones from the whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from doorstep.indicators.showing import SMALLEST_SHOWN, shown_count, shown_counts

COUNTS = st.dictionaries(st.integers(1, 30), st.integers(0, 25), max_size=8)


def test_a_count_is_shown_from_ten_on() -> None:
    assert [shown_count(n) for n in (0, 1, 9, 10, 250)] == [None, None, None, 10, 250]


def test_the_next_smallest_is_hidden_with_a_lone_one() -> None:
    assert shown_counts({1: 3, 2: 40, 3: 12}, 55) == {1: None, 2: 40, 3: None}


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert shown_counts({1: 30, 2: 40}, 70) == {1: 30, 2: 40}


def test_two_empty_ones_beside_a_shown_whole_are_not_given_away() -> None:
    assert shown_counts({1: 0, 2: 0, 3: 50}, 50) == {1: None, 2: None, 3: None}


def test_people_in_no_part_cover_for_a_lone_one() -> None:
    assert shown_counts({1: 4, 2: 30, 3: 11}, 65) == {1: None, 2: 30, 3: None}


@given(COUNTS, st.integers(0, 12))
def test_no_hidden_count_can_be_narrowed_inside_nine(counts: dict[int, int], elsewhere: int) -> None:
    whole = sum(counts.values()) + elsewhere
    shown = shown_counts(counts, whole)
    assert {place for place, n in counts.items() if n < SMALLEST_SHOWN} <= {p for p, n in shown.items() if n is None}
    assert all(n is None or n == counts[place] for place, n in shown.items())
    hidden = [place for place, n in shown.items() if n is None]
    if not hidden or whole < SMALLEST_SHOWN:
        return
    left = whole - sum(n for n in shown.values() if n is not None)  # what anybody can work out
    if len(hidden) < len(counts):  # nothing more could have been hidden otherwise
        assert len(hidden) > 1
        assert left >= SMALLEST_SHOWN  # so each of them may be anything from 0 to 9
