"""No photo, no piece of one and no table on its way lies in the open; what an older version left so is sealed, and bare."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from doorstep.forms import kept
from doorstep.intake import filing, pieces, resealing, uploads
from doorstep.intake.uploads import Piece, Standing, Wanted
from doorstep.lib import db, keyring, sealed
from doorstep.site.backup import making
from doorstep.web.desk import parcels

MARK = b"canaryphotobytes"
PHOTO = b"\xff\xd8\xff\xdb\x00\x04ok\xff\xda\x00\x02" + MARK + b"\xff\xd9"
PLACE = b"canaryplace"
TAKEN = b"\xff\xd8\xff\xfe" + struct.pack(">H", len(PLACE) + 2) + PLACE + PHOTO[2:]  # with a remark of the camera's
FILE = Wanted(1, "uuid:canaryrecord", "canaryname.jpg")


@pytest.fixture(autouse=True)
def own_folder(store: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder and keys of this test's own."""
    monkeypatch.setattr(settings, "STORE", tmp_path)
    before = keyring.file()
    keyring.configure(tmp_path / keyring.FILE)
    keyring.make()
    yield tmp_path
    keyring.configure(before)


def on_disk(folder: Path) -> bytes:
    return b" ".join(file.name.encode() + file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def brought(content: bytes, *ends: int) -> list[Standing]:
    told = hashlib.sha256(content).hexdigest()
    return [
        uploads.take(FILE, Piece(start, len(content), told, content[start:end]))
        for start, end in zip((0, *ends), (*ends, len(content)), strict=False)
    ]


def named(digest: str) -> None:
    db.current().run("INSERT INTO attachment (seq, name, content_type, digest) VALUES (1, 'p.jpg', '', ?)", [digest])


def test_a_file_lies_sealed_and_is_read_as_it_was(own_folder: Path) -> None:
    digest = kept.keep(PHOTO)
    assert (kept.read(digest), kept.size(digest), digest) == (PHOTO, len(PHOTO), hashlib.sha256(PHOTO).hexdigest())
    assert (list(kept.every()), MARK in on_disk(own_folder)) == ([digest], False)
    assert (kept.read(kept.keep(b"")), kept.size(kept.keep(b""))) == (b"", 0)


def test_pieces_lie_sealed_also_what_they_are_called(own_folder: Path) -> None:
    assert [one.have for one in brought(PHOTO, 5, 20)] == [5, 20, len(PHOTO)]
    assert [mark for mark in (MARK[:5], b"canaryname", b"canaryrecord") if mark in on_disk(own_folder)] == []
    assert pieces.read(FILE.part) == PHOTO


def test_a_piece_cut_off_while_it_was_written_is_sent_again() -> None:
    brought(PHOTO, 10)[:1]
    whole = FILE.part.read_bytes()
    for cut in (1, 3, 30):
        FILE.part.write_bytes(whole + whole[:cut])
        assert uploads.standing(FILE).have == len(PHOTO)
    FILE.about.unlink()
    FILE.part.unlink()
    said = hashlib.sha256(PHOTO).hexdigest()
    uploads.take(FILE, Piece(0, len(PHOTO), said, PHOTO[:10]))
    with FILE.part.open("ab") as part:
        part.write(b"\x00\x00\x00\xffhalf of a piece")
    assert uploads.standing(FILE).have == 10
    assert uploads.take(FILE, Piece(10, len(PHOTO), said, PHOTO[10:])).done
    assert pieces.read(FILE.part) == PHOTO


def test_a_table_on_its_way_in_lies_sealed(own_folder: Path) -> None:
    file = parcels.keep(7, SimpleUploadedFile("people.csv", "姓名\ncanaryperson".encode()))
    assert file is not None and parcels.kept(7) == file
    with parcels.opened(file) as plain:
        assert (plain.name, plain.read_text(encoding="utf-8")) == ("people.csv", "姓名\ncanaryperson")
    assert (plain.exists(), b"canaryperson" in on_disk(own_folder)) == (False, False)


def older(content: bytes) -> str:
    """A file as versions before sealing kept it."""
    digest = hashlib.sha256(content).hexdigest()
    kept.path_of(digest).parent.mkdir(parents=True, exist_ok=True)
    kept.path_of(digest).write_bytes(content)
    return digest


def test_what_an_older_version_left_in_the_open_is_sealed_and_photos_are_bare(own_folder: Path) -> None:
    taken, plain = older(TAKEN), older(b"canaryfile of another kind")
    named(taken)
    FILE.part.parent.mkdir(parents=True)
    FILE.part.write_bytes(PHOTO)
    FILE.about.write_bytes(b'{"entry":"uuid:canaryrecord","name":"canaryname.jpg","size":44,"sha256":"-","whole":true}')
    (own_folder / "uploads" / "7-ab").mkdir()
    (own_folder / "uploads" / "7-ab" / "people.csv").write_bytes(b"canaryperson")
    assert on_disk(own_folder).count(b"canary") == 7
    assert sum(filing.seal()) == 5
    assert (b"canary" in on_disk(own_folder), list(filing.seal()), filing.cleaned()) == (False, [0], 1)
    bare = hashlib.sha256(PHOTO).hexdigest()
    assert (kept.read(bare), kept.read(plain)) == (PHOTO, b"canaryfile of another kind")
    assert (db.current().rows("SELECT digest FROM attachment"), kept.path_of(taken).exists()) == ([(bare,)], False)
    assert (pieces.read(FILE.part), uploads.standing(FILE).done) == (PHOTO, True)
    with parcels.opened(own_folder / "uploads" / "7-ab" / "people.csv") as file:
        assert file.read_bytes() == b"canaryperson"


def test_cut_off_it_goes_on_with_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after a bare copy was kept, or after pieces were sealed and what is known of them was not."""
    named(older(TAKEN))

    def killed(_digest: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as one, pytest.raises(KeyboardInterrupt):
        one.setattr(kept, "drop", killed)
        list(filing.seal())
    FILE.part.parent.mkdir(parents=True)
    FILE.part.write_bytes(pieces.one(PHOTO))
    FILE.about.write_bytes(b'{"entry":"-","name":"-","size":44,"sha256":"-","whole":true}')
    assert sum(filing.seal()) == 2  # what nothing names any more is sealed, and what is known of the pieces
    assert (filing.cleaned(), pieces.read(FILE.part)) == (1, PHOTO)
    assert db.current().rows("SELECT digest FROM attachment") == [(hashlib.sha256(PHOTO).hexdigest(),)]


def test_turned_keys_seal_files_again(own_folder: Path) -> None:
    old, digest = keyring.ring().data.current, kept.keep(PHOTO)
    brought(PHOTO, 7)
    file = parcels.keep(7, SimpleUploadedFile("people.csv", b"canaryperson"))
    assert file is not None
    resealing.rotate()
    assert old.encode() not in on_disk(own_folder)
    assert (kept.read(digest), pieces.read(FILE.part), sealed.open_bytes(file.read_bytes())) == (PHOTO, PHOTO, b"canaryperson")  # fmt: skip


def test_what_was_altered_is_left_as_it_is_and_what_was_deleted_does_not_come_back() -> None:
    digest = kept.keep(PHOTO)
    file = kept.path_of(digest)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    before = file.read_bytes()
    keyring.turn()
    assert (kept.seal(digest), file.read_bytes()) == (False, before)
    kept.drop(digest)
    kept.drop(digest)
    assert (kept.seal(digest), file.exists()) == (False, False)


def test_files_beside_the_door_are_cleaned_away_under_the_names_they_have_now(own_folder: Path) -> None:
    brought(PHOTO, 7)
    uploads.drop(["uuid:canaryrecord"])
    assert sorted(one.name for one in (own_folder / "uploads" / "1").iterdir()) == ["lock"]


def test_a_backup_is_good_only_when_each_photo_opens_with_the_keys_in_it(own_folder: Path) -> None:
    digest = kept.keep(PHOTO)
    file, keys = kept.path_of(digest), own_folder / keyring.FILE
    assert (making._is_whole(file, keys), making._is_whole(file, own_folder / "none")) == (True, False)
    other = own_folder / "other.json"
    other.write_bytes(keys.read_bytes())
    keyring.turn()
    kept.seal(digest)
    assert (making._is_whole(file, keys), making._is_whole(file, other)) == (True, False)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert not making._is_whole(file, keys)
    plain = older(b"of an older version")
    assert making._is_whole(kept.path_of(plain), own_folder / "none")
