"""Raw SQL on the store's connection, the same text for SQLite and PostgreSQL.

The hot paths (intake, lists, search) speak SQL themselves: building queries took 84 % of an ORM's time there.
Placeholders are ``?``. The web framework's connection is lent to us by ``configure`` (called once at start),
so that this leaf knows no framework and every thread uses its own connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, Literal

Dialect = Literal["sqlite", "postgresql"]
Row = tuple[Any, ...]
MOST_MARKS = 500  # SQLite allows 32,766 variables; short lists keep the statement cache useful


class Db:
    """One thread's connection. Not to be shared between threads."""

    def __init__(self, raw: Any, dialect: Dialect):
        self.raw, self.dialect = raw, dialect

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        cursor = self.raw.cursor()
        try:
            cursor.execute(self._text(sql), params)
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def row(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """The first row, or None."""
        cursor = self.raw.cursor()
        try:
            cursor.execute(self._text(sql), params)
            found = cursor.fetchone()
        finally:
            cursor.close()
        return tuple(found) if found is not None else None

    def value(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, params)
        return found[0] if found else None

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Execute; gives the number of rows changed."""
        cursor = self.raw.cursor()
        try:
            cursor.execute(self._text(sql), params)
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def many(self, sql: str, params: Sequence[Sequence[Any]]) -> None:
        """Execute once per row of parameters."""
        if not params:
            return
        cursor = self.raw.cursor()
        try:
            cursor.executemany(self._text(sql), params)
        finally:
            cursor.close()

    def rows_in(self, sql: str, values: Iterable[Any], before: Sequence[Any] = ()) -> list[Row]:
        """Rows of a query that holds ``IN (…)`` with a literal ``(?*)``, asked in chunks of ``values``."""
        wanted = list(dict.fromkeys(values))
        found: list[Row] = []
        for start in range(0, len(wanted), MOST_MARKS):
            chunk = wanted[start : start + MOST_MARKS]
            found += self.rows(sql.replace("(?*)", f"({','.join('?' * len(chunk))})"), [*before, *chunk])
        return found

    def _text(self, sql: str) -> str:
        return sql if self.dialect == "sqlite" else _for_postgresql(sql)


@lru_cache(maxsize=2048)
def _for_postgresql(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")


def troubles() -> tuple[type[BaseException], ...]:
    """What is raised when the store itself cannot be written now: full, locked, gone. Anything else is a fault of ours."""
    return (OSError, *_troubles)


_troubles: tuple[type[BaseException], ...] = ()
_lend: Callable[[], Db] | None = None
_transaction: Callable[[], AbstractContextManager[Any]] | None = None


def configure(
    lend: Callable[[], Db],
    transaction: Callable[[], AbstractContextManager[Any]],
    raised: tuple[type[BaseException], ...] = (),
) -> None:
    """Say how to get this thread's connection, how to open a transaction on it, and what it raises in trouble."""
    global _lend, _transaction, _troubles
    _lend, _transaction, _troubles = lend, transaction, raised


def current() -> Db:
    """This thread's connection. Raises RuntimeError before ``configure``."""
    if _lend is None:
        raise RuntimeError("the store is not connected yet")
    return _lend()


def transaction() -> AbstractContextManager[Any]:
    """A transaction on this thread's connection that takes the write lock at once; nested ones are savepoints."""
    if _transaction is None:
        raise RuntimeError("the store is not connected yet")
    return _transaction()
