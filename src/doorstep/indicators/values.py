"""Indicator values by period and place, counted from people's histories with the packs' own rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Any

from doorstep.access.queries import counted_sql, staff
from doorstep.engine.model.pack import IndicatorDef, ReportDef
from doorstep.engine.rules import Contribution
from doorstep.indicators import kept
from doorstep.indicators.periods import Period
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.programmes.histories import histories
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.moment import Moment
from doorstep.programmes.queries import ended_services
from doorstep.programmes.then import known_then

CHUNK = 500
Number = int | Decimal
Source = Callable[[Programme, Sequence[str], Sequence[str], date, date, Moment | None], Iterable[Contribution]]
"""What these people add to these indicators between two days, as known at a moment."""
_EVERYBODY: ContextVar[Source | None] = ContextVar("everybody", default=None)


@contextmanager
def counted_by(everybody: Source) -> Iterator[None]:
    """Within it, an engine for everybody counts instead of going from person to person. The figures are the same."""
    token = _EVERYBODY.set(everybody)
    try:
        yield
    finally:
        _EVERYBODY.reset(token)


_REMEMBERED: ContextVar[dict[Any, Table] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within it no table is counted twice. For one answer, not for longer."""
    token = _REMEMBERED.set({} if _REMEMBERED.get() is None else _REMEMBERED.get())
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


@dataclass(frozen=True, slots=True)
class Value:
    """One indicator in one period at one place: the raw pair. ``rate`` follows from the pair and from nothing else,
    and is never capped."""

    indicator: str
    period: str
    place_id: int
    numerator: Number
    denominator: Number | None
    per: int

    @property
    def rate(self) -> Decimal | None:
        """numerator ÷ denominator × per, half away from zero at one place; None without a denominator."""
        if not self.denominator:
            return None
        exact = Decimal(self.numerator) * self.per / Decimal(self.denominator)
        return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Table:
    """A report worked out: indicators × periods × places, with the programme whose rules gave it."""

    programme: Programme
    report: ReportDef
    periods: tuple[Period, ...]
    place_ids: tuple[int, ...]
    values: Mapping[tuple[str, str, int], Value]
    moment: Moment | None = None  # as known then; None: as known now

    def indicators(self) -> list[IndicatorDef]:
        return [self.programme.pack.indicators[i] for i in self.report.indicators]


def find_report(report_id: str, place_id: int) -> tuple[Programme, ReportDef] | None:
    """A report by its id, as the programmes in force at a place define it."""
    for programme in programmes().at(place_id):
        if report_id in programme.pack.reports:
            return programme, programme.pack.reports[report_id]
    return None


def table(
    programme: Programme,
    report: ReportDef,
    periods: Sequence[Period],
    place_ids: Sequence[int],
    moment: Moment | None = None,
    among: Collection[str] | None = None,
) -> Table:
    """Every indicator of a report for these periods, each place with all below it, from all people concerned; as known
    at a moment, if one is asked about. Who does not want to be counted today is counted at no moment. ``among``:
    of these persons alone."""
    key = (programme.key, report.indicators, tuple(periods), tuple(place_ids), moment, _some(among), _EVERYBODY.get())
    kept_tables = _REMEMBERED.get()
    if kept_tables is None:
        return _table(programme, report, periods, place_ids, moment, among)
    if key not in kept_tables:
        kept_tables[key] = _table(programme, report, periods, place_ids, moment, among)
    return replace(kept_tables[key], report=report)


def _some(among: Collection[str] | None) -> frozenset[str] | None:
    return None if among is None else frozenset(among)


