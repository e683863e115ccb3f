"""What a person says herself on her own page, each an entry through the one door; and what waits for an answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson

from doorstep.access.consent import GUARDIAN, LISTED, PURPOSES, SELF
from doorstep.access.permissions import HERSELF
from doorstep.forms import queries as forms
from doorstep.forms.builtin import (
    SAID_WRONG,
    SERVICE_END,
    SERVICE_WANTED,
    WRONG,
    WRONG_ANSWERED,
)
from doorstep.forms.filling import Filler, Item
from doorstep.forms.queries import APPLIED, StoredEntry, library
from doorstep.intake import door
from doorstep.intake.consents import CONSENT
from doorstep.intake.door import Receipt
from doorstep.intake.parse import Sender
from doorstep.lib import days, db
from doorstep.programmes.queries import ended_on

PERSON_CHANGE = "person_change"  # the register's own form
REACHES = ("any", "only_me", "not_home", "clinic_only", "none")
LONGEST = 200
BY_HERSELF = Sender(HERSELF, user_agent="Doorstep")


@dataclass(frozen=True, slots=True)
class Objection:
    """A person says that something written is wrong. ``about``: the record's number, 0 when it is gone."""

    seq: int
    instance: str
    person_id: str
    about: int
    about_form: str
    about_instance: str
    text: str
    on: date
    answer: str = ""
    answered_on: date | None = None
    answered_by: int = 0


def end_service(person_id: str, service: str, *, ends: bool) -> None:
    """End a service, or want it again: no reason. A wish on the day of an ending is dated the day after (charter C3)."""
    on = days.today()
    if not ends and (ended := ended_on(person_id, service)) is not None:
        on = max(on, ended + timedelta(days=1))
    _accept(SERVICE_END if ends else SERVICE_WANTED, {"person": person_id, "service": service, "on": on})


def consent(person_id: str, purpose: str, *, yes: bool, guardian: bool) -> None:
    """Say yes or no to one purpose. Raises ValueError for a purpose there is not."""
    if purpose not in PURPOSES:
        raise ValueError(purpose)
    word = "yes" if yes else "no"
    answers = {"person": person_id, "said_on": days.today(), "agreed_by": GUARDIAN if guardian else SELF, purpose: word}
    if purpose == LISTED:
        answers["listed_said"] = word
    _accept(CONSENT, answers, Item(person_id))


def reach_by(person_id: str, reach: str) -> None:
    """Say how she may be reached. Raises ValueError for a way there is not."""
    if reach not in REACHES:
        raise ValueError(reach)
    answers = {"person": person_id, "changed_on": days.today(), "what": ["reach"], "reach": reach}
    _accept(PERSON_CHANGE, answers, Item(person_id))


def object_to(person_id: str, row: StoredEntry, text: str) -> None:
    """Say that something in a record of hers is wrong. Raises ValueError for nothing, or too much."""
    _accept(SAID_WRONG, {
        "person": person_id, "about_form": row.form_id, "about_instance": row.instance_id,
        "said": _short(text), "on": days.today(),
    })  # fmt: skip


def answer(objection: Objection, text: str, user_id: int) -> Receipt:
    """Answer her. The answer is an entry in the name of who gives it. Raises ValueError."""
    answers = {
        "person": objection.person_id, "about_instance": objection.instance, "answer": _short(text), "on": days.today(),
    }  # fmt: skip
    return _accept(WRONG_ANSWERED, answers, by=Sender(user_id, user_agent="Doorstep"))


def objections_of(person_id: str) -> list[Objection]:
    """Everything she said is wrong, the latest first."""
    return _objections(r for r in forms.entries("person_id IN (?*)", [person_id]) if r.form_id in _BOTH)


def unanswered() -> list[Objection]:
    """What nobody has answered yet, of everybody, the oldest first. Callers look who may see which."""
    seqs = [
        s
        for (s,) in db.current().rows(
            "SELECT seq FROM entry_entity WHERE entity_id = ? AND dataset = ?", [WRONG, WRONG]
        )
    ]
    found = _objections(forms.entries("seq IN (?*)", seqs))
    return sorted((one for one in found if not one.answered_on), key=lambda one: one.seq)


_BOTH = (SAID_WRONG, WRONG_ANSWERED)


def _objections(rows: Iterable[StoredEntry]) -> list[Objection]:
    in_force = [r for r in rows if r.state == APPLIED]
    said = [(r, orjson.loads(r.answers)) for r in in_force]
    answers = {told["about_instance"]: (r, told) for r, told in said if r.form_id == WRONG_ANSWERED}
    wanted = {told["about_instance"] for r, told in said if r.form_id == SAID_WRONG}
    seqs = {(r.form_id, r.instance_id): r.seq for r in forms.entries("instance_id IN (?*)", wanted)}
    found = []
    for r, told in said:
        if r.form_id != SAID_WRONG or r.person_id is None:
            continue
        about = (told["about_form"], told["about_instance"])
        done = answers.get(r.instance_id)
        found.append(Objection(
            r.seq, r.instance_id, r.person_id, seqs.get(about, 0), *about, told["said"], r.occurred_on,
            done[1]["answer"] if done else "", done[0].occurred_on if done else None, done[0].author_id if done else 0,
        ))  # fmt: skip
    return sorted(found, key=lambda one: one.seq, reverse=True)


def _short(text: str) -> str:
    said = " ".join(text.split())
    if not 0 < len(said) <= LONGEST:
        raise ValueError(len(said))
    return said


def _accept(form_id: str, answers: Mapping[str, Any], item: Item | None = None, by: Sender = BY_HERSELF) -> Receipt:
    published = library().current[form_id]
    filler = Filler(library().spec(form_id, published.version))
    return door.accept(filler.fill(answers, instance=f"uuid:{uuid.uuid4()}", item=item), by)
