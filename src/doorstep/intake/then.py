"""Everybody as known at a past moment: worked out anew for those alone who may have stood otherwise than today.

Whose entries are plain (in force, correcting nothing, one version) and had all come in by then stood then as now,
unless her household was elsewhere or another pack version asked other people to write about her.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from doorstep.engine.model.history import History
from doorstep.forms.sayings import sayings
from doorstep.intake import homes
from doorstep.intake.follow import endings_of, follow, history_of
from doorstep.intake.life import Life, World
from doorstep.intake.persons import lives
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.places.counters import Snapshot
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.moment import Moment
from doorstep.register.fold import HouseholdRow, PersonRow

CHUNK = 400
KEPT = 4
_LATE_OR_NOT_PLAIN = (
    "(NOT {known} OR e.state <> 0 OR e.deprecates IS NOT NULL OR e.variant <> 0"
    " OR EXISTS (SELECT 1 FROM entry c WHERE c.deprecates = e.instance_id))"
)


@dataclass(frozen=True)
class Known:
    """``programmes.then.Then`` for the persons in ``touched``."""

    moment: Moment
    touched: frozenset[str]
    households: Mapping[str, HouseholdRow | None]

    @cached_property
    def _lives(self) -> tuple[dict[str, Life], World | None]:
        found: dict[str, Life] = {}
        world = None
        for chunk in _chunks(self.touched):
            more, one = lives(db.current(), chunk, self.moment)
            found |= more
            world = one if world is None else _joined(world, one)
        return {i: life for i, life in found.items() if life.person is not None}, world

    @cached_property
    def people(self) -> Mapping[str, PersonRow]:
        return {i: life.person for i, life in self._lives[0].items() if life.person is not None}

    @cached_property
    def in_force(self) -> frozenset[int]:
        return frozenset(
            about.row.seq for i, life in self._lives[0].items() for about in life.in_force if about.row.person_id == i
        )

    @cached_property
    def corrections(self) -> list[tuple[int, str, int]]:
        return [
            (about.row.seq, about.standing.root.instance_id, about.standing.root.counter)
            for i, life in self._lives[0].items()
            for about in life.in_force
            if about.row.person_id == i and about.row.deprecates is not None
        ]

    @cached_property
    def ended(self) -> Mapping[str, frozenset[str]]:
        found, world = self._lives
        wishes = (world.wishes if world else None) or {}
        return {i: frozenset(wishes[i].ended) for i in found if i in wishes and wishes[i].ended}

    def histories(self, programme: Programme) -> Mapping[str, History]:
        found, world = self._lives
        return {i: history_of(life, programme, world) for i, life in found.items()} if world else {}

    def ends(self) -> Mapping[tuple[str, str], date]:
        found, world = self._lives
        if world is None:
            return {}
        return {
            (i, service): ending.ended_on
            for i, life in found.items()
            if life.person is not None
            for service, ending in endings_of(life, world, world.programmes.at(life.person.place_id)).items()
            if ending.ended_on is not None
        }

    def visits(self) -> Mapping[tuple[str, str, str, str, int], tuple[Any, ...]]:
        found, world = self._lives
        if world is None:
            return {}
        return {key: values for life in found.values() for key, values in follow(life, world).visits.items()}


_kept: Snapshot[dict[object, Known]] = Snapshot(dict)


def _joined(world: World, other: World) -> World:
    """The settings of one chunk of people with what another's say of their households and wishes."""
    at = {**world.household_place, **other.household_place}
    return replace(world, household_place=at, wishes={**(world.wishes or {}), **(other.wishes or {})})


def work_out(moment: Moment, person_ids: Iterable[str] | None = None) -> Known:
    """What was known at a moment of these persons, or of everybody. The last few answers are kept until an entry comes
    in or a setting changes: a report asks for the same people twice."""
    connection = db.current()
    wanted = None if person_ids is None else sorted(set(person_ids))
    journal = int(connection.value("SELECT value FROM counter WHERE name = 'journal'") or 0)
    key, kept = (moment, journal, None if wanted is None else tuple(wanted)), _kept.get()
    found = kept.pop(key, None) or _work_out(connection, moment, wanted)
    kept[key] = found
    while len(kept) > KEPT:
        kept.pop(next(iter(kept)), None)
    return found