def _table(
    programme: Programme,
    report: ReportDef,
    periods: Sequence[Period],
    place_ids: Sequence[int],
    moment: Moment | None,
    among: Collection[str] | None,
) -> Table:
    anew = moment is not None or among is not None or _EVERYBODY.get() is not None
    told = None if anew else kept.sums(programme, report.indicators, periods, place_ids, living=True)
    if told is not None:
        sums = {(indicator, period, place, part): _plain(n) for indicator, part, period, place, n in told}
    elif moment is not None and among is None:
        sums = _as_known_then(programme, report, periods, place_ids, moment)
    else:
        sums = _counted(programme, report, periods, place_ids, moment, among)
    values = {}
    for indicator in report.indicators:
        definition = programme.pack.indicators[indicator]
        for period in periods:
            for place_id in place_ids:
                key3 = (indicator, period.id, place_id)
                top = sums.get((*key3, "numerator"), 0)
                bottom = sums.get((*key3, "denominator"), 0) if definition.denominator else None
                values[key3] = Value(*key3, top, bottom, definition.per)
    return Table(programme, report, tuple(periods), tuple(place_ids), values, moment)


def _as_known_then(
    programme: Programme, report: ReportDef, periods: Sequence[Period], place_ids: Sequence[int], moment: Moment
) -> dict[tuple[str, str, int, str], Number]:
    """The sums of a moment: those of now, less what those of whom something was learned since add now, and with what
    they added then. Everybody else adds the same at both."""
    tree = places.tree()
    some = learned_about(programme, frozenset().union(*(tree.below(i) for i in place_ids)), moment)
    now = table(programme, report, periods, place_ids)
    changed = [table(programme, report, periods, place_ids, at, some) for at in (None, moment)] if some else []
    sums: dict[tuple[str, str, int, str], Number] = {}
    for sign, one in zip((1, -1, 1), (now, *changed), strict=False):
        for key, value in one.values.items():
            for part, count in (("numerator", value.numerator), ("denominator", value.denominator)):
                sums[(*key, part)] = sums.get((*key, part), 0) + sign * (count or 0)
    return sums


def _plain(total: Decimal) -> Number:
    return int(total) if total == total.to_integral_value() else total


def _counted(
    programme: Programme,
    report: ReportDef,
    periods: Sequence[Period],
    place_ids: Sequence[int],
    moment: Moment | None,
    among: Collection[str] | None,
) -> dict[tuple[str, str, int, str], Number]:
    """The sums from one history after another."""
    tree = places.tree()
    below = {place_id: tree.below(place_id) for place_id in place_ids}
    whole = frozenset(i for ids in below.values() for i in ids)
    sums: dict[tuple[str, str, int, str], Number] = {}
    living = (
        _living_in(whole, moment)
        if any(map(_each_year, (programme.pack.indicators[i] for i in report.indicators)))
        else {}
    )
    people = sorted({*_people(programme, whole, moment), *living})
    people = people if among is None else [i for i in people if i in among]
    asked = min(p.first for p in periods), max(p.last for p in periods)
    ended, services = (
        _ended(people, moment),
        {i.id: programme.pack.service_of(i) for i in programme.pack.indicators.values()},
    )
    unwritten = unwritten_parts(programme, report.indicators)
    for contribution in _contributions(programme, report.indicators, people, *asked, moment):
        node = tree.by_code.get(contribution.place)
        if node is None and (contribution.indicator, contribution.part) in unwritten:
            node = tree.by_id.get(living.get(contribution.subject, 0))
        over = ended.get((contribution.subject, services[contribution.indicator]), date.max)
        if node is None or contribution.on >= over:
            continue  # a service that ended leaves both sides from that day on, and no trace (C4)
        within = [p for p in periods if p.holds(contribution.on)]  # periods may overlap: a year so far, month by month
        for period, place_id in product(within, place_ids):
            if node.id in below[place_id]:
                key = (contribution.indicator, period.id, place_id, contribution.part)
                sums[key] = sums.get(key, 0) + contribution.value
    return sums


def _ended(person_ids: Sequence[str], moment: Moment | None) -> Mapping[tuple[str, str], date]:
    """(person, service) → the day it ended: today's endings at every moment, and those known then beside them (C4)."""
    today = ended_services(person_ids)
    if moment is None:
        return today
    found = dict(today)
    for start in range(0, len(person_ids), CHUNK):
        then = known_then(moment, person_ids[start : start + CHUNK])
        found = {key: on for key, on in found.items() if key[0] not in then.touched} | dict(then.ends())
    return found


