"""Copying a whole database while others write into it, and making one of such a copy."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from typing import Any

from doorstep.site.store import DUMP, Failure

SQLITE, POSTGRESQL = "doorstep.sqlite3", DUMP
_EPOCH_BITS = 52  # as places.counters draws it
_COUNTS = ("entry", "person", "account")


@dataclass(frozen=True, slots=True)
class Told:
    """What a copy must hold: the last number of a record, how many rows, and the life of the store it is of."""

    journal: int
    epoch: int
    counts: Mapping[str, int]


# SQLite


def copy_sqlite(source: Path, target: Path) -> Told:
    """The database as it stands at one moment, without what was deleted from it. Others may go on writing."""
    with closing(sqlite3.connect(source, timeout=60)) as connection:
        connection.execute("VACUUM INTO ?", [str(target)])
    return told_of_sqlite(target)


def told_of_sqlite(file: Path) -> Told:
    with closing(sqlite3.connect(file)) as connection:
        return _told(lambda sql: connection.execute(sql).fetchone())


def check_sqlite(file: Path, told: Told) -> None:
    """Raises Failure when the database is damaged or holds something else than it should."""
    with closing(sqlite3.connect(file)) as connection:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
        loose = connection.execute("PRAGMA foreign_key_check").fetchone()
    if said != ["ok"] or loose is not None:
        raise Failure(_("The database in the backup is damaged: {why}").format(why="; ".join(said)[:200]))
    if told_of_sqlite(file) != told:
        raise Failure(_("The database in the backup does not hold what the backup says."))


def renew_sqlite(file: Path) -> None:
    """Another life: phones send again what they hold, and everybody logs in again."""
    with closing(sqlite3.connect(file)) as connection, connection:
        _renew(lambda sql, *values: connection.execute(sql.replace("%s", "?"), values).rowcount)


# PostgreSQL


def dump_postgresql(settings: Mapping[str, Any], target: Path) -> None:
    """The database as it stands at one moment, by PostgreSQL's own program."""
    _postgresql("pg_dump", settings, "--format=custom", "--no-owner", "--no-acl", f"--file={target}")


def read_dump(file: Path) -> None:
    """Read a dump from beginning to end. Raises Failure when it is damaged."""
    _run([_program("pg_restore"), "--file=/dev/null", str(file)], {})


def load_postgresql(settings: Mapping[str, Any], file: Path) -> None:
    """Fill an empty database, whole or not at all."""
    arguments = (
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-acl",
        "--schema=public",
        "--clean",
        "--if-exists",
    )
    _postgresql("pg_restore", settings, *arguments, f"--dbname={settings['NAME']}", str(file))


def told_of_postgresql(connection: Any) -> Told:
    """Of the database a Django connection is to."""

    def row(sql: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()

    return _told(row)


def renew_postgresql(connection: Any) -> None:
    """As ``renew_sqlite``."""
    with connection.cursor() as cursor:

        def run(sql: str, *values: Any) -> int:
            cursor.execute(sql, values)
            return int(cursor.rowcount)

        _renew(run)


def _postgresql(program: str, settings: Mapping[str, Any], *arguments: str) -> None:
    address = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    told = {name: str(settings[key]) for name, key in address.items() if settings.get(key)}
    _run([_program(program), *arguments], told)


def _program(name: str) -> str:
    """PostgreSQL's own program on this machine. Raises Failure."""
    found = shutil.which(name)
    if found is None:
        raise Failure(_("{program} is not on this machine. Install PostgreSQL's client programs.").format(program=name))
    return found


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    told = {**os.environ, **environment}
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)  # noqa: S603 (PostgreSQL's own)
    if done.returncode:
        if "version mismatch" in done.stderr:
            said = _("{program} is of another version than the server. Install the client programs of its version.")
            raise Failure(said.format(program=Path(command[0]).name))
        # the first line alone: those below may hold what stands in the rows
        why = (done.stderr.strip().splitlines() or [str(done.returncode)])[0]
        raise Failure(_("{program} did not succeed: {why}").format(program=Path(command[0]).name, why=why))


# Both


def _told(row: Any) -> Told:
    counters = {name: row(f"SELECT value FROM counter WHERE name = '{name}'") for name in ("journal", "epoch")}
    if None in counters.values():
        raise Failure(_("The store was made by an older version. Bring it up to date with: doorstep init"))
    counts = {table: int(row(f"SELECT COUNT(*) FROM {table}")[0]) for table in _COUNTS}
    return Told(int(counters["journal"][0]), int(counters["epoch"][0]), counts)


def _renew(run: Any) -> None:
    if run("UPDATE counter SET value = %s WHERE name = 'epoch'", secrets.randbits(_EPOCH_BITS)) != 1:
        raise Failure(_("The store was made by an older version. Bring it up to date with: doorstep init"))
    run("DELETE FROM django_session")
