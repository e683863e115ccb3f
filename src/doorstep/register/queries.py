"""Reading people and households."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.access.queries import counted_sql
from doorstep.engine.outputs import Condition, Gate, Output, select
from doorstep.lib import db
from doorstep.places.queries import tree
from doorstep.register.actions import HOUSEHOLD_COLUMNS, PERSON_COLUMNS
from doorstep.register.fold import HouseholdRow, PersonRow
from doorstep.register.outputs import ERASE_ASKED, FAMILIES, INVITE, TWICE
from doorstep.register.search import query_sql
from doorstep.register.twice import Pair, pairs

_PERSON = f"SELECT {', '.join(PERSON_COLUMNS)} FROM person"
_HOUSEHOLD = f"SELECT {', '.join(HOUSEHOLD_COLUMNS)} FROM household"


def _person(row: db.Row) -> PersonRow:
    return PersonRow(**{**dict(zip(PERSON_COLUMNS, row, strict=True)), "listed": bool(row[11])})


def _household(row: db.Row) -> HouseholdRow:
    stated = dict(zip(HOUSEHOLD_COLUMNS, row, strict=True))
    return HouseholdRow(**{**stated, "listed": bool(row[6]), "visits": bool(row[7])})


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


def aliases(person_ids: Iterable[str]) -> dict[str, str]:
    """Who of these is known to be another: id → the id under which everything of hers stands."""
    sql = "SELECT person_id, same_as FROM person_alias WHERE person_id IN (?*)"
    return dict(db.current().rows_in(sql, person_ids))


def joined(person_ids: Iterable[str]) -> dict[str, date]:
    """Who of these was written down more than once: id → the day on which that was last said."""
    found: dict[str, date] = {}
    for i, since in db.current().rows_in("SELECT same_as, since FROM person_alias WHERE same_as IN (?*)", person_ids):
        found[i] = max(since, found.get(i, since))
    return found


def maybe_twice(place_ids: Iterable[int]) -> list[Pair]:
    """Who of these places may have been written down twice, the likeliest first. Ids and reasons only."""
    where = "listed AND died_on IS NULL AND place_id IN (?*)"
    hidden = {i for (i,) in db.current().rows("SELECT id FROM household WHERE NOT listed")}
    rows = [_person(row) for row in db.current().rows_in(f"{_PERSON} WHERE {where}", place_ids)]
    return pairs((p for p in rows if p.household_id not in hidden), tree())


def joined_at(place_ids: Iterable[int]) -> list[tuple[str, str, date]]:
    """Who of these places was said to be one with another, the latest first: (the other id, hers, the day)."""
    sql = "SELECT a.person_id, a.same_as, a.since FROM person_alias a JOIN person p ON p.id = a.same_as WHERE p.place_id IN (?*)"
    rows = sorted(db.current().rows_in(sql, place_ids))
    return sorted(rows, key=lambda row: row[2], reverse=True)


@dataclass(frozen=True, slots=True)
class Twice:
    """Somebody who may have been written down twice."""

    person_id: str
    name: str
    sex: str
    birth_date: date | None
    number: str | None
    place_id: int | None
    phone: str


def seen_twice(person_ids: Sequence[str]) -> list[Twice]:
    """These people as the output ``twice`` shows them. Log who is shown before."""
    if not person_ids:
        return []
    listed = Gate("p.listed AND (h.id IS NULL OR h.listed)")
    source = "person p LEFT JOIN household h ON h.id = p.household_id"
    sql, params = select(
        TWICE, SOURCES | {"place.id": "p.place_id"}, source, [Condition("person.id", "in", person_ids), listed]
    )
    return [Twice(*row) for row in db.current().rows(sql, params)]


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who asked to be erased."""

    person_id: str
    name: str
    sex: str
    birth_date: date | None
    number: str | None
    place_id: int | None


