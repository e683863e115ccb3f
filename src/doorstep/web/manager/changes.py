"""Why a report reads otherwise today than it was handed in: counts by cause, never an entry, never anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorstep.access.showing import shows
from doorstep.engine.model.spec import Text
from doorstep.indicators.differences import CAUSES, Cause, Change, differences
from doorstep.indicators.moments import hand_in_of, hand_ins
from doorstep.indicators.report import find, period_of
from doorstep.lib import days
from doorstep.lib.problems import Problems
from doorstep.web import said
from doorstep.web.desk.area import chosen_area
from doorstep.web.manager.reports import period_name
from doorstep.web.reader import actor_of, language

CAUSE_WORDS: dict[Cause, str | Promise] = {
    "late": _("Written down late"),
    "corrections": _("Corrected"),
    "moves": _("Moved, found out later"),
    "versions": _("New version of the programme"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One count of a figure: as handed in, as it reads now, and what made the difference, in words."""

    part: str
    then: str
    now: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure with its counts. ``told``: whether anything may be said of why."""

    title: Text
    sides: tuple[Side, ...]
    told: bool


@shows("report.differences")
def changes(request: HttpRequest, report_id: str) -> HttpResponse:
    """One report of a period beside a copy of it that was handed in."""
    offered, area = chosen_area(actor_of(request), request.GET.get("place", ""))
    if area is None:
        raise Http404
    try:
        _programme, definition = find(report_id, area)
        period = period_of(definition, request.GET.get("period", ""), days.today())
    except Problems as problems:
        raise Http404 from problems
    copies = hand_ins(definition, period, area)
    shown: dict[str, Any] = {
        "areas": offered,
        "area": area,
        "definition": definition,
        "report_id": report_id,
        "period": period,
        "period_name": period_name(period),
        "copies": [(one.number, said.whole_day(one.day)) for one in copies],
    }
    try:
        copy = hand_in_of(definition, period, area, request.GET.get("against", ""))
        found = differences(report_id, period, area, copy.moment)
    except Problems as problems:
        shown["trouble"] = problems.problems[0].text(language())
        return render(request, "web/manager/changes.html", shown)
    shown |= {"copy": copy, "figures": list(_compared(found.changes))}
    return render(request, "web/manager/changes.html", shown)


def _compared(found: Sequence[Change]) -> Iterator[Compared]:
    for indicator in dict.fromkeys(one.indicator for one in found):
        own = [one for one in found if one.indicator == indicator]
        sides = tuple(Side(one.part, _count(one.then), _count(one.now), tuple(_reasons(one))) for one in own)
        yield Compared(own[0].definition.title, sides, any(one.is_open for one in own))


def _reasons(one: Change) -> Iterator[tuple[str, str]]:
    for cause in CAUSES:
        step = one.by_cause[cause]
        if step is not None:
            yield str(CAUSE_WORDS[cause]), f"+{step}" if step > 0 else f"−{-step}"


def _count(number: Any) -> str:
    return str(_("hidden")) if number is None else str(number)
