"""Small numbers stay hidden from somebody who solves for them (charter C16). The controls take one part of the
protection away and show that the same attacker then succeeds."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from doorstep.engine.model.pack import IndicatorDef
from doorstep.indicators.hiding import figures, ledger
from doorstep.places.queries import Node, Tree
from tests.indicators.town import (
    BORN,
    CALLS,
    COUNTY,
    INDICATORS,
    MONTHS,
    SEEN,
    SEEN_TWICE,
    Months,
    Raw,
    Town,
    _measure,
    late_records,
    some_report,
    town,
)

EAST, WEST = 2, 3
YEAR: Months = tuple(MONTHS)


def history(seed: int, steps: int = 4, most_townships: int = 2) -> Town:
    """Reports of all kinds published one after the other, old states asked for again, late records in between."""
    rng = random.Random(seed)
    one = town(rng, f"town-{seed}", rng.randint(1, most_townships), rng.randint(1, 3), rng.choice((3.0, 12.0, 40.0)))
    for _ in range(steps):
        state = len(one.states) - 1
        if rng.random() < 0.25:
            state = late_records(rng, one)
        elif rng.random() < 0.2:
            state = rng.randrange(len(one.states))
        one.publish(*some_report(rng, one), state)
    return one


def given_away(one: Town) -> list[object]:
    return [found for state in range(len(one.states)) for found in one.given_away(state)]


@pytest.mark.parametrize("seed", range(8))
def test_nobody_can_work_out_a_hidden_count(store: None, seed: int) -> None:
    one = history(seed)
    assert given_away(one) == []


@pytest.mark.parametrize("seed", [31, 35])  # 35 was once broken into
def test_nor_in_a_wider_town_with_a_longer_history(store: None, seed: int) -> None:
    one = history(seed, steps=5, most_townships=3)
    assert given_away(one) == []


def two_villages(calls: dict[tuple[int, int], int]) -> Town:
    """A township and its two villages, with so many calls by village and month and nothing else."""
    nodes = [Node(COUNTY, "c", "township", {}, None), *(Node(v, f"c-{v}", "village", {}, COUNTY) for v in (EAST, WEST))]
    raw: Raw = {(m, v, month): 0 for m in (BORN, SEEN, SEEN_TWICE, CALLS) for v in (EAST, WEST) for month in MONTHS}
    raw |= {(CALLS, *where): count for where, count in calls.items()}
    villages = {COUNTY: (EAST, WEST), EAST: (EAST,), WEST: (WEST,)}
    return Town(Tree(nodes), villages, [raw], SimpleNamespace(id="two", indicators=INDICATORS))


def beside_each_other() -> Town:
    one = two_villages({(EAST, 1): 7, (WEST, 1): 33})
    one.publish(["third"], [COUNTY, EAST, WEST], [(1,)], 0)
    return one


def test_a_second_count_is_hidden_with_a_lone_one(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    one = beside_each_other()
    assert [p.shown for p in one.printed] == [40, None, None]
    assert given_away(one) == []


def test_without_hiding_a_second_one_the_attacker_wins(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "protect", lambda system: set())
    assert given_away(beside_each_other()) == [(CALLS, EAST, (1,), (1, 9))]


def one_area_after_the_other() -> Town:
    one = beside_each_other()
    one.publish(["third"], [WEST], [(1,)], 0)
    return one


def test_what_was_hidden_once_is_hidden_always(store: None) -> None:
    one = one_area_after_the_other()
    assert one.printed[-1].shown is None
    assert given_away(one) == []
    grown = {**one.states[0], (CALLS, EAST, 1): 48}
    one.states.append(grown)
    one.publish(["third"], [COUNTY, EAST, WEST], [(1,)], 1)
    assert [p.shown for p in one.printed[-3:]] == [80, None, None]


def test_without_the_ledger_the_attacker_wins(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "rows", lambda *_: [])
    assert given_away(one_area_after_the_other()) == [(CALLS, EAST, (1,), (1, 9))]


def months_then_their_quarter() -> Town:
    one = two_villages({(EAST, 1): 5, (EAST, 2): 12, (EAST, 3): 12})
    one.publish(["third"], [EAST], [(1,), (2,), (3,)], 0)
    one.publish(["third"], [EAST], [(1, 2, 3)], 0)
    return one


def test_a_sum_is_hidden_that_would_give_an_older_count_away(store: None) -> None:
    one = months_then_their_quarter()
    assert [p.shown for p in one.printed] == [None, 10, 10, None]
    assert given_away(one) == []


def test_without_comparing_with_older_tables_the_attacker_wins(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger still says what was hidden; what was shown is forgotten."""
    rows = ledger.rows
    monkeypatch.setattr(ledger, "rows", lambda *asked: [row for row in rows(*asked) if row.hidden])
    assert given_away(months_then_their_quarter()) == [(CALLS, EAST, (1,), (4, 12))]