def any_each_year(programme: Programme) -> bool:
    """Whether any indicator of a programme counts people by year whether or not anything was written about them."""
    return any(map(_each_year, programme.pack.indicators.values()))


def unwritten_parts(programme: Programme, indicators: Iterable[str]) -> frozenset[tuple[str, str]]:
    """The sides of these indicators that count people by year whether or not anything was written about them. They alone
    count where the person lives now; a record made elsewhere, before she came here, counts at no place of ours."""
    found = set()
    for one in (programme.pack.indicators[i] for i in indicators):
        sides = (("numerator", one.numerator), ("denominator", one.denominator))
        found |= {(one.id, part) for part, side in sides if side is not None and side.each}
    return frozenset(found)


def _each_year(indicator: IndicatorDef) -> bool:
    """Whether it counts people by year whether or not anything was written about them."""
    return any(side is not None and side.each for side in (indicator.numerator, indicator.denominator))


def learned_about(programme: Programme, place_ids: frozenset[int], moment: Moment) -> frozenset[str]:
    """Of everybody whom figures of these places may rest on, those who may have stood otherwise at a moment than now."""
    living = {**_living_in(place_ids, None), **_living_in(place_ids, moment)} if any_each_year(programme) else {}
    people = sorted({*_people(programme, place_ids, moment), *living})
    found: set[str] = set()
    for start in range(0, len(people), CHUNK):
        found |= known_then(moment, people[start : start + CHUNK]).touched
    return frozenset(found)


def _living_in(place_ids: frozenset[int], moment: Moment | None) -> dict[str, int]:
    """Everybody registered in these places who may be counted, with their place."""
    if moment is not None:
        return _living_then(place_ids, moment)
    sql = f"SELECT id, place_id FROM person WHERE place_id IN (?*) AND {counted_sql('person.id')}"
    return dict(db.current().rows_in(sql, place_ids))


def _living_then(place_ids: frozenset[int], moment: Moment) -> dict[str, int]:
    then = known_then(moment)
    found = {i: at for i, at in _living_in(place_ids, None).items() if i not in then.touched}
    back = {i: row.place_id for i, row in then.people.items() if row.place_id is not None and row.place_id in place_ids}
    uncounted = f"SELECT id FROM person WHERE NOT {counted_sql('person.id')} AND id IN (?*)"
    return found | {i: at for i, at in back.items() if i not in {j for (j,) in db.current().rows_in(uncounted, back)}}


def _people(programme: Programme, place_ids: frozenset[int], moment: Moment | None) -> list[str]:
    """Everybody about whom anyone who ever worked in these places wrote on the programme's forms.

    Place is that on the day of the event, so people who have moved away since must be among them.
    """
    everyone = staff()
    authors = {
        m.id
        for m in everyone.by_id.values()
        if m.clinic_id in place_ids or any(everyone.tree.below(s.place_id) & place_ids for s in m.serves)
    }
    forms = sorted(programme.rules.forms)
    marks = ", ".join("?" * len(forms))
    # what counts no more may have counted then; which of it did is said by the histories
    in_force = "state = 0" if moment is None else "state >= 0"
    sql = (
        f"SELECT DISTINCT person_id FROM entry WHERE form_id IN ({marks}) AND person_id IS NOT NULL AND {in_force}"
        f" AND author_id IN (?*) AND {counted_sql('entry.person_id')}"
    )
    return sorted({row[0] for row in db.current().rows_in(sql, authors, forms)}) if forms else []


def _contributions(
    programme: Programme,
    indicators: Sequence[str],
    person_ids: Sequence[str],
    since: date,
    until: date,
    moment: Moment | None,
) -> Iterable[Contribution]:
    everybody = _EVERYBODY.get()
    if everybody is not None:
        yield from everybody(programme, indicators, person_ids, since, until, moment)
        return
    for start in range(0, len(person_ids), CHUNK):
        found = list(histories(person_ids[start : start + CHUNK], programme, moment).values())
        yield from programme.rules.indicators(indicators, found, since, until)
