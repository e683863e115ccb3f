"""Reading due visits: whom a member has to visit, and all visits of one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from doorstep.access.permissions import Actor
from doorstep.engine.model.history import State, Window, state_on
from doorstep.engine.model.planned import ContactDef
from doorstep.engine.outputs import Condition, Gate, select
from doorstep.lib import db
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.moment import Moment
from doorstep.visits.outputs import OWN_VISITS, PHONE_VISITS, TODAY

SOON_DAYS = 7
COMING_DAYS = 28
PAGE = 50

Section = Literal["overdue", "now", "coming"]
SECTIONS: tuple[Section, ...] = ("overdue", "now", "coming")

# In one round trip: ids alone, in the order of the page. Names are read only after the log row is written.
# The three sections say in SQL what ``state_on`` says in Python; a property test holds them together.
_MINE = (
    "(SELECT person_id, service FROM care_member WHERE user_id = ? AND user_id > 0"
    " UNION SELECT person_id, service FROM care_member WHERE clinic_id = ? AND clinic_id > 0)"
)
_SECTION = (
    "CASE WHEN v.ends_on <= ? THEN 3"  # its care is over: an ended pregnancy asks for nothing more
    " WHEN v.from_on IS NULL AND v.due_on IS NULL AND v.until_on IS NULL THEN 1"
    " WHEN v.until_on < ? THEN CASE WHEN v.recurring THEN 0 ELSE 3 END"
    " WHEN v.due_on < ? THEN 0"
    " WHEN COALESCE(v.from_on, v.due_on) > ? THEN CASE WHEN COALESCE(v.from_on, v.due_on) > ? THEN 3 ELSE 2 END"
    " ELSE 1 END"
)
_LINE = (
    f"SELECT v.id, v.person_id, {_SECTION} AS section, COALESCE(v.due_on, v.until_on, v.from_on) AS by_on,"
    # what is offered without a last day never stands before what has its day
    " CASE WHEN COALESCE(v.due_on, v.until_on) IS NULL THEN 1 ELSE 0 END AS endless, v.priority"
)
_NAMED = f"{_LINE} FROM {_MINE} AS c JOIN due_visit v ON v.person_id = c.person_id AND v.service = c.service"
_NAMED += " WHERE v.met_by = ''"
_PAGE = (
    "SELECT id, person_id, section, COUNT(*) OVER (PARTITION BY section) FROM ({lines}) AS mine WHERE section < 3"
    " ORDER BY section, endless, by_on, priority DESC, id LIMIT ? OFFSET ?"
)
_NOBODY_NAMED = "NOT EXISTS (SELECT 1 FROM care_member c WHERE c.person_id = v.person_id AND c.service = v.service)"


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a member's list, before anything of the person is read."""

    id: int
    person_id: str
    section: Section


@dataclass(frozen=True, slots=True)
class Page:
    """One page of it. ``counts``: how many there are in each section that this page shows something of."""

    lines: tuple[Listed, ...]
    counts: Mapping[Section, int]
    offset: int
    more: bool


def worklist(actor: Actor, day: date, offset: int = 0) -> Page:
    """Whom the people who named this member (or the member's clinic) expect, on ``day``: ids only, most urgent first."""
    days = [day, day, day, day + timedelta(days=SOON_DAYS), day + timedelta(days=COMING_DAYS)]
    asked, params = _NAMED, [*days, actor.user_id, actor.care_clinic]
    if offered := _offered_here(actor):
        asked += f" UNION ALL {_LINE} FROM due_visit v WHERE v.met_by = '' AND {offered.sql}"
        params += [*days, *offered.params]
    rows = db.current().rows(_PAGE.format(lines=asked), [*params, PAGE + 1, offset])
    lines = tuple(Listed(i, person_id, SECTIONS[section]) for i, person_id, section, _ in rows[:PAGE])
    counts = {SECTIONS[section]: int(count) for _, _, section, count in rows[:PAGE]}
    return Page(lines, counts, offset, len(rows) > PAGE)


@dataclass(frozen=True)
class DueVisit:
    """A due visit with the person it is about, as the list shows it."""

    id: int
    person_id: str
    pack_id: str
    contact: str
    episode: str
    k: int
    form_id: str
    service: str
    from_on: date | None
    due_on: date | None
    until_on: date | None
    recurring: bool
    need: str
    priority: int
    ends_on: date | None
    met_by: str
    met_on: date | None
    place_id: int | None
    name: str
    birth_date: date | None
    phone: str
    reach: str
    listed: bool
    number: str | None
    visits: bool | None
    moment: Moment | None = None  # as known then

    @cached_property
    def window(self) -> Window:
        return Window(
            self.contact, self.k, self.episode, self.form_id, self.service, self.from_on, self.due_on, self.until_on,
            met_by=self.met_by, met_on=self.met_on, need=tuple(self.need.split()), recurring=bool(self.recurring),
            priority=self.priority, ends_on=self.ends_on,
        )  # fmt: skip

    def state(self, day: date) -> State:
        return state_on(self.window, day, SOON_DAYS)

    @cached_property
    def planned(self) -> ContactDef | None:
        """What the programme at her place says about this visit."""
        return contact_at(self.place_id, self.pack_id, self.contact, self.moment)


