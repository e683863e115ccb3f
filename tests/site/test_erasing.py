"""Unique marks of one person lie in every drawer of a store: each is found before she is erased, and none after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.site.erasing_story import MARKS
from tests.site.test_backup import query

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Told:
    """A store that was made, with what its database is reached by."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    story: dict[str, Any] = field(default_factory=dict)

    def run(self, *commands: list[str], folder: Path | None = None) -> list[tuple[int, str]]:
        """Exit code and words of each command, all in one process."""
        told = _process("run", folder or self.folder, json.dumps(commands), **self.settings)
        return [(code, said) for code, said in told]


def made(home: Path, **settings: str) -> Told:
    """The story of ``erasing_story`` in a store of its own."""
    store = home / "store"
    return Told(store, settings, _process("make", store, **settings))


def _process(what: str, store: Path, *more: str, **settings: str) -> Any:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DOORSTEP_", "DJANGO_"))} | settings
    told = [sys.executable, "-m", "tests.site.erasing_story", what, str(store), *more]
    done = subprocess.run(told, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


SEALED = frozenset({b"13977770001", b"canarywaiting", b"canaryphotobytes", b"canarytable"})
"""Her phone number, a record beside the door, a photo, a table on its way in: no file holds them as they were, erased or not."""


def found(*folders: Path) -> set[bytes]:
    """The marks that stand in any file of these folders, or in its name."""
    seen: set[bytes] = set()
    for folder in folders:
        for file in folder.rglob("*"):
            content = str(file.relative_to(folder)).encode() + (file.read_bytes() if file.is_file() else b"")
            seen |= {mark for mark in MARKS if mark in content}
    return seen


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Backed up, then erased: with the backups beside."""
    home = tmp_path_factory.mktemp("erasing")
    one = made(home)
    one.settings["DOORSTEP_BACKUPS"] = str(home / "kept")
    assert one.run(["backup"])[0][0] == 0
    yield one


def test_every_mark_is_found_before_and_none_after_and_none_after_a_restore(told: Told, tmp_path: Path) -> None:
    kept = Path(told.settings["DOORSTEP_BACKUPS"])
    assert found(told.folder) == set(MARKS) - SEALED
    her = told.story["her"]
    refused, erased, verified = told.run(
        ["erase", her, "--by", "worker"], ["erase", her, "--by", "supervisor", "--json"], ["verify"]
    )
    assert (refused[0], "that is for supervisors" in refused[1]) == (1, True)
    assert (erased[0], verified[0], "0 differences" in verified[1]) == (0, 0, True)
    assert json.loads(erased[1][erased[1].index("{") :]) == {
        "people": 1, "families": 1, "records": 5, "reduced": 0, "files": 1, "waiting": 1, "wiped": True, "listed": True,
    }  # fmt: skip
    assert found(told.folder) == set()
    assert query(told.folder, "SELECT COUNT(*) FROM person") == [(30,)]

    backup = next(kept.glob("*.backup"))
    key = str(told.folder / "backup.key")
    again = tmp_path / "again"
    restored, verified = told.run(["restore", str(backup), "--key", key], ["verify"], folder=again)
    assert (restored[0], verified[0], "0 differences" in verified[1]) == (0, 0, True)
    assert found(again) == set()
    assert query(again, "SELECT COUNT(*) FROM person") == [(30,)]
    marks = "SELECT mark, kind, seq, erased_on, by_id FROM erased ORDER BY mark"
    assert query(again, marks) == query(told.folder, marks)


def test_without_the_list_nothing_is_restored_unless_somebody_says_there_never_was_one(
    told: Told, tmp_path: Path
) -> None:
    kept, key = Path(told.settings["DOORSTEP_BACKUPS"]), str(told.folder / "backup.key")
    lonely = tmp_path / "lonely.backup"
    lonely.write_bytes(next(kept.glob("*.backup")).read_bytes())
    restore = ["restore", str(lonely), "--key", key]
    refused, restored = told.run(restore, [*restore, "--without-erasures"], folder=tmp_path / "back")
    assert (refused[0], "people who were erased would be back" in refused[1]) == (1, True)
    assert (restored[0], found(tmp_path / "back") >= {MARKS[0]}) == (0, True)


def test_a_restored_store_in_which_was_not_erased_again_is_not_worked_on(told: Told, tmp_path: Path) -> None:
    store = told.folder
    rows = query(store, "SELECT mark, kind, erased_on, by_id FROM erased")
    (store / "erasures.pending").write_text(json.dumps(rows))
    refused, again, works = told.run(["due"], ["erase", "--again"], ["due"])
    assert (refused[0], "Run: doorstep erase --again" in refused[1]) == (1, True)
    assert (again[0], works[0], (store / "erasures.pending").exists()) == (0, 0, False)
