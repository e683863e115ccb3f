"""How many files of one worker may wait for their records."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

from doorstep.intake import uploads
from doorstep.intake.problems import Refused
from doorstep.intake.uploads import Piece, Wanted

WHOLE = b"a photo"


def brought(user: int, entry: str, end: int) -> uploads.Standing:
    piece = Piece(0, len(WHOLE), hashlib.sha256(WHOLE).hexdigest(), WHOLE[:end])
    return uploads.take(Wanted(user, entry, "yard.jpg"), piece)


def test_one_worker_s_waiting_files_leave_room_for_the_others(
    store: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "STORE", tmp_path)
    monkeypatch.setattr(uploads, "MOST_WAITING", 2)
    assert [brought(1, f"uuid:{n}", end).done for n, end in enumerate((3, len(WHOLE)))] == [False, True]
    with pytest.raises(Refused) as refused:
        brought(1, "uuid:2", 3)
    assert (refused.value.status, refused.value.problem.code) == (429, "sync.too_many_files")
    assert brought(2, "uuid:2", 3).have == 3
    assert uploads.take(
        Wanted(1, "uuid:0", "yard.jpg"), Piece(3, len(WHOLE), hashlib.sha256(WHOLE).hexdigest(), WHOLE[3:])
    ).done  # what was begun still comes to its end
