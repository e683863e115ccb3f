"""What one card opens, worked out for its holder: her record, her dates, what she agreed to, who looked.

Log that she opens it before making one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import orjson
from django.utils.translation import gettext as _

from doorstep.access.actions import log_shown
from doorstep.access.consent import grown_up_on, states
from doorstep.access.family import CONFIDENTIAL, OfAPerson, may_see
from doorstep.access.permissions import HERSELF, ROLE_NAMES, Actor
from doorstep.access.queries import care_of, opened, staff
from doorstep.engine.model.pack import Pack
from doorstep.engine.outputs.tags import NEVER_SORTS
from doorstep.feedback.cards import Card, of_person
from doorstep.forms.builtin import OWNER
from doorstep.forms.queries import Published, StoredEntry
from doorstep.intake import ending
from doorstep.intake.consents import CONSENT, guardian_age
from doorstep.intake.herself import PERSON_CHANGE, Objection, objections_of
from doorstep.lib import days, sealed
from doorstep.programmes import tags
from doorstep.programmes.library import Programme, programmes
from doorstep.register import queries as register
from doorstep.visits.queries import DueVisit, of_herself
from doorstep.web import said
from doorstep.web.disclosing.telling import known_to_her
from doorstep.web.disclosing.words import Told
from doorstep.web.worker.consents import TITLES
from doorstep.web.worker.reach import Reach
from doorstep.web.worker.reasons import Why, why
from doorstep.web.worker.records import Said, answers_said, title_of
from doorstep.web.worker.story import Story

RESIDENT, GUARDIAN = "resident", "guardian"
DONE_WITH = frozenset({"met", "missed"})
A_YEAR = 366


class Closed(Exception):
    """The card opens nothing any more: a child grew up, or somebody is not in the register."""


@dataclass(frozen=True, slots=True)
class HerReach(Reach):
    """What a card lets its holder see: her register's part, the services of the card, and of a child's record only what
    is not told in confidence."""

    card: Card | None = None
    born: date | None = None
    age: int | None = None

    def sees(self, published: Published) -> bool:
        card = self.card
        if card is None or published.pack_id == OWNER:
            return False
        service = published.use.get("service", "")
        if published.owner_id is not None and published.owner_id not in card.givers:
            return False
        if service and service not in self.services:
            return False
        tag = str(published.use.get("tag", ""))
        thing = OfAPerson(self.person_id, frozenset({tag} if tag else ()), self.born, frozenset({GUARDIAN}))
        viewer = self.person_id if card.holder == "self" else GUARDIAN
        return bool(may_see(viewer, thing, days.today(), self.age))


@dataclass(frozen=True, slots=True)
class Written:
    """One record in words, with what she says is wrong about it."""

    seq: int
    title: str
    on: date
    by: str
    said: list[Said]
    objections: list[Objection]


@dataclass(frozen=True, slots=True)
class Coming:
    """One visit to come, and why."""

    title: str
    when: str
    why: Why | None


@dataclass(frozen=True, slots=True)
class Agreed:
    purpose: str
    title: str
    state: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody opened her record on a day."""

    name: str
    role: str
    day: date
    emergency: bool


def own(card: Card, output: str = "resident.page") -> Own:
    """Everything the card opens; the log says first that its holder opens it. Raises Closed."""
    person_id = register.aliases([card.person_id]).get(card.person_id, card.person_id)
    found = register.place_of(person_id)
    if found is None:
        raise Closed
    actor = Actor(HERSELF, RESIDENT if card.holder == "self" else GUARDIAN)
    log_shown(actor, output if card.holder == "self" else "resident.child", [person_id])
    born, age = (
        register.people([person_id])[person_id].birth_date,
        guardian_age(programmes().at(found[0]), days.today()),
    )
    grown = grown_up_on(born, age)
    if card.holder == GUARDIAN and (grown is None or days.today() >= grown):
        raise Closed
    hidden = confidential(programmes().at(found[0])) if card.holder == GUARDIAN else frozenset()
    within = HerReach(actor, person_id, found[0], True, card.services - hidden, card.services - hidden, card, born, age)
    return Own(card, Story(within), hidden)


def confidential(in_force: tuple[Programme, ...]) -> frozenset[str]:
    """Services of which any record or visit tells what is kept from a guardian."""
    found = set()
    for programme in in_force:
        pack: Pack = programme.pack
        ground = tags.ground([pack])
        found |= {
            u.service for u in pack.uses.values() if ground.existence_tags.get(u.form, CONFIDENTIAL) & CONFIDENTIAL
        }
        for contact in (*pack.schedules.get(programme.schedule, ()), *pack.series_contacts()):
            if ground.of_contact(pack, contact).tags & CONFIDENTIAL:
                found.add(contact.service)
    return frozenset(found - {""})


