"""Totals of a typed table: a line or column that is the sum of the others. Only where that is meant beyond doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from doorstep.exchange.typed_table.cells import Cell
from doorstep.exchange.typed_table.heads import is_part, is_subtotal, is_total
from doorstep.exchange.typed_table.tables import Line, Table


@dataclass(frozen=True, slots=True)
class Sum:
    """A printed total and what its parts come to."""

    cell: Cell
    parts: tuple[Cell, ...]

    @property
    def exact(self) -> Decimal:
        return sum((part.number for part in self.parts if part.number is not None), Decimal(0))

    @property
    def follows(self) -> bool:
        return self.cell.number == self.exact


def sums_in(table: Table) -> Iterator[Sum]:
    """Every total of a table that can be added up."""
    yield from _of_lines(table)
    yield from _of_columns(table)


def _of_lines(table: Table) -> Iterator[Sum]:
    """The one line called a total, first or last: the sum of the plain lines, or of the subtotals."""
    totals = [line for line in table.lines if is_total(line.label) and not is_subtotal(line.label)]
    if len(totals) != 1 or totals[0] not in (table.lines[0], table.lines[-1]):
        return
    others = [line for line in table.lines if line is not totals[0] and not is_part(line.label)]
    plain = [line for line in others if not is_subtotal(line.label)]
    subtotals = [line for line in others if is_subtotal(line.label)]
    for column, head in enumerate(table.heads):
        if head.rate or column not in totals[0].cells:
            continue
        choices = [one for one in (_cells(plain, column), _cells(subtotals, column)) if len(one) > 1]
        sums = [Sum(totals[0].cells[column], parts) for parts in choices if _whole(totals[0].cells[column], parts)]
        if sums:
            yield next((one for one in sums if one.follows), sums[0])


def _of_columns(table: Table) -> Iterator[Sum]:
    """A column called a total whose next columns, of the same group, add up to it in most lines."""
    for column, head in enumerate(table.heads):
        if not head.total:
            continue
        parts = _beside(table, column)
        if len(parts) < 2:
            continue
        found = [one for line in table.lines if (one := _of_line(line, column, parts)) is not None]
        right = sum(one.follows for one in found)
        if right >= 2 and right * 2 >= len(found):
            yield from found


def _beside(table: Table, column: int) -> list[int]:
    """The counts to the right of a total in its group, up to the next rate or total."""
    parts = []
    for n in range(column + 1, len(table.heads)):
        if table.heads[n].rate or table.heads[n].total or table.groups[n] != table.groups[column]:
            break
        parts.append(n)
    return parts


def _of_line(line: Line, column: int, parts: Sequence[int]) -> Sum | None:
    cells = tuple(line.cells[n] for n in parts if n in line.cells)
    total = line.cells.get(column)
    return Sum(total, cells) if total is not None and len(cells) == len(parts) and _whole(total, cells) else None


def _cells(lines: Sequence[Line], column: int) -> tuple[Cell, ...]:
    return tuple(line.cells[column] for line in lines if column in line.cells)


def _whole(total: Cell, parts: Sequence[Cell]) -> bool:
    """Whether all of it is numbers without a sign of a rate: what is hidden or left out cannot be added."""
    return all(cell.number is not None and not cell.unit for cell in (total, *parts))
