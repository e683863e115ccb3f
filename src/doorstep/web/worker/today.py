"""Whom to visit: overdue, now, coming."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorstep.access.actions import log_shown
from doorstep.access.showing import shows
from doorstep.lib import days
from doorstep.visits.queries import PAGE, SECTIONS, DueVisit, Section, due_visits, worklist
from doorstep.web.reader import actor_of

TITLES: dict[Section, str | Promise] = {"overdue": _("Overdue"), "now": _("Now and this week"), "coming": _("Coming")}


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the page."""

    name: Section
    title: str | Promise
    count: int
    visits: list[DueVisit]


@shows("today")
def today(request: HttpRequest) -> HttpResponse:
    actor, on = actor_of(request), days.today()
    offset = _offset(request.GET.get("from", ""))
    page = worklist(actor, on, offset)
    log_shown(actor, "today", [line.person_id for line in page.lines])
    found = due_visits(actor, [line.id for line in page.lines])
    parts = [
        Part(name, TITLES[name], count, [found[n.id] for n in page.lines if n.section == name and n.id in found])
        for name in SECTIONS
        if (count := page.counts.get(name))
    ]
    shown = {"parts": parts, "today": on, "earlier": max(0, offset - PAGE) if offset else None}
    return render(request, "web/worker/today.html", shown | {"later": offset + PAGE if page.more else None})


def _offset(typed: str) -> int:
    return int(typed) if typed.isdigit() and len(typed) < 7 else 0
