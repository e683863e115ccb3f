"""Which figures a rate comes from. Nothing is guessed in silence: each relation says what it rests on.

``headings``: the headings name both sides (numerator and denominator, boys and girls, one name for rate and count).
``fits``: of the pairs that could be meant, one gives the printed rates of most lines.
``beside``: only two counts stand in that part of the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from doorstep.exchange.typed_table.cells import Cell
from doorstep.exchange.typed_table.heads import Heading
from doorstep.exchange.typed_table.tables import Line, Table

Basis = Literal["headings", "fits", "beside"]
SCALES = (100, 1000, 100_000, 10_000, 1)  # per how many, where a heading does not say
MOST_FIT, ENOUGH_FIT = 0.5, 2  # a pair is meant when so many of its lines, and no fewer than these, fit


@dataclass(frozen=True, slots=True)
class Pair:
    """Columns: ``top`` over ``bottom``. ``less``: taken from ``top`` first (boys are births less girls)."""

    top: int
    bottom: int
    less_top: int | None = None
    less_bottom: int | None = None

    def counts(self, line: Line) -> tuple[Decimal, Decimal] | None:
        """Both sides in one line; None where one is not there."""
        top, bottom = _count(line, self.top, self.less_top), _count(line, self.bottom, self.less_bottom)
        return (top, bottom) if top is not None and bottom else None


@dataclass(frozen=True, slots=True)
class Related:
    """A rate's column with the pair it comes from, per how many, and what that rests on."""

    rate: int
    pair: Pair
    per: int
    basis: Basis


def _count(line: Line, column: int, less: int | None) -> Decimal | None:
    cell = line.cells.get(column)
    if cell is None or cell.number is None or cell.number < 0:
        return None
    if less is None:
        return cell.number
    taken = line.cells.get(less)
    return None if taken is None or taken.number is None else cell.number - taken.number


def relate(table: Table) -> Iterator[tuple[int, Related | None]]:
    """Each rate's column with what it comes from, None where that cannot be told."""
    for column, head in enumerate(table.heads):
        if head.rate and any(_printed(line, column) is not None for line in table.lines):
            yield column, _sex_ratio(table, column) if head.sex_ratio else _rate(table, column)


def _printed(line: Line, column: int) -> Cell | None:
    cell = line.cells.get(column)
    return cell if cell is not None and cell.number is not None else None


def per_of(head: Heading, cell: Cell) -> tuple[int, ...]:
    """Per how many a printed rate may be: as its sign or heading says, else any that people use."""
    if cell.unit == "%":
        return (100,)
    if cell.unit == "‰":
        return (1000,)
    if head.per == 100:
        return (100, 1) if cell.number is not None and cell.number <= 1 and cell.places else (100,)
    return (head.per,) if head.per else SCALES


def fits(printed: Cell, top: Decimal, bottom: Decimal, per: int) -> bool:
    """Whether a printed rate is that of its pair, rounded to its own decimals (either way at a tie)."""
    assert printed.number is not None
    return abs(printed.number - top * per / bottom) <= Decimal("0.5").scaleb(-printed.places)


def _sex_ratio(table: Table, column: int) -> Related | None:
    """Boys per 100 girls; where one of them is not written, births less the other."""
    boys = _nearest(table, column, lambda h: h.boys)
    girls = _nearest(table, column, lambda h: h.girls)
    births = _nearest(table, column, lambda h: (h.births or h.total) and not h.boys and not h.girls)
    if boys is not None and girls is not None:
        return Related(column, Pair(boys, girls), 100, "headings")
    if births is not None and girls is not None:
        return Related(column, Pair(births, girls, less_top=girls), 100, "headings")
    if births is not None and boys is not None:
        return Related(column, Pair(boys, births, less_bottom=boys), 100, "headings")
    return None


def _nearest(table: Table, column: int, wanted: object) -> int | None:
    assert callable(wanted)
    found = [n for n, head in enumerate(table.heads) if wanted(head) and not head.rate]
    return min(found, key=lambda n: (table.groups[n] != table.groups[column], abs(n - column)), default=None)


