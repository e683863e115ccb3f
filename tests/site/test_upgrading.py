"""Stores that earlier states of the program made come up whole; an upgrade that fails changes nothing."""

from __future__ import annotations

import hashlib
import json
import lzma
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests import commands

STORES = sorted((Path(__file__).parent / "stores").glob("*.sql.xz"))
RUN = """
import sys
from doorstep.site.command import main
for words in ({words}):
    try:
        main(words)
    except SystemExit as ended:
        if ended.code:
            raise
"""
SPOIL = """
from django.db import connection
from doorstep.site import store, upgrading
from doorstep.site.store import Failure
store.set_up()
def changed(cursor): cursor.execute("UPDATE entry_body SET digest = x'00' WHERE seq = (SELECT MAX(seq) FROM entry)")
def lost(cursor): cursor.execute("DELETE FROM entry WHERE seq = (SELECT MAX(seq) FROM entry)")
def broken(cursor):
    cursor.execute("DROP TABLE household")
    raise ValueError("Wang Xiuying")
for spoil in (changed, lost, broken):
    before = upgrading.fingerprint()
    try:
        upgrading.safely(lambda _: None, lambda: spoil(connection.cursor()))
    except Failure as error:
        print(error, upgrading.fingerprint() == before)
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    told = {"DOORSTEP_STORE": str(folder), "DOORSTEP_TODAY": "2026-11-22", "LANGUAGE": "en"}
    return commands.run([], commands.plain_environment(told), source=code)


def restored(file: Path, folder: Path) -> Path:
    """A store as an earlier state left it."""
    folder.mkdir(mode=0o700)
    (folder / "secret.key").write_text("of-a-test")
    with closing(sqlite3.connect(folder / "doorstep.sqlite3")) as connection:
        connection.executescript(lzma.decompress(file.read_bytes()).decode())
    return folder


def photographed(folder: Path) -> str:
    """Give a record a photo, kept as the camera made it. Gives its digest."""
    content = b"\xff\xd8\xff\xfe\x00\x0dcanaryplace\xff\xda\x00\x02canarypicture\xff\xd9"
    digest = hashlib.sha256(content).hexdigest()
    file = folder / "attachments" / digest[:2] / digest
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with closing(sqlite3.connect(folder / "doorstep.sqlite3")) as connection:
        sql = "INSERT INTO attachment (seq, name, content_type, digest) VALUES (1, 'yard.jpg', '', ?)"
        connection.execute(sql, [digest])
        connection.commit()
    return digest


def records(folder: Path) -> list[tuple[object, ...]]:
    sql = (
        "SELECT e.seq, e.instance_id, e.form_id, e.person_id, e.received_at, b.digest, b.nonce"
        " FROM entry e JOIN entry_body b ON b.seq = e.seq ORDER BY e.seq"
    )
    with closing(sqlite3.connect(folder / "doorstep.sqlite3")) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.once
@pytest.mark.parametrize("file", STORES, ids=lambda file: file.name.partition(".sql")[0])
def test_an_earlier_store_comes_up_whole_and_verified(file: Path, tmp_path: Path) -> None:
    folder = restored(file, tmp_path / "store")
    before = records(folder)
    assert len(before) == 140
    taken = photographed(folder)
    told = run(RUN.format(words='["init", "--no-packs"], ["verify", "--json"]'), folder)
    assert told.returncode == 0, told.stdout + told.stderr
    assert json.loads(told.stdout.splitlines()[-1]) == []
    assert records(folder) == before
    assert not list(folder.glob("before-upgrade*"))
    assert "1 photos no longer hold what the camera had written beside them" in told.stderr
    left = [one for one in (folder / "attachments").glob("??/*") if one.is_file()]
    assert (len(left), left[0].name != taken, b"canary" in left[0].read_bytes()) == (1, True, False)


@pytest.mark.once
def test_an_upgrade_that_goes_wrong_is_taken_back(tmp_path: Path) -> None:
    folder = restored(STORES[0], tmp_path / "store")
    before = records(folder)
    told = run(SPOIL, folder)
    begins = "The store was not brought up to date, and is as it was before: "
    whys = ("Records would have been changed.", "Records would have been changed.", "ValueError")
    assert told.stdout.splitlines() == [f"{begins}{why} True" for why in whys], told.stderr
    assert records(folder) == before
    with closing(sqlite3.connect(folder / "doorstep.sqlite3")) as connection:
        assert connection.execute("SELECT COUNT(*) > 0 FROM household").fetchone() == (1,)


@pytest.mark.once
def test_a_copy_left_by_a_machine_that_stopped_is_taken_up(tmp_path: Path) -> None:
    """It stopped while tables were being changed: the copy holds the truth, what is half changed does not."""
    folder = restored(STORES[-1], tmp_path / "store")
    before = records(folder)
    (folder / "doorstep.sqlite3").rename(folder / "before-upgrade.sqlite3")
    restored(STORES[0], tmp_path / "half")
    half = tmp_path / "half" / "doorstep.sqlite3"
    with closing(sqlite3.connect(half)) as connection:
        connection.execute("DELETE FROM entry WHERE seq > 3")
        connection.commit()
    half.rename(folder / "doorstep.sqlite3")
    told = run(RUN.format(words='["init", "--no-packs"],'), folder)
    assert told.returncode == 0, told.stderr
    assert records(folder) == before


@pytest.mark.once
def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    folder = restored(STORES[-1], tmp_path / "store")
    with closing(sqlite3.connect(folder / "doorstep.sqlite3")) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('register', '9999_later', '2030-01-01')"
        )
        connection.commit()
    told = run(RUN.format(words='["init", "--no-packs"],'), folder)
    sentence = "The store was made by a newer version of Doorstep. Install that version, or use another store."
    assert (told.returncode, sentence in told.stderr) == (1, True)
