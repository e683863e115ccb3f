"""Writing due visits as worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from doorstep.engine.model.history import Window
from doorstep.engine.outputs import Gate
from doorstep.lib import db

Key = tuple[str, str, str, str, int]  # person, pack, episode, contact, k
Values = tuple[
    str, str, date | None, date | None, date | None, date | None, bool, int, str, str, date | None, int | None
]

_KEY = "person_id, pack_id, episode_key, contact, k"
_VALUES = "service, form_id, from_on, due_on, until_on, ends_on, recurring, priority, need, met_by, met_on, place_id"
_IS_KEY = "person_id = ? AND pack_id = ? AND episode_key = ? AND contact = ? AND k = ?"
_SET = ", ".join(f"{c.strip()} = ?" for c in _VALUES.split(","))


def row_of(person_id: str, pack_id: str, window: Window, place_id: int | None) -> tuple[Key, Values]:
    """A window as the table holds it."""
    key = (person_id, pack_id, window.episode, window.contact, window.k)
    values = (
        window.service,
        window.form,
        window.from_on,
        window.due_on,
        window.until_on,
        window.ends_on,
        window.recurring,
        window.priority,
        " ".join(window.need),
        window.met_by,
        window.met_on,
        place_id,
    )
    return key, values


def stored(connection: db.Db, persons: Iterable[str]) -> dict[Key, Values]:
    """The due visits of these persons as they are stored now."""
    sql = f"SELECT {_KEY}, {_VALUES} FROM due_visit WHERE person_id IN (?*)"
    return _by_key(connection.rows_in(sql, persons))


def waiting(connection: db.Db, gate: Gate) -> dict[Key, Values]:
    """The due visits not made yet that pass a gate on ``due_visit v``."""
    sql = f"SELECT {_KEY}, {_VALUES} FROM due_visit v WHERE v.met_by = '' AND {gate.sql}"
    return _by_key(connection.rows(sql, gate.params))


def _by_key(rows: Iterable[db.Row]) -> dict[Key, Values]:
    return {tuple(row[:5]): (*row[5:11], bool(row[11]), *row[12:]) for row in rows}


def write(
    connection: db.Db, persons: Iterable[str], wanted: Mapping[Key, Values], touched: Callable[[str, str], bool]
) -> None:
    """Make the due visits of these persons exactly ``wanted``, for the (person, pack) pairs that are ``touched``."""
    had = {key: values for key, values in stored(connection, persons).items() if touched(key[0], key[1])}
    connection.many(f"DELETE FROM due_visit WHERE {_IS_KEY}", [key for key in had if key not in wanted])
    connection.many(
        f"UPDATE due_visit SET {_SET} WHERE {_IS_KEY}",
        [(*values, *key) for key, values in wanted.items() if key in had and had[key] != values],
    )
    connection.many(
        f"INSERT INTO due_visit ({_KEY}, {_VALUES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*key, *values) for key, values in wanted.items() if key not in had],
    )
