"""One person: what is next and why, how far her care has come, what was written, what can be done."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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
from doorstep.intake.parse import Sender
from doorstep.lib import days
from doorstep.register import queries as register
from doorstep.visits.queries import DueVisit, due_visits, person_of
from doorstep.web import said
from doorstep.web.reader import actor_of, language
from doorstep.web.worker.offers import care_forms, openings, register_forms
from doorstep.web.worker.pictures import DrawnStrip, strip_of, trends_of
from doorstep.web.worker.reach import reach
from doorstep.web.worker.records import record
from doorstep.web.worker.story import Course, Story

DONE_WITH = frozenset({"met", "missed"})


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
    def reasons(self) -> Mapping[str, Any]:
        return reasons_of(self.story, self.visit)


@dataclass(frozen=True, slots=True)
class DrawnCourse:
    """A course of care with its pictures."""

    course: Course
    strip: DrawnStrip | None
    charts: list[Mapping[str, Any]]


@shows("person")
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    actor, today = actor_of(request), days.today()
    within = reach(actor, person_id)
    log_shown(actor, "person.care" if within.services else "person", [person_id])
    story = Story(within)
    shown = {
        "person": story.person,
        "home": register.households([story.person.household_id or ""]).get(story.person.household_id or ""),
        "within": within,
        "today": today,
        "next": [NextVisit(v, story, today) for v in story.visits if v.state(today) not in DONE_WITH],
        "courses": [_drawn(story, course, today) for course in story.courses],
        "care_forms": care_forms(story, today),
        "openings": openings(story, today) if story.person.is_here else [],
        "register_forms": register_forms(story),
        "services": story.services,
        "records": [record(entry, story.world.library) for entry in story.records()],
    }
    return render(request, "web/worker/person.html", shown)


def _drawn(story: Story, course: Course, today: date) -> DrawnCourse:
    return DrawnCourse(course, strip_of(course, story.visits, today), list(trends_of(story, course)))


def reasons_of(story: Story, visit: DueVisit) -> Mapping[str, Any]:
    """Why a visit is due: the programme's own sentence, the source, and each step with the record it came from."""
    programme = next((p for p in story.programmes if p.pack.id == visit.pack_id), None)
    if programme is None or visit.planned is None:
        return {}
    history = story.histories[visit.pack_id]
    steps = programme.rules.why(history, visit.contact, visit.episode, visit.k)
    source = programme.pack.sources.get(visit.planned.source)
    return {
        "sentence": programme.rules.sentence(story.plans[visit.pack_id], visit.window, language()),
        "lines": programme.rules.lines(steps, language()),
        "source": source.title if source else None,
        "need": [programme.pack.facts[n].title for n in visit.window.need if n in programme.pack.facts],
    }


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
    reasons = reasons_of(Story(within), visit)
    return render(request, "web/worker/why.html", {"reasons": reasons})


@shows("person.care")
@require_POST
def service(request: HttpRequest, person_id: str) -> HttpResponse:
    """End a service, or want it again: one press, no reason. It is an entry like any other."""
    actor = actor_of(request)
    within = reach(actor, person_id)
    chosen, ends = request.POST.get("service", ""), request.POST.get("say") == "end"
    if chosen not in within.services:
        raise Http404
    form = library().current[builtin.SERVICE_END if ends else builtin.SERVICE_WANTED]
    answers = {"person": person_id, "service": chosen, "on": days.today()}
    content = Filler(library().spec(form.form_id, form.version)).fill(answers, instance=f"uuid:{uuid.uuid4()}")
    door.accept(content, Sender(actor.user_id, user_agent="Doorstep"))
    messages.success(request, _("This service has ended.") if ends else _("This service goes on."))
    return HttpResponseRedirect(reverse("person", args=[person_id]))
