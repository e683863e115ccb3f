"""Everything that identifies somebody, sealed with the current key: what older versions stored in the open, and what
was sealed with a key that has been turned. In lots with a commit each, so that others are let in between, and so that it
goes on where it was when it is killed: what is done already is seen to be done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import astuple

import orjson

from doorstep.access import second
from doorstep.feedback import sealed as complaints
from doorstep.forms import erased
from doorstep.intake import filing
from doorstep.lib import db, keyring, sealed
from doorstep.places.counters import settings_changed
from doorstep.register import actions as register
from doorstep.register.fold import PersonRow, sorted_json

LOT = 500
FLAG = "sealed"  # the counter that says how much of a store is sealed
WHOLE = (
    2  # nothing is left in the open; 1: all but files, second steps, complaints and the numbers of those who work here
)
Progress = Callable[[int, int], None]
How = Callable[[int, object], object | None]

# table, its key, the columns of JSON in which phone and ID numbers stand
JSON: tuple[tuple[str, str, str], ...] = (
    ("entry", "seq", "answers"),
    ("entry_entity", "id", "properties"),
    ("entity", "id", "properties"),
)
# table, its key, the columns sealed whole
BYTES: tuple[tuple[str, str, str], ...] = (
    ("entry_body", "seq", "body"),
    ("quarantined", "id", "body"),
    ("disclosure_word", "id", "sealed"),
)
# table, its key, the columns of one token each
TEXTS: tuple[tuple[str, str, str], ...] = (("account", "id", "phone"),)
# table, its key, whose it is, the columns sealed whole and bound to their owner, how
BOUND: tuple[tuple[str, str, str, str, How], ...] = (
    ("sign_in", "id", "user_id", "secret", lambda whose, kept: second.sealed_again(whose, str(kept))),
    ("sign_in", "id", "user_id", "offered", lambda whose, kept: second.sealed_again(whose, str(kept))),
    ("complaint_word", "id", "complaint_id", "sealed", lambda whose, kept: _complaint(whose, kept)),
)


def is_whole() -> bool:
    """Whether nothing is left in the open in this store."""
    return int(db.current().value("SELECT value FROM counter WHERE name = ?", [FLAG]) or 0) >= WHOLE


def seal_all(progress: Progress = lambda _done, _all: None) -> int:
    """Seal what is not yet sealed with the current key. Gives how many rows were written."""
    connection, written = db.current(), 0
    steps = [
        *(_lots(connection, *one, _bytes) for one in BYTES),
        *(_lots(connection, *one, _json) for one in JSON),
        *(_lots(connection, *one, _text) for one in TEXTS),
        *(_lots(connection, table, key, column, how, whose) for table, key, whose, column, how in BOUND),
        _people(connection),
        filing.seal(),
    ]
    for n, step in enumerate(steps):
        written += sum(step)
        progress(n + 1, len(steps))
    if (
        connection.dialect == "sqlite" and not connection.raw.in_transaction
    ):  # what stood in the open goes from the log too
        connection.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    with db.transaction():
        connection.run("UPDATE counter SET value = ? WHERE name = ?", [WHOLE, FLAG])
        if written:  # what processes hold in memory of those who work here is sealed with the key that goes
            settings_changed(connection)
    return written


def rotate(progress: Progress = lambda _done, _all: None) -> int:
    """Fresh keys; everything that old ones sealed is sealed again; then the old ones go. Killed half way, it goes on with
    the keys it had turned already. Gives how many rows were written."""
    if len(keyring.ring(fresh=True).data.by_name) == 1:
        keyring.turn()
    time.sleep(keyring.LOOK_AGAIN_SECONDS)  # by then every process seals with the new key
    written = seal_all(progress)
    while again := seal_all():  # what was being written when the key was turned
        written += again
    keyring.drop_old()
    return written


def _lots(connection: db.Db, table: str, key: str, column: str, how: How, whose: str = "") -> Iterator[int]:
    """Go through a table. ``how``: whose it is and the value, to the value as it should stand; None when it stands so."""
    last = -1
    sql = f"SELECT {key}, {whose or key}, {column} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT {LOT}"
    while rows := connection.rows(sql, [last]):
        if any(how(owner, value) is not None for _, owner, value in rows):
            with db.transaction():
                erased.overwrite(connection)
                now = connection.rows(sql, [last])  # again, now that nobody else writes
                wanted = [(new, id_) for id_, owner, value in now if (new := how(owner, value)) is not None]
                connection.many(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", wanted)
            yield len(wanted)
        last = rows[-1][0]


def _complaint(whose: int, value: object) -> object | None:
    return complaints.sealed_again(bytes(value), whose)  # type: ignore[call-overload]


def _bytes(_whose: int, value: object) -> object | None:
    stored = bytes(value)  # type: ignore[call-overload]
    if not stored or sealed.key_of(stored) == keyring.ring().data.current:
        return None
    content = sealed.open_bytes(stored)
    return sealed.seal_bytes(content) if content else None  # what cannot be opened was altered: verify tells of it


def _json(_whose: int, value: object) -> object | None:
    text = str(value)
    said = orjson.loads(text)
    right = sealed.sealed_in(said)
    return orjson.dumps(right).decode() if right != said else None


def _text(_whose: int, value: object) -> object | None:
    text = str(value or "")
    right = sealed.token(text)
    return right if right != text else None


def _people(connection: db.Db) -> Iterator[int]:
    """People with a phone or ID number: their columns, and what they are found by."""
    columns = ", ".join(register.PERSON_COLUMNS)
    last = ""
    sql = f"SELECT {columns} FROM person WHERE id > ? ORDER BY id LIMIT {LOT}"
    while rows := connection.rows(sql, [last]):
        if any(_right(PersonRow(*row)) is not None for row in rows):
            with db.transaction():
                erased.overwrite(connection)
                found = [right for row in connection.rows(sql, [last]) if (right := _right(PersonRow(*row)))]
                register.write_sealed(connection, found)
            yield len(found)
        last = rows[-1][0]


def _right(row: PersonRow) -> PersonRow | None:
    said = orjson.loads(row.properties)
    right = sealed.sealed_in(said)
    phone = sealed.token(row.phone) if sealed.is_secret("phone", row.phone) else row.phone
    if right == said and phone == row.phone:
        return None
    values = dict(zip(register.PERSON_COLUMNS, astuple(row), strict=True))
    return PersonRow(**{**values, "phone": phone, "properties": sorted_json(right)})
