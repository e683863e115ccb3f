"""Backups, as an installer makes and uses them: each command in a process of its own, on stores on disk."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from ast import literal_eval
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from doorstep.lib import sealing
from doorstep.site.backup import making
from doorstep.web import backups
from tests import commands, made_town

RUN = "from doorstep.site.command import main; main()"


PHOTO = sha256(b"a photo of a cot").hexdigest()


def start(folder: Path, *words: str, **settings: str) -> subprocess.Popen[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DOORSTEP_", "DJANGO_"))} | settings
    told = [sys.executable, "-c", RUN, "--store", str(folder), "--language", "en", *words]
    return subprocess.Popen(
        told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    )


def doorstep(folder: Path, *words: str, code: int = 0, typed: str = "", **settings: str) -> str:
    told = ["--store", str(folder), "--language", "en", *words]
    done = commands.run(told, commands.plain_environment(settings), typed=typed)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


def query(folder: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(folder / "doorstep.sqlite3")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def rows_of(folder: Path) -> dict[str, list[Any]]:
    """Every row of the store, but of what a restore changes on purpose."""
    tables = [name for (name,) in query(folder, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    found = {
        name: sorted(query(folder, f'SELECT * FROM "{name}"'), key=repr) for name in tables if "session" not in name
    }
    found["counter"] = [row for row in found["counter"] if row[0] not in ("epoch", "settings")]
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store, its backups and the key, as they were written down."""
    home = tmp_path_factory.mktemp("backup")
    made_town.copied_to(home / "store", tmp_path_factory)
    with sqlite3.connect(home / "store" / "doorstep.sqlite3") as connection:
        connection.execute("INSERT INTO django_session VALUES ('s', 'open', '2036-01-01')")
    assert photos(home / "store", "kept.keep(b'a photo of a cot')") == [b"a photo of a cot"]
    photo = home / "store" / "attachments" / PHOTO[:2] / PHOTO
    photo.with_suffix(".12-34").write_bytes(b"half")  # one that is just being written
    said = doorstep(home / "store", "backup", "--to", str(home / "kept"))
    (home / "key").write_text(said.splitlines()[-1])
    return home


def photos(store: Path, first: str = "None") -> list[bytes]:
    """What is read in the photos of a store, by its own keys, after something was done."""
    source = f"""from doorstep.site import store
store.connect()
from doorstep.forms import kept
{first}
print([kept.read(digest) for digest in kept.every()])"""
    told = commands.plain_environment({"DOORSTEP_STORE": str(store)})
    return list(literal_eval(commands.run([], told, source=source).stdout))


def files_of(store: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (store / "attachments").rglob("*") if one.is_file()}


def backup_of(made: Path) -> Path:
    return next((made / "kept").glob("*.backup"))


def test_a_store_is_made_again_of_its_backup(made: Path, tmp_path: Path) -> None:
    restored = tmp_path / "again"
    told = json.loads(doorstep(restored, "restore", str(backup_of(made)), "--key", str(made / "key"), "--json"))
    assert told["told"]["counts"]["person"] == made_town.PEOPLE
    assert rows_of(restored) == rows_of(made / "store")
    assert (restored / "secret.key").read_text() == (made / "store" / "secret.key").read_text()
    assert b"a photo" not in b"".join(files_of(made / "store").values())
    assert (photos(restored), list(files_of(restored))) == ([b"a photo of a cot"], [PHOTO])
    assert query(restored, "SELECT COUNT(*) FROM django_session") == [(0,)]
    epochs = [query(one, "SELECT value FROM counter WHERE name = 'epoch'")[0][0] for one in (made / "store", restored)]
    second = tmp_path / "second"
    doorstep(second, "restore", str(backup_of(made)), typed=(made / "key").read_text())
    epochs += query(second, "SELECT value FROM counter WHERE name = 'epoch'")[0]
    assert len(set(epochs)) == 3  # each restore begins another life, and phones send again
    assert doorstep(second, "backup", "key").splitlines()[-1] == (made / "key").read_text()


