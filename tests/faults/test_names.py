"""Files beside the database: what is told to be here outlives a power cut with its name, not its bytes alone."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings

from doorstep.forms import kept
from doorstep.intake import uploads
from doorstep.intake.uploads import Piece, Wanted
from tests.cast import Township


class Written:
    """What waited for the disk, and in which order: a file that was not waited for before it got its name, and a name whose folder
    was not waited for afterwards, may be gone."""

    def __init__(self, patch: pytest.MonkeyPatch):
        self._fsync, self._replace = os.fsync, os.replace
        self.waited: set[str] = set()
        self.uncertain: set[str] = set()
        patch.setattr(os, "fsync", self.fsync)
        patch.setattr(os, "replace", self.replace)

    def fsync(self, handle: int) -> None:
        path = str(Path(f"/proc/self/fd/{handle}").readlink())
        self.waited.add(path)
        self.uncertain = {one for one in self.uncertain if str(Path(one).parent) != path}
        self._fsync(handle)

    def replace(self, source: str | Path, target: str | Path) -> None:
        assert str(source) in self.waited
        self.uncertain.add(str(target))
        self._replace(source, target)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    monkeypatch.setattr(settings, "STORE", tmp_path)
    return Written(monkeypatch)


def test_a_photo_that_is_kept_has_its_name_on_the_disk(written: Written, tmp_path: Path) -> None:
    digest = kept.keep(b"a photo")
    assert kept.read(digest) == b"a photo"
    assert written.uncertain == set()
    folders = {tmp_path, tmp_path / "attachments"}  # those that were new have names as well
    assert {str(one) for one in folders} <= written.waited
    written.waited.clear()
    assert kept.keep(b"a photo") == digest
    assert str(kept.path_of(digest).parent) in written.waited  # who wrote it may not have come so far


def test_a_photo_that_waits_for_its_record_has_its_name_on_the_disk(
    township: Township, written: Written, tmp_path: Path
) -> None:
    content = b"another photo"
    file = Wanted(township.users["worker"], "uuid:not-here-yet", "door.jpg")
    told = uploads.take(file, Piece(0, len(content), sha256(content).hexdigest(), content))
    assert told.done
    assert written.uncertain == set()
    assert {str(tmp_path), str(tmp_path / "uploads"), str(file.part)} <= written.waited
