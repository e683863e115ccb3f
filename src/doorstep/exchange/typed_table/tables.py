"""Where tables stand on a sheet, and which headings belong to each of their figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from doorstep.exchange.typed_table.cells import Cell, Sheet
from doorstep.exchange.typed_table.heads import Heading, heading

MOST_HEAD_ROWS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One record: its label, and its cells by the index of their heading."""

    label: str
    cells: dict[int, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """Figures under headings. ``groups``: the heading above each heading, '' where there is none."""

    sheet: str
    heads: tuple[Heading, ...]
    groups: tuple[str, ...]
    lines: tuple[Line, ...]


def tables_in(sheet: Sheet) -> Iterator[Table]:
    """Every table of a sheet: with a heading over each column, or one before each line."""
    for first, last in _blocks(sheet):
        data = next((r for r in range(first, last + 1) if _figures(sheet, r)), None)
        if data is None:
            continue
        across = _across(sheet, first, data, last)
        if any(one.rate for one in across.heads):
            yield across
            continue
        down = _down(sheet, first, data, last)
        yield down if any(one.rate for one in down.heads) else across


def _figures(sheet: Sheet, r: int) -> bool:
    return any(cell.number is not None for cell in sheet.row(r))


def _blocks(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Stretches of lines with nothing empty between them. A new head below figures begins a new one."""
    first: int | None = None
    had_figures = False
    for r in range(sheet.height + 1):
        row = sheet.row(r)
        figures = any(cell.number is not None for cell in row)
        several = len({cell.text for cell in row}) > 1
        if not row or (first is not None and had_figures and not figures and several):
            if first is not None:
                yield first, r - 1
            first, had_figures = (r if row else None), False
        elif first is None:
            first = r
        had_figures = had_figures or figures


def _across(sheet: Sheet, first: int, data: int, last: int) -> Table:
    """Headings above, a record in each line."""
    rows = [r for r in range(first, data) if len({cell.text for cell in sheet.row(r)}) > 1][-MOST_HEAD_ROWS:]
    labels = _label_columns(sheet, data, last)
    columns = [c for c in range(sheet.width) if c not in labels]
    heads, groups = [], []
    for c in columns:
        said = list(dict.fromkeys(sheet.cells[r, c].text for r in rows if (r, c) in sheet.cells))
        heads.append(heading(said[-1] if said else ""))
        groups.append("".join(said[:-1]))
    heads = [_with_group(one, group) for one, group in zip(heads, groups, strict=True)]
    lines = []
    for r in range(data, last + 1):
        cells = {n: sheet.cells[r, c] for n, c in enumerate(columns) if (r, c) in sheet.cells}
        label = " ".join(sheet.cells[r, c].text for c in sorted(labels) if (r, c) in sheet.cells)
        lines.append(Line(label, cells))
    return Table(sheet.name, tuple(heads), tuple(groups), tuple(lines))


def _with_group(one: Heading, group: str) -> Heading:
    """'早孕建册' over '率' reads as one heading; what the group says of boys or totals is not the column's own."""
    if not group:
        return one
    joined = heading(f"{group} {one.text}")
    own = one if one.text else joined
    return Heading(
        text=joined.text,
        rate=own.rate,
        sex_ratio=joined.sex_ratio and own.rate,
        per=own.per or (joined.per if own.rate else 0),
        top=own.top,
        bottom=own.bottom,
        boys=own.boys,
        girls=own.girls,
        births=joined.births and not own.rate,
        total=own.total,
    )


def _down(sheet: Sheet, first: int, data: int, last: int) -> Table:
    """A heading before each line, a record in each column."""
    labels = _label_columns(sheet, data, last)
    rows = list(range(data, last + 1))
    said = [" ".join(sheet.cells[r, c].text for c in sorted(labels) if (r, c) in sheet.cells) for r in rows]
    above = [r for r in range(first, data) if len({cell.text for cell in sheet.row(r)}) > 1]
    lines = []
    for c in (c for c in range(sheet.width) if c not in labels):
        cells = {n: sheet.cells[r, c] for n, r in enumerate(rows) if (r, c) in sheet.cells}
        label = " ".join(sheet.cells[r, c].text for r in above if (r, c) in sheet.cells)
        if cells:
            lines.append(Line(label, cells))
    return Table(sheet.name, tuple(heading(words) for words in said), ("",) * len(rows), tuple(lines))


def _label_columns(sheet: Sheet, data: int, last: int) -> set[int]:
    """Columns at the left that hold words and no figures, and a first column of running numbers."""
    found: set[int] = set()
    for c in range(sheet.width):
        cells = [sheet.cells[r, c] for r in range(data, last + 1) if (r, c) in sheet.cells]
        words = [cell for cell in cells if cell.number is None]
        if (cells and len(words) * 2 <= len(cells) and not _runs(cells)) or (not cells and found):
            break
        found.add(c)
    return found


def _runs(cells: list[Cell]) -> bool:
    """1, 2, 3 …: lines that are numbered."""
    numbers = [int(cell.number) for cell in cells if cell.number is not None and not cell.places]
    return cells[0].column == 0 and len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))