def test_nothing_is_restored_over_a_store_or_from_what_is_not_whole(made: Path, tmp_path: Path) -> None:
    file, key = backup_of(made), str(made / "key")
    before = rows_of(made / "store")
    assert "holds something already" in doorstep(made / "store", "restore", str(file), "--key", key, code=1)
    assert rows_of(made / "store") == before
    whole = file.read_bytes()
    for name, content in {"cut": whole[:-100], "none": b"", "text": b"a letter\n"}.items():
        (tmp_path / name).write_bytes(content)
    said = {
        "cut": "This backup was cut off or altered on its way. Use another one.\n",
        "none": "This file is no backup of Doorstep.\n",
        "text": "This file is no backup of Doorstep.\n",
    }
    for name, sentence in said.items():
        assert doorstep(tmp_path / "new", "restore", str(tmp_path / name), "--key", key, code=1).endswith(sentence)
    other = tmp_path / "other"
    other.write_text("AAAA-" * 13 + "AAAA")
    assert "not the text of a key" in doorstep(tmp_path / "new", "restore", str(file), "--key", str(other), code=1)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("new")] == []


def test_the_backup_is_sealed_and_the_state_tells_the_pages(made: Path) -> None:
    content = backup_of(made).read_bytes()
    names = [row[0] for row in query(made / "store", "SELECT name FROM person LIMIT 20")]
    assert not any(name.encode() in content for name in [*names, "CREATE TABLE", "secret.key"])
    state = backups.read(made / "store")
    assert state == {
        "good": {
            "made_at": json.loads(content.split(b"\n", 1)[0])["made_at"],
            "file": backup_of(made).name,
            "bytes": len(content),
        }
    }
    assert sorted(one.name for one in (made / "store" / "backing-up").iterdir()) == ["lock"]


def test_older_backups_end(made: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    ages = {36: "old", 34: "young", 400: "ancient"}
    for days, word in ages.items():
        at = datetime.now(UTC) - timedelta(days=days)
        (kept / f"doorstep-{at:%Y%m%dT%H%M%SZ}-00aa.backup").write_text(word)
    (kept / "doorstep-notes.txt").write_text("not ours")
    (kept / "doorstep-x.partial").write_text("left by a backup that was killed")
    told = json.loads(doorstep(made / "store", "backup", "--to", str(kept), "--json"))
    assert told["removed"] == 2
    left = {one.name: one.read_bytes()[:5] for one in kept.iterdir() if one.suffix != ".sealed"}
    assert left.pop("doorstep-notes.txt") == b"not o"
    assert left.pop(Path(told["file"]).name) == b'{"for'
    assert list(left.values()) == [b"young"]
    doorstep(made / "store", "backup", "--to", str(kept), "--keep-days", "36", code=2)


def test_a_backup_killed_at_any_moment_leaves_none_that_is_not_good(made: Path, tmp_path: Path) -> None:
    kept, chance = tmp_path / "kept", random.Random(11)
    for _ in range(3):
        process = start(made / "store", "backup", "--to", str(kept))
        time.sleep(chance.uniform(0.8, 2.5))
        process.kill()
        process.communicate()
    doorstep(made / "store", "backup", "--to", str(kept))
    assert {one.suffix for one in kept.glob("*")} == {".backup", ".sealed"}  # with the list of what was erased
    found = sorted(kept.glob("*.backup"))
    key = sealing.key_from((made / "key").read_text())
    for number, one in enumerate(found):
        assert making.try_out(one, key, tmp_path / str(number)).told.counts["person"] == made_town.PEOPLE
    assert sorted(one.name for one in (made / "store" / "backing-up").iterdir()) == ["lock"]


def test_the_drill_notices_a_record_that_was_altered(made: Path, tmp_path: Path) -> None:
    store, kept = tmp_path / "store", tmp_path / "kept"
    shutil.copytree(made / "store", store)
    with sqlite3.connect(store / "doorstep.sqlite3") as connection:
        connection.execute("UPDATE person SET name = 'X' WHERE id = (SELECT MIN(id) FROM person)")
    doorstep(store, "backup", "--to", str(kept))
    assert "The drill failed at “doorstep verify”" in doorstep(store, "backup", "drill", "--to", str(kept), code=1)


def test_pages_say_when_there_is_no_good_backup(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    (tmp_path / "secret.key").write_text("x")
    assert backups.hours_without(tmp_path) is None
    long_ago = (now - timedelta(hours=50)).timestamp()
    os.utime(tmp_path / "secret.key", (long_ago, long_ago))
    assert backups.hours_without(tmp_path) == 50
    for hours, told in ((35, None), (37, 37), (100, 100)):
        made_at = (now - timedelta(hours=hours)).isoformat()
        (tmp_path / backups.STATE).write_text(json.dumps({"good": {"made_at": made_at}}))
        assert backups.hours_without(tmp_path) == told
    (tmp_path / backups.DEMONSTRATION).write_text("{}")
    assert backups.hours_without(tmp_path) is None
