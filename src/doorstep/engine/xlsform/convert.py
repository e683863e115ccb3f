"""From a form file to XForm XML, through pyxform; what pyxform refuses is told in our own words."""

from __future__ import annotations

import logging
import time
from copy import deepcopy
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert as pyxform_convert

from doorstep.engine.xlsform.book import Book, open_book
from doorstep.engine.xlsform.refusals import refusals
from doorstep.lib.problems import Problem, Problems

logging.getLogger("pyxform").setLevel(logging.WARNING)

_WORDS = ("label", "hint", "guidance_hint", "image", "audio", "video", "media")
_MOST_TRIES = 60
_MOST_SECONDS = 10.0  # for finding the cause of a fall
_MOST_NESTED = 40


@dataclass(frozen=True, slots=True)
class Converted:
    xml: str
    warnings: tuple[str, ...]
    itemsets: str


def convert(data: bytes, name: str) -> tuple[Book, Converted]:
    """Convert one form file. Raises ``Problems``."""
    book = open_book(data, name)
    _refuse_at_sight(book)
    try:
        return book, _convert(book.data)
    except PyXFormError as error:
        raise Problems(refusals(book, error)) from error
    except RecursionError as error:
        raise Problems([Problem("xlsform.too_deep", book.place("survey", None))]) from error
    except Exception as error:  # pyxform falls over on some columns; the author is told which
        raise Problems([_crash(book, error)]) from error


def _convert(data: dict[str, Any]) -> Converted:
    warnings: list[str] = []
    done = pyxform_convert(deepcopy(data), warnings=warnings)
    itemsets = done.itemsets or ""
    return Converted(done.xform, tuple(warnings), itemsets)


def _refuse_at_sight(book: Book) -> None:
    """What pyxform would answer with a riddle."""
    if not book.rows("survey") and not book.columns("survey"):
        sheets = [s for s in book.data.get("sheet_names") or () if s]
        raise Problems([Problem("xlsform.no_survey", book.place("", None), {"sheets": ", ".join(sheets) or "—"})])
    if not book.rows("survey"):
        raise Problems([Problem("xlsform.no_questions", book.place("survey", 1))])
    deep = book.first_deeper_than(_MOST_NESTED)
    if deep is not None:
        raise Problems([Problem("xlsform.nested", book.place("survey", deep), {"most": _MOST_NESTED})])
    prefixed = [c for c in book.columns("survey") if c.startswith("bind::doorstep:")]
    namespaces = "".join(book.cell(row, "namespaces") for row in book.rows("settings"))
    if prefixed and "doorstep=" not in namespaces.replace(" ", ""):
        raise Problems([Problem("xlsform.namespaces_missing", book.place("settings", 1), {"column": prefixed[0]})])


def _crash(book: Book, error: Exception) -> Problem:
    """Find the column pyxform falls over by leaving each out in turn, the unusual ones first; then its row."""
    named = [(sheet, c) for sheet in ("survey", "settings", "choices", "entities") for c in book.columns(sheet)]
    unusual = [(s, c) for s, c in named if ":" in c and (s == "settings" or c.split(":")[0].strip() not in _WORDS)]
    others = [(s, c) for s, c in named if (s, c) not in unusual and c.lower() not in ("type", "name", "list_name")]
    stop = time.monotonic() + _MOST_SECONDS
    for sheet, column in takewhile(lambda _: time.monotonic() < stop, (unusual + others)[:_MOST_TRIES]):
        if not _falls_with(book, sheet, column, rows=()):
            filled = [number for number, row in enumerate(book.rows(sheet), start=2) if row.get(column)]
            alone = (number for number in filled[:_MOST_TRIES] if _falls_with(book, sheet, column, rows=(number,)))
            row = next(alone, filled[0] if filled else 1)
            code = "xlsform.column_translated" if sheet == "settings" and ":" in column else "xlsform.column_breaks"
            return Problem(code, book.place(sheet, row), {"column": column, "plain": column.split(":")[0]})
    return Problem("xlsform.crashed", book.place("survey", None), {"said": f"{type(error).__name__}: {error}"})


def _falls_with(book: Book, sheet: str, column: str, rows: tuple[int, ...]) -> bool:
    """Whether pyxform falls over when ``column`` is filled in ``rows`` only (header = 1), and absent for none."""
    data = deepcopy(book.data)
    data[sheet] = [
        {k: v for k, v in row.items() if k != column or number in rows}
        for number, row in enumerate(data[sheet] or (), start=2)
    ]
    data[f"{sheet}_header"] = [{c: None for c in book.columns(sheet) if rows or c != column}]
    try:
        _convert(data)
    except PyXFormError:
        return False  # an ordinary refusal: the fall is over
    except Exception:
        return True
    return False
