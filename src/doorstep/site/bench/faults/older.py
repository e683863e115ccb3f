"""A store as an older version left it: the latest step of every part of the program not done yet, the records in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

DATABASE = "older.sqlite3"


def steps_but_the_last() -> None:
    """Bring the empty database of this process up, but for the latest step of every part of the program of ours."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    graph, targets = executor.loader.graph, []
    for app, name in graph.leaf_nodes():
        before = [one.key[1] for one in graph.node_map[app, name].parents if one.key[0] == app]
        ours = executor.loader.disk_migrations[app, name].__module__.startswith("doorstep.")
        targets.append((app, before[0]) if ours and before else (app, name))
    executor.migrate(targets)


def fill(older: Path, newer: Path) -> None:
    """Copy every row of the newer store that has a place in the older one."""
    with closing(sqlite3.connect(older, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS newer", [str(newer)])
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN")
        for table in _tables(connection, "main") & _tables(connection, "newer") - {
            "django_migrations",
            "sqlite_sequence",
        }:
            columns = _columns(connection, "main", table) & _columns(connection, "newer", table)
            names = ", ".join(f'"{one}"' for one in sorted(columns))
            connection.execute(f'INSERT OR REPLACE INTO main."{table}" ({names}) SELECT {names} FROM newer."{table}"')
        connection.execute("COMMIT")


def _tables(connection: sqlite3.Connection, schema: str) -> set[str]:
    return {name for (name,) in connection.execute(f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table'")}


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f'PRAGMA {schema}.table_info("{table}")')}