def seen_asking(person_ids: Sequence[str], place_ids: Iterable[int]) -> dict[str, Asking]:
    """Those of these people who live at these places, as the output ``erase.asked`` shows them. Log who is shown before."""
    at = sorted(place_ids)
    if not person_ids or not at:
        return {}
    within = Gate(f"p.place_id IN ({', '.join('?' * len(at))})", tuple(at))
    source = "person p LEFT JOIN household h ON h.id = p.household_id"
    sql, params = select(
        ERASE_ASKED, SOURCES | {"place.id": "p.place_id"}, source, [Condition("person.id", "in", person_ids), within]
    )
    return {row[0]: Asking(*row) for row in db.current().rows(sql, params)}


def ids_in(place_ids: Iterable[int]) -> list[str]:
    """Ids of the persons of these places, in order."""
    return sorted(i for (i,) in db.current().rows_in("SELECT id FROM person WHERE place_id IN (?*)", place_ids))


def households(household_ids: Iterable[str]) -> dict[str, HouseholdRow]:
    """Households by id, those that exist."""
    return {row[0]: _household(row) for row in db.current().rows_in(f"{_HOUSEHOLD} WHERE id IN (?*)", household_ids)}


def exactly(name: str, born: date, number: str) -> str | None:
    """The one person anywhere of exactly this name, birthday and house number; None for none, or for several."""
    sql = (
        "SELECT p.id FROM person p JOIN household h ON h.id = p.household_id"
        " WHERE p.name = ? AND p.birth_date = ? AND h.number = ? AND p.died_on IS NULL LIMIT 2"
    )
    found = db.current().rows(sql, [name, born, number])
    return str(found[0][0]) if len(found) == 1 else None


def place_of(person_id: str) -> tuple[int | None] | None:
    """Where a person is served, for deciding who may see her; None when there is no such person."""
    found = db.current().row("SELECT place_id FROM person WHERE id = ?", [person_id])
    return (found[0],) if found is not None else None


def place_of_household(household_id: str) -> int | None:
    """Where a household is; None when there is no such household, or it has no place."""
    found = db.current().value("SELECT place_id FROM household WHERE id = ?", [household_id])
    return int(found) if found is not None else None


def walk(place_ids: Iterable[int]) -> list[HouseholdRow]:
    """The households of these places in walking order."""
    rows = db.current().rows_in(f"{_HOUSEHOLD} WHERE place_id IN (?*)", place_ids)
    return sorted(map(_household, rows), key=lambda h: (h.place_id or 0, h.walk_order or 10**9, h.number, h.id))


FAMILIES_AT_ONCE = 40
IS_HERE = "p.died_on IS NULL AND (p.left_on IS NULL OR p.moved_in_on > p.left_on)"
_WALK = " ORDER BY COALESCE(walk_order, 1000000000), number, id"
SOURCES = {
    **{f"household.{c}": f"h.{c}" for c in ("id", "number", "address", "listed", "visits", "walk_order")},
    **{f"person.{c}": f"p.{c}" for c in ("id", "name", "sex", "birth_date", "phone", "reach", "listed", "left_on")},
    "household.walk_order": "COALESCE(h.walk_order, 1000000000)",
}


def family_counts(place_ids: Iterable[int]) -> dict[int, int]:
    """How many households there are at each of these places; those with none are left out."""
    sql = "SELECT place_id, COUNT(*) FROM household WHERE place_id IN (?*) GROUP BY place_id"
    return dict(db.current().rows_in(sql, place_ids))


def open_family_counts(place_ids: Iterable[int]) -> dict[int, int]:
    """How many of them may be listed and visited, as on the round: two counts that differ in those who asked to be left
    alone would tell how many did."""
    sql = "SELECT place_id, COUNT(*) FROM household WHERE listed AND visits AND place_id IN (?*) GROUP BY place_id"
    return dict(db.current().rows_in(sql, place_ids))


def people_counts(place_ids: Iterable[int]) -> dict[int, int]:
    """How many people live at each of these places and may be counted; places with none are left out."""
    where = f"{IS_HERE} AND {counted_sql('p.id')} AND p.place_id IN (?*)"
    sql = f"SELECT p.place_id, COUNT(*) FROM person p WHERE {where} GROUP BY p.place_id"
    return dict(db.current().rows_in(sql, place_ids))


