"""One person: what is next and why, how far her care has come, what was written, what can be done."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.access.showing import shows
from doorstep.forms import builtin
from doorstep.forms.filling import Filler
from doorstep.forms.queries import library
from doorstep.intake import door
from doorstep.intake.herself import objections_of
from doorstep.intake.parse import Sender
from doorstep.lib import days
from doorstep.programmes.queries import ended_on
from doorstep.register import queries as register
from doorstep.visits.queries import DueVisit, due_visits, person_of
from doorstep.web import said
from doorstep.web.disclosing.telling import to_tell
from doorstep.web.reader import actor_of
from doorstep.web.resident.answering import visible
from doorstep.web.worker.consents import asked_of, unsaid_of
from doorstep.web.worker.curves import curves_of
from doorstep.web.worker.methods import choosing_for
from doorstep.web.worker.offers import cards_of, care_forms, openings, register_forms
from doorstep.web.worker.pictures import DrawnStrip, strip_of, trends_of
from doorstep.web.worker.reach import reach
from doorstep.web.worker.reasons import Why
from doorstep.web.worker.reasons import why as why_of
from doorstep.web.worker.records import record
from doorstep.web.worker.sheet import Known, sheet_of
from doorstep.web.worker.story import Course, Story

DONE_WITH = frozenset({"met", "missed"})
A_YEAR = 366


@dataclass(frozen=True)
class NextVisit:
    """A visit not done yet, with its reasons worked out when the page asks for them."""

    visit: DueVisit
    story: Story
    today: date

    @property
    def state(self) -> str:
        return self.visit.state(self.today)

    @property
    def state_words(self) -> str:
        return said.state(self.visit.window, self.today)

    @cached_property
    def why(self) -> Why | None:
        return why_of(self.story, self.visit)


@dataclass(frozen=True, slots=True)
class DrawnCourse:
    """A course of care with its pictures."""

    course: Course
    strip: DrawnStrip | None
    charts: list[Mapping[str, Any]]
    sheet: list[Known]


def far(visit: DueVisit, today: date) -> bool:
    """What comes with age, in years from now, says nothing yet."""
    return visit.from_on is not None and visit.from_on > today + timedelta(days=A_YEAR)


@shows("person")
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    actor, today = actor_of(request), days.today()
    if kept := register.aliases([person_id]).get(person_id):  # an old address of somebody written down twice
        return HttpResponseRedirect(reverse("person", args=[reach(actor, kept).person_id]))
    within = reach(actor, person_id)
    log_shown(actor, "person.care" if within.named else "person", [person_id])
    story = Story(within)
    waiting = [
        NextVisit(v, story, today) for v in story.visits if v.state(today) not in DONE_WITH and not far(v, today)
    ]
    soon = max(1, sum(one.state != "coming" for one in waiting))
    courses, curves = [drawn(story, course, today) for course in story.courses], curves_of(story)
    shown = {
        "person": story.person,
        "home": story.home,
        "within": within,
        "today": today,
        "next": waiting[:soon],
        "later": waiting[soon:],
        "cards": cards_of(story),
        "courses": courses,
        "curves": curves,
        "has_charts": bool(curves) or any(one.charts for one in courses),
        "care_forms": care_forms(story, today),
        "openings": openings(story, today) if story.person.is_here else [],
        "register_forms": register_forms(story),
        "services": story.services,
        "said_wrong": [one for one in visible(actor, objections_of(person_id)) if not one.answered_on],
        "to_tell": to_tell(person_id),
        "gives_card": actor.has("resident.card"),
        "consents": asked_of(story, today),
        "unasked": story.life.unasked,
        "methods": next(iter(choosing_for(story) or ()), None),
        "records": [
            record(entry, story.world.library, named=story.person.listed, unsaid=unsaid_of(story))
            for entry in story.records()
        ],
    }
    return render(request, "web/worker/person.html", shown)


def drawn(story: Story, course: Course, today: date) -> DrawnCourse:
    strip, charts = strip_of(course, story.visits, today), list(trends_of(story, course))
    return DrawnCourse(course, strip, charts, sheet_of(story, course))


@shows("today")
def why(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The reasons of one visit, asked for from a list."""
    actor = actor_of(request)
    person_id = person_of(visit_id)
    if person_id is None:
        raise Http404
    within = reach(actor, person_id)
    log_shown(actor, "today", [person_id])
    visit = due_visits(actor, [visit_id]).get(visit_id)
    if visit is None:
        raise Http404
    return render(request, "web/worker/why.html", {"why": why_of(Story(within), visit)})


@shows("person.care")
@require_POST
def service(request: HttpRequest, person_id: str) -> HttpResponse:
    """End a service, or want it again: one press, no reason. It is an entry like any other.

    On one day an ending counts last (charter C3), so a wish on the very day of an ending is dated the day after it.
    """
    actor = actor_of(request)
    within = reach(actor, person_id)
    chosen, ends = request.POST.get("service", ""), request.POST.get("say") == "end"
    if chosen not in within.services:
        raise Http404
    form = library().current[builtin.SERVICE_END if ends else builtin.SERVICE_WANTED]
    on = days.today()
    if not ends and (ended := ended_on(person_id, chosen)) is not None:
        on = max(on, ended + timedelta(days=1))
    answers = {"person": person_id, "service": chosen, "on": on}
    content = Filler(library().spec(form.form_id, form.version)).fill(answers, instance=f"uuid:{uuid.uuid4()}")
    door.accept(content, Sender(actor.user_id, user_agent="Doorstep"))
    messages.success(request, _("This service has ended.") if ends else _("This service goes on."))
    return HttpResponseRedirect(reverse("person", args=[person_id]))
