"""Reading families for paper, each by its own declared Output: of whoever asked not to be listed only the number remains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.engine.outputs import Condition, Output, select
from doorstep.lib import db
from doorstep.register.outputs import HOUSEHOLD_CARD, ROUND_SHEET
from doorstep.register.queries import IS_HERE, SOURCES

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class HomeLine:
    """A household with one of its people, or alone when nobody of it is listed by name."""

    household_id: str
    number: str
    place_id: int
    address: str
    listed: bool
    visits: bool
    person_id: str | None
    name: str | None
    birth_date: date | None
    phone: str | None = None
    reach: str | None = None


def round_sheet(household_ids: Sequence[str]) -> list[HomeLine]:
    """These households of one place in walking order. Log who is shown before."""
    return _lines(ROUND_SHEET, household_ids)


def household_card(household_id: str) -> list[HomeLine]:
    """One household. Log who is shown before."""
    return _lines(HOUSEHOLD_CARD, [household_id])


def _lines(output: Output, household_ids: Sequence[str]) -> list[HomeLine]:
    found: list[HomeLine] = []
    for start in range(0, len(household_ids), _AT_ONCE):
        sql, params = select(
            output,
            SOURCES | {"place.id": "h.place_id", "household.address": "CASE WHEN h.listed THEN h.address ELSE '' END"},
            f"household h LEFT JOIN person p ON p.household_id = h.id AND h.listed AND p.listed AND {IS_HERE}",
            [Condition("household.id", "in", household_ids[start : start + _AT_ONCE])],
            ["household.walk_order", "household.number", "person.birth_date"],
        )
        found += [HomeLine(*row) for row in db.current().rows(sql, params)]
    return found
