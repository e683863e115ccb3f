"""Phones in bad weather against the real server: nothing lost, doubled or altered, and in the end each phone holds whom a new
one would; done wrong in known ways, records are lost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.faults.shares import SEED, SHARES
from tests.front.site_for_front import ROOT
from tests.server import Store

sys.path.insert(0, str(ROOT / "tools"))
import build_front

COUNT = SHARES["schedules"].count
SOUND = dict.fromkeys(("lost", "doubled", "altered", "differing", "stale", "torn", "missing", "unsound"), 0)
MANY = ("records", "crashes", "restores", "pushes", "pulls", "people", "photos", "merges", "covers", "days")


def test_nothing_is_lost_doubled_or_altered_in_any_weather(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_front.main()
    words = ("bench", "schedules", "--count", str(COUNT), "--seed", str(SEED))
    found = Store(tmp_path / "unused").json(*words)
    with capsys.disabled():
        sys.stdout.write(f"{COUNT} schedules from seed {SEED}: {found['records']} records, {found['pushes']} pushes\n")
    assert {name: found[name] for name in SOUND} == SOUND
    assert {name: found[name] > COUNT / 5 for name in MANY} == dict.fromkeys(MANY, True)
    assert {control: lost > 0 for control, lost in found["controls_lost"].items()} == {
        "forgets": True,  # a disk that does not wait for its writes
        "deletes_early": True,  # deleting before the receipt
        "marks_unsent": True,  # a mark of how far one got, in place of receipts
        "unsynced": True,  # a server that does not wait for its disk, when the power fails
    }
