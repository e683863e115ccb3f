"""Comma-separated text. Written as UTF-8 with the mark that spreadsheets look for; read as UTF-8 or GB 18030."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from doorstep.exchange.grid import Grid, safe
from doorstep.exchange.problems import refuse

SUFFIXES = (".csv",)
SEPARATORS = ",;\t"
LONGEST_CELL = 100_000
MOST_CELLS = 1_000_000  # of 80,000 people and more


def read(path: Path) -> Grid:
    """The file as a grid. Raises Problems when it is not text."""
    text = _text(path)
    first_line = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first_line.count)
    csv.field_size_limit(LONGEST_CELL)
    rows, cells = [], 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            cells += len(row) + 1
            if cells > MOST_CELLS:
                raise refuse("exchange.table_too_large", file=path.name)
            rows.append(row)
        return Grid(rows)
    except csv.Error as error:
        raise refuse("exchange.unreadable_file", file=path.name, why=str(error)) from error


def write(path: Path, grid: Grid) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([safe(cell) for cell in row] for row in grid.rows)


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse("exchange.unreadable_file", file=path.name, why="UTF-8, GB 18030")