@dataclass(frozen=True)
class Own:
    """What a card shows. Parts are worked out when they are asked for."""

    card: Card
    story: Story
    hidden: frozenset[str]

    @property
    def person_id(self) -> str:
        return self.story.person.id

    @property
    def is_guardian(self) -> bool:
        return self.card.holder == GUARDIAN

    @cached_property
    def written(self) -> list[Written]:
        of: dict[tuple[str, str], list[Objection]] = {}
        for one in objections_of(self.person_id):
            of.setdefault((one.about_form, one.about_instance), []).append(one)
        rows = self.story.records()
        return [self._written(row, of.get((row.form_id, row.instance_id), [])) for row in rows]

    def record(self, seq: int) -> StoredEntry | None:
        """One record the card shows."""
        return next((row for row in self.story.records() if row.seq == seq), None)

    def _written(self, row: StoredEntry, objections: list[Objection], without: frozenset[str] = frozenset()) -> Written:
        library = self.story.world.library
        spec = library.spec(row.form_id, row.form_version)
        told = list(answers_said(spec, orjson.loads(row.answers), without))
        return Written(
            row.seq, title_of(library, row.form_id), row.occurred_on, by_whom(row.author_id), told, objections
        )

    def for_paper(self) -> list[Written]:
        """The same without what never stands on paper (charter C9)."""
        return [self._written(row, [], NEVER_SORTS) for row in self.story.records()]

    @cached_property
    def coming(self) -> list[Coming]:
        today = days.today()
        found = []
        for visit in of_herself(self.person_id, self.story.within.services):
            far = visit.from_on is not None and (visit.from_on - today).days > A_YEAR
            over = visit.ends_on is not None and visit.ends_on <= today
            if visit.state(today) in DONE_WITH or far or over or visit.planned is None:
                continue
            found.append(self._coming(visit, today))
        return found

    def _coming(self, visit: DueVisit, today: date) -> Coming:
        title = said.text(visit.planned.title) if visit.planned else ""
        return Coming(title, said.when(visit.window, today), why(self.story, visit))

    @cached_property
    def agreed(self) -> list[Agreed]:
        if self.story.use_of(CONSENT) is None:
            return []
        known = self.story.life.consents
        return [
            Agreed(p, str(TITLES[p]), state, known[p].since if p in known else None)
            for p, state in states(known, days.today()).items()
        ]

    @cached_property
    def may_change_reach(self) -> bool:
        return self.story.use_of(PERSON_CHANGE) is not None

    @cached_property
    def looked(self) -> list[Looked]:
        """Who opened it: person, role and day, never for which service. Of a child's record a guardian is not told of those
        who give nothing but care that is hidden from him."""
        left_out = self._only_hidden()
        shown = [
            one
            for one in opened(self.person_id, self.card.person_id)
            if one.role not in (RESIDENT, GUARDIAN) and one.name not in left_out
        ]
        return [
            Looked(one.name, str(ROLE_NAMES.get(one.role, one.role)), one.day, bool(getattr(one, "emergency", False)))
            for one in shown
        ]

    def _only_hidden(self) -> frozenset[str]:
        if not self.hidden:
            return frozenset()
        named = care_of([self.person_id]).get(self.person_id, {})
        members = staff().by_id.values()
        inside: dict[bool, set[int]] = {True: set(), False: set()}
        for service, (users, clinics) in named.items():
            team = set(users) | {m.id for m in members if staff().care_clinic(m.id) in clinics}
            inside[service in self.hidden] |= team
        here = self.story.person.place_id
        near = {m.id for m in members if here in staff().reach(m.id, days.today())}
        return frozenset(staff().by_id[i].name for i in inside[True] - inside[False] - near if i in staff().by_id)

    @cached_property
    def disclosed(self) -> list[Told]:
        """What was given to others because a law compels it, as far as no order forbids to tell it yet."""
        return known_to_her(self.person_id, guardian=self.is_guardian)

    @cached_property
    def given(self) -> list[tuple[date, str]]:
        """When a card was given, and by whom."""
        told = [(days.day_of(one.given_at), by_whom(one.by_id, named=True)) for one in of_person([self.card.person_id])]
        return list(dict.fromkeys(told))

    @cached_property
    def erasing_asked(self) -> ending.Asked | None:
        """That she asks for everything to be deleted, as long as nobody carried it out."""
        return next((one for one in ending.asked() if one.person_id == self.person_id and one.seq is None), None)

    def copy(self) -> Mapping[str, Any]:
        """All of it as plain data, to take along."""
        person = self.story.person
        return {
            "made_on": days.today().isoformat(),
            "person": {
                "name": person.name,
                "born": person.birth_date.isoformat() if person.birth_date else None,
                "reach": person.reach,
                "phone": sealed.opened(person.phone),
            },
            "written": [
                {
                    "on": one.on.isoformat(),
                    "what": one.title,
                    "by": one.by,
                    "answers": [{"question": line.question, "answer": line.answer} for line in one.said],
                    "said_wrong": [
                        {"on": o.on.isoformat(), "said": o.text, "answer": o.answer or None} for o in one.objections
                    ],
                }
                for one in self.written
            ],
            "coming": [{"what": one.title, "when": one.when} for one in self.coming],
            "agreed": [
                {"to": one.title, "answer": one.state, "since": one.since.isoformat() if one.since else None}
                for one in self.agreed
            ],
            "disclosed": [
                {
                    "on": one.on,
                    "to": one.office,
                    "under": [one.document, one.law],
                    "signed": one.signed,
                    "what": [{"record": title, "answers": asked, "span": one.span} for title, asked in one.groups],
                }
                for one in self.disclosed
            ],
            "opened_by": [
                {"who": one.name, "role": one.role, "on": one.day.isoformat(), "emergency": one.emergency}
                for one in self.looked
            ],
        }


def by_whom(author_id: int, *, named: bool = False) -> str:
    """In which role something was written, and if asked by whom."""
    if author_id == HERSELF:
        return _("yourself")
    member = staff().by_id.get(author_id)
    if member is None:
        return ""
    role = str(ROLE_NAMES.get(member.role, member.role))
    return _("%(name)s, %(role)s") % {"name": member.name, "role": role} if named else role
