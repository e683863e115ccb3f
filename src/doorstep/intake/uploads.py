"""Files of entries as phones bring them: piece by piece, before or after the entry itself, and checked when they are whole.

What has come so far lies sealed in the store's folder under a name that tells nothing. A whole file becomes the entry's as soon as
the entry is there and names it; one nobody asks for is cleaned away.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from doorstep.engine.warehouse.manifest import make_durable
from doorstep.forms import erased, kept
from doorstep.forms.media import content_type
from doorstep.intake import photos, pieces
from doorstep.intake.problems import Refused
from doorstep.lib import db, keyring, sealed, writer

LARGEST = 5 * 1024 * 1024  # bytes of one file: what the form in the page takes too
LARGEST_PIECE = 1024 * 1024
MOST_WAITING = 200  # files of one phone that are not whole, or whose entry has not come
KEPT_DAYS = 35
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file as a phone names it: whose, of which entry (its instanceID), under which name."""

    user_id: int
    entry: str
    name: str

    @property
    def _key(self) -> str:
        return hashlib.sha256(f"{self.entry}\n{self.name}".encode()).hexdigest()[:40]

    @property
    def part(self) -> Path:
        return _folder(self.user_id) / f"{self._key}.part"

    @property
    def about(self) -> Path:
        return _folder(self.user_id) / f"{self._key}.json"


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes from ``start`` on of a file of ``size`` bytes whose SHA-256 is known beforehand."""

    start: int
    size: int
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a file is here; ``done``: all of it, and its bytes are right."""

    have: int
    size: int
    done: bool


def standing(file: Wanted) -> Standing:
    """How far a file has come. Raises Refused when its entry is here and does not name it."""
    digest = _digest(file)
    if digest:
        size = kept.size(digest)
        return Standing(size, size, done=True)
    told = _about(file)
    have = pieces.have(file.part) if told else 0
    return Standing(have, told.get("size", 0), done=bool(told.get("whole")))


