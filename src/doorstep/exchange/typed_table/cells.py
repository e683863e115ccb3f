"""A table somebody typed, cell by cell: what is printed there, the number it is, and with how many decimals."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from doorstep.exchange.grid import letter
from doorstep.exchange.problems import refuse
from doorstep.lib import packed
from doorstep.lib.problems import Problems

MOST_BYTES = 10_000_000
MOST_UNPACKED = 30_000_000
MOST_CELLS = 200_000
SUFFIXES = (".xlsx", ".csv")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?")
_UNITS = re.compile(r"^(?:人|例|个|名|次|户|份|人次|women|people|children|births)$", re.IGNORECASE)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([^"]+)"')
_PLACES = re.compile(r"0\.(0+)")


@dataclass(frozen=True, slots=True)
class Cell:
    """``number``: what it is as printed ('87%' is 87), None for words. ``places``: its decimals. ``unit``: '%', '‰'."""

    row: int
    column: int
    text: str
    number: Decimal | None = None
    places: int = 0
    unit: str = ""

    @property
    def ref(self) -> str:
        return f"{letter(self.column)}{self.row + 1}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its cells by row and column; a merged cell stands in each of those it was made of."""

    name: str
    cells: Mapping[tuple[int, int], Cell]

    @property
    def height(self) -> int:
        return 1 + max((r for r, _ in self.cells), default=-1)

    @property
    def width(self) -> int:
        return 1 + max((c for _, c in self.cells), default=-1)

    def row(self, r: int) -> list[Cell]:
        return [self.cells[r, c] for c in range(self.width) if (r, c) in self.cells]


def read(path: Path) -> list[Sheet]:
    """Every sheet of a file that holds anything. Raises Problems: unknown format, too large, unreadable."""
    if path.suffix.lower() not in SUFFIXES:
        raise refuse("exchange.unknown_format", file=path.name, known=", ".join(SUFFIXES))
    if path.stat().st_size > MOST_BYTES:
        raise refuse("exchange.table_too_large", file=path.name)
    found = [_separated(path)] if path.suffix.lower() == ".csv" else list(_workbook(path))
    return [sheet for sheet in found if sheet.cells]


def of_text(row: int, column: int, text: str) -> Cell:
    """A cell from what is written in it."""
    said = text.strip()
    plain = said.replace("％", "%").replace("\u3000", " ")
    found = _NUMBER.match(plain)
    if not found:
        return Cell(row, column, said)
    rest = plain[found.end() :].strip()
    if rest and rest not in ("%", "‰") and not _UNITS.match(rest):
        return Cell(row, column, said)
    digits = found[0].replace(",", "").replace("，", "")
    places = len(digits.partition(".")[2])
    return Cell(row, column, said, Decimal(digits), places, rest if rest in ("%", "‰") else "")


def _separated(path: Path) -> Sheet:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise refuse("exchange.unreadable_file", file=path.name, why="UTF-8, GB 18030")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    cells, width = {}, 0
    try:
        for r, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator)):
            width = max(width, len(row))
            if width * (r + 1) > MOST_CELLS:
                raise refuse("exchange.table_too_large", file=path.name)
            for c, said in enumerate(row):
                if said.strip():
                    cells[r, c] = of_text(r, c, said)
    except csv.Error as error:
        raise refuse("exchange.unreadable_file", file=path.name, why=str(error)) from error
    return Sheet("", cells)


def _workbook(path: Path) -> Iterator[Sheet]:
    found = packed.trouble(path, MOST_UNPACKED)
    if found == "bomb" or (not found and _bursts(path)):
        raise refuse("exchange.table_too_large", file=path.name)
    if found:
        raise refuse("exchange.unreadable_file", file=path.name, why=".xlsx")
    try:
        yield from _sheets(path)
    except (Problems, MemoryError):
        raise
    except Exception as error:  # whatever a broken file makes its reader raise, who sent it gets a sentence
        raise refuse("exchange.unreadable_file", file=path.name, why=type(error).__name__) from error


def _bursts(path: Path) -> bool:
    """Whether a sheet holds, or joins, more cells than are read: each would be made before it could be counted."""
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if _SHEET.fullmatch(part.filename):
                try:
                    content = archive.read(part)
                except (zipfile.BadZipFile, EOFError, ValueError, zlib.error):
                    return False  # its reader says so
                if len(_CELL.findall(content)) + sum(map(_joined, _MERGED.findall(content))) > MOST_CELLS:
                    return True
    return False


def _joined(ref: bytes) -> int:
    from openpyxl.utils.cell import range_boundaries

    try:
        left, top, right, bottom = range_boundaries(ref.decode())
    except (ValueError, TypeError):
        return 0
    if left is None or top is None or right is None or bottom is None:
        return MOST_CELLS + 1  # whole rows or columns
    return (right - left + 1) * (bottom - top + 1)


def _sheets(path: Path) -> Iterator[Sheet]:
    from openpyxl import load_workbook

    for page in load_workbook(path, data_only=True).worksheets:
        if page.max_row * page.max_column > MOST_CELLS:
            raise refuse("exchange.table_too_large", file=path.name)
        cells = {}
        for row in page.iter_rows():
            for one in row:
                if one.value is not None and str(one.value).strip():
                    cells[one.row - 1, one.column - 1] = _of_workbook(one)
        for joined in page.merged_cells.ranges:
            first = cells.get((joined.min_row - 1, joined.min_col - 1))
            if first is None:
                continue
            for r in range(joined.min_row - 1, joined.max_row):
                for c in range(joined.min_col - 1, joined.max_col):
                    cells.setdefault((r, c), first)
        yield Sheet(page.title, cells)


def _of_workbook(one: Any) -> Cell:
    r, c, value, form = one.row - 1, one.column - 1, one.value, str(one.number_format or "")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return of_text(r, c, str(value))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return Cell(r, c, str(value))
    if form.rstrip().endswith("%"):
        places = _places(form)
        shown = (number * 100).quantize(Decimal(1).scaleb(-places))
        return Cell(r, c, f"{shown}%", shown, places, "%")
    if number == number.to_integral_value() and not _places(form):
        return Cell(r, c, str(int(number)), Decimal(int(number)), 0)
    places = _places(form) if form not in ("General", "@", "") else max(0, -int(number.as_tuple().exponent))
    shown = number.quantize(Decimal(1).scaleb(-places))
    return Cell(r, c, str(shown), shown, places)


def _places(form: str) -> int:
    found = _PLACES.search(form.split(";")[0])
    return len(found[1]) if found else 0
