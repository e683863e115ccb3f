"""The entry sequence, and the number that tells every process that settings changed."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from doorstep.lib import db

T = TypeVar("T")
LOOK_AGAIN_SECONDS = 0.5  # how long another process may go on with old settings


def lock_journal(connection: db.Db) -> int:
    """Take the one lock of all durable writes and give the last sequence number used.

    On PostgreSQL the row lock is held to the commit; on SQLite the transaction already holds the write lock.
    """
    locking = " FOR UPDATE" if connection.dialect == "postgresql" else ""
    return int(connection.value("SELECT value FROM counter WHERE name = 'journal'" + locking))


def advance_journal(connection: db.Db, last: int) -> None:
    """Record the last sequence number used in this transaction."""
    connection.run("UPDATE counter SET value = ? WHERE name = 'journal'", [last])


def settings_changed(connection: db.Db) -> None:
    """Say that places, rights, forms or packs changed: every process reads them anew."""
    connection.run("UPDATE counter SET value = value + 1 WHERE name = 'settings'")
    forget()


def epoch() -> int:
    """The number of this store's life: after a restore it is another one, and phones send again what they still hold."""
    return int(db.current().value("SELECT value FROM counter WHERE name = 'epoch'") or 0)


def new_epoch(connection: db.Db) -> int:
    """Begin another life of the store, as every restore must. Gives its number, drawn by chance: the same backup restored
    twice gives two lives."""
    number = secrets.randbits(_EPOCH_BITS)
    connection.run("UPDATE counter SET value = ? WHERE name = 'epoch'", [number])
    return number


_EPOCH_BITS = 52  # a whole number JSON readers of every kind carry exactly
_seen: int | None = None
_looked = 0.0
_forgotten = 0  # how often settings changed in this very process, so that what it changed it sees at once
_lock = threading.Lock()


def forget() -> None:
    """Read settings anew at the next use."""
    global _seen, _looked, _forgotten
    with _lock:
        _seen, _looked = None, 0.0
        _forgotten += 1


def _settings_number() -> tuple[int, int]:
    global _seen, _looked
    now = time.monotonic()
    if _seen is not None and now - _looked < LOOK_AGAIN_SECONDS:
        return _seen, _forgotten
    number = int(db.current().value("SELECT value FROM counter WHERE name = 'settings'") or 0)
    with _lock:
        _seen, _looked = number, now
    return number, _forgotten


class Snapshot(Generic[T]):
    """Something loaded from settings and kept in memory until they change."""

    def __init__(self, load: Callable[[], T]):
        self._load = load
        self._held: tuple[tuple[int, int], T] | None = None

    def get(self) -> T:
        number = _settings_number()
        held = self._held
        if held is None or held[0] != number:
            held = self._held = (number, self._load())
        return held[1]
