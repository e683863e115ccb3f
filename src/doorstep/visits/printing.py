"""Reading due visits for paper, each by its own declared Output."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.access.permissions import Actor
from doorstep.engine.outputs import Condition, Gate, select
from doorstep.lib import db
from doorstep.programmes.library import programmes
from doorstep.visits.openly import MAY_TELL, open_contacts
from doorstep.visits.outputs import CHILDREN_PLANNED, WALKING_LIST
from doorstep.visits.queries import PAGE, Section, in_care_of, worklist

LONGEST = 2_000  # lines of one list: more is no list anybody walks with

_SOURCES = {
    **{f"visit.{c}": f"v.{c}" for c in ("id", "contact", "service", "from_on", "due_on", "until_on")},
    **{f"person.{c}": f"p.{c}" for c in ("id", "name", "birth_date", "reach")},
    "person.listed": "p.listed AND (h.id IS NULL OR h.listed)",
    "visit.pack": "v.pack_id",
    "place.id": "v.place_id",
    "household.number": "h.number",
    "household.visits": "h.visits",
    "household.walk_order": "COALESCE(h.walk_order, 1000000000)",
}
_FROM = "due_visit v JOIN person p ON p.id = v.person_id LEFT JOIN household h ON h.id = p.household_id"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One visit that waits, before anything of the person is read."""

    id: int
    person_id: str
    place_id: int | None


def waiting(actor: Actor, day: date, sections: Iterable[Section]) -> list[Waiting]:
    """The visits of a member's own list in these sections: ids and places alone."""
    wanted, ids, offset = frozenset(sections), [], 0
    while offset < LONGEST:
        page = worklist(actor, day, offset)
        ids += [line.id for line in page.lines if line.section in wanted]
        offset += PAGE
        if not page.more or page.lines[-1].section not in wanted:  # they come in the order of the sections
            break
    rows = db.current().rows_in("SELECT id, person_id, place_id FROM due_visit WHERE id IN (?*)", ids)
    return [Waiting(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class WalkLine:
    """A visit of the walking list, with the person it is about."""

    id: int
    person_id: str
    pack_id: str
    contact: str
    service: str
    from_on: date | None
    due_on: date | None
    until_on: date | None
    place_id: int | None
    number: str | None
    visits: bool | None
    name: str
    birth_date: date | None
    reach: str
    listed: bool

    @property
    def by_on(self) -> date | None:
        return self.due_on or self.until_on or self.from_on


def walking_list(actor: Actor, ids: Sequence[int]) -> list[WalkLine]:
    """These visits in walking order, house by house. Log who is shown before."""
    if not ids:
        return []
    order = ["household.walk_order", "household.number", "person.birth_date", "visit.id"]
    where: list[Condition | Gate] = [Condition("visit.id", "in", ids), in_care_of(actor)]
    sql, params = select(WALKING_LIST, _SOURCES, _FROM, where, order)
    return [WalkLine(*row) for row in db.current().rows(sql, params)]


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What is planned for a child, as a family's card may say it."""

    person_id: str
    pack_id: str
    contact: str
    from_on: date | None
    due_on: date | None
    place_id: int | None


def children_planned(actor: Actor, place_id: int, person_ids: Sequence[str], until: date) -> list[PlannedLine]:
    """What is planned up to a day for these children that their family may read. Log who is shown before."""
    gate = _openly(place_id)
    if not person_ids or gate is None:
        return []
    live = Gate(
        "v.met_by = '' AND COALESCE(v.from_on, v.due_on) <= ? AND (v.ends_on IS NULL OR v.ends_on > ?)", (until, until)
    )
    where: list[Condition | Gate] = [Condition("person.id", "in", person_ids), gate, live, in_care_of(actor)]
    sql, params = select(CHILDREN_PLANNED, _SOURCES, _FROM, where, ["visit.due_on", "visit.id"])
    return [PlannedLine(*row) for row in db.current().rows(sql, params)]


def _openly(place_id: int) -> Gate | None:
    """Only visits that may be named where others read; None when there are none."""
    pairs = [(p.pack.id, contact) for p in programmes().at(place_id) for contact in open_contacts(p)]
    if not pairs:
        return None
    by_pack: dict[str, list[str]] = {}
    for pack_id, contact in pairs:
        by_pack.setdefault(pack_id, []).append(contact)
    parts = [f"(v.pack_id = ? AND v.contact IN ({', '.join('?' * len(ids))}))" for ids in by_pack.values()]
    params = [value for pack_id, ids in by_pack.items() for value in (pack_id, *ids)]
    return Gate(" OR ".join(parts), tuple(params), up_to=MAY_TELL)
