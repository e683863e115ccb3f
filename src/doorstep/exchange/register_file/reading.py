"""From a file to a table with one row of headers, or to sentences about what is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from doorstep.exchange.grid import Grid, format_of, letter, plain
from doorstep.exchange.problems import at, refuse
from doorstep.exchange.register_file.mapping import field_of, titles
from doorstep.lib.problems import Problem, Problems

LOOK_FOR_HEADERS = 20  # rows at the top that may hold titles and notes
ENOUGH_HEADERS = 2
MOST_MERGED = 5  # named in the sentence


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``number`` is the row as the spreadsheet counts."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    file: str
    sheet: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """The people's table in a file. Raises Problems: all that is wrong with its shape, each with what to do."""
    grid = format_of(path).read(path)
    lines = [tuple(plain(cell) for cell in row) for row in grid.rows]
    found = _header_row(lines)
    if found is None:
        raise refuse("exchange.no_header", file=path.name, sheet=grid.sheet, wanted=", ".join(titles("zh")))
    headers = _trimmed(lines[found])
    rows = tuple(Row(n, line) for n, line in enumerate(lines[found + 1 :], start=found + 2) if any(line))
    table = Table(path.name, grid.sheet, headers, rows)
    problems = _shape_problems(table, grid, lines, found)
    if problems:
        raise Problems(problems)
    return table


def _header_row(lines: Sequence[tuple[str, ...]]) -> int | None:
    """The first row of which enough cells are headers we know."""
    for n, line in enumerate(lines[:LOOK_FOR_HEADERS]):
        if len({field_of(cell) for cell in line if cell} - {""}) >= ENOUGH_HEADERS:
            return n
    return None


def _trimmed(line: tuple[str, ...]) -> tuple[str, ...]:
    last = max((n for n, cell in enumerate(line) if cell), default=-1)
    return line[: last + 1]


def _shape_problems(table: Table, grid: Grid, lines: Sequence[tuple[str, ...]], header: int) -> list[Problem]:
    found = []
    below = [ref for ref in grid.merged if _last_row(ref) > header]
    if below:
        cells = ", ".join(below[:MOST_MERGED]) + (" …" if len(below) > MOST_MERGED else "")
        found.append(at("exchange.merged_cells", table.file, header + 1, sheet=table.sheet, cells=cells))
    following = lines[header + 1] if header + 1 < len(lines) else ()
    if len({field_of(cell) for cell in following if cell} - {""}) >= ENOUGH_HEADERS:
        found.append(
            at(
                "exchange.two_header_rows", table.file, header + 2, sheet=table.sheet,
                row_above=header + 1, row_below=header + 2,
            )
        )  # fmt: skip
    width = max((len(_trimmed(row.cells)) for row in table.rows), default=0)
    for n in range(width):
        named = n < len(table.headers) and table.headers[n]
        if not named and any(n < len(row.cells) and row.cells[n] for row in table.rows):
            found.append(at("exchange.blank_header", table.file, header + 1, sheet=table.sheet, column=letter(n)))
    for name in dict.fromkeys(h for h in table.headers if h and table.headers.count(h) > 1):
        found.append(at("exchange.header_twice", table.file, header + 1, sheet=table.sheet, header=name))
    if not table.rows:
        found.append(at("exchange.empty_table", table.file, header + 1, sheet=table.sheet))
    return found


def _last_row(ref: str) -> int:
    """The last row of 'A1:C3', from 1."""
    return int("".join(c for c in ref.partition(":")[2] if c.isdigit()))
