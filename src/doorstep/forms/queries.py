"""Forms as published, ready to read submissions with, and entries as stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doorstep.engine.derived.kept import with_kept
from doorstep.engine.model.spec import FormSpec
from doorstep.engine.xlsform import parse_xform
from doorstep.forms.reader import FormReader
from doorstep.lib import db, sealed
from doorstep.places.counters import Snapshot

# What has become of an entry. In force: APPLIED. Replaced by a correction or by a person's choice: SUPERSEDED.
# Kept for repair: REVIEW. An edit whose original has not arrived: HELD. Two versions, nobody chose yet: CONFLICT.
APPLIED, SUPERSEDED, REVIEW, HELD, CONFLICT = range(5)


@dataclass(frozen=True)
class Published:
    """A form version as stored. ``use`` is what its pack says about it (see ``forms.actions.publish``)."""

    form_id: str
    version: str
    md5: str
    use: Mapping[str, Any]
    pack_id: str
    owner_id: int | None
    open_to: str
    titles: Mapping[str, str]
    is_current: bool


class Library:
    """All forms in all versions; specs and readers are made when first asked for."""

    def __init__(self, published: list[Published]):
        self.versions = {(p.form_id, p.version): p for p in published}
        self.current = {p.form_id: p for p in published if p.is_current}
        self._specs: dict[tuple[str, str], FormSpec] = {}
        self._readers: dict[tuple[str, str], FormReader] = {}

    def xml(self, form_id: str, version: str) -> str:
        """The XForm exactly as published. Raises KeyError when there is none."""
        sql = "SELECT xml FROM form_version WHERE form_id = ? AND version = ?"
        found = db.current().value(sql, [form_id, version])
        if found is None:
            raise KeyError((form_id, version))
        return str(found)

    def spec(self, form_id: str, version: str) -> FormSpec:
        key = (form_id, version)
        if key not in self._specs:
            spec = parse_xform(self.xml(form_id, version))
            self._specs[key] = with_kept(spec, form_id, self.versions[key].use)
        return self._specs[key]

    def reader(self, form_id: str, version: str) -> FormReader:
        key = (form_id, version)
        if key not in self._readers:
            self._readers[key] = FormReader(self.spec(form_id, version), self.versions[key].use)
        return self._readers[key]

    def has_form(self, form_id: str) -> bool:
        return form_id in self.current


def _load() -> Library:
    rows = db.current().rows(
        "SELECT v.form_id, v.version, v.md5, v.use, f.pack_id, f.owner_id, f.open_to, f.title, f.current"
        " FROM form_version v JOIN form f ON f.form_id = v.form_id ORDER BY v.id"
    )
    return Library(
        [
            Published(form, version, md5, json.loads(use), pack, owner, open_to, json.loads(title), version == current)
            for form, version, md5, use, pack, owner, open_to, title, current in rows
        ]
    )


_library = Snapshot(_load)


def library() -> Library:
    return _library.get()


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry's row, without its bytes."""

    seq: int
    form_id: str
    form_version: str
    instance_id: str
    variant: int
    deprecates: str | None
    person_id: str | None
    household_id: str | None
    occurred_on: date
    received_on: date
    received_at: datetime
    counter: int
    author_id: int
    answers: str
    faults: str
    state: int
    problem: str
    named_id: str | None = (
        None  # the person it names, where she is known to be another, who then stands in ``person_id``
    )


ENTRY_COLUMNS = (
    "seq, form_id, form_version, instance_id, variant, deprecates, person_id, household_id, occurred_on,"
    " received_on, received_at, counter, author_id, answers, faults, state, problem, named_id"
)


def said_of(text: str) -> dict[str, str]:
    """Saved properties as an entry stated them."""
    found: dict[str, str] = json.loads(text)
    return found


def entries(where: str, values: Iterable[Any], before: Iterable[Any] = ()) -> list[StoredEntry]:
    """Entries for a condition that holds ``(?*)`` for ``values``."""
    rows = db.current().rows_in(f"SELECT {ENTRY_COLUMNS} FROM entry WHERE {where}", values, list(before))
    return [StoredEntry(*row) for row in rows]


def body(seq: int) -> bytes:
    """The bytes as received. Raises KeyError when there is no such entry."""
    found = db.current().value("SELECT body FROM entry_body WHERE seq = ?", [seq])
    if found is None:
        raise KeyError(seq)
    return sealed.open_bytes(found)


def digest_of(nonce: bytes, content: bytes) -> bytes:
    """The hash kept for an entry: with a random nonce, so that a deleted entry cannot be guessed back."""
    return hashlib.sha256(nonce + content).digest()
