"""What of the round's table may be shown: no count of 0 to 9 can be worked out from the rest of it."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from doorstep.indicators.board import FAMILIES
from doorstep.indicators.hiding.pages import Cell, Shape, Standing, to_hide
from doorstep.indicators.hiding.rounding import rounded
from doorstep.indicators.rounds import DONE, KINDS, NOT_IN, SHAPE, TO_DO
from tests.indicators.attacker import Attacker, narrowed

AREA = 0


def table(rng: random.Random, villages: int, most: int) -> dict[Cell, int]:
    counts: dict[Cell, int] = {}
    for place in range(1, villages + 1):
        families = rng.randint(0, most)
        done = rng.choice((0, families, rng.randint(0, families)))
        counts |= {(place, FAMILIES): families, (place, DONE): done, (place, TO_DO): families - done}
        counts[place, NOT_IN] = rng.randint(0, families - done)
        counts |= {(place, kind): rng.choice((0, 0, 3, 12, 40)) for kind in KINDS[4:]}
    for kind in KINDS:
        counts[AREA, kind] = sum(counts[p, kind] for p in range(1, villages + 1))
    return counts


def worked_out(shown: Mapping[Cell, int | None], counts: Mapping[Cell, int]) -> dict[Cell, tuple[int, int]]:
    """What an attacker gets of the small ones, who knows that done and to do make the families."""
    villages = sorted({place for place, _ in counts} - {AREA})
    reader = Attacker([(NOT_IN, TO_DO)])

    def terms(cell: Cell) -> tuple[int, ...]:
        place, kind = cell
        where = [str(p) for p in (villages if place == AREA else [place])]
        kinds = (DONE, TO_DO) if kind == FAMILIES else (kind,)
        return tuple(a for k in kinds for a in reader.sum_of(k, where, [1]))

    for cell, n in shown.items():
        known = terms(cell)
        if n is not None:
            reader.facts.append((known, max(10, n - 2), n + 2))
    found = {cell: narrowed(reader, terms(cell)) for cell, n in counts.items() if n < 10}
    return {cell: left for cell, left in found.items() if left}


def hide(counts: Mapping[Cell, int]) -> dict[Cell, int | None]:
    villages = sorted({place for place, _ in counts} - {AREA})
    inside = {AREA: villages, **{place: [] for place in villages}}
    of_register = {cell: n for cell, n in counts.items() if cell[1] == FAMILIES}
    register = Standing(of_register, to_hide(of_register, inside, Shape()))
    standing = Standing(counts, to_hide(counts, inside, SHAPE, told=register))
    assert {cell: standing.shown(cell) for cell in of_register} == {cell: register.shown(cell) for cell in of_register}
    return {cell: standing.shown(cell) for cell in counts}


@pytest.mark.parametrize("seed", range(20))
def test_no_small_count_can_be_worked_out(seed: int) -> None:
    rng = random.Random(seed)
    counts = table(rng, rng.randint(1, 6), rng.choice((12, 40, 200)))
    shown = hide(counts)
    assert [cell for cell, n in counts.items() if n < 10 and shown[cell] is not None] == []
    assert {cell: n for cell, n in shown.items() if n is not None and n != rounded(counts[cell])} == {}
    assert worked_out(shown, counts) == {}


def test_large_counts_are_shown() -> None:
    counts = {(p, k): 40 for p in (AREA, 1) for k in KINDS} | {(p, FAMILIES): 80 for p in (AREA, 1)}
    counts |= {(p, NOT_IN): 20 for p in (AREA, 1)}
    assert hide(counts) == counts


def test_the_attacker_of_this_test_is_one() -> None:
    done = {AREA: 30, 1: 25, 2: 5}
    counts = {(p, k): n if k in (DONE, FAMILIES) else 0 for p, n in done.items() for k in KINDS}
    shown = dict.fromkeys(counts) | {(AREA, DONE): 30, (1, DONE): 25}
    assert worked_out(shown, counts)[2, DONE] == (1, 9)
