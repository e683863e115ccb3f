"""What entries say about consent, and what the register shows because of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import orjson

from doorstep.access.consent import (
    CONTACT,
    GUARDIAN,
    HOME_VISITS,
    LISTED,
    PURPOSES,
    SELF,
    Consent,
    Word,
    said_no,
    standing,
)
from doorstep.forms.queries import StoredEntry
from doorstep.programmes.library import Programme
from doorstep.register.fold import PersonRow

CONSENT, PERSON = "consent", "person"  # the register's own forms
GUARDIAN_AGE = "guardian_age"  # the register's own number
NOT_ASKED = "not_asked"  # taken over from an old list: nobody said anything
# How someone is reached who does not want to be visited at home, by how she said she may be reached otherwise.
_NOT_AT_HOME = {"": "by_phone", "any": "by_phone", "only_me": "clinic_only"}


def words_of(rows: Iterable[StoredEntry]) -> Iterator[Word]:
    """Every word about a purpose in these entries. Registering with one's phone is a weak yes to both."""
    for row in rows:
        if row.form_id not in (CONSENT, PERSON):
            continue
        said, on = orjson.loads(row.answers), row.occurred_on
        by = said.get("agreed_by")
        if by not in (SELF, GUARDIAN):
            continue
        if row.form_id == CONSENT:
            yield from (Word(on, p, said[p] == "yes", by) for p in PURPOSES if said.get(p) in ("yes", "no"))
        else:
            yield Word(on, LISTED, True, by, weak=True)
            if said.get("phone"):
                yield Word(on, CONTACT, True, by, weak=True)


def consents_of(
    rows: Sequence[StoredEntry], born: date | None, programmes: Iterable[Programme], joined: date | None = None
) -> dict[str, Consent]:
    """Where each purpose stands by these entries in force. ``joined``: the day on which it was said that somebody was
    written down more than once: a no in any of these records is a no from then on, until she is asked again."""
    in_force = tuple(programmes)
    words = list(words_of(rows))
    if joined is not None:
        by_id: dict[str | None, list[StoredEntry]] = {}
        for row in rows:
            if row.occurred_on <= joined:
                by_id.setdefault(row.named_id, []).append(row)
        each = [standing(words_of(of), born, lambda on: guardian_age(in_force, on)) for of in by_id.values()]
        words += [Word(joined, c.purpose, False, c.by) for one in each for c in one.values() if not c.yes]
    return standing(words, born, lambda on: guardian_age(in_force, on))


def guardian_age(programmes: Iterable[Programme], on: date) -> int | None:
    """The age from which someone answers alone, as the packs in force state it for a day."""
    for programme in programmes:
        number = programme.pack.numbers.get(GUARDIAN_AGE)
        if number is not None:
            dated = [value for value in number.values if value.since <= on]
            return int(dated[-1].value) if dated else None
    return None


def only_takes_back(row: StoredEntry) -> bool:
    """Whether an entry does nothing but take consent back: that works at any clinic (charter C12)."""
    if row.form_id != CONSENT:
        return False
    said: dict[str, Any] = orjson.loads(row.answers)
    answers = {said[p] for p in PURPOSES if said.get(p)}
    return answers == {"no"}


def taken_over(rows: Iterable[StoredEntry]) -> bool:
    """Whether the person came from an old list, and nobody was asked."""
    return any(r.form_id == PERSON and orjson.loads(r.answers).get("agreed_by") == NOT_ASKED for r in rows)


def obeying(person: PersonRow, consents: dict[str, Consent]) -> PersonRow:
    """The person as the register may show her: no phone after her no, no visit at home after her no."""
    if said_no(consents, CONTACT):
        person = replace(person, phone="")
    if said_no(consents, HOME_VISITS) and person.reach in _NOT_AT_HOME:
        silent = said_no(consents, CONTACT)
        person = replace(person, reach="clinic_only" if silent else _NOT_AT_HOME[person.reach])
    return person
