"""A person or household as the entries state them: for every property the value of the latest entry that states it.

Pure. "Latest" is in the order of entries (day, the form's rank, the sender's counter, instance id), never arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import orjson

from doorstep.lib import sealed
from doorstep.lib.days import parse_day


class Statement(NamedTuple):
    """What one entry in force says about one item. ``order`` sorts statements."""

    order: tuple[object, ...]
    occurred_on: date
    creates: bool
    updates: bool
    label: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """A person or household after folding: properties as text, and since when each place or household held."""

    id: str
    label: str
    version: int
    properties: Mapping[str, str]
    timeline: tuple[tuple[date, Mapping[str, str]], ...] = field(default=())


def fold(item_id: str, statements: Iterable[Statement], keep_history_of: frozenset[str] = frozenset()) -> Item | None:
    """The item after all statements; None when none of them creates it.

    ``keep_history_of``: properties whose earlier values are kept by day in ``timeline``.
    """
    ordered = sorted(statements, key=lambda s: s.order)
    if not any(s.creates for s in ordered):
        return None
    properties: dict[str, str] = {}
    label = ""
    timeline: list[tuple[date, Mapping[str, str]]] = []
    for statement in ordered:
        properties.update(statement.properties)
        label = statement.label or label
        told = {k: v for k, v in statement.properties.items() if k in keep_history_of}
        if told:
            timeline.append((statement.occurred_on, told))
    return Item(item_id, label, len(ordered), properties, tuple(timeline))


REACH = ("none", "clinic_only", "only_me", "not_home")  # how somebody may be reached, the strictest first
_LAST_OF_A_DAY = 9


def stricter(told: Iterable[tuple[str, Statement]], since: date) -> list[Statement]:
    """For somebody written down more than once, what holds from the day that was said: not to be listed, and not to be
    reached otherwise, as any one of them had stated by then. ``told``: under which id each statement was made."""
    by_id: dict[str, dict[str, str]] = {}
    for named, statement in sorted(told, key=lambda one: one[1].order):
        if statement.occurred_on <= since:
            by_id.setdefault(named, {}).update(statement.properties)
    found = {}
    if any(said.get("listed") == "no" for said in by_id.values()):
        found["listed"] = "no"
    reached = {said.get("reach", "") for said in by_id.values()}
    if strict := next((one for one in REACH if one in reached), None):
        found["reach"] = strict
    return [Statement((since, _LAST_OF_A_DAY, 0, ""), since, False, True, "", found)] if found else []


@dataclass(frozen=True, slots=True)
class PersonRow:
    """The person table's columns, in its order."""

    id: str
    household_id: str | None
    place_id: int | None
    name: str
    sex: str
    birth_date: date | None
    phone: str
    reach: str
    moved_in_on: date | None
    left_on: date | None
    died_on: date | None
    listed: bool
    label: str
    version: int
    properties: str

    @property
    def is_here(self) -> bool:
        """Living here: not dead, and not moved away since the last time she came."""
        if self.died_on is not None:
            return False
        return self.left_on is None or (self.moved_in_on is not None and self.moved_in_on > self.left_on)


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """The household table's columns, in its order."""

    id: str
    number: str
    place_id: int | None
    address: str
    walk_order: int | None
    dwelling: str
    listed: bool
    visits: bool
    label: str
    version: int
    properties: str


LONGEST_PHONE = 40


def _short(phone: str) -> str:
    """A phone number as it is stored, of a length a number can have."""
    told = sealed.opened(phone)
    return phone if len(told) <= LONGEST_PHONE else sealed.token(told[:LONGEST_PHONE])


def person_row(item: Item, place_id: int | None) -> PersonRow:
    said = item.properties
    return PersonRow(
        id=item.id,
        household_id=said.get("household"),
        place_id=place_id,
        name=item.label,
        sex=said.get("sex", ""),
        birth_date=parse_day(said.get("birth_date", "")),
        phone=_short(said.get("phone", "")),
        reach=said.get("reach", "")[:24],
        moved_in_on=parse_day(said.get("moved_in_on", "")),
        left_on=parse_day(said.get("left_on", "")),
        died_on=parse_day(said.get("died_on", "")),
        listed=said.get("listed") != "no",
        label=item.label,
        version=item.version,
        properties=sorted_json(said),
    )


def household_row(item: Item, place_id: int | None) -> HouseholdRow:
    said = item.properties
    order = said.get("walk_order", "")
    return HouseholdRow(
        id=item.id,
        number=said.get("number", item.label)[:64],
        place_id=place_id,
        address=said.get("address", ""),
        walk_order=int(order) if order.isdecimal() and len(order) < 9 else None,
        dwelling=said.get("dwelling", "")[:64],
        listed=said.get("listed") != "no",
        visits=said.get("visits") != "no",
        label=item.label,
        version=item.version,
        properties=sorted_json(said),
    )


def sorted_json(values: Mapping[str, str]) -> str:
    """Properties as they are stored: the same ones give the same text."""
    return orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS).decode()