def _work_out(connection: db.Db, moment: Moment, wanted: list[str] | None) -> Known:
    then = homes.as_known(connection, _households(connection, moment, wanted), moment)
    touched = _persons(connection, moment, wanted)
    touched |= _of_households(connection, then)
    touched |= _asked_otherwise(connection, moment)
    return Known(moment, frozenset(touched if wanted is None else touched & set(wanted)), then)


def _persons(connection: db.Db, moment: Moment, wanted: list[str] | None) -> set[str]:
    """Persons with an entry that was not in yet, or is not plain."""
    known, params = moment.known_sql("e")
    late = _LATE_OR_NOT_PLAIN.format(known=known)
    own = f"SELECT DISTINCT e.person_id FROM entry e WHERE e.person_id IS NOT NULL AND {late}"
    named = (
        "SELECT DISTINCT t.entity_id FROM entry_entity t JOIN entry e ON e.seq = t.seq"
        f" WHERE t.dataset = 'person' AND {late}"
    )
    if wanted is None:
        return {i for sql in (own, named) for (i,) in connection.rows(sql, params)}
    found = {i for (i,) in connection.rows_in(f"{own} AND e.person_id IN (?*)", wanted, params)}
    return found | {i for (i,) in connection.rows_in(f"{named} AND t.entity_id IN (?*)", wanted, params)}


def _households(connection: db.Db, moment: Moment, wanted: list[str] | None) -> set[str]:
    """Households with such an entry; of these persons alone, if some are wanted."""
    known, params = moment.known_sql("e")
    late = _LATE_OR_NOT_PLAIN.format(known=known)
    own = f"SELECT DISTINCT e.household_id FROM entry e WHERE e.household_id IS NOT NULL AND e.person_id IS NULL AND {late}"
    named = (
        "SELECT DISTINCT t.entity_id FROM entry_entity t JOIN entry e ON e.seq = t.seq"
        f" WHERE t.dataset = 'household' AND {late}"
    )
    if wanted is None:
        return {i for sql in (own, named) for (i,) in connection.rows(sql, params)}
    told = sayings(connection, "person", wanted)
    ids = {one.properties["household"] for of in told.values() for one in of.values() if "household" in one.properties}
    sql = "SELECT DISTINCT household_id FROM entry WHERE household_id IS NOT NULL AND person_id IN (?*)"
    ids |= {i for (i,) in connection.rows_in(sql, wanted)}
    found = {i for (i,) in connection.rows_in(f"{own} AND e.household_id IN (?*)", ids, params)}
    return found | {i for (i,) in connection.rows_in(f"{named} AND t.entity_id IN (?*)", ids, params)}


def _of_households(connection: db.Db, then: Mapping[str, HouseholdRow | None]) -> set[str]:
    """Whoever lives or was written down in a household that was elsewhere."""
    now: dict[str, int | None] = dict(connection.rows_in("SELECT id, place_id FROM household WHERE id IN (?*)", then))
    moved = [i for i, row in then.items() if (row.place_id if row else None) != now.get(i)]
    return homes.living_or_waiting(connection, moved)


def _asked_otherwise(connection: db.Db, moment: Moment) -> set[str]:
    """People of places where other programmes, or other versions of them, were in force: other visits were due, and
    other people may have been asked to give care."""
    now, then = programmes(), programmes(moment)
    if now is then:
        return set()
    differing = [i for i in places.tree().by_id if [one.key for one in now.at(i)] != [one.key for one in then.at(i)]]
    return {i for (i,) in connection.rows_in("SELECT id FROM person WHERE place_id IN (?*)", differing)}


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
