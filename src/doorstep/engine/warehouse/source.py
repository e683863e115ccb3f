"""Reading a store as it stood at one moment, in batches of Arrow rows, by ADBC and beside the server's own work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Literal

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa

Dialect = Literal["sqlite", "postgresql"]
ROWS = 65_536  # in a batch: some 30 MB of records
_BYTES = 16 * 2**20


class Snapshot:
    """One moment of a store. Queries must give no NULL: SQLite's driver guesses a column's type from the first batch."""

    def __init__(self, connection: Any, dialect: Dialect):
        self._connection = connection
        self._options = (
            {"adbc.sqlite.query.batch_rows": str(ROWS)}
            if dialect == "sqlite"
            else {"adbc.postgresql.batch_size_hint_bytes": str(_BYTES)}
        )

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query, a batch at a time, never all at once."""
        with self._connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**self._options)
            cursor.execute(sql)
            yield from cursor.fetch_record_batch()


@contextmanager
def snapshot(dialect: Dialect, address: str) -> Iterator[Snapshot]:
    """The store as it stands now, whatever is written while it is read.

    ``address``: a file URI for SQLite, what libpq takes (a URI or ``key=value`` words) for PostgreSQL.
    """
    connect = adbc_driver_sqlite.dbapi.connect if dialect == "sqlite" else adbc_driver_postgresql.dbapi.connect
    with closing(connect(address)) as connection:
        if dialect == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield Snapshot(connection, dialect)
