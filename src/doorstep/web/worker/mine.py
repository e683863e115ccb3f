"""A worker's own figures: raw, about the people who named her, and for nobody else to see (charter C2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from doorstep.access.actions import log_shown
from doorstep.access.showing import shows
from doorstep.engine.model.pack import IndicatorDef, Pack
from doorstep.indicators import own, period_names, periods
from doorstep.indicators.meaning import Meaning, meaning
from doorstep.indicators.own import OwnPerson, Standing
from doorstep.indicators.periods import Period
from doorstep.indicators.values import Value
from doorstep.lib import days
from doorstep.programmes.library import Programme
from doorstep.web import said
from doorstep.web.desk.words import STATUSES
from doorstep.web.reader import actor_of

KINDS = {"year": 3, "quarter": 4, "month": 6}  # how many of each to choose from
MOST_NAMED = 100
PARTS = ("both", "above", "below", "neither")


@dataclass(frozen=True)
class Mine:
    """One figure over her own people."""

    definition: IndicatorDef
    value: Value
    period: Period

    @property
    def period_name(self) -> str:
        return said.text(period_names.name(self.period))


@dataclass(frozen=True, slots=True)
class Line:
    """One of her people in a figure, with what the rules looked at in words."""

    id: str
    name: str
    age: str
    why: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Group:
    """Those who stand at one place of a figure. ``unnamed``: how many of them do not want to be listed, or are too many."""

    part: str
    count: int
    lines: list[Line]
    unnamed: int


@shows("figures.own")
def mine(request: HttpRequest) -> HttpResponse:
    """Her own figures of one programme."""
    actor, today = actor_of(request), days.today()
    offered = own.programmes_of(actor)
    programme = _chosen(offered, request.GET.get("programme", ""))
    shown: dict[str, Any] = {"offered": offered, "programme": programme}
    if programme is not None:
        period = _period(request.GET.get("period", ""), today)
        asked = {one.id: _fitting(programme.pack, one, period) for one in own.figures_of(programme)}
        values = own.own_values(actor, programme, asked)
        shown |= _choices(period, today)
        shown["figures"] = [Mine(one, values[one.id], asked[one.id]) for one in own.figures_of(programme)]
    return render(request, "web/worker/mine.html", shown)


@shows("figures.own.people")
def people(request: HttpRequest, pack_id: str, indicator: str) -> HttpResponse:
    """Which of her own people stand above and below the line of one figure, and why."""
    actor, today = actor_of(request), days.today()
    programme = next((one for one in own.programmes_of(actor) if one.pack.id == pack_id), None)
    if programme is None or indicator not in {one.id for one in own.figures_of(programme)}:
        raise Http404
    definition = programme.pack.indicators[indicator]
    period = _fitting(programme.pack, definition, _period(request.GET.get("period", ""), today))
    standing = own.own_standing(actor, programme, indicator, period)
    log_shown(actor, "figures.own.people", [one.person_id for one in standing])
    told = meaning(programme.pack, definition, today)
    value = own.own_values(actor, programme, {indicator: period})[indicator]
    source = programme.pack.sources.get(definition.source)
    shown = {
        "programme": programme,
        "figure": Mine(definition, value, period),
        "meaning": told,
        "source": source.title if source else None,
        "status": STATUSES[definition.status],
        "groups": _groups(programme.pack, told, standing, definition.denominator is not None, today),
    }
    return render(request, "web/worker/mine_people.html", shown)


def _chosen(offered: Sequence[Programme], typed: str) -> Programme | None:
    if not typed:
        return offered[0] if offered else None
    found = next((one for one in offered if one.pack.id == typed), None)
    if found is None:
        raise Http404
    return found


def _period(typed: str, today: date) -> Period:
    if not typed:
        return periods.containing(today, "year")
    try:
        found = periods.parse(typed)
    except ValueError as error:
        raise Http404 from error
    if found.kind not in KINDS or found.first > today:
        raise Http404
    return found


def _fitting(pack: Pack, indicator: IndicatorDef, period: Period) -> Period:
    """The period itself, or the year it lies in for what is counted by the year alone."""
    allowed = pack.periods_of(indicator)
    kind = period.kind if period.kind in allowed else next((k for k in KINDS if k in allowed), "year")
    return periods.containing(period.last, kind)


def _choices(period: Period, today: date) -> Mapping[str, Any]:
    found = [one for kind, count in KINDS.items() for one in reversed(periods.latest(today, kind, count))]
    return {"period": period, "choices": [(one.id, said.text(period_names.name(one))) for one in found]}


def _groups(pack: Pack, told: Meaning, standing: Sequence[Standing], has_below: bool, today: date) -> list[Group]:
    """By where they stand, those named first; a figure without a lower part has no one who is only below it."""
    known = own.names_of([one.person_id for one in standing])
    found = []
    for part in PARTS:
        of_part = [one for one in standing if _part(one, has_below) == part]
        named = [one for one in of_part if one.person_id in known and known[one.person_id].listed]
        named.sort(key=lambda one: (known[one.person_id].name, one.person_id))
        lines = [_line(pack, told, one, known[one.person_id], today) for one in named[:MOST_NAMED]]
        if of_part:
            found.append(Group(part, len(of_part), lines, len(of_part) - len(lines)))
    return found


def _part(one: Standing, has_below: bool) -> str:
    return one.part if has_below or one.part == "neither" else "both"


def _line(pack: Pack, told: Meaning, one: Standing, person: OwnPerson, today: date) -> Line:
    titles = {name.name: said.text(name.title) for name in told.names}
    why = [(titles[name], words) for name, value in one.facts.items() if (words := _value(value))]
    why += _records(pack, one.records)
    return Line(one.person_id, person.name, said.age(person.birth_date, today), why)


def _records(pack: Pack, records: Iterable[tuple[str, date]]) -> list[tuple[str, str]]:
    """The period's records, form by form, with their days."""
    found: dict[str, list[str]] = {}
    for form, on in records:
        title = said.text(pack.uses[form].title) if form in pack.uses else form
        found.setdefault(title, []).append(said.day(on))
    return [(title, ", ".join(dict.fromkeys(on))) for title, on in found.items()]


def _value(value: Any) -> str:
    """A fact in words; codes of choices say nothing by themselves and stay out."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return said.whole_day(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, int):
        return str(value)
    return _("not known") if value is None else ""
