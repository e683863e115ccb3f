"""One person's life worked out from the entries about her: pure, and the same in whatever order they arrived.

Given every entry about a person with its standing, this says which are in force and what is wrong with the others,
and who she is. What follows from that (care team, endings, visits due) is worked out in ``follow``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import orjson

from doorstep.access.consent import Consent
from doorstep.access.permissions import HERSELF
from doorstep.access.queries import Staff
from doorstep.forms.chains import Standing
from doorstep.forms.queries import APPLIED, REVIEW, Library, StoredEntry
from doorstep.forms.sayings import Said
from doorstep.intake.consents import CONSENT, consents_of, obeying, only_takes_back, taken_over
from doorstep.places.queries import Tree
from doorstep.programmes.library import Programme, Programmes
from doorstep.register.fold import PersonRow, Statement, fold, person_row, stricter
from doorstep.register.whereabouts import KEPT_BY_DAY, Timeline, current_place, typed_properties

UNKNOWN = "person_unknown"  # also what someone out of reach is answered: the two look the same
FAULT_PROBLEM = {
    "impossible_date": "impossible_date",
    "required_missing": "required_missing",
    "bad_entity_id": "bad_entity",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person wishes today: it holds whatever past moment is asked about (charter C4, C12). ``ended``: the
    services she has ended, with the day."""

    consents: Mapping[str, Consent]
    ended: Mapping[str, date]
    listed: bool
    reach: str


@dataclass(frozen=True, slots=True)
class World:
    """The settings a life is worked out under."""

    library: Library
    staff: Staff
    programmes: Programmes
    tree: Tree
    horizon: date  # calendar contacts are worked out up to this day
    household_place: Mapping[str, int | None]
    wishes: Mapping[str, Wishes] | None = None  # by person, when a past moment is asked about
    joined: Mapping[str, date] = field(
        default_factory=dict
    )  # who was written down more than once: the day that was said


@dataclass(frozen=True, slots=True)
class About:
    """An entry about this person: its row, its standing, what it says about her in the register."""

    row: StoredEntry
    standing: Standing
    said: Said | None = None


@dataclass(slots=True)
class Life:
    """What was worked out. ``in_force`` is in the order of entries."""

    person_id: str
    person: PersonRow | None = None
    states: dict[int, tuple[int, str]] = field(default_factory=dict)  # seq → (state, problem)
    in_force: list[About] = field(default_factory=list)
    properties: Mapping[str, Any] = field(default_factory=dict)
    timeline: Timeline = ()
    places_had: frozenset[int] = frozenset()
    creators: frozenset[int] = frozenset()
    consents: Mapping[str, Consent] = field(default_factory=dict)
    unasked: bool = False  # taken over from an old list
    stating: list[About] = field(default_factory=list)  # what the register's row of her follows from


def order_of(a: About, library: Library) -> tuple[Any, ...]:
    """The order of entries: day, the form's rank, the sender's counter, instance id; a correction keeps its root's."""
    root = a.standing.root
    return (a.row.occurred_on, library.current[a.row.form_id].use.get("rank", 1), root.counter, root.instance_id)


def statement(a: About, said: Said, library: Library) -> Statement:
    """What an entry says about an item, in its place: changes of one day in the order a phone made them upon each other."""
    day, rank, counter, instance = order_of(a, library)
    order = (day, rank, counter, said.base if said.branch else 0, instance)
    return Statement(order, a.row.occurred_on, said.creates, said.updates, said.label, said.properties)


def own_fault(row: StoredEntry) -> str:
    """What is wrong with an entry's own content; '' when nothing."""
    if not row.faults:
        return ""
    return FAULT_PROBLEM.get(orjson.loads(row.faults)[0][0], "unreadable")