def take(file: Wanted, piece: Piece) -> Standing:
    """Keep a piece durably. Raises Refused for one that does not fit where the file stands (409, with ``have``), that is too
    large, or that makes the file whole and wrong (its bytes then go)."""
    if piece.size > LARGEST or len(piece.content) > LARGEST_PIECE or piece.start + len(piece.content) > piece.size:
        raise Refused("sync.file_too_large", 413, most=LARGEST // 1_048_576)
    with _alone(file):
        now = standing(file)
        if now.done:
            return now
        told = _about(file)
        other = bool(told) and (told["size"], told["sha256"]) != (piece.size, piece.sha256)
        have = 0 if other else now.have
        if piece.start != have:
            raise Refused("sync.file_elsewhere", 409, have=have)
        if not told:
            _room(file)
        if other or not told:
            _forget(file)
            _write_about(file, {"entry": file.entry, "name": file.name, "size": piece.size, "sha256": piece.sha256})
        if piece.content:
            pieces.append(file.part, piece.content)
        have += len(piece.content)
        if have < piece.size:
            return Standing(have, piece.size, done=False)
        return _whole(file, piece)


def _whole(file: Wanted, piece: Piece) -> Standing:
    if hashlib.sha256(pieces.read(file.part)).hexdigest() != piece.sha256:
        _forget(file)
        raise Refused("sync.not_whole", 400)
    _write_about(file, _about(file) | {"whole": True})
    attach(file.user_id, [file.entry])
    return Standing(piece.size, piece.size, done=True)


def attach(user_id: int, instance_ids: Iterable[str]) -> int:
    """Give these entries of a member the whole files that came for them. Gives how many."""
    if not _folder(user_id).exists():
        return 0
    sql = (
        "SELECT e.instance_id, a.seq, a.name FROM attachment a JOIN entry e ON e.seq = a.seq"
        " WHERE a.digest = '' AND e.author_id = ? AND e.instance_id IN (?*)"
    )
    done = 0
    for instance_id, seq, name in db.current().rows_in(sql, instance_ids, [user_id]):
        file = Wanted(user_id, instance_id, name)
        if _about(file).get("whole") and file.part.exists():
            digest = kept.keep(photos.without_hidden(pieces.read(file.part)))
            writer.do(_attached, (digest, content_type(name)[:120], seq, name))
            done += 1
    for instance_id in dict.fromkeys(instance_ids):
        _sweep(user_id, instance_id)
    return done


def _attached(connection: db.Db, jobs: Sequence[tuple[str, str, int, str]]) -> list[None]:
    connection.many("UPDATE attachment SET digest = ?, content_type = ? WHERE seq = ? AND name = ?", jobs)
    return [None] * len(jobs)


def _sweep(user_id: int, instance_id: str) -> None:
    """What an entry has got lies with the entries; it need not wait any more."""
    sql = "SELECT a.name FROM attachment a JOIN entry e ON e.seq = a.seq WHERE e.instance_id = ? AND e.author_id = ?"
    for (name,) in db.current().rows(sql + " AND a.digest <> ''", [instance_id, user_id]):
        _forget(Wanted(user_id, instance_id, name))


def tidy() -> int:
    """Clean away what was begun, or waited for its entry, longer ago than ``KEPT_DAYS``. What belongs to a record that
    waits beside the door stays. Gives how many."""
    gone = 0
    for about in (Path(settings.STORE) / "uploads").glob("*/*.json"):
        if time.time() - about.stat().st_mtime < KEPT_DAYS * _DAY:
            continue
        entry = _read(about)["entry"]
        if not db.current().value("SELECT 1 FROM quarantined WHERE instance_id = ? AND let_in_seq IS NULL", [entry]):
            about.with_suffix(".part").unlink(missing_ok=True)
            about.unlink()
            gone += 1
    return gone


def drop(instance_ids: Collection[str]) -> None:
    """Delete what has come for these records."""
    for about in (Path(settings.STORE) / "uploads").glob("*/*.json"):
        if _read(about)["entry"] in instance_ids:
            about.with_suffix(".part").unlink(missing_ok=True)
            about.unlink()


def drop_tables(older: float = 0.0) -> int:
    """Delete tables that were uploaded to be imported, and were not, so many seconds ago. Gives how many."""
    gone = 0
    for folder in (Path(settings.STORE) / "uploads").glob("*-*"):
        if folder.is_dir() and time.time() - folder.stat().st_mtime >= older:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _digest(file: Wanted) -> str:
    """The digest of the file its entry has already; '' when it has not. Raises Refused when the entry is here, written by
    this very member, and does not name the file, or was erased."""
    sql = (
        "SELECT a.name, a.digest FROM entry e LEFT JOIN attachment a ON a.seq = e.seq"
        " WHERE e.instance_id = ? AND e.author_id = ?"
    )
    rows = db.current().rows(sql, [file.entry, file.user_id])
    named = [digest for name, digest in rows if name == file.name]
    if (rows and not named) or (not rows and erased.known(db.current(), [file.entry])):
        raise Refused("sync.no_such_file", 404)
    return str(named[0]) if named else ""


def _folder(user_id: int) -> Path:
    return Path(settings.STORE) / "uploads" / str(user_id)


def _about(file: Wanted) -> dict[str, Any]:
    return _read(file.about) if file.about.exists() else {}


def _read(about: Path) -> dict[str, Any]:
    return dict(orjson.loads(sealed.open_bytes(about.read_bytes())))


def _write_about(file: Wanted, told: dict[str, Any]) -> None:
    # "all of it is here" lets the phone forget the file: names must outlive a power cut
    _replace(file.about, sealed.seal_bytes(orjson.dumps(told)))


def _replace(target: Path, content: bytes) -> None:
    """Durably put a file in the place of another, whose bytes are written over."""
    draft = target.with_suffix(".new")
    with draft.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    before = target.open("r+b") if target.exists() else None
    draft.replace(target)
    make_durable(target.parent)
    if before:
        with before:
            kept.overwrite(before.fileno())


def seal() -> int:
    """Seal with the current key whatever waits here and is not: of an older version, or under a key that was turned.
    Gives how many files."""
    done, current = 0, keyring.ring().data.current
    for about in sorted((Path(settings.STORE) / "uploads").glob("*/*.json")):
        part = about.with_suffix(".part")
        with _folder_alone(about.parent):
            if about.exists() and sealed.key_of(about.read_bytes()) != current:
                _replace(about, sealed.seal_bytes(sealed.open_bytes(about.read_bytes())))
                done += 1
            if (
                part.exists()
                and part.stat().st_size
                and not (pieces.is_sealed(part) and pieces.keys_of(part) == {current})
            ):
                _replace(part, pieces.one(pieces.read(part) if pieces.is_sealed(part) else part.read_bytes()))
                done += 1
    return done + _seal_tables(current)


def _seal_tables(current: str) -> int:
    done = 0
    for file in sorted((Path(settings.STORE) / "uploads").glob("*-*/*")):
        content = file.read_bytes()
        if sealed.key_of(content) != current:
            _replace(file, sealed.seal_bytes(sealed.open_bytes(content)))
            done += 1
    return done


def _forget(file: Wanted) -> None:
    file.part.unlink(missing_ok=True)
    file.about.unlink(missing_ok=True)


def _room(file: Wanted) -> None:
    if sum(1 for _ in _folder(file.user_id).glob("*.json")) >= MOST_WAITING:
        raise Refused("sync.too_many_files", 429, most=MOST_WAITING)  # for now: it is sent again later


@contextmanager
def _alone(file: Wanted) -> Iterator[None]:
    """Two pieces of one member never at once: a second tab, or the same message twice."""
    with _folder_alone(_folder(file.user_id)):
        yield


@contextmanager
def _folder_alone(folder: Path) -> Iterator[None]:
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_durable(folder.parent)
        make_durable(folder.parent.parent)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