def test_who_was_left_out_is_a_count_too(store: None) -> None:
    one = two_villages({})
    one.states[0] |= {(BORN, EAST, 1): 60, (SEEN, EAST, 1): 56}
    one.publish(["first"], [EAST], [(1,)], 0)
    assert [(p.measure, p.shown) for p in one.printed] == [(SEEN, None), (BORN, 60)]
    assert given_away(one) == []


def test_looking_back_to_a_small_count_does_not_hide_what_it_is_today(store: None) -> None:
    one = two_villages({(EAST, 1): 48, (WEST, 1): 60})
    one.publish(["third"], [EAST], [(1,)], 0)
    few = {**one.states[0], (CALLS, EAST, 1): 7}
    one.states.append(few)
    one.publish(["third"], [EAST], [(1,)], 1, looking_back=True)
    one.publish(["third"], [EAST], [(1,)], 0)
    one.publish(["third"], [EAST], [(1,)], 1, looking_back=True)
    assert [p.shown for p in one.printed] == [50, None, 50, None]
    assert given_away(one) == []
    one.publish(["third"], [EAST], [(1,)], 1)  # not looking back: it is hidden for good
    one.publish(["third"], [EAST], [(1,)], 0)
    assert [p.shown for p in one.printed[-2:]] == [None, None]


def test_where_both_sides_count_the_same_nobody_is_left_out(store: None) -> None:
    one = two_villages({(EAST, 1): 60})
    one.pack = SimpleNamespace(
        id="same", indicators={"first": IndicatorDef("first", {}, _measure(CALLS), _measure(CALLS))}
    )
    one.publish(["third"], [EAST], [(1,)], 0)
    assert [(p.measure, p.shown) for p in one.printed] == [(CALLS, 60)]


def test_two_who_publish_at_once_do_not_pass_each_other(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is deciding, another publishes the sum that must not stand beside it: the first decides anew."""
    one = two_villages({(EAST, 1): 5, (EAST, 2): 12, (EAST, 3): 12})
    protect, meanwhile = figures.protect, [1]

    def slowly(system: figures.System) -> set[int]:
        if meanwhile:
            meanwhile.clear()
            one.publish(["third"], [EAST], [(1, 2, 3)], 0)
        return protect(system)

    monkeypatch.setattr(figures, "protect", slowly)
    one.publish(["third"], [EAST], [(1,), (2,), (3,)], 0)
    assert [(p.months, p.shown) for p in one.printed] == [((1, 2, 3), 30), ((1,), None), ((2,), None), ((3,), 10)]
    assert given_away(one) == []


def test_the_same_counts_are_shown_the_same_again(store: None) -> None:
    one = months_then_their_quarter()
    changes, before = ledger.changes(), [(p.months, p.shown) for p in one.printed]
    one.publish(["third"], [EAST], [(1, 2, 3), (1,), (2,), (3,)], 0)
    assert sorted((p.months, p.shown is None) for p in one.printed[4:]) == sorted((m, s is None) for m, s in before)
    assert ledger.changes() == changes