def live(person_id: str, about: Sequence[About], world: World) -> Life:
    """Who a person is, which entries about her are in force, and what is wrong with the others."""
    life = Life(person_id)
    sound = []
    for a in sorted(about, key=lambda a: order_of(a, world.library)):
        life.states[a.row.seq] = (a.standing.state, a.standing.problem)
        if a.standing.state == APPLIED:
            if fault := own_fault(a.row):
                life.states[a.row.seq] = (REVIEW, fault)
            else:
                sound.append(a)
    _settle_register(life, sound, world)
    if life.person is None:
        for a in sound:
            if life.states[a.row.seq][0] == APPLIED:
                life.states[a.row.seq] = (REVIEW, UNKNOWN)
        return life
    _check_days(life, sound)
    _settle_reach(life, sound, world)
    life.in_force = [a for a in sound if life.states[a.row.seq][0] == APPLIED]
    _settle_consent(life, world)
    return life


def _settle_consent(life: Life, world: World) -> None:
    if life.person is None:
        return
    rows = [a.row for a in life.in_force]
    today = world.wishes.get(life.person_id) if world.wishes else None
    if today is not None:
        consents = dict(today.consents)
        life.person = replace(life.person, listed=today.listed, reach=today.reach)
    else:
        programmes, since = world.programmes.at(life.person.place_id), world.joined.get(life.person_id)
        consents = consents_of(rows, life.person.birth_date, programmes, since)
    life.consents, life.unasked = consents, taken_over(rows)
    life.person = obeying(life.person, consents)


def _settle_register(life: Life, sound: Sequence[About], world: World) -> None:
    """Accept what entries say about the person herself, creations first, then in order, each only from someone who
    reaches a place she already had or who registered her."""
    accepted: list[Statement] = []
    places_had: set[int] = set()
    creators: set[int] = set()
    stating = [a for a in sound if a.said is not None]
    for a in sorted(stating, key=lambda a: not (a.said and a.said.creates)):
        said, row = a.said, a.row
        if said is None:
            continue
        reach = world.staff.reach_of(row.author_id, row.occurred_on, row.received_on)
        stated = current_place(said.properties, world.tree, world.household_place)
        if said.creates:
            if stated is None or stated not in reach:
                life.states[row.seq] = (REVIEW, "household_unknown" if stated is None else "place_unknown")
                continue
            creators.add(row.author_id)
        elif not (places_had & reach or row.author_id in creators or _own_word(row, world)):
            if row.form_id == CONSENT:
                continue  # her care team may ask for consent too: settled with its other entries
            life.states[row.seq] = (REVIEW, UNKNOWN)
            continue
        if stated is not None:
            places_had.add(stated)
        accepted.append(statement(a, said, world.library))
        life.stating.append(a)
    if since := world.joined.get(life.person_id):
        accepted += stricter(
            ((a.row.named_id or life.person_id, s) for a, s in zip(life.stating, accepted, strict=True)), since
        )
    item = fold(life.person_id, accepted, KEPT_BY_DAY)
    if item is not None:
        life.person = person_row(item, current_place(item.properties, world.tree, world.household_place))
        life.properties, life.timeline = typed_properties(item.properties), item.timeline
        life.places_had, life.creators = frozenset(places_had), frozenset(creators)


def _check_days(life: Life, sound: Sequence[About]) -> None:
    """Nothing can have happened to a person before she was born."""
    born = life.person.birth_date if life.person else None
    for a in sound:
        if born is not None and a.row.occurred_on < born and life.states[a.row.seq][0] == APPLIED:
            life.states[a.row.seq] = (REVIEW, "before_birth")


def _settle_reach(life: Life, sound: Sequence[About], world: World) -> None:
    """Entries about a person count only from someone who reaches a place she had, who registered her, or whom she
    named for her care. The last rests on entries accepted by the first two."""
    waiting: list[About] = []
    accepted: list[About] = []
    for a in sound:
        if (a.said is not None and a.row.form_id != CONSENT) or life.states[a.row.seq][0] != APPLIED:
            continue
        near = reached(a.row, life.places_had, life.creators, world) or _own_word(a.row, world)
        (accepted if near else waiting).append(a)
    if not waiting:
        return
    named = care_named(life, accepted, world)
    for a in waiting:
        if not in_care_team(a.row.author_id, named, world):
            life.states[a.row.seq] = (REVIEW, UNKNOWN)


