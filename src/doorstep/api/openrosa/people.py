"""The people and families of a member's area, as another app's phone may have them (charter C18): of a person the id, the
name, the household's number and the year of birth; of a household the id and the number; nothing else.

``__version`` is the protocol's own: how often what is known was changed, which the phone names when it changes it
again. Nobody who died, moved away or asked not to be listed is in a list, and none of them is "still here" either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import declared
from doorstep.engine.outputs import Condition, Gate, Output, select
from doorstep.lib import db
from doorstep.register.queries import IS_HERE

PERSON, HOUSEHOLD = "person", "household"
LISTS = {PERSON: "device.people", HOUSEHOLD: "device.families"}
STILL_MINE = "device.still_mine"
_FROM = "person p LEFT JOIN household h ON h.id = p.household_id"
_PEOPLE = {
    "person.id": "p.id",
    "person.name": "p.name",
    "system.version": "p.version",
    "household.number": "COALESCE(h.number, '')",
    # the day of birth stays here: a name and a year are enough to pick somebody from a list
    "person.birth_year": "COALESCE(SUBSTR(CAST(p.birth_date AS TEXT), 1, 4), '')",
    "place.id": "p.place_id",
}
_FAMILIES = {
    "household.id": "h.id",
    "household.number": "h.number",
    "system.version": "h.version",
    "place.id": "h.place_id",
}
_OPEN = Gate(f"p.listed AND (h.id IS NULL OR h.listed) AND {IS_HERE}")

Rows = list[tuple[str, ...]]


def rows(of: str, actor: Actor) -> Rows:
    """The list with its header, in order. Nothing is shown yet: who gives it out logs it first (``logged``)."""
    output = declared()[LISTS[of]]
    mine = Condition("place.id", "in", tuple(sorted(actor.places)))
    if of == PERSON:
        sql, params = select(output, _PEOPLE, _FROM, [mine, _OPEN], ["household.number", "person.id"])
    else:
        sql, params = select(output, _FAMILIES, "household h", [mine], ["household.number", "household.id"])
    header = tuple(column.name for column in output.columns)
    return [header, *(tuple(map(str, row)) for row in db.current().rows(sql, params))]


def logged(of: str, actor: Actor) -> None:
    """Write down, durably and before anything goes out, who is in the list that goes to the member's phone now."""
    sql, params = _ids(declared()[STILL_MINE], actor)
    log_shown(actor, LISTS[of], [row[0] for row in db.current().rows(sql, params)])


def still_mine(of: str, asked: Sequence[str], actor: Actor) -> frozenset[str]:
    """Those of the items asked about that the member's list holds, so that a phone drops the others. Asking about
    people is logged first."""
    if of == HOUSEHOLD:
        return frozenset(row[0] for row in rows(of, actor)[1:]) & frozenset(asked)
    log_shown(actor, STILL_MINE, asked)
    sql, params = _ids(declared()[STILL_MINE], actor, asked)
    return frozenset(row[0] for row in db.current().rows(sql, params))


def _ids(output: Output, actor: Actor, asked: Iterable[str] | None = None) -> tuple[str, tuple[object, ...]]:
    where: list[Condition | Gate] = [Condition("place.id", "in", tuple(sorted(actor.places))), _OPEN]
    if asked is not None:
        where.append(Condition("person.id", "in", tuple(asked)))
    return select(output, _PEOPLE, _FROM, where)
