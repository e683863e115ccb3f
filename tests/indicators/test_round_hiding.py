"""What of the round's table may be shown: no count of 0 to 9 can be worked out from the rest of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest

from doorstep.indicators.rounds import DONE, FAMILIES, KINDS, NOT_IN, TO_DO, Cell, hide

AREA = 0


def table(rng: random.Random, villages: int, most: int) -> tuple[dict[Cell, int], list[list[Cell]]]:
    counts: dict[Cell, int] = {}
    for place in range(1, villages + 1):
        families = rng.randint(0, most)
        done = rng.choice((0, families, rng.randint(0, families)))
        counts |= {(place, FAMILIES): families, (place, DONE): done, (place, TO_DO): families - done}
        counts[place, NOT_IN] = rng.randint(0, families - done)
        counts |= {(place, kind): rng.choice((0, 0, 3, 12, 40)) for kind in KINDS[4:]}
    for kind in KINDS:
        counts[AREA, kind] = sum(counts[p, kind] for p in range(1, villages + 1))
    rows = [[(p, k) for k in (FAMILIES, DONE, TO_DO)] for p in range(villages + 1)]
    columns = [[(AREA, kind), *((p, kind) for p in range(1, villages + 1))] for kind in KINDS]
    return counts, rows + columns


def worked_out(shown: Mapping[Cell, int | None], sums: Sequence[Sequence[Cell]]) -> dict[Cell, int]:
    """What an attacker gets who only adds and takes away, and knows that no count is below nought."""
    low = {cell: n if n is not None else 0 for cell, n in shown.items()}
    high = {cell: n if n is not None else 10**9 for cell, n in shown.items()}
    for _ in range(50):
        before = dict(low), dict(high)
        for whole, *parts in sums:
            low[whole] = max(low[whole], sum(low[p] for p in parts))
            high[whole] = min(high[whole], sum(high[p] for p in parts))
            for part in parts:
                others = [p for p in parts if p != part]
                high[part] = min(high[part], high[whole] - sum(low[p] for p in others))
                low[part] = max(low[part], low[whole] - sum(high[p] for p in others))
        if before == (low, high):
            break
    return {cell: low[cell] for cell, n in shown.items() if n is None and high[cell] < 10}


@pytest.mark.parametrize("seed", range(60))
def test_no_small_count_can_be_worked_out(seed: int) -> None:
    rng = random.Random(seed)
    counts, sums = table(rng, rng.randint(1, 8), rng.choice((12, 40, 200)))
    shown = hide(counts, sums)
    assert [cell for cell, n in counts.items() if n < 10 and shown[cell] is not None] == []
    assert {cell: n for cell, n in shown.items() if n is not None and n != counts[cell]} == {}
    assert worked_out(shown, sums) == {}


def test_large_counts_are_shown() -> None:
    counts = {(p, k): 20 * (p + 1) for p in (AREA, 1) for k in KINDS}
    assert hide(counts, [[(AREA, DONE), (1, DONE)]]) == counts


def test_the_attacker_of_this_test_is_one() -> None:
    whole, a, b = (AREA, DONE), (1, DONE), (2, DONE)
    assert worked_out({whole: 30, a: 25, b: None}, [[whole, a, b]]) == {b: 5}


def test_a_hidden_whole_is_not_given_away_by_its_parts() -> None:
    """The second village's families are hidden for the first one's sake; done and to do together would tell them."""
    counts = {(AREA, FAMILIES): 65, (1, FAMILIES): 5, (2, FAMILIES): 60, (2, DONE): 30, (2, TO_DO): 30}
    sums = [[(AREA, FAMILIES), (1, FAMILIES), (2, FAMILIES)], [(2, FAMILIES), (2, DONE), (2, TO_DO)]]
    shown = hide(counts, sums)
    assert worked_out(shown, sums) == {}
    assert sorted(n for n in shown.values() if n is not None) == [30, 65]
