"""Making a backup: copied, sealed, then restored to one side and looked at, and only then called good."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from gettext import gettext as _
from pathlib import Path
from typing import Any

import doorstep
from doorstep.engine.warehouse.manifest import make_durable
from doorstep.lib import days, keyring, sealed, sealing
from doorstep.site import store
from doorstep.site.backup import archive, databases, erasures
from doorstep.site.backup.archive import About
from doorstep.site.backup.databases import POSTGRESQL, SQLITE, Told
from doorstep.site.store import Failure, Step

KEY_FILE = "backup.key"
ATTACHMENTS = "attachments"
_DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST_KEPT = 35  # days; what was erased may not live on in backups for longer (charter C17)
_NAME = re.compile(r"doorstep-(\d{8}T\d{6}Z)-[0-9a-f]{4}\.backup")
_OF_THE_STORE = ("secret.key", keyring.FILE, "demo.json")
"""Kept beside the database. The warehouse and the cache are made again; the key to backups never goes into one."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was restored to one side and found whole."""

    file: Path
    about: About
    bytes: int
    removed: int  # older ones taken away


# The key


def key_of(file: Path | None) -> tuple[bytes, bool]:
    """The key in ``file``, else that of the store, and whether it was made just now. Raises Failure."""
    place = file or store.folder() / KEY_FILE
    if place.exists():
        with archive.sentences():
            return sealing.key_from(place.read_text(encoding="utf-8")), False
    if file is not None:
        raise Failure(_("There is no key in {file}.").format(file=file))
    key = sealing.new_key()
    keep_key(key)
    return key, True


def keep_key(key: bytes) -> None:
    """A store made of a backup goes on under the same key."""
    place = store.folder() / KEY_FILE
    if not place.exists():
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(sealing.key_text(key) + "\n")
        make_durable(place)


# Making


def make(folder: Path, key: bytes, keep_days: int, step: Step) -> Made:
    """A backup of the store this process is connected to, in ``folder``. Raises Failure, having noted it in the store."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with archive.sentences(), _working_folder() as work:
            for left in folder.glob("doorstep-*.partial"):
                left.unlink()
            erasures.write(folder, key)
            made = _make(folder, key, work, step)
            removed = _remove_old(folder, keep_days, made.file)
    except Failure as error:
        _note("failed", {"at": days.now().isoformat(), "why": str(error)})
        raise
    _note("good", {"made_at": made.about.made_at, "file": made.file.name, "bytes": made.bytes})
    return Made(made.file, made.about, made.bytes, removed)


def _make(folder: Path, key: bytes, work: Path, step: Step) -> Made:
    step(_("Copying the database"))
    log_end = _log_end()
    name, told = _copy(work)
    about = About(days.now().isoformat(), doorstep.__version__, name, told)
    files = {name: work / name}
    files |= {one: store.folder() / one for one in _OF_THE_STORE if (store.folder() / one).exists()}
    files |= attachments(store.folder())  # after the database: what it names is here by now
    target = folder / f"doorstep-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.urandom(2).hex()}.backup"
    partial = target.with_suffix(".partial")
    step(_("Sealing the backup"))
    try:
        with partial.open("xb") as out:
            partial.chmod(0o600)
            archive.write(out, key, about, files, log_end)
            out.flush()
            os.fsync(out.fileno())
        (work / name).unlink()
        step(_("Restoring it to one side, to see that it can be"))
        try_out(partial, key, work / "trial")
        partial.rename(target)
        make_durable(folder)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return Made(target, about, target.stat().st_size, 0)


def attachments(folder: Path) -> dict[str, Path]:
    """The photos and other files of a store, by their name in it; those still being written apart."""
    found = sorted((folder / ATTACHMENTS).glob("??/*"))
    return {file.relative_to(folder).as_posix(): file for file in found if _DIGEST.fullmatch(file.name)}


def try_out(file: Path, key: bytes, folder: Path) -> About:
    """Restore a backup into ``folder`` and look whether the database in it is whole. Raises Failure."""
    folder.mkdir(mode=0o700)
    about = archive.open_into(file, key, folder)
    if about.database == SQLITE:
        databases.check_sqlite(folder / SQLITE, about.told)
    else:
        databases.read_dump(folder / POSTGRESQL)
    for name, file in attachments(folder).items():
        if not _is_whole(file, folder / keyring.FILE):
            raise Failure(_("A photo in the backup is damaged: {name}").format(name=name))
    return about


def _is_whole(file: Path, keys: Path) -> bool:
    """Whether a photo opens with the keys it lies beside, and is what its name says."""
    try:
        known = keyring.read(keys).data if keys.exists() else keyring.Keys("", {})  # an older version had none
        content = sealed.open_bytes(file.read_bytes(), keys=known)
    except keyring.NoKeys:
        return False
    return hashlib.sha256(content).hexdigest() == file.name


def _log_end() -> str:
    """The end of the access log's chain, told before the database is copied: what is copied has it, or goes on from it."""
    from doorstep.access import chain
    from doorstep.lib import db

    last = chain.last_batch(db.current())
    return str(chain.Head(last.n, last.seal)) if last else ""


def _copy(work: Path) -> tuple[str, Told]:
    from django.db import connection

    if connection.vendor == "sqlite":
        return SQLITE, databases.copy_sqlite(store.folder() / SQLITE, work / SQLITE)
    told = databases.told_of_postgresql(connection)
    databases.dump_postgresql(connection.settings_dict, work / POSTGRESQL)
    return POSTGRESQL, told


@contextmanager
def alone() -> Iterator[Path]:
    """While no backup is made and no key is turned: a backup must hold the keys of all that is in it. Raises Failure."""
    home = store.folder() / "backing-up"
    home.mkdir(mode=0o700, exist_ok=True)
    with (home / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Failure(_("A backup of this store is being made, or its keys are being turned.")) from error
        yield home


@contextmanager
def _working_folder() -> Iterator[Path]:
    """A folder inside the store nobody else may read; what an earlier, killed backup left there is cleared away.
    Raises Failure while another backup is being made."""
    with alone() as home:
        for left in home.glob("work-*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix="work-", dir=home) as work:
            yield Path(work)


# Those there are


def backups_in(folder: Path) -> list[Path]:
    """Whole backups, the latest last."""
    return sorted(file for file in folder.glob("doorstep-*.backup") if _NAME.fullmatch(file.name))


def _remove_old(folder: Path, keep_days: int, latest: Path) -> int:
    until = datetime.now(UTC) - timedelta(days=keep_days)
    old = [one for one in backups_in(folder) if one != latest and _made_at(one) < until]
    for one in old:
        one.unlink()
    return len(old)


def _made_at(file: Path) -> datetime:
    found = _NAME.fullmatch(file.name)
    assert found is not None
    return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _note(kind: str, said: dict[str, Any]) -> None:
    """Leave word in the store for its pages."""
    from doorstep.web import backups

    file = store.folder() / backups.STATE
    known = backups.read(store.folder())
    if kind == "good":
        known.pop("failed", None)
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps({**known, kind: said}), encoding="utf-8")
    make_durable(draft)
    draft.rename(file)
