"""Records on forms of one's own, for their owner alone: a gate on form and author stands in every query here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import orjson

from doorstep.engine.outputs import Condition, Gate, Output, select
from doorstep.forms import queries as forms
from doorstep.forms.outputs import OWN_EXPORT, OWN_FORMS, OWN_RECORD, OWN_RECORDS
from doorstep.forms.queries import APPLIED, REVIEW, SUPERSEDED, Published
from doorstep.lib import db

PAGE = 50
_FROM = "entry e"
_SOURCES = {
    "form.id": "e.form_id",
    "form.version": "e.form_version",
    "entry.seq": "e.seq",
    "entry.instance": "e.instance_id",
    "entry.occurred_on": "e.occurred_on",
    "entry.received_at": "e.received_at",
    "entry.state": "e.state",
    "entry.problem": "e.problem",
    "bare.answers": "e.answers",
}
_COUNTED = {"form.id": "e.form_id", "entry.count": "COUNT(*)"}


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A record as its owner sees it. ``answers`` has the shape given in ``engine.model.spec``."""

    seq: int
    form_version: str
    instance_id: str
    occurred_on: date
    received_at: datetime
    state: int
    problem: str
    answers: Mapping[str, Any]

    @property
    def correctable(self) -> bool:
        return self.state in (APPLIED, REVIEW)


class SentFile(NamedTuple):
    """A file a record names. ``digest`` is '' while it has not come."""

    name: str
    digest: str


def forms_of(owner_id: int) -> list[Published]:
    """The forms a person published, in their current version, the one published last first."""
    mine = [published for published in forms.library().current.values() if published.owner_id == owner_id]
    return mine[::-1]


def counts(owner_id: int) -> dict[str, int]:
    """How many records there are on each of a person's forms; those replaced by a correction are not counted."""
    mine = [published.form_id for published in forms_of(owner_id)]
    if not mine:
        return {}
    sql, params = select(OWN_FORMS, _COUNTED, _FROM, [_gate(mine, owner_id)])
    return dict(db.current().rows(sql, params))


def records(form_id: str, owner_id: int, *, skip: int = 0) -> list[OwnRecord]:
    """A page of records on one form, the latest first; one more than ``PAGE`` when there are further ones."""
    return _records(OWN_RECORDS, [_gate([form_id], owner_id)], "-entry.seq", limit=PAGE + 1, skip=skip)


def exported(form_id: str, owner_id: int) -> list[OwnRecord]:
    """Every record on one form, in the order they came."""
    return _records(OWN_EXPORT, [_gate([form_id], owner_id)], "entry.seq")


def record(form_id: str, owner_id: int, seq: int) -> OwnRecord | None:
    """One record, also one that was replaced; None when it is not one of the owner's on this form."""
    gate = _gate([form_id], owner_id, all_states=True)
    return next(iter(_records(OWN_RECORD, [gate, Condition("entry.seq", "=", seq)])), None)


def form_of(seq: int) -> str | None:
    """The form a record was filled on; None when there is no such record."""
    found = db.current().value("SELECT form_id FROM entry WHERE seq = ?", [seq])
    return str(found) if found is not None else None


def files(seqs: Iterable[int]) -> dict[int, list[SentFile]]:
    """The files of records, by seq, those that have not come included."""
    found: dict[int, list[SentFile]] = {}
    sql = "SELECT seq, name, digest FROM attachment WHERE seq IN (?*)"
    for seq, name, digest in sorted(db.current().rows_in(sql, seqs)):
        found.setdefault(seq, []).append(SentFile(name, digest))
    return found


def _gate(form_ids: Sequence[str], owner_id: int, *, all_states: bool = False) -> Gate:
    marks = ", ".join("?" * len(form_ids))
    # such records are about nobody in the register; saying so lets the index find them among millions of others
    sql = f"e.person_id IS NULL AND e.author_id = ? AND e.form_id IN ({marks})"
    return Gate(sql if all_states else f"{sql} AND e.state <> {SUPERSEDED}", (owner_id, *form_ids))


def _records(
    output: Output, where: Sequence[Gate | Condition], order: str = "", *, limit: int | None = None, skip: int = 0
) -> list[OwnRecord]:
    sql, params = select(output, _SOURCES, _FROM, where, [order] if order else [], limit=limit, offset=skip)
    return [
        OwnRecord(seq, version, instance, on, _aware(at), state, problem, orjson.loads(answers))
        for seq, version, instance, on, at, state, problem, answers in db.current().rows(sql, params)
    ]


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
