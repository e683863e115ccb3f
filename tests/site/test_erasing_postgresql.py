"""The marks of one person in every drawer of a store on PostgreSQL: in none of its files once she was erased."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.site.erasing_story import MARKS
from tests.site.test_backup_postgresql import address, server  # noqa: F401 - a fixture
from tests.site.test_erasing import SEALED, found, made


def at_once(database: str, *statements: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for sql in statements:
            connection.execute(sql)  # type: ignore[arg-type]


def held(cluster: Path) -> tuple[set[bytes], set[bytes]]:
    """The marks in PostgreSQL's files: those of its tables and whatever else it keeps, and those of its log of writing."""
    log = cluster / "pg_wal"
    rest = [one for one in cluster.iterdir() if one.is_dir() and one != log]
    return found(*rest), found(log)


@pytest.mark.once
def test_every_mark_is_found_before_and_none_after(tmp_path: Path, server: Any) -> None:  # noqa: F811
    database = address(server, "erasing")
    with psycopg.connect(database) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    cluster = Path(row[0])
    told = made(tmp_path, DOORSTEP_DATABASE_URL=database)
    # rows of which newer ones stand, and what PostgreSQL notes of the values there are
    at_once(database, "UPDATE person SET label = label", "ANALYZE", "ALTER SYSTEM SET wal_recycle = off", "SELECT pg_reload_conf()", "CHECKPOINT")  # fmt: skip
    open_ = set(MARKS) - SEALED
    tables, log = held(cluster)
    assert (tables, log) == (open_, open_)
    assert (found(told.folder) & open_) == set()
    erased, verified = told.run(["erase", told.story["her"], "--by", "supervisor"], ["verify"])
    assert (erased[0], verified[0]) == (0, 0), erased[1] + verified[1]
    assert held(cluster) == (set(), set())
    assert found(told.folder) == set()
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT COUNT(*) FROM person").fetchone() == (30,)
