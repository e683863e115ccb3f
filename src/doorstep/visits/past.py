"""Visits due as they were known at a past moment, for those who care for the people today.

The reader's rights, and what each person wishes, are today's; only what was known of her is of then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from doorstep.access.permissions import Actor
from doorstep.engine.model.history import State, Window, state_on
from doorstep.lib import db
from doorstep.programmes.library import programmes
from doorstep.programmes.moment import Moment
from doorstep.programmes.then import Then, known_then
from doorstep.register import queries as register
from doorstep.register.fold import HouseholdRow, PersonRow
from doorstep.visits.actions import Key, Values, waiting
from doorstep.visits.queries import COMING_DAYS, SECTIONS, SOON_DAYS, DueVisit, Section, in_care_of

_SECTION: Mapping[State, Section] = {
    "overdue": "overdue",
    "open": "now",
    "due_soon": "now",
    "unknown": "now",
    "coming": "coming",
}


@dataclass(frozen=True, slots=True)
class Stood:
    """One line of a past list, before anything of the person is read."""

    section: Section
    key: Key
    values: Values

    @property
    def person_id(self) -> str:
        return self.key[0]


def worklist_then(actor: Actor, day: date, moment: Moment) -> list[Stood]:
    """Whom this member's people expected on ``day``, as known at a moment: ids only, the most urgent first."""
    mine = _mine(actor)
    then = known_then(moment, {person_id for person_id, _ in mine})
    rows = {**_stored(actor, then), **then.visits()}
    found = []
    for key, values in rows.items():
        if (key[0], values[0]) in mine and not values[9] and (section := _section(key, values, day)):
            found.append(Stood(section, key, values))
    return sorted(found, key=_urgent)


def described(lines: Iterable[Stood], moment: Moment) -> list[DueVisit]:
    """These lines with their persons as they were known. Log who is shown before."""
    stood = list(lines)
    then = known_then(moment, {one.person_id for one in stood})
    people = register.people({one.person_id for one in stood} - then.touched) | dict(then.people)
    at_home = {row.household_id for row in people.values() if row.household_id}
    homes: dict[str, HouseholdRow | None] = {**register.households(at_home), **then.households}
    shown = [(one, people[one.person_id]) for one in stood if one.person_id in people]
    return [as_listed(one.key, one.values, who, homes.get(who.household_id or ""), moment) for one, who in shown]


def as_listed(key: Key, values: Values, who: PersonRow, home: HouseholdRow | None, moment: Moment) -> DueVisit:
    """A visit worked out, as lists show it. No phone: an old list is for looking something up, not for ringing."""
    person_id, pack_id, episode, contact, k = key
    service, form, from_on, due_on, until_on, ends_on, recurring, priority, need, met_by, met_on, place_id = values
    return DueVisit(
        0, person_id, pack_id, contact, episode, k, form, service, from_on, due_on, until_on, recurring, need, priority,
        ends_on, met_by, met_on, place_id, who.name, who.birth_date, "", who.reach,
        who.listed and (home is None or home.listed), home.number if home else None, home.visits if home else None, moment,
    )  # fmt: skip


def in_order(visits: Iterable[DueVisit]) -> list[DueVisit]:
    """Visits of one person by day."""
    return sorted(visits, key=lambda v: (v.due_on or v.until_on or v.from_on or date.max, v.contact, v.k))


def _mine(actor: Actor) -> set[tuple[str, str]]:
    """(person, service) of everybody who named this member or their clinic, and of those around the member's places who
    named nobody for a service offered to all."""
    connection = db.current()
    sql = (
        "SELECT person_id, service FROM care_member"
        " WHERE user_id = ? AND user_id > 0 OR clinic_id = ? AND clinic_id > 0"
    )
    found = {(person_id, service) for person_id, service in connection.rows(sql, [actor.user_id, actor.care_clinic])}
    offered = sorted(programmes().offered())
    if offered and actor.places and actor.has("care.read"):
        around = register.ids_in(actor.places)
        sql = "SELECT DISTINCT person_id, service FROM care_member WHERE person_id IN (?*)"
        named = {(person_id, service) for person_id, service in connection.rows_in(sql, around)}
        found |= {(person_id, service) for person_id in around for service in offered} - named
    return found


def _stored(actor: Actor, then: Then) -> dict[Key, Values]:
    """The visits waiting, as stored, of this member's people who stood then as they do now."""
    found = waiting(db.current(), in_care_of(actor))
    return {key: values for key, values in found.items() if key[0] not in then.touched}


def _section(key: Key, values: Values, day: date) -> Section | None:
    """The section a visit stands in on a day; None for one that is met, missed or far off."""
    _person, _pack, episode, contact, k = key
    service, form, from_on, due_on, until_on, ends_on, recurring, priority, need, met_by, met_on, _place = values
    window = Window(contact, k, episode, form, service, from_on, due_on, until_on, met_by, met_on, tuple(need.split()),
                    recurring, priority, ends_on)  # fmt: skip
    section = _SECTION.get(state_on(window, day, SOON_DAYS))
    first = from_on or due_on
    if section == "coming" and first is not None and first > day + timedelta(days=COMING_DAYS):
        return None
    return section


def _urgent(one: Stood) -> tuple[object, ...]:
    from_on, due_on, until_on = one.values[2:5]
    by_on = due_on or until_on or from_on
    endless = due_on is None and until_on is None
    return (SECTIONS.index(one.section), endless, by_on or date.min, -one.values[7], one.key)
