"""A form file as sheets of rows, each row with the place its author finds it at."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field, fields
from io import BytesIO, StringIO
from pathlib import PurePath
from typing import Any

from pyxform.constants import SUPPORTED_SHEET_NAMES
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import (
    MD_CELL,
    MD_COMMENT,
    MD_COMMENT_INLINE,
    MD_PIPE_OR_ESCAPE,
    MD_SEPARATOR,
    Definition,
    DefinitionData,
    SupportedFileTypes,
    definition_to_dict,
)

from doorstep.engine.xlsform.files import decoded, kind_of
from doorstep.lib.problems import Problem, Problems, Where

_BEGIN = re.compile(r"^begin[ _](group|repeat|loop)\b", re.IGNORECASE)
_END = re.compile(r"^end[ _](group|repeat|loop)\b", re.IGNORECASE)
_ALIASES = {"command": "type", "tag": "name", "value": "name", "caption": "label"}


@dataclass(frozen=True)
class Book:
    """``data`` is what pyxform takes; ``lines`` gives, in text files, the line of each sheet's rows (header first)."""

    name: str
    data: dict[str, Any]
    lines: dict[str, list[int]] = field(default_factory=dict)

    def rows(self, sheet: str) -> list[dict[str, str]]:
        return list(self.data.get(sheet) or ())

    def columns(self, sheet: str) -> list[str]:
        header = self.data.get(f"{sheet}_header") or ()
        return [c for row in header for c in row if c]

    def place(self, sheet: str, row: int | None) -> Where:
        """Where row ``row`` (the header is row 1) stands: the sheet's row, or the line of a text file."""
        lines = self.lines.get(sheet)
        if row is not None and lines is not None:
            row = lines[row - 1] if 0 < row <= len(lines) else None
        return Where(file=self.name, sheet=sheet, row=row)

    def cell(self, row: dict[str, str], column: str) -> str:
        """The cell under ``column``, whichever of its older names the sheet uses."""
        for header, value in row.items():
            plain = str(header).strip().lower()
            if _ALIASES.get(plain, plain) == column:
                return str(value).strip()
        return ""

    def survey_rows(self) -> dict[tuple[str, ...], int]:
        """Path of each question and group → the row its author finds it at."""
        found: dict[tuple[str, ...], int] = {}
        above: list[str] = []
        for number, row in enumerate(self.rows("survey"), start=2):
            kind, name = self.cell(row, "type"), self.cell(row, "name")
            if _END.match(kind):
                above = above[:-1]
                continue
            place = self.place("survey", number).row
            if place is not None and name:
                found.setdefault((*above, name), place)
            if _BEGIN.match(kind):
                above = [*above, name]
        return found

    def first_deeper_than(self, most: int) -> int | None:
        """The number (header = 1) of the first group or repeat inside more than ``most`` others."""
        depth = 0
        for number, row in enumerate(self.rows("survey"), start=2):
            kind = self.cell(row, "type")
            depth += bool(_BEGIN.match(kind)) - bool(_END.match(kind))
            if depth > most:
                return number
        return None

    def row_where(self, sheet: str, column: str, value: str) -> int | None:
        """The number (header = 1) of the first row of ``sheet`` with ``value`` in ``column``."""
        return next((n for n, row in enumerate(self.rows(sheet), start=2) if self.cell(row, column) == value), None)


def open_book(data: bytes, name: str) -> Book:
    """Open a form file of any kind we read. Raises ``Problems``."""
    kind = kind_of(data, name)
    lines: dict[str, list[int]] = {}
    if kind in (".md", ".csv"):
        text = decoded(data, name)
        data = text.encode("utf-8")
        try:
            lines = _markdown_lines(text, name) if kind == ".md" else _csv_lines(text)
        except csv.Error as error:  # a cell longer than any, or a quote that never ends
            raise Problems([Problem("xlsform.not_spreadsheet", Where(file=name))]) from error
    definition = Definition(BytesIO(data), SupportedFileTypes(kind), PurePath(name).stem or None)
    try:
        found = definition_to_dict(definition, file_type=kind)
    except PyXFormError as error:
        column = re.match(r"Duplicate column header: (.*)", str(error))
        if column:
            raise Problems([Problem("xlsform.column_twice", Where(file=name), {"column": column[1]})]) from error
        raise Problems([Problem("xlsform.not_spreadsheet", Where(file=name))]) from error
    except Exception as error:  # whatever a broken file makes its reader raise, the author gets a sentence
        raise Problems([Problem("xlsform.not_spreadsheet", Where(file=name))]) from error
    return Book(name, {f.name: getattr(found, f.name) for f in fields(DefinitionData)}, lines)


def _markdown_lines(text: str, name: str) -> dict[str, list[int]]:
    """The line of each row of each sheet, by the same reading as pyxform's.

    Refuses what would silently get lost: a cell beyond the header, a first column that is no sheet.
    """
    lines: dict[str, list[int]] = {}
    problems: list[Problem] = []
    sheet = ""
    header: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if MD_COMMENT.match(line):
            continue
        inline = MD_COMMENT_INLINE.match(line)
        cells = MD_CELL.match(inline.group(1) if inline else line)
        if not cells or MD_SEPARATOR.match(cells.group(1)):
            continue
        first, *rest = (c.strip() for c in re.split(MD_PIPE_OR_ESCAPE, cells.group(1)))
        if first:
            sheet, header = first.lower(), []
            lines[sheet] = []
            if sheet not in SUPPORTED_SHEET_NAMES and not sheet.startswith("_"):
                where = Where(file=name, row=number)
                known = ", ".join(sorted(SUPPORTED_SHEET_NAMES))
                problems.append(Problem("xlsform.unknown_sheet", where, {"sheet": first, "known": known}))
        if not sheet or not any(rest):
            continue
        lines[sheet].append(number)
        if not header:
            header = rest
        elif lost := [c for i, c in enumerate(rest) if c and (i >= len(header) or not header[i])]:
            where = Where(file=name, sheet=sheet, row=number)
            problems.append(Problem("xlsform.cell_without_column", where, {"cell": lost[0]}))
    if problems:
        raise Problems(problems)
    return lines


def _csv_lines(text: str) -> dict[str, list[int]]:
    lines: dict[str, list[int]] = {}
    sheet = ""
    reader = csv.reader(StringIO(text, newline=""))
    start = 1
    for row in reader:
        if row and row[0].strip():
            sheet = row[0].strip().lower()
            lines.setdefault(sheet, [])
        if sheet and any(c.strip() for c in row[1:]):
            lines[sheet].append(start)
        start = reader.line_num + 1
    return lines
