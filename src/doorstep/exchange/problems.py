"""What is said about files that cannot be taken in as they are. The sentences stand in ``problems.yaml``."""

from __future__ import annotations

from typing import Any

from doorstep.lib.problems import Problem, Problems, Where


def at(code: str, file: str, row: int | None = None, item: str = "", sheet: str = "", **args: Any) -> Problem:
    """One problem of a file, of a row of it, or of a cell (``item``: its column)."""
    return Problem(code, Where(file=file, sheet=sheet, row=row, item=item), args)


def refuse(code: str, *, file: str, row: int | None = None, sheet: str = "", **args: Any) -> Problems:
    """A single problem as an exception to raise."""
    return Problems([at(code, file, row, sheet=sheet, **args)])
