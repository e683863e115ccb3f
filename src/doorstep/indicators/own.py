"""A member's own figures: raw, over the people who named her, for nobody but herself (charter C2, C16).

For services offered to everybody, those who named nobody yet and live at her places are among them, as in her list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from doorstep.access.permissions import Actor
from doorstep.access.queries import counted_sql
from doorstep.engine.model.history import History
from doorstep.engine.model.pack import IndicatorDef
from doorstep.engine.outputs import Condition, select
from doorstep.indicators.meaning import meaning
from doorstep.indicators.outputs import OWN_PEOPLE
from doorstep.indicators.periods import Period
from doorstep.indicators.values import Number, Value
from doorstep.lib import db
from doorstep.programmes.histories import histories
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.queries import ended_services

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands in one figure. ``on``: the days she is counted by; ``facts``: what the rules looked at,
    by name; ``records``: those of the period on forms the rules name, as (form, day)."""

    person_id: str
    above: Number
    below: Number
    on: tuple[date, ...]
    facts: Mapping[str, Any]
    records: tuple[tuple[str, date], ...]

    @property
    def part(self) -> str:
        """'both', 'below', 'above' or 'neither'."""
        return {(True, True): "both", (False, True): "below", (True, False): "above"}.get(
            (bool(self.above), bool(self.below)), "neither"
        )


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """Someone of her own, to be named on her page."""

    id: str
    name: str
    birth_date: date | None
    listed: bool


def programmes_of(actor: Actor) -> list[Programme]:
    """The programmes with figures in force at any of her places, or at the clinic where she gives care, each once."""
    at = {*actor.places, actor.care_clinic} - {0}
    found = {one.key: one for place_id in at for one in programmes().at(place_id) if figures_of(one)}
    return [found[key] for key in sorted(found)]


def figures_of(programme: Programme) -> list[IndicatorDef]:
    """Indicators that tell of one service: only those have people of one's own."""
    return [one for one in programme.pack.indicators.values() if programme.pack.service_of(one)]


def people_of(actor: Actor, programme: Programme, service: str) -> list[str]:
    """Ids of those who named her, or her clinic where she gives care there, for a service; who may be counted alone."""
    if not actor.has("own.figures"):
        raise PermissionError(actor.role)
    named = "c.user_id = ? AND c.user_id > 0 OR c.clinic_id = ? AND c.clinic_id > 0"
    sql = f"SELECT DISTINCT c.person_id FROM care_member c WHERE c.service = ? AND ({named})"
    found = {i for (i,) in db.current().rows(sql, [service, actor.user_id, actor.care_clinic])}
    if programme.pack.services[service].offered:
        nobody = "NOT EXISTS (SELECT 1 FROM care_member c WHERE c.person_id = p.id AND c.service = ?)"
        sql = f"SELECT p.id FROM person p WHERE {nobody} AND p.place_id IN (?*)"
        found |= {i for (i,) in db.current().rows_in(sql, actor.places, [service])}
    sql = f"SELECT p.id FROM person p WHERE p.id IN (?*) AND {counted_sql('p.id')}"
    return sorted(i for (i,) in db.current().rows_in(sql, found))


def own_values(actor: Actor, programme: Programme, asked: Mapping[str, Period]) -> dict[str, Value]:
    """The raw pair of each of these indicators in its period, over her own people. Nobody else may be shown it."""
    found = {}
    for service, ids in _by_service(programme, asked).items():
        known = _histories(people_of(actor, programme, service), programme)
        for indicator in ids:
            all_of = _standing(programme, indicator, asked[indicator], known.values())
            definition = programme.pack.indicators[indicator]
            below = _total(one.below for one in all_of) if definition.denominator else None
            above = _total(one.above for one in all_of)
            found[indicator] = Value(indicator, asked[indicator].id, 0, above, below, definition.per)
    return found


def own_standing(actor: Actor, programme: Programme, indicator: str, period: Period) -> list[Standing]:
    """Where each of her own people stands in one figure, by id: log that they are shown before reading who they are."""
    service = programme.pack.service_of(programme.pack.indicators[indicator])
    known = _histories(people_of(actor, programme, service), programme)
    return [
        _with_reasons(programme, indicator, period, one, known[one.person_id])
        for one in _standing(programme, indicator, period, known.values())
    ]


def names_of(person_ids: Sequence[str]) -> dict[str, OwnPerson]:
    """Her own people by id, once it is written down that she is shown them."""
    sources = {
        "person.id": "p.id",
        "person.name": "p.name",
        "person.birth_date": "p.birth_date",
        "person.listed": "p.listed AND (h.id IS NULL OR h.listed)",
    }
    found: dict[str, OwnPerson] = {}
    for start in range(0, len(person_ids), CHUNK):
        some = Condition("person.id", "in", list(person_ids[start : start + CHUNK]))
        tables = "person p LEFT JOIN household h ON h.id = p.household_id"
        sql, params = select(OWN_PEOPLE, sources, tables, [some])
        for id_, name, birth_date, listed in db.current().rows(sql, params):
            found[id_] = OwnPerson(id_, name, birth_date, bool(listed))
    return found


def _by_service(programme: Programme, indicators: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for indicator in indicators:
        service = programme.pack.service_of(programme.pack.indicators[indicator])
        found.setdefault(service, []).append(indicator)
    return found


def _histories(person_ids: Sequence[str], programme: Programme) -> dict[str, History]:
    found: dict[str, History] = {}
    for start in range(0, len(person_ids), CHUNK):
        found |= histories(person_ids[start : start + CHUNK], programme)
    return found


def _standing(programme: Programme, indicator: str, period: Period, known: Iterable[History]) -> list[Standing]:
    people = {one.subject: one for one in known}
    service = programme.pack.service_of(programme.pack.indicators[indicator])
    ended = ended_services(people)
    sums: dict[str, dict[str, Number]] = {id_: {} for id_ in people}
    days: dict[str, set[date]] = {id_: set() for id_ in people}
    for one in programme.rules.indicators([indicator], people.values(), period.first, period.last):
        if period.holds(one.on) and one.on < ended.get((one.subject, service), date.max):
            mine = sums[one.subject]
            mine[one.part] = mine.get(one.part, 0) + one.value
            days[one.subject].add(one.on)
    return [
        Standing(i, sums[i].get("numerator", 0), sums[i].get("denominator", 0), tuple(sorted(days[i])), {}, ())
        for i in sorted(people)
    ]


def _with_reasons(programme: Programme, indicator: str, period: Period, one: Standing, history: History) -> Standing:
    """What the rules looked at: facts of the care they are about (the latest of its kind), and the period's records."""
    definition = programme.pack.indicators[indicator]
    told = meaning(programme.pack, definition, period.last)
    plan = programme.rules.plan(history, period.last)
    courses = [e.key for e in plan.episodes if e.kind == definition.numerator.over and e.opened_on <= period.last]
    facts: dict[str, Any] = {}
    for key, known in plan.facts.items():
        if key in courses[-1:] or key not in {e.key for e in plan.episodes}:
            facts |= {name: known[name] for name in told.facts if name in known}
    records = ((e.form, e.occurred_on) for e in history.entries if e.form in told.forms and period.holds(e.occurred_on))
    return replace(one, facts=facts, records=tuple(sorted(records, key=lambda record: record[1])))


def _total(numbers: Iterable[Number]) -> Number:
    total: Number = sum((Decimal(n) for n in numbers), Decimal(0))
    return int(total) if total == int(total) else total