def _rate(table: Table, column: int) -> Related | None:
    head = table.heads[column]
    near = _near(table, column)
    named = _named(table, column, near)
    pairs = [named] if named else [Pair(a, b) for a in near for b in near if a != b]
    best = _best(table, column, pairs)
    if named:
        per = best[3] if best is not None else _likely_per(table, column, named, head)
        return Related(column, named, per, "headings")
    if best is not None:
        pair, part, right, per = best
        if part == 1 or (part >= MOST_FIT and right >= ENOUGH_FIT):
            return Related(column, pair, per, "fits")
    if len(near) == 2:
        beside = _smaller_over_larger(table, near)
        return Related(column, beside, _likely_per(table, column, beside, head), "beside") if beside else None
    return None


def _near(table: Table, column: int) -> list[int]:
    """The counts a rate may come from: of its own group, else those since the rate before it, else all."""
    counts = [n for n, h in enumerate(table.heads) if not h.rate and _is_count(table, n)]
    group = table.groups[column]
    own = [n for n in counts if group and table.groups[n] == group]
    if len(own) >= 2:
        return own
    before = max((n for n, h in enumerate(table.heads) if h.rate and n < column), default=-1)
    since = [n for n in counts if before < n < column]
    return since if len(since) >= 2 else counts


def _is_count(table: Table, column: int) -> bool:
    cells = [line.cells[column] for line in table.lines if column in line.cells]
    return bool(cells) and any(c.number is not None for c in cells) and not any(c.unit for c in cells)


def _named(table: Table, column: int, near: Sequence[int]) -> Pair | None:
    """The pair the headings name: 'numerator' and 'denominator', or a count of the rate's own name and one more."""
    top = [n for n in near if table.heads[n].top]
    bottom = [n for n in near if table.heads[n].bottom]
    if len(top) == 1 and len(bottom) == 1:
        return Pair(top[0], bottom[0])
    stem = table.heads[column].stem
    own = [n for n in near if stem and _same_name(table.heads[n].stem, stem)]
    rest = [n for n in near if n not in own]
    if len(own) == 1 and len(rest) == 1:
        return Pair(own[0], rest[0])
    return None


def _same_name(one: str, other: str) -> bool:
    return bool(one) and (one in other or other in one)


def _best(table: Table, column: int, pairs: Sequence[Pair]) -> tuple[Pair, float, int, int] | None:
    """The pair and 'per how many' that give most printed rates: with that part of the lines, and how many it is."""
    found: list[tuple[float, int, Pair, int]] = []
    head = table.heads[column]
    for pair in pairs:
        for per in (head.per,) if head.per and head.per != 100 else SCALES:
            asked = [(cell, pair.counts(line)) for line in table.lines if (cell := _printed(line, column)) is not None]
            able = [(cell, both) for cell, both in asked if both is not None and per in per_of(head, cell)]
            right = sum(1 for cell, both in able if fits(cell, *both, per))
            if right:
                found.append((right / len(able), right, pair, per))
    if not found:
        return None
    part, right, pair, per = max(found, key=lambda one: (one[0], one[1]))
    return pair, part, right, per


def _smaller_over_larger(table: Table, near: Sequence[int]) -> Pair | None:
    """Of two counts the one that is never the larger is counted out of the other."""
    a, b = near
    both = [(line.cells[a].number, line.cells[b].number) for line in table.lines if a in line.cells and b in line.cells]
    known = [(x, y) for x, y in both if x is not None and y is not None]
    if known and all(x <= y for x, y in known):
        return Pair(a, b)
    return Pair(b, a) if known and all(y <= x for x, y in known) else None


def _likely_per(table: Table, column: int, pair: Pair, head: Heading) -> int:
    """Where no rate fits: the 'per how many' whose rates come nearest to what is printed."""
    off: dict[int, Decimal] = {}
    for line in table.lines:
        cell, both = _printed(line, column), pair.counts(line)
        if cell is None or both is None:
            continue
        assert cell.number is not None
        for per in per_of(head, cell):
            exact = both[0] * per / both[1]
            wide = max(exact, cell.number, Decimal("0.000001"))
            off[per] = off.get(per, Decimal(0)) + abs(exact - cell.number) / wide
    return min(off, key=lambda per: off[per], default=head.per or 100)
