"""Drafts of programmes: copies of installed folders that a member changes, tries and takes along.

They stand inside the store, one folder a member and programme, until thrown away; nobody is served by them.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from doorstep.engine import packs
from doorstep.engine.model.pack import Pack
from doorstep.engine.packs import editing
from doorstep.lib import days, db
from doorstep.lib.problems import Problem
from doorstep.programmes.folder import pack_up, unpack

RULES = ("from", "due", "until", "while", "every")
"""The rules of a planned visit that can be changed."""

_FILE = re.compile(r"(pack\.yaml|(numbers|schedules)/[a-z][a-z0-9_]*\.yaml)\Z")
_KEYS = frozenset({"version", "value", "since", "source", "status", *RULES})


class NotChangeable(ValueError):
    """Nothing of a draft that can be changed stands there."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A member's copy of a programme; ``folder`` carries its id as its name."""

    user_id: int
    pack_id: str
    folder: Path

    def read(self, file: str) -> str:
        return (self._file(file)).read_text(encoding="utf-8")

    def files(self, of: str) -> list[str]:
        """The files of one kind: 'numbers' or 'schedules'."""
        return sorted(f"{of}/{path.name}" for path in (self.folder / of).glob("*.yaml"))

    def set(self, file: str, path: editing.Path, value: str) -> None:
        """Change one value. Raises NotChangeable for anything but versions, numbers and the rules of visits."""
        if not path or path[-1] not in _KEYS:
            raise NotChangeable(file)
        try:
            changed = editing.replaced(self.read(file), path, value.strip())
        except editing.NoSuchPlace as missing:
            raise NotChangeable(file) from missing
        self._file(file).write_text(changed, encoding="utf-8")

    def add_value(self, file: str, item: dict[str, str]) -> None:
        """One more dated value of a number. Raises NotChangeable."""
        try:
            changed = editing.with_item(self.read(file), ("values",), item)
        except editing.NoSuchPlace as missing:
            raise NotChangeable(file) from missing
        self._file(file).write_text(changed, encoding="utf-8")

    def problems(self) -> list[Problem]:
        """What is wrong with it: everything ``pack check`` says, but for ODK Validate, which looks at forms alone."""
        return packs.check(self.folder, forms=False)

    def load(self) -> Pack:
        """Raises Problems."""
        return packs.load(self.folder)

    def zip(self) -> bytes:
        """The folder, to be taken along."""
        return pack_up(self.folder)

    def drop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _file(self, file: str) -> Path:
        path = self.folder / file
        if not _FILE.match(file) or not path.is_file():
            raise NotChangeable(file)
        return path


def draft(user_id: int, pack_id: str) -> Draft | None:
    """A member's draft of a programme, if there is one."""
    folder = _home(user_id) / pack_id
    return Draft(user_id, pack_id, folder) if (folder / "pack.yaml").is_file() else None


def begin(user_id: int, pack_id: str, version: str) -> Draft:
    """Copy an installed version to change it, under a new version of today. What a member had drafted of it goes.

    Raises LookupError when that version is not installed.
    """
    connection = db.current()
    sql = "SELECT files FROM pack_version WHERE pack_id = ? AND version = ?"
    kept = connection.value(sql, [pack_id, version])
    if kept is None:
        raise LookupError(pack_id)
    folder = _home(user_id) / pack_id
    shutil.rmtree(folder, ignore_errors=True)
    with unpack(bytes(kept), pack_id) as unpacked:
        shutil.copytree(unpacked, folder)
    begun = Draft(user_id, pack_id, folder)
    known = {v for (v,) in connection.rows("SELECT version FROM pack_version WHERE pack_id = ?", [pack_id])}
    begun.set("pack.yaml", ("version",), _next_version(known))
    return begun


def _next_version(known: set[str]) -> str:
    """Year, month and the first number not taken, as the shipped packs write them."""
    today = days.today()
    number = 1
    while f"{today.year}.{today.month}.{number}" in known:
        number += 1
    return f"{today.year}.{today.month}.{number}"


def _home(user_id: int) -> Path:
    return Path(settings.STORE) / "drafts" / str(user_id)
