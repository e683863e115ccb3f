"""Who a phone has to hear of: those who changed since it last asked, and those it must let go of. Ids alone; nothing of
anybody is read before it is logged that she is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import orjson

from doorstep.access.permissions import Actor
from doorstep.engine.outputs import Gate
from doorstep.lib import db
from doorstep.programmes.library import programmes
from doorstep.register.changes import FAMILY, PERSON
from doorstep.register.whereabouts import typed_properties
from doorstep.visits.queries import SOON_DAYS, in_care_of
from doorstep.web.worker.offers import over_at_once

# What a worker's list calls overdue or to be done this week (``visits.queries``), without how late it is
_PRESSING = (
    "v.met_by = '' AND (v.ends_on IS NULL OR v.ends_on > ?) AND (v.until_on IS NULL OR v.until_on >= ? OR v.recurring)"
    " AND (COALESCE(v.from_on, v.due_on) IS NULL OR COALESCE(v.from_on, v.due_on) <= ?)"
)


@dataclass(frozen=True, slots=True)
class Marked:
    """Somebody or a family, with the number of the last change."""

    n: int
    kind: str
    id: str


def reached(actor: Actor) -> Gate:
    """Over ``person p``: those of the member's places, and those who named the member or the member's clinic."""
    at = sorted(actor.places) or [0]
    marks = ", ".join("?" * len(at))
    sql = (
        f"(p.place_id IN ({marks}) OR p.id IN (SELECT person_id FROM care_member WHERE user_id = ? AND user_id > 0)"
        " OR p.id IN (SELECT person_id FROM care_member WHERE clinic_id = ? AND clinic_id > 0))"
    )
    return Gate(sql, (*at, actor.user_id, actor.care_clinic))


def since(actor: Actor, after: int, most: int, told: Gate | None = None) -> list[Marked]:
    """Persons and families within reach that changed after that number, by number; at most ``most`` of each kind, and
    none beyond the last of a kind that was cut. ``told``: persons to leave out, told of already."""
    gate = reached(actor)
    if told is not None:
        gate = Gate(f"{gate.sql} AND NOT {told.sql}", (*gate.params, *told.params))
    people = db.current().rows(
        "SELECT m.n, m.item_id FROM pull_mark m JOIN person p ON p.id = m.item_id"
        f" WHERE m.kind = '{PERSON}' AND m.n > ? AND {gate.sql} ORDER BY m.n LIMIT ?",
        [after, *gate.params, most],
    )
    found = [Marked(n, PERSON, i) for n, i in people]
    if actor.has("register.read") and actor.places:
        at = sorted(actor.places)
        homes = db.current().rows(
            "SELECT m.n, m.item_id FROM pull_mark m JOIN household h ON h.id = m.item_id"
            f" WHERE m.kind = '{FAMILY}' AND m.n > ? AND h.place_id IN ({', '.join('?' * len(at))}) ORDER BY m.n LIMIT ?",
            [after, *at, 4 * most],
        )
        found += [Marked(n, FAMILY, i) for n, i in homes]
        if len(homes) == 4 * most:
            found = [one for one in found if one.n <= homes[-1][0]]
    if len(people) == most:
        found = [one for one in found if one.n <= people[-1][0]]
    return sorted(found, key=lambda one: one.n)


def pressing(actor: Actor, day: date, after: int, most: int) -> list[Marked]:
    """Persons a visit of this member's was overdue or due for on that day, by number."""
    gate, waited = reached(actor), _waited_for(actor, day)
    sql = (
        "SELECT m.n, m.item_id FROM pull_mark m JOIN person p ON p.id = m.item_id"
        f" WHERE m.kind = '{PERSON}' AND m.n > ? AND {gate.sql} AND {waited.sql} ORDER BY m.n LIMIT ?"
    )
    return [Marked(n, PERSON, i) for n, i in db.current().rows(sql, [after, *gate.params, *waited.params, most])]


def pressing_before(actor: Actor, day: date, n: int) -> Gate:
    """Over ``person p`` and her mark ``m``: those of them who have not changed after a number."""
    waited = _waited_for(actor, day)
    return Gate(f"(m.n <= ? AND {waited.sql})", (n, *waited.params))


def _waited_for(actor: Actor, day: date) -> Gate:
    visits = in_care_of(actor)
    sql = f"p.id IN (SELECT v.person_id FROM due_visit v WHERE {_PRESSING} AND {visits.sql})"
    return Gate(sql, (day, day, day + timedelta(days=SOON_DAYS), *visits.params))


def turned(actor: Actor, before: date, today: date) -> list[Marked]:
    """Persons of whom something is told otherwise only because days went by: a course of care that began or ended
    meanwhile, a visit whose time is over, a form that begins care and would now come too early or too late."""
    gate = reached(actor)
    first, last = before - timedelta(days=2), today + timedelta(days=1)
    between = " OR ".join(f"e.{column} BETWEEN ? AND ?" for column in ("opened_on", "closed_on", "ended_on"))
    sql = (
        "SELECT m.n, p.id FROM person p JOIN pull_mark m ON m.item_id = p.id"
        f" WHERE m.kind = '{PERSON}' AND {gate.sql} AND (p.id IN (SELECT e.person_id FROM episode e WHERE {between})"
        " OR p.id IN (SELECT v.person_id FROM due_visit v WHERE v.until_on BETWEEN ? AND ?))"
    )
    found = {*db.current().rows(sql, [*gate.params, *[first, last] * 4]), *_begun_otherwise(gate, before, today)}
    return [Marked(n, PERSON, i) for n, i in sorted(found)]


def _begun_otherwise(gate: Gate, before: date, today: date) -> Iterator[tuple[int, str]]:
    """Persons for whom a course of care begun today would end at once and would not have on the earlier day, or the other
    way about: a newborn grows too old. It rests on the register alone."""
    sql = (
        "SELECT m.n, p.id, p.place_id, p.properties FROM person p JOIN pull_mark m ON m.item_id = p.id"
        f" WHERE m.kind = '{PERSON}' AND {gate.sql}"
    )
    everywhere = programmes()
    for n, id_, place_id, properties in db.current().rows(sql, gate.params):
        ending = [(p, e) for p in everywhere.at(place_id) for e in p.pack.episodes.values() if e.ends_by_itself]
        known = typed_properties(orjson.loads(properties)) if ending else {}
        for programme, episode in ending:
            if over_at_once(id_, known, programme, episode, before) != over_at_once(
                id_, known, programme, episode, today
            ):
                yield n, id_
                break


def left(actor: Actor, after: int) -> dict[str, set[str]]:
    """Those taken out of this member's places or care after that number, by kind; some may be back since."""
    at = sorted(actor.places) or [0]
    sql = (
        "SELECT kind, item_id FROM pull_left WHERE n > ? AND (place_id > 0 AND place_id IN"
        f" ({', '.join('?' * len(at))}) OR user_id > 0 AND user_id = ? OR clinic_id > 0 AND clinic_id = ?)"
    )
    found: dict[str, set[str]] = {PERSON: set(), FAMILY: set()}
    for kind, id_ in db.current().rows(sql, [after, *at, actor.user_id, actor.care_clinic]):
        found[kind].add(id_)
    return found


def places_of(person_ids: Iterable[str]) -> dict[str, int | None]:
    """Where these persons are served, those there are."""
    return dict(db.current().rows_in("SELECT id, place_id FROM person WHERE id IN (?*)", person_ids))
