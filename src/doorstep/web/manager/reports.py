"""Reports: what each figure counts, the pair it comes from, and how it went. Small counts are hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorstep.access.showing import shows
from doorstep.engine.model.pack import IndicatorDef, ReportDef
from doorstep.indicators import period_names, periods
from doorstep.indicators.calendar import Come, states, to_hand_in
from doorstep.indicators.moments import hand_in_moment, moments
from doorstep.indicators.periods import Period
from doorstep.indicators.report import Report, find, period_of, work_out
from doorstep.indicators.showing import Shown
from doorstep.lib import days
from doorstep.lib.problems import Problems
from doorstep.places.queries import Node
from doorstep.programmes import moment
from doorstep.programmes.moment import Moment
from doorstep.programmes.standing import report as charter_standing
from doorstep.web import said
from doorstep.web.desk.area import chosen_area
from doorstep.web.desk.words import STATUSES
from doorstep.web.reader import actor_of, language

BACK = {"ten_day": 9, "week": 12, "month": 12, "to_month": 12, "to_ten_day": 9, "quarter": 8, "half": 6}
BACK_OTHERWISE = 3  # periods in the picture


@dataclass(frozen=True)
class Figure:
    """One indicator as the page shows it: the period's pair, and where it is written what it counts."""

    id: str
    definition: IndicatorDef
    cell: Shown
    source: Mapping[str, str] | None

    @property
    def status(self) -> str:
        return str(STATUSES[self.definition.status])


@shows("report")
def listed(request: HttpRequest) -> HttpResponse:
    """The reports of the programmes in force."""
    offered, area = chosen_area(actor_of(request), request.GET.get("place", ""))
    waited_for = to_hand_in(area, days.today()) if area else []
    shown = {
        "areas": offered,
        "area": area,
        "reports": [_come(one) for one in states(area, days.today())] if area else [],
        "to_hand_in": [(one, period_name(one.period)) for one in waited_for],
    }
    return render(request, "web/manager/reports.html", shown)


STEPS: Mapping[str, str | Promise] = {
    "running": _("not over yet"),
    "draft": _("draft"),
    "late": _("draft, late"),
    "checked": _("checked"),
    "handed_in": _("handed in"),
}


def _come(one: Come) -> Mapping[str, Any]:
    """A report with what its latest periods have come to, in words."""
    told = [(state, period_name(state.period), STEPS[state.step]) for state in one.states]
    return {"report": one.report, "programme": one.programme, "states": told}


@shows("report")
def report(request: HttpRequest, report_id: str) -> HttpResponse:
    """One report: the chosen period's figures, and the periods before it."""
    today = days.today()
    offered, area = chosen_area(actor_of(request), request.GET.get("place", ""))
    if area is None:
        raise Http404
    try:
        programme, definition = find(report_id, area)
        period = period_of(definition, request.GET.get("period", ""), today)
        then = _then(definition, period, area, request.GET.get("as_of", ""))
        if then is not None:
            programme, definition = find(report_id, area, then)
    except Problems as problems:
        raise Http404 from problems
    asked = [period] if then else periods.latest(period.last, period.kind, _back(period))
    worked = work_out(programme, definition, asked, area, then)
    figures = [_figure(worked, i, one, period) for i, one in worked.indicators()]
    shown: dict[str, Any] = {
        "areas": offered,
        "area": area,
        "report": worked,
        "period": period,
        "period_name": period_name(period),
        "choices": _choices(definition, period, today),
        "moments": _moments(definition, period, area, today),
        "then": then.day if then else None,
        "figures": figures,
        "by_place": [_line(worked, node, figures, period) for node in worked.parts],
        "chart": _chart(worked),
        "charter_hash": charter_standing().hash,
        "accepted": charter_standing().accepted_by_pack(),
    }
    return render(request, "web/manager/report.html", shown)


def _then(definition: ReportDef, period: Period, area: Node, typed: str) -> Moment | None:
    """The moment somebody wants to look back to. Raises Problems for one that may not be asked about."""
    return hand_in_moment(definition, period, area, moment.parse(typed)) if typed else None


def _moments(definition: ReportDef, period: Period, area: Node, today: date) -> list[tuple[str, str, int]]:
    """The days the report may be looked back to: as typed, in words, and the number of the copy handed in then."""
    known = {one.day.isoformat(): one for one in reversed(moments(definition, period, area, today))}
    return [(day, said.whole_day(one.day), one.number) for day, one in sorted(known.items(), reverse=True)]


def _choices(definition: ReportDef, chosen: Period, today: date) -> list[tuple[str, str]]:
    """The latest periods of every kind the report may be asked for, its own first, and the one chosen."""
    offered = [
        one
        for kind in periods.kinds_of(definition, today)
        for one in reversed(periods.latest(today, kind, BACK.get(periods.family(kind), BACK_OTHERWISE)))
    ]
    return [(one.id, period_name(one)) for one in dict.fromkeys([*offered, chosen])]


def _figure(worked: Report, indicator: str, definition: IndicatorDef, period: Period) -> Figure:
    source = worked.programme.pack.sources.get(definition.source)
    cell = worked.cells[indicator, period.id, worked.area.id]
    return Figure(indicator, definition, cell, source.title if source else None)


def _line(worked: Report, node: Node, figures: Sequence[Figure], period: Period) -> Mapping[str, Any]:
    """One place beside the whole: its cell of each figure."""
    return {"node": node, "cells": [(one, worked.cells[one.id, period.id, node.id]) for one in figures]}


def _chart(worked: Report) -> Mapping[str, Any]:
    """The rates of the whole area, period by period. What is hidden is not in it."""
    series, hidden = [], []
    for n, (indicator, definition) in enumerate(worked.indicators()):
        cells = [worked.cells[indicator, p.id, worked.area.id] for p in worked.periods]
        series.append({"name": said.text(definition.title), "values": [_point(cell.rate) for cell in cells]})
        hidden += [[n, at] for at, cell in enumerate(cells) if cell.hidden]
    per = {definition.per for _, definition in worked.indicators()}
    return {
        "type": "line",
        "title": said.text(worked.definition.title) + (" (%)" if per == {100} else ""),
        "language": language(),
        "x": [short_name(p) for p in worked.periods],
        "series": series,
        "hidden": hidden,
    }


def _point(rate: Decimal | None) -> float | None:
    return float(rate) if rate is not None else None


def period_name(period: Period) -> str:
    """A period as people say it."""
    return said.text(period_names.name(period))


def short_name(period: Period) -> str:
    """A period as it fits under a picture."""
    return said.text(period_names.brief(period))


def _back(period: Period) -> int:
    return BACK.get(period.family, BACK_OTHERWISE)
