"""Reading people and households."""

from __future__ import annotations

from collections.abc import Iterable

from doorstep.lib import db
from doorstep.register.actions import HOUSEHOLD_COLUMNS, PERSON_COLUMNS
from doorstep.register.fold import HouseholdRow, PersonRow
from doorstep.register.search import query_sql

_PERSON = f"SELECT {', '.join(PERSON_COLUMNS)} FROM person"
_HOUSEHOLD = f"SELECT {', '.join(HOUSEHOLD_COLUMNS)} FROM household"


def _person(row: db.Row) -> PersonRow:
    return PersonRow(*row[:11], bool(row[11]), *row[12:])


def _household(row: db.Row) -> HouseholdRow:
    return HouseholdRow(*row[:6], bool(row[6]), bool(row[7]), *row[8:])


def people(person_ids: Iterable[str]) -> dict[str, PersonRow]:
    """Persons by id, those that exist. Callers log who is shown before they call this for a page."""
    return {row[0]: _person(row) for row in db.current().rows_in(f"{_PERSON} WHERE id IN (?*)", person_ids)}


def people_of(household_ids: Iterable[str]) -> dict[str, list[PersonRow]]:
    """Persons by household, oldest first."""
    found: dict[str, list[PersonRow]] = {}
    sql = f"{_PERSON} WHERE household_id IN (?*) ORDER BY birth_date, id"
    for row in map(_person, db.current().rows_in(sql, household_ids)):
        found.setdefault(str(row.household_id), []).append(row)
    return found


def ids_in(place_ids: Iterable[int]) -> list[str]:
    """Ids of the persons of these places, in order."""
    return sorted(i for (i,) in db.current().rows_in("SELECT id FROM person WHERE place_id IN (?*)", place_ids))


def households(household_ids: Iterable[str]) -> dict[str, HouseholdRow]:
    """Households by id, those that exist."""
    return {row[0]: _household(row) for row in db.current().rows_in(f"{_HOUSEHOLD} WHERE id IN (?*)", household_ids)}


def walk(place_ids: Iterable[int]) -> list[HouseholdRow]:
    """The households of these places in walking order."""
    rows = db.current().rows_in(f"{_HOUSEHOLD} WHERE place_id IN (?*)", place_ids)
    return sorted(map(_household, rows), key=lambda h: (h.place_id or 0, h.walk_order or 10**9, h.number, h.id))


def find_ids(typed: str, place_ids: Iterable[int]) -> list[str]:
    """Ids of people of these places that what was typed may mean, best first."""
    query = query_sql(typed, place_ids)
    if query is None:
        return []
    return [row[0] for row in db.current().rows(*query)]


def alike(name: str, birth_date: str, place_ids: Iterable[int]) -> list[str]:
    """Ids of people of these places with this very name, or with the same birth day and a part of the name."""
    from_name = find_ids(name, place_ids)
    if not from_name:
        return []
    found = people(from_name)
    return [
        i
        for i in from_name
        if i in found and (found[i].name == name or (birth_date and str(found[i].birth_date) == birth_date))
    ]
