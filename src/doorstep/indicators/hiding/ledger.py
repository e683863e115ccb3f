"""What was shown of counts and what was hidden, for ever (charter C16: once hidden, always hidden).

Whoever decides what to show reads the number of changes first, decides without holding any lock, and writes only if
nobody else wrote meanwhile: two tables that are safe each by itself need not be safe together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from doorstep.lib import db

COUNTER = "shown"


class Cell(NamedTuple):
    """What is counted, where, and from which day to which."""

    measure: str
    place_id: int
    first: date
    last: date


class Row(NamedTuple):
    """How a cell stood when its count was ``raw``."""

    cell: Cell
    raw: int
    hidden: bool
    lasting: bool


def changes() -> int:
    """How often anything was written so far."""
    return int(db.current().value("SELECT value FROM counter WHERE name = ?", [COUNTER]) or 0)


def rows(pack_id: str, measures: Iterable[str], first: date, last: date) -> list[Row]:
    """Everything about these measures in periods that share a day with these days."""
    sql = (
        "SELECT measure, place_id, first_on, last_on, raw, hidden, lasting FROM shown_count"
        " WHERE pack_id = ? AND last_on >= ? AND first_on <= ? AND measure IN (?*)"
    )
    found = db.current().rows_in(sql, measures, [pack_id, first, last])
    return [
        Row(Cell(measure, place_id, _day(begins), _day(ends)), raw, bool(hidden), bool(lasting))
        for measure, place_id, begins, ends, raw, hidden, lasting in found
    ]


def write(pack_id: str, new: Iterable[Row], seen: int) -> bool:
    """Add rows; False, and nothing written, when others wrote since ``seen`` (see ``changes``)."""
    rows = [(pack_id, *row.cell, row.raw, row.hidden, row.lasting) for row in new]
    if not rows:
        return True
    with db.transaction():
        if not claim(seen):
            return False
        db.current().many(
            "INSERT INTO shown_count (pack_id, measure, place_id, first_on, last_on, raw, hidden, lasting)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (pack_id, measure, place_id, first_on, last_on, raw)"
            " DO UPDATE SET lasting = shown_count.lasting OR excluded.lasting",
            rows,
        )
    return True


def claim(seen: int) -> bool:
    """Inside a transaction: say that something is written now; False when others wrote since ``seen``."""
    connection = db.current()
    connection.run("INSERT INTO counter (name, value) VALUES (?, 0) ON CONFLICT (name) DO NOTHING", [COUNTER])
    return bool(connection.run("UPDATE counter SET value = value + 1 WHERE name = ? AND value = ?", [COUNTER, seen]))


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
