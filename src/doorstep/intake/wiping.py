"""Bytes that were deleted and still lie in the database's files, the warehouse, or what a killed command left: wiped.

Deleting gives pages back; only writing the tables anew leaves nothing of what once stood in them. That takes the
database's whole size in reading and writing, so it is done once after any number of erasures.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import ProgrammingError
from django.db import connection as django_connection

from doorstep.engine.warehouse.manifest import Busy
from doorstep.indicators import kept as figures
from doorstep.lib import db
from doorstep.programmes import stock, syncing

NEEDED = "unwiped"  # the counter that says so
LEFT_SECONDS = 12 * 3600  # what a command that still works would not leave lying for so long
SMALL_BYTES = 100_000_000
SCRATCH = ("duckdb-*", "spark-*", "drill-*")
Step = Callable[[str], None]
_BESIDE_THE_TABLES = (
    "VACUUM (FULL) pg_catalog.pg_statistic",  # examples of what stands in each column, names among them
    "SELECT pg_switch_wal()",
    "CHECKPOINT",
)
"""Where PostgreSQL keeps what stood in tables: its notes of values that occur, and its log of writing."""


def mark(connection: db.Db) -> None:
    """Say, inside the caller's transaction, that something was deleted whose bytes must go."""
    connection.run(
        "INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1",
        [NEEDED],
    )


def needed() -> int:
    """How many deletions wait for their bytes to be wiped."""
    return int(db.current().value("SELECT value FROM counter WHERE name = ?", [NEEDED]) or 0)


def wipe() -> bool:
    """Wipe whatever was deleted. Gives False when somebody else works on the warehouse now, or reads the database without
    an end: then it is still needed, and tried again."""
    done = needed()
    if not _warehouse() or not _database():
        return False
    with db.transaction():
        db.current().run("UPDATE counter SET value = value - ? WHERE name = ?", [done, NEEDED])
    return True


def _warehouse() -> bool:
    """The warehouse follows the records, and what no longer stands leaves its files."""
    if not stock.folder().exists():  # whoever makes one reads everything: what changed before tells it nothing
        with db.transaction():
            db.current().run("DELETE FROM changed")
        return True
    try:
        syncing.sync()
        if figures.folder().exists():
            figures.work_out()
    except Busy:
        return False
    return True


def _database() -> bool:
    connection = db.current()
    if connection.dialect == "sqlite":
        connection.rows("PRAGMA secure_delete = ON")
        connection.run("VACUUM")
        busy = connection.row("PRAGMA wal_checkpoint(TRUNCATE)")
        return busy is not None and int(busy[0]) == 0
    for table in django_connection.introspection.table_names():
        connection.run(f'VACUUM (FULL, ANALYZE) "{table}"')
    for sql in _BESIDE_THE_TABLES:
        with suppress(ProgrammingError):  # not allowed to this role: PostgreSQL comes to it by itself in a while
            connection.run(sql)
    return True


def is_small() -> bool:
    """Whether wiping holds up nobody for more than moments."""
    file = Path(settings.STORE) / "doorstep.sqlite3"
    return file.exists() and file.stat().st_size < SMALL_BYTES


def tidy() -> int:
    """Clear away what commands that were killed left in the store. Gives how many folders."""
    gone = 0
    for pattern in SCRATCH:
        for folder in Path(settings.STORE).glob(pattern):
            if time.time() - folder.stat().st_mtime > LEFT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
    return gone
