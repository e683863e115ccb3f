"""Stores of earlier states on PostgreSQL: their tables as they were then, filled with what the stores held, come up whole; cut
off while it is done, they are as they were."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import commands
from tests.site.test_backup_postgresql import address, server  # noqa: F401 - a fixture
from tests.site.test_upgrading import RUN, SPOIL, STORES, restored

LOAD = """
import sqlite3
from datetime import UTC, datetime
from doorstep.site import store
store.set_up()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
older = sqlite3.connect({older!r})
executor = MigrationExecutor(connection)
done = older.execute("SELECT app, name FROM django_migrations").fetchall()
executor.migrate([one for one in done if one in executor.loader.disk_migrations])
read = {{"boolean": bool, "bytea": bytes, "timestamp with time zone": lambda v: datetime.fromisoformat(v).replace(tzinfo=UTC)}}
with connection.cursor() as cursor:
    cursor.execute("SET session_replication_role = replica")
    tables = [t for (t,) in older.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
              if not t.startswith(("sqlite_", "django_migrations"))]
    assert sorted(tables + ["django_migrations"]) == sorted(connection.introspection.table_names())
    for table in tables:
        cursor.execute("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table])
        kinds = dict(cursor.fetchall())
        had = older.execute(f'SELECT * FROM "{{table}}"')
        columns = [one[0] for one in had.description]
        assert set(columns) == set(kinds), table
        cursor.execute(f'DELETE FROM "{{table}}"')
        values = [[v if v is None else read.get(kinds[c], lambda v: v)(v) for c, v in zip(columns, row)] for row in had]
        marks = ", ".join(["%s"] * len(columns))
        named = ", ".join(f'"{{c}}"' for c in columns)
        cursor.executemany(f'INSERT INTO "{{table}}" ({{named}}) OVERRIDING SYSTEM VALUE VALUES ({{marks}})', values)
        for column in columns if values else ():
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column])
            if sequence := cursor.fetchone()[0]:
                cursor.execute(f'SELECT setval(%s, (SELECT MAX("{{column}}") FROM "{{table}}"))', [sequence])
"""
KILLED = """
import os
from doorstep.site import store, upgrading
right = upgrading._migrate
def killed():
    right()
    os.kill(os.getpid(), 9)
upgrading._migrate = killed
store.make()
"""
# of these tables an upgrade may write no row anew: what people said, and who works here
SAID = ("entry", "entry_body", "entry_entity", "attachment", "place", "account", "catchment", "access_log")
SEALED_NOW = {("entry", "answers"), ("entry_entity", "properties"), ("entry_body", "body"), ("account", "phone")}


@pytest.fixture(scope="module")
def databases(server: Any) -> Iterator[Any]:  # noqa: F811
    names = (f"older{n}" for n in range(100))
    yield lambda: address(server, next(names))


def run(code: str, folder: Path, database: str) -> subprocess.CompletedProcess[str]:
    told = {"DOORSTEP_STORE": str(folder), "DOORSTEP_TODAY": "2026-11-22", "LANGUAGE": "en"}
    return commands.run([], commands.plain_environment(told | {"DOORSTEP_DATABASE_URL": database}), source=code)


def loaded(file: Path, home: Path, database: str) -> Path:
    """An earlier store, on PostgreSQL: its folder without the database's file."""
    restored(file, home / "sqlite")
    folder = home / "store"
    folder.mkdir(mode=0o700)
    (folder / "secret.key").write_text("of-a-test")
    told = run(LOAD.format(older=str(home / "sqlite" / "doorstep.sqlite3")), folder, database)
    assert told.returncode == 0, told.stdout + told.stderr
    return folder


def columns(database: str) -> dict[str, list[str]]:
    with psycopg.connect(database) as connection:
        sql = (
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
        )
        found: dict[str, list[str]] = {}
        for table, column in connection.execute(sql).fetchall():
            found.setdefault(table, []).append(column)
    return found


def rows(database: str, of: dict[str, list[str]]) -> dict[str, list[Any]]:
    """Every row of these columns."""
    with psycopg.connect(database) as connection:
        return {
            table: sorted(connection.execute(f'SELECT {", ".join(names)} FROM "{table}"').fetchall(), key=repr)  # type: ignore[arg-type]
            for table, names in of.items()
        }


def said(before: dict[str, list[str]]) -> dict[str, list[str]]:
    return {t: [c for c in before[t] if (t, c) not in SEALED_NOW] for t in SAID if t in before}


def comes_up(folder: Path, database: str, kept: dict[str, list[str]]) -> None:
    before = rows(database, kept)
    assert len(before["entry"]) == len(before["entry_body"]) == 140
    told = run(RUN.format(words='["init", "--no-packs"], ["verify", "--json"]'), folder, database)
    assert told.returncode == 0, told.stdout + told.stderr
    assert json.loads(told.stdout.splitlines()[-1]) == []
    assert rows(database, kept) == before


@pytest.mark.once
@pytest.mark.parametrize("file", STORES[1:], ids=lambda file: file.name.partition(".sql")[0])
def test_an_earlier_store_comes_up_whole_and_verified(file: Path, tmp_path: Path, databases: Any) -> None:
    database = databases()
    folder = loaded(file, tmp_path, database)
    comes_up(folder, database, said(columns(database)))


@pytest.mark.once
def test_cut_off_or_gone_wrong_the_earliest_is_as_it_was_and_then_comes_up(tmp_path: Path, databases: Any) -> None:
    database = databases()
    folder = loaded(STORES[0], tmp_path, database)
    everything = columns(database)
    before = rows(database, everything)
    environment = commands.plain_environment({"DOORSTEP_STORE": str(folder), "DOORSTEP_DATABASE_URL": database})
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environment, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (columns(database), rows(database, everything)) == (everything, before)
    told = run(SPOIL.replace("x'00'", "decode('00', 'hex')"), folder, database)
    begins = "The store was not brought up to date, and is as it was before: "
    whys = ("Records would have been changed.", "Records would have been changed.", "ValueError")
    assert told.stdout.splitlines() == [f"{begins}{why} True" for why in whys], told.stderr
    assert (columns(database), rows(database, everything)) == (everything, before)
    comes_up(folder, database, said(everything))
