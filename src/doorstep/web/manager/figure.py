"""The page of one value: what is counted above and below the line, its source, and the periods before."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from doorstep.access.showing import shows
from doorstep.indicators import periods
from doorstep.indicators.meaning import meaning
from doorstep.indicators.report import find, period_of, work_out
from doorstep.lib import days
from doorstep.lib.problems import Problems
from doorstep.web.desk.area import chosen_area
from doorstep.web.desk.words import STATUSES
from doorstep.web.manager.reports import period_name
from doorstep.web.reader import actor_of

BACK = 4  # periods before the one asked for


@shows("report")
def figure(request: HttpRequest, report_id: str, indicator: str) -> HttpResponse:
    """One indicator of one report, in one period at one place."""
    today = days.today()
    _offered, area = chosen_area(actor_of(request), request.GET.get("place", ""))
    if area is None:
        raise Http404
    try:
        programme, report = find(report_id, area)
        period = period_of(report, request.GET.get("period", ""), today)
    except Problems as problems:
        raise Http404 from problems
    if indicator not in report.indicators:
        raise Http404
    definition = programme.pack.indicators[indicator]
    last_year = period.same_last_year()
    before = periods.latest(period.last, period.kind, BACK + 1)[:-1]
    asked = [*([last_year] if last_year not in before else []), *before, period]
    worked = work_out(programme, report, asked, area)
    cells = {one.id: worked.cells[indicator, one.id, area.id] for one in asked}
    source = programme.pack.sources.get(definition.source)
    shown: dict[str, Any] = {
        "area": area,
        "report": worked,
        "period": period,
        "period_name": period_name(period),
        "so_far": worked.so_far,
        "definition": definition,
        "cell": cells[period.id],
        "meaning": meaning(programme.pack, definition, today),
        "source": source.title if source else None,
        "status": STATUSES[definition.status],
        "before": [(period_name(one), cells[one.id], one == last_year) for one in reversed(asked[:-1])],
    }
    return render(request, "web/manager/figure.html", shown)
