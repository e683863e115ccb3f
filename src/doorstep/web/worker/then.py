"""As known then: whom to visit, and one person, as they were known on an earlier day. For looking up alone: nothing can
be filled in here, and nobody rung. Only for those who care for the person today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from doorstep.access.actions import log_shown
from doorstep.access.queries import staff
from doorstep.access.showing import shows
from doorstep.forms import queries as forms
from doorstep.lib import days
from doorstep.lib.problems import Problems
from doorstep.programmes import moment
from doorstep.programmes.moment import Moment
from doorstep.visits.past import described, worklist_then
from doorstep.visits.queries import PAGE, SECTIONS
from doorstep.web.reader import actor_of, language
from doorstep.web.worker.consents import unsaid_of
from doorstep.web.worker.curves import curves_of
from doorstep.web.worker.person import DONE_WITH, NextVisit, drawn, far
from doorstep.web.worker.reach import Reach, reach
from doorstep.web.worker.records import record, title_of
from doorstep.web.worker.story import Story
from doorstep.web.worker.today import TITLES, Line, line_of


@dataclass(frozen=True, slots=True)
class AskedDay:
    """What was typed for an earlier day: a moment to look at, or why it is none."""

    typed: str
    moment: Moment | None
    trouble: str

    @property
    def day(self) -> date:
        return self.moment.day if self.moment else days.today()


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the list as it stood."""

    name: str
    title: Any
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Since:
    """A record that came in after the day: what makes the page of now differ from that of then."""

    title: str
    on: date
    learned_on: date
    author: str
    corrects: bool


def asked_day(request: HttpRequest) -> AskedDay:
    """The day in the address; today when there is none."""
    typed = request.GET.get("day", "").strip()[:40]
    if not typed:
        return AskedDay(days.today().isoformat(), None, "")
    try:
        return AskedDay(typed, moment.parse(typed), "")
    except Problems as told:
        return AskedDay(typed, None, told.problems[0].text(language()))


@shows("today.then")
def today_then(request: HttpRequest) -> HttpResponse:
    """Whom to visit, as known on an earlier day."""
    actor, asked = actor_of(request), asked_day(request)
    shown: dict[str, Any] = {"asked": asked, "last": days.today(), "parts": []}
    if asked.moment is not None:
        stood = worklist_then(actor, asked.day, asked.moment)
        offset = _offset(request.GET.get("from", ""))
        page = stood[offset : offset + PAGE]
        log_shown(actor, "today.then", [one.person_id for one in page])
        section_of = {one.key: one.section for one in page}
        lines = [
            (section_of[v.person_id, v.pack_id, v.episode, v.contact, v.k], line_of(v, asked.day))
            for v in described(page, asked.moment)
        ]
        parts = [Part(name, TITLES[name], [line for section, line in lines if section == name]) for name in SECTIONS]
        shown["parts"] = [part for part in parts if part.lines]
        shown |= {"earlier": max(0, offset - PAGE) if offset else None}
        shown |= {"later": offset + PAGE if len(stood) > offset + PAGE else None}
    return render(request, "web/worker/then_today.html", shown)


@shows("person.then")
def person_then(request: HttpRequest, person_id: str) -> HttpResponse:
    """One person as she was known on an earlier day, with the reasons under the programme of that day."""
    actor, asked = actor_of(request), asked_day(request)
    within = reach(actor, person_id)
    if not within.services:
        raise Http404
    log_shown(actor, "person.then", [person_id])
    shown: dict[str, Any] = {"asked": asked, "last": days.today(), "person_id": person_id}
    if asked.moment is not None:
        shown |= _as_known(within, asked)
    return render(request, "web/worker/then_person.html", shown)


def _as_known(within: Reach, asked: AskedDay) -> dict[str, Any]:
    """The page's parts; ``unknown`` where nobody had written her down by then."""
    on = asked.day
    try:
        story = Story(within, asked.moment)
    except Http404:
        return {"unknown": True}
    waiting = [NextVisit(v, story, on) for v in story.visits if v.state(on) not in DONE_WITH and not far(v, on)]
    courses, curves = [drawn(story, course, on) for course in story.courses], curves_of(story)
    return {
        "person": story.person,
        "home": story.home,
        "within": within,
        "today": on,
        "next": waiting,
        "courses": courses,
        "curves": curves,
        "has_charts": bool(curves) or any(one.charts for one in courses),
        "records": [
            record(entry, story.world.library, named=story.person.listed, unsaid=unsaid_of(story))
            for entry in story.records()
        ],
        "since": list(_since(within, asked.moment, story)),
    }


def _since(within: Reach, then: Moment | None, story: Story) -> Iterator[Since]:
    """Records the reader may see that were not known then, the latest first."""
    library, everyone = story.world.library, staff()
    rows = forms.entries("person_id IN (?*)", [within.person_id])
    for row in sorted(rows, key=lambda r: r.seq, reverse=True):
        if then is not None and not then.knows(row) and within.sees(library.current[row.form_id]):
            author = everyone.by_id.get(row.author_id)
            corrects = row.deprecates is not None or row.variant != 0
            name = author.name if author else ""
            yield Since(title_of(library, row.form_id), row.occurred_on, row.received_on, name, corrects)


def _offset(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 7 else 0