_SOURCES = {
    **{f"visit.{column}": f"v.{column}" for column in ("id", "contact", "k", "service", "need", "recurring")},
    **{
        f"visit.{column}": f"v.{column}"
        for column in ("from_on", "due_on", "until_on", "priority", "ends_on", "met_by", "met_on")
    },
    **{f"person.{column}": f"p.{column}" for column in ("id", "name", "birth_date", "phone", "reach")},
    "person.listed": "p.listed AND (h.id IS NULL OR h.listed)",
    "visit.pack": "v.pack_id",
    "visit.episode": "v.episode_key",
    "visit.form": "v.form_id",
    "place.id": "v.place_id",
    "household.number": "h.number",
    "household.visits": "h.visits",
}
_FROM = "due_visit v JOIN person p ON p.id = v.person_id LEFT JOIN household h ON h.id = p.household_id"


def in_care_of(actor: Actor) -> Gate:
    """Only visits of services for which the person named this member or the member's clinic, and of services offered to
    everybody for which she named nobody yet, around the member's own places."""
    named = (
        "EXISTS (SELECT 1 FROM care_member c WHERE c.person_id = v.person_id AND c.service = v.service"
        " AND (c.user_id = ? OR c.clinic_id = ? AND c.clinic_id > 0))"
    )
    params = (actor.user_id, actor.care_clinic)
    offered = _offered_here(actor)
    return Gate(f"({named} OR {offered.sql})", (*params, *offered.params)) if offered else Gate(named, params)


def _offered_here(actor: Actor) -> Gate | None:
    """Visits of services offered without signing up, at the places of someone who gives care, as long as the person
    named nobody: such a visit rests on nothing but what the register says."""
    offered = programmes().offered()
    if not offered or not actor.places or not actor.has("care.read"):
        return None
    packs, services, at = sorted(set(offered.values())), sorted(offered), sorted(actor.places)
    marks = [", ".join("?" * len(part)) for part in (packs, at, services)]
    sql = "(v.pack_id IN ({}) AND v.place_id IN ({}) AND v.service IN ({}) AND {})".format(*marks, _NOBODY_NAMED)
    return Gate(sql, (*packs, *at, *services))


def of_person(actor: Actor, person_id: str) -> list[DueVisit]:
    """Every visit of one person, met or not, that this reader may see, by day. Log that she is shown before."""
    ids = [i for (i,) in db.current().rows("SELECT id FROM due_visit WHERE person_id = ?", [person_id])]
    found = due_visits(actor, ids).values()
    return sorted(found, key=lambda v: (v.due_on or v.until_on or v.from_on or date.max, v.contact, v.k))


def of_herself(person_id: str, services: Iterable[str]) -> list[DueVisit]:
    """Every visit of these services for the person's own page, by day. Log that she opens it before."""
    named = sorted(services)
    mine = Gate(f"v.service IN ({', '.join('?' * len(named)) or 'NULL'})", tuple(named))
    sql, params = select(OWN_VISITS, _SOURCES, _FROM, [Condition("person.id", "=", person_id), mine])
    found = [DueVisit(*row) for row in db.current().rows(sql, params)]
    return sorted(found, key=lambda v: (v.due_on or v.until_on or v.from_on or date.max, v.contact, v.k))


def of_people(actor: Actor, person_ids: Iterable[str]) -> list[DueVisit]:
    """Every visit of these persons, met or not, that this reader may see, for a phone to keep. Log who is shown before."""
    found: list[DueVisit] = []
    wanted = sorted(person_ids)
    for start in range(0, len(wanted), db.MOST_MARKS):
        chunk = wanted[start : start + db.MOST_MARKS]
        sql, params = select(PHONE_VISITS, _SOURCES, _FROM, [Condition("person.id", "in", chunk), in_care_of(actor)])
        found += [DueVisit(*row) for row in db.current().rows(sql, params)]
    return found


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """What tells whether a planned visit concerns somebody: no name, no day but its window's."""

    person_id: str
    pack_id: str
    form: str
    service: str
    from_on: date | None
    until_on: date | None


def planned_for(person_ids: Iterable[str]) -> list[PlannedVisit]:
    """Every visit planned for these persons, whoever may see it: to work with, not to be shown."""
    sql = "SELECT person_id, pack_id, form_id, service, from_on, until_on FROM due_visit WHERE person_id IN (?*)"
    return [PlannedVisit(*row) for row in db.current().rows_in(sql, person_ids)]


def person_of(visit_id: int) -> str | None:
    """Whom a due visit is about."""
    found = db.current().value("SELECT person_id FROM due_visit WHERE id = ?", [visit_id])
    return str(found) if found is not None else None


def due_visits(actor: Actor, ids: Sequence[int]) -> dict[int, DueVisit]:
    """These due visits with their persons, for a reader who is in their care team. Log who is shown before."""
    if not ids:
        return {}
    sql, params = select(TODAY, _SOURCES, _FROM, [Condition("visit.id", "in", ids), in_care_of(actor)])
    return {row[0]: DueVisit(*row) for row in db.current().rows(sql, params)}


_known_contacts: dict[tuple[str, str, str], Mapping[str, ContactDef]] = {}


def contacts_of(programme: Programme) -> Mapping[str, ContactDef]:
    """By id. A pack version never changes, so this is gathered once per process."""
    found = _known_contacts.get(programme.key)
    if found is None:
        own = programme.pack.schedules.get(programme.schedule, ())
        found = {contact.id: contact for contact in (*own, *programme.pack.series_contacts())}
        _known_contacts[programme.key] = found
    return found


def contact_at(place_id: int | None, pack_id: str, contact: str, moment: Moment | None = None) -> ContactDef | None:
    """A planned visit as the programme in force at a place (now, or at a moment) describes it; None when the programme
    is off there."""
    for programme in programmes(moment).at(place_id):
        if programme.pack.id == pack_id:
            return contacts_of(programme).get(contact)
    return None
