"""What people say is wrong in their records, for those who may read the record, until somebody answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.forms import queries as forms
from doorstep.forms.queries import library
from doorstep.intake import herself
from doorstep.intake.herself import Objection
from doorstep.register import queries as register
from doorstep.register.fold import PersonRow
from doorstep.web.reader import actor_of
from doorstep.web.worker.reach import reaches
from doorstep.web.worker.records import title_of

MOST = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One objection with the record it is about."""

    seq: int
    person: PersonRow
    title: str
    about: int
    record_on: date
    on: date
    text: str


def visible(actor: Actor, objections: Iterable[Objection]) -> list[Objection]:
    """Those about a record the reader may see."""
    wanted = [one for one in objections if one.about]
    places = {i: found[0] for i in {o.person_id for o in wanted} if (found := register.place_of(i))}
    within = reaches(actor, places)
    current = library().current
    return [
        o
        for o in wanted
        if o.person_id in within and o.about_form in current and within[o.person_id].sees(current[o.about_form])
    ]


def lines(actor: Actor, objections: Iterable[Objection]) -> list[Line]:
    """These in words; the log says first whom they are of."""
    seen = visible(actor, objections)[:MOST]
    log_shown(actor, "said_wrong", [one.person_id for one in seen])
    people = register.people({one.person_id for one in seen})
    days_of = {row.seq: row.occurred_on for row in forms.entries("seq IN (?*)", [one.about for one in seen])}
    return [
        Line(
            o.seq, people[o.person_id], title_of(library(), o.about_form), o.about, days_of.get(o.about, o.on), o.on, o.text
        )
        for o in seen
    ]  # fmt: skip


@shows("said_wrong")
@require_safe
def said_wrong(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    shown = {"lines": lines(actor, herself.unanswered()), "longest": herself.LONGEST}
    return render(request, "web/resident/said_wrong.html", shown)


@shows("said_wrong")
@require_POST
def answer(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    found = next((one for one in visible(actor, herself.unanswered()) if one.seq == seq), None)
    if found is None:
        raise Http404
    log_shown(actor, "said_wrong", [found.person_id])
    try:
        herself.answer(found, request.POST.get("text", ""), actor.user_id)
        messages.success(request, _("Answered. It stands on her own page."))
    except ValueError:
        messages.error(request, _("Please write an answer of up to 200 characters."))
    return HttpResponseRedirect(reverse("said_wrong"))
