"""Whom to visit: overdue, now, coming."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from doorstep.access.actions import log_shown
from doorstep.access.showing import shows
from doorstep.forms import notices
from doorstep.lib import days, sealed
from doorstep.visits.queries import PAGE, SECTIONS, DueVisit, Section, due_visits, worklist
from doorstep.web import said
from doorstep.web.reader import actor_of
from doorstep.web.stamp import Stamp

TITLES: dict[Section, str | Promise] = {"overdue": _("Overdue"), "now": _("Now and this week"), "coming": _("Coming")}


@dataclass(frozen=True, slots=True)
class Line:
    """One visit in words."""

    id: int
    person_id: str
    form_id: str
    name: str
    age: str
    where: str
    what: str
    when: str
    wish: str
    phone: str
    explained: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the page."""

    name: Section
    title: str | Promise
    count: int
    lines: list[SafeString]


@shows("today")
def today(request: HttpRequest) -> HttpResponse:
    actor, on = actor_of(request), days.today()
    offset = _offset(request.GET.get("from", ""))
    page = worklist(actor, on, offset)
    log_shown(actor, "today", [line.person_id for line in page.lines])
    found = due_visits(actor, [line.id for line in page.lines])
    draw = stamp()
    parts = [
        Part(
            name,
            TITLES[name],
            count,
            [draw(line_of(found[n.id], on)) for n in page.lines if n.section == name and n.id in found],
        )
        for name in SECTIONS
        if (count := page.counts.get(name))
    ]
    shown: dict[str, Any] = {"parts": parts, "today": on, "earlier": max(0, offset - PAGE) if offset else None}
    shown["notices"] = len(notices.waiting(actor, on))
    return render(request, "web/worker/today.html", shown | {"later": offset + PAGE if page.more else None})


def line_of(visit: DueVisit, on: date) -> Line:
    """A due visit in the reader's words. Someone who asked not to be listed stands there by house number alone."""
    named = bool(visit.listed)
    where = said.place(visit.place_id)
    if visit.number:
        where += " " + gettext("No. %(number)s") % {"number": visit.number}
    return Line(
        id=visit.id,
        person_id=visit.person_id,
        form_id=visit.form_id,
        name=visit.name if named else gettext("Not listed by name"),
        age=said.age(visit.birth_date, on) if named else "",
        where=where,
        what=said.text(visit.planned.title) if visit.planned else visit.contact,
        when=said.when(visit.window, on),
        wish=_wish(visit),
        phone=sealed.opened(visit.phone) if named and visit.reach in said.MAY_BE_CALLED else "",
        explained=visit.planned is not None,
    )


def _wish(visit: DueVisit) -> str:
    if visit.visits is not None and not visit.visits:
        return gettext("Do not visit this family")
    return str(said.REACH[visit.reach]) if visit.reach in said.REACH and visit.reach != "any" else ""


@cache
def stamp() -> Stamp[Line]:
    """How a line is drawn. Where its three kinds of link begin is worked out once."""
    begins = {
        "person_at": reverse("person", args=["-"])[:-1],
        "why_at": reverse("why", args=[0])[:-1],
        "fill_at": reverse("fill", args=["-"])[:-1],
    }
    return Stamp("web/worker/line.html", "line", Line, begins)


def _offset(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 7 else 0