def family_ids(place_id: int, offset: int = 0) -> list[str]:
    """Ids of one page of a place's households in walking order (one more than a page when there are more)."""
    sql = (
        "SELECT id FROM household WHERE place_id = ?"
        " ORDER BY COALESCE(walk_order, 1000000000), number, id LIMIT ? OFFSET ?"
    )
    return [i for (i,) in db.current().rows(sql, [place_id, FAMILIES_AT_ONCE + 1, offset])]


def doors(place_id: int) -> list[tuple[str, bool]]:
    """Every household of a place in walking order: its id, and whether it wants to be listed and visited."""
    sql = (
        "SELECT id, listed AND visits FROM household WHERE place_id = ?"
        " ORDER BY COALESCE(walk_order, 1000000000), number, id"
    )
    return [(i, bool(is_open)) for i, is_open in db.current().rows(sql, [place_id])]


def members(household_ids: Iterable[str]) -> list[str]:
    """Ids of the people who live in these households and may be listed by name."""
    sql = (
        "SELECT p.id FROM person p JOIN household h ON h.id = p.household_id"
        f" WHERE h.listed AND p.listed AND {IS_HERE} AND h.id IN (?*)"
    )
    return [i for (i,) in db.current().rows_in(sql, household_ids)]


@dataclass(frozen=True, slots=True)
class FamilyLine:
    """A household with one of its people, or alone when nobody of it is listed by name."""

    household_id: str
    number: str
    place_id: int
    address: str
    listed: bool
    visits: bool
    person_id: str | None
    name: str | None
    sex: str | None
    birth_date: date | None


def invited(place_id: int, offset: int, reader: str) -> list[FamilyLine]:
    """One page of a place's families that want to be listed and visited, as ``invite`` shows them to a role: to a
    volunteer house numbers and names alone (one more family than a page when there are more)."""
    ids = "SELECT id FROM household WHERE place_id = ? AND listed AND visits" + _WALK + " LIMIT ? OFFSET ?"
    found = [i for (i,) in db.current().rows(ids, [place_id, FAMILIES_AT_ONCE + 1, offset])]
    if not found:
        return []
    sql, params = select(
        INVITE,
        SOURCES | {"place.id": "h.place_id"},
        f"household h LEFT JOIN person p ON p.household_id = h.id AND p.listed AND {IS_HERE}",
        [Condition("household.id", "in", found)],
        ["household.walk_order", "household.number"],
        reader=reader,
    )
    return [FamilyLine(*row) for row in db.current().rows(sql, params)]


def families(household_ids: Sequence[str]) -> list[FamilyLine]:
    """These households of one place with their people, in walking order, the oldest first. Of a household or person
    who asked not to be listed only the number remains. Log who is shown before."""
    if not household_ids:
        return []
    sql, params = select(
        FAMILIES,
        SOURCES | {"place.id": "h.place_id", "household.address": "CASE WHEN h.listed THEN h.address ELSE '' END"},
        f"household h LEFT JOIN person p ON p.household_id = h.id AND h.listed AND p.listed AND {IS_HERE}",
        [Condition("household.id", "in", household_ids)],
        ["household.walk_order", "household.number", "person.birth_date"],
    )
    return [FamilyLine(*row) for row in db.current().rows(sql, params)]


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One line of a search."""

    person_id: str
    name: str
    sex: str
    birth_date: date | None
    number: str | None
    place_id: int | None


def found_people(output: Output, person_ids: Sequence[str], reader: str = "") -> list[FoundPerson]:
    """These people in this order, as ``output`` (find, alike, type) shows them. Log who is shown before."""
    if not person_ids:
        return []
    sql, params = select(
        output,
        SOURCES | {"place.id": "p.place_id"},
        "person p LEFT JOIN household h ON h.id = p.household_id",
        [Condition("person.id", "in", person_ids), Gate("p.listed AND (h.id IS NULL OR h.listed)")],
        reader=reader,
    )
    found = {row[0]: FoundPerson(*row) for row in db.current().rows(sql, params)}
    return [found[i] for i in person_ids if i in found]


def find_ids(typed: str, place_ids: Iterable[int], only: Gate | None = None) -> list[str]:
    """Ids of people of these places that what was typed may mean, best first. ``only``: see ``search.query_sql``."""
    query = query_sql(typed, place_ids, only)
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
