"""A store of its own whose records are committed: the feed reads it on a connection beside ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doorstep.lib import db
from doorstep.visits import actions as visits
from doorstep.visits import everybody


@contextmanager
def committed_store(folder: Path) -> Iterator[None]:
    """Work on a copy of the empty store for as long as the context lasts, and let go of it without a trace."""
    from django.db import connection

    from doorstep.places import counters

    told = connection.settings_dict
    usual = told["NAME"]
    connection.close()
    copy = _copied_file(Path(usual), folder) if connection.vendor == "sqlite" else _copied_database(usual)
    told["NAME"] = copy
    counters.forget()
    try:
        yield
    finally:
        connection.close()
        told["NAME"] = usual
        counters.forget()
        if connection.vendor != "sqlite":
            _drop(copy)


def _copied_file(usual: Path, folder: Path) -> str:
    copy = folder / "own.sqlite3"
    with sqlite3.connect(usual) as had, sqlite3.connect(copy) as made:
        had.backup(made)
    return str(copy)


def _copied_database(usual: str) -> str:
    _alone(f'CREATE DATABASE own TEMPLATE "{usual}"')
    return "own"


def _drop(name: str) -> None:
    _alone(f'DROP DATABASE "{name}" WITH (FORCE)')


def _alone(sql: str) -> None:
    """A statement no transaction may hold, from a database nobody works in."""
    import psycopg

    from doorstep.programmes.feed import address

    with psycopg.connect(address()[1], dbname="postgres", autocommit=True) as server:
        server.execute(sql)  # type: ignore[arg-type]


def stored() -> dict[visits.Key, visits.Values]:
    """Every due visit as it is stored."""
    connection = db.current()
    return visits.stored(connection, [i for (i,) in connection.rows("SELECT id FROM person")])


def planned() -> dict[visits.Key, visits.Values]:
    """Every due visit as DuckDB works it out."""
    rows = list(everybody.planned())
    found = dict(rows)
    assert len(found) == len(rows)
    return found