def _own_word(row: StoredEntry, world: World) -> bool:
    """Whether she said it herself on her own page; or a member of any place wrote down that consent is taken back, and
    nothing else."""
    return row.author_id == HERSELF or (only_takes_back(row) and world.staff.has(row.author_id, "consent.end"))


def in_care_team(author_id: int, named: Iterable[tuple[str, int, int]], world: World) -> bool:
    """Whether someone, or the clinic whose patients they serve, is among those a person named."""
    clinic = world.staff.care_clinic(author_id)
    return any(user == author_id or (clinic and of_clinic == clinic) for _, user, of_clinic in named)


def reached(row: StoredEntry, places_had: frozenset[int], creators: frozenset[int], world: World) -> bool:
    """Whether the author could write about someone who had these places, on the day it came in or on its own day; the
    person herself always can."""
    if row.author_id == HERSELF:
        return True
    reach = world.staff.reach_of(row.author_id, row.occurred_on, row.received_on)
    return bool(places_had & reach) or row.author_id in creators


def care_named(life: Life, entries: Sequence[About], world: World) -> set[tuple[str, int, int]]:
    """Whom she named: (service, user or 0, clinic or 0). The latest entry that names anyone for a service counts.
    An offered service for which nobody was named belongs to those who wrote its records."""
    programmes = world.programmes.at(life.person.place_id if life.person else None)
    asked, offering = care_questions(programmes), offered_forms(programmes)
    by_service: dict[str, set[tuple[str, int, int]]] = {}
    for a in entries:
        for service, form, question in asked:
            if a.row.form_id != form:
                continue
            answer = orjson.loads(a.row.answers).get(question)
            if not answer:  # not asked this time, as when somebody only stops: whoever was named stays
                continue
            member = world.staff.by_id.get(a.row.author_id)
            named = set()
            if answer in ("worker", "both"):
                named.add((service, a.row.author_id, 0))
            if answer in ("clinic", "both") and member and member.clinic_id:
                named.add((service, 0, member.clinic_id))
            if not named:  # a clinic was wished for where there is none: whoever enrolled her stays
                named.add((service, a.row.author_id, 0))
            by_service[service] = named
    writers: dict[str, set[tuple[str, int, int]]] = {}
    for a in entries:
        if a.row.form_id in offering and world.staff.has(a.row.author_id, "care.read"):
            given = offering[a.row.form_id]
            writers.setdefault(given, set()).update(_written_by(given, a.row.author_id, world))
    team = {service: by_service.get(service) or writers.get(service, set()) for service in {*by_service, *writers}}
    return {one for named in team.values() for one in named}


def _written_by(service: str, author_id: int, world: World) -> set[tuple[str, int, int]]:
    """The author of a record and, where patients come to a clinic, that clinic."""
    clinic = world.staff.care_clinic(author_id)
    return {(service, author_id, 0)} | ({(service, 0, clinic)} if clinic else set())


def offered_forms(programmes: Iterable[Programme]) -> dict[str, str]:
    """The forms of services offered without signing up, with their service."""
    return {
        use.form: use.service
        for programme in programmes
        for use in programme.pack.uses.values()
        if use.service in programme.pack.services and programme.pack.services[use.service].offered
    }


def care_questions(programmes: Iterable[Programme]) -> list[tuple[str, str, str]]:
    """Where people name their care team: (service, form, question)."""
    return [
        (service.id, *service.care.split(".", 1))  # type: ignore[misc]
        for programme in programmes
        for service in programme.pack.services.values()
        if service.care
    ]
