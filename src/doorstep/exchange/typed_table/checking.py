"""The check itself: every rate and total recomputed from its own figures, with the rounding its own decimals show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path

from doorstep.exchange.typed_table.cells import Cell, Sheet, read
from doorstep.exchange.typed_table.relating import Pair, Related, fits, per_of, relate
from doorstep.exchange.typed_table.sums import Sum, sums_in
from doorstep.exchange.typed_table.tables import Line, Table, tables_in
from doorstep.lib.problems import Problem, Where

_WRITTEN_OUT = re.compile(
    r"(?P<rate>\d+(?:\.\d+)?)\s*(?P<unit>[%％‰])\s*[（(]\s*(?P<top>\d[\d,，]*)\s*(?:/|÷|of|／)\s*(?P<bottom>\d[\d,，]*)\s*[)）]"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the check found. ``wrong``: rates and totals that do not follow from their own figures; ``unrelated``: those
    nobody can relate to any figures; ``right``: how many do follow. ``nothing``: no rate or total was found at all."""

    wrong: tuple[Problem, ...]
    unrelated: tuple[Problem, ...]
    right: int

    @property
    def nothing(self) -> bool:
        return not self.wrong and not self.unrelated and not self.right


def check(path: Path, name: str = "") -> Answer:
    """Check a table somebody typed. ``name``: what the file is called, if ``path`` is only where it lies.

    Raises Problems for a file that cannot be read as a table.
    """
    found = _Found(name or path.name)
    for sheet in read(path):
        for table in tables_in(sheet):
            found.rates(table)
            for one in sums_in(table):
                found.sum(table, one)
        found.written_out(sheet)
    return Answer(tuple(found.wrong), tuple(found.unrelated), found.right)


class _Found:
    def __init__(self, file: str):
        self.file = file
        self.wrong: list[Problem] = []
        self.unrelated: list[Problem] = []
        self.right = 0

    def _where(self, sheet: str, ref: str) -> Where:
        return Where(file=self.file, sheet=sheet, item=ref)

    def rates(self, table: Table) -> None:
        for column, related in relate(table):
            for line in table.lines:
                cell = line.cells.get(column)
                if cell is None or cell.number is None:
                    continue
                if related is None:
                    args = {"title": table.heads[column].text, "printed": cell.text}
                    self.unrelated.append(Problem("exchange.rate_unrelated", self._where(table.sheet, cell.ref), args))
                else:
                    self._rate(table, line, cell, related)

    def _rate(self, table: Table, line: Line, cell: Cell, related: Related) -> None:
        head, counts = table.heads[related.rate], related.pair.counts(line)
        where = self._where(table.sheet, cell.ref)
        if counts is None:
            args = {"title": head.text, "printed": cell.text}
            self.unrelated.append(Problem("exchange.rate_without_pair", where, args))
            return
        pers = per_of(head, cell)
        per = related.per if related.per in pers else pers[0]
        if any(fits(cell, *counts, one) for one in {per, *(pers if len(pers) < 3 else ())}):
            self.right += 1
            return
        exact = counts[0] * per / counts[1]
        args = {
            "title": head.text,
            "line": line.label,
            "printed": cell.text,
            "is": _rounded(exact, cell),
            "one": f"{exact.quantize(Decimal('0.1'), ROUND_HALF_UP)}{cell.unit}",
            "pair": f"{_pair(line, related.pair)} × {per:,}",
        }
        code = "cut_off" if _is_cut_off(cell, exact) else "differs"
        self.wrong.append(Problem(f"exchange.rate_{code}_{related.basis}", where, args))

    def sum(self, table: Table, one: Sum) -> None:
        if one.follows:
            self.right += 1
            return
        parts = " + ".join(part.ref for part in one.parts)
        args = {"printed": one.cell.text, "is": f"{one.exact:,}", "parts": parts}
        self.wrong.append(Problem("exchange.total_differs", self._where(table.sheet, one.cell.ref), args))

    def written_out(self, sheet: Sheet) -> None:
        """Rates with their pair in one sentence: '87%（2199/2444）'."""
        seen: set[str] = set()
        for cell in sheet.cells.values():
            for said in _WRITTEN_OUT.finditer(cell.text) if cell.number is None and cell.ref not in seen else ():
                self._in_words(sheet, cell, said)
            seen.add(cell.ref)

    def _in_words(self, sheet: Sheet, cell: Cell, said: re.Match[str]) -> None:
        top, bottom = (Decimal(re.sub("[,，]", "", said[side])) for side in ("top", "bottom"))
        places = len(said["rate"].partition(".")[2])
        unit = said["unit"].replace("％", "%")
        printed = Cell(cell.row, cell.column, said[0], Decimal(said["rate"]), places, unit)
        per = per_of_unit(unit)
        if not bottom or fits(printed, top, bottom, per):
            self.right += bool(bottom)
            return
        exact = top * per / bottom
        args = {"title": said[0], "line": "", "printed": f"{said['rate']}{unit}", "is": _rounded(exact, printed),
                "one": f"{exact.quantize(Decimal('0.1'), ROUND_HALF_UP)}{unit}", "pair": f"{top:,} ÷ {bottom:,} × {per:,}"}  # fmt: skip
        self.wrong.append(Problem("exchange.rate_differs_headings", self._where(sheet.name, cell.ref), args))


def per_of_unit(unit: str) -> int:
    return 1000 if unit == "‰" else 100


def _rounded(exact: Decimal, printed: Cell) -> str:
    return f"{exact.quantize(Decimal(1).scaleb(-printed.places), ROUND_HALF_UP)}{printed.unit}"


def _is_cut_off(printed: Cell, exact: Decimal) -> bool:
    """Whether the further decimals were cut off instead of rounded."""
    return exact.quantize(Decimal(1).scaleb(-printed.places), ROUND_DOWN) == printed.number


def _pair(line: Line, pair: Pair) -> str:
    return f"{_side(line, pair.top, pair.less_top)} ÷ {_side(line, pair.bottom, pair.less_bottom)}"


def _side(line: Line, column: int, less: int | None) -> str:
    cell = line.cells[column]
    assert cell.number is not None
    if less is None:
        return f"{cell.number:,} ({cell.ref})"
    taken = line.cells[less]
    assert taken.number is not None
    return f"{cell.number - taken.number:,} ({cell.ref} − {taken.ref})"
