"""The entry sequence, and the number that tells every process that settings changed."""

from __future__ import annotations

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


_seen = -1
_looked = 0.0
_lock = threading.Lock()


def forget() -> None:
    """Look at the settings number again at the next use."""
    global _seen, _looked
    with _lock:
        _seen, _looked = -1, 0.0


def _settings_number() -> int:
    global _seen, _looked
    now = time.monotonic()
    if _seen >= 0 and now - _looked < LOOK_AGAIN_SECONDS:
        return _seen
    number = int(db.current().value("SELECT value FROM counter WHERE name = 'settings'") or 0)
    with _lock:
        _seen, _looked = number, now
    return number


class Snapshot(Generic[T]):
    """Something loaded from settings and kept in memory until they change."""

    def __init__(self, load: Callable[[], T]):
        self._load = load
        self._number = -1
        self._value: T | None = None

    def get(self) -> T:
        number = _settings_number()
        if self._value is None or number != self._number or _seen < 0:
            self._value, self._number = self._load(), number
        return self._value

    def clear(self) -> None:
        self._value = None
