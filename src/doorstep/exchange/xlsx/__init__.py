"""Excel workbooks: the first sheet that holds anything."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from doorstep.exchange.grid import Grid, safe
from doorstep.exchange.problems import refuse
from doorstep.lib import packed
from doorstep.lib.problems import Problems

SUFFIXES = (".xlsx",)
MOST_UNPACKED = 100_000_000  # bytes
MOST_CELLS = 1_000_000  # of 80,000 people and more
WIDTH = 14
_MERGED = re.compile(rb'<mergeCell\s[^>]*ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')


def read(path: Path) -> Grid:
    """The first sheet with content as a grid. Raises Problems when it is no workbook, or larger than a register can be."""
    found = packed.trouble(path, MOST_UNPACKED)
    if found == "bomb":
        raise refuse("exchange.table_too_large", file=path.name)
    if found:
        raise refuse("exchange.unreadable_file", file=path.name, why=".xlsx")
    try:
        return _first_with_content(path)
    except (Problems, MemoryError):
        raise
    except Exception as error:  # whatever a broken file makes its reader raise, who sent it gets a sentence
        raise refuse("exchange.unreadable_file", file=path.name, why=type(error).__name__) from error


def _first_with_content(path: Path) -> Grid:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for number, sheet in enumerate(book.worksheets, start=1):
            rows = _rows(sheet, path.name)
            if any(any(row) for row in rows):
                return Grid(rows, sheet.title, _merged(path, number))
    finally:
        book.close()
    return Grid([])


def _rows(sheet: Any, file: str) -> list[list[str]]:
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    rows, cells = [], 0
    for row in sheet.iter_rows(values_only=True):
        cells += len(row) + 1
        if cells > MOST_CELLS:
            raise refuse("exchange.table_too_large", file=file)
        rows.append([_text(cell) for cell in row])
    return rows


def write(path: Path, grid: Grid) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(grid.sheet or None)
        heading = book.add_format({"bold": True, "bottom": 1})
        as_text = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(row) for row in grid.rows) - 1 if grid.rows else 0, WIDTH, as_text)
        for r, row in enumerate(grid.rows):
            for c, cell in enumerate(row):
                sheet.write_string(r, c, safe(cell), heading if r == 0 else as_text)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _merged(path: Path, number: int) -> tuple[str, ...]:
    """Merged cells of the sheet; reading row by row does not tell them, so they are looked up in the sheet's own file."""
    with zipfile.ZipFile(path) as book:
        name = f"xl/worksheets/sheet{number}.xml"
        if name not in book.namelist():
            return ()
        return tuple(ref.decode() for ref in _MERGED.findall(book.read(name)))
