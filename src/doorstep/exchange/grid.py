"""A sheet of cells, as any table format gives it and takes it, and which formats there are.

A format is a folder beside this file with ``SUFFIXES``, ``read(path) -> Grid`` and ``write(path, grid)``: being there
registers it. Cells are text; days are ISO.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol

from doorstep.exchange.problems import refuse

ASKS_TO_BE_WORKED_OUT = ("=", "+", "-", "@", "\t", "\r")  # first signs that make a spreadsheet run a cell as a formula
_SHIELD = "'"


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. ``merged``: cells joined into one, as the program names them ('A1:A3')."""

    rows: Sequence[Sequence[str]]
    sheet: str = ""
    merged: tuple[str, ...] = ()


class TableFormat(Protocol):
    """One outside format of tables."""

    SUFFIXES: tuple[str, ...]

    def read(self, path: Path) -> Grid: ...

    def write(self, path: Path, grid: Grid) -> None: ...


@cache
def formats() -> Mapping[str, TableFormat]:
    """Every table format by the ending of its files."""
    found: dict[str, TableFormat] = {}
    here = import_module("doorstep.exchange")
    for module in pkgutil.iter_modules(here.__path__):
        if module.ispkg:
            one: object = import_module(f"doorstep.exchange.{module.name}")
            found |= dict.fromkeys(getattr(one, "SUFFIXES", ()), one)
    return found


def format_of(path: Path) -> TableFormat:
    """The format of a file by its ending. Raises Problems for an unknown one."""
    known = formats()
    if path.suffix.lower() not in known:
        raise refuse("exchange.unknown_format", file=path.name, known=", ".join(sorted(known)))
    return known[path.suffix.lower()]


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula; ``plain`` gives the text back."""
    return _SHIELD + text if text.startswith(ASKS_TO_BE_WORKED_OUT) else text


def plain(text: str) -> str:
    """A cell's text as it was meant: no blanks around it, no shield before it."""
    if text.startswith(_SHIELD) and text[1:].startswith(ASKS_TO_BE_WORKED_OUT):
        text = text[1:]  # before blanks go: a tab or a line break asks for a shield too
    return text.strip().replace("\u3000", " ").strip()


def letter(column: int) -> str:
    """The letter a spreadsheet gives a column (0 is A)."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
