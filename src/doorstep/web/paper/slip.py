"""The slip a person may take along or leave: when, where, who, which number. Nothing of herself stands on it, and no
service, unless she asks for it (charter C18)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.access.queries import staff
from doorstep.lib import days, sealed
from doorstep.places import queries as places
from doorstep.visits.queries import DueVisit, of_person
from doorstep.web import said
from doorstep.web.paper.press import Paper, prints
from doorstep.web.reader import actor_of, language
from doorstep.web.worker.reach import reach

PLACES = ("", "clinic", "home")
NEAR = timedelta(days=183)


@require_POST
@prints("print.slip")
def slip(request: HttpRequest, person_id: str) -> Paper:
    """``visit``: one of her visits that wait; ``on``: a day agreed, else the span of the visit; ``where``; ``named``:
    she asked for the service to be written on it."""
    within = reach(actor_of(request), person_id)
    log_shown(within.actor, "print.slip", [person_id])
    waiting = (v for v in of_person(within.actor, person_id) if is_near(v, days.today()))
    visit = next((v for v in waiting if str(v.id) == request.POST.get("visit")), None)
    if visit is None:
        raise Http404
    agreed = days.parse_day(request.POST.get("on", ""))
    where = request.POST.get("where", "")
    member = staff().by_id[within.actor.user_id]
    told = {
        "when": said.whole_day(agreed) if agreed else span(visit, days.today()),
        "what": service_of(visit) if request.POST.get("named") == "yes" else "",
        "where": _where(where if where in PLACES else "", member.clinic_id),
        "who": member.name,
        "who_phone": sealed.opened(member.phone),
    }
    return Paper("slip.typ", _words(), told)


def waits(visit: DueVisit, today: date) -> bool:
    """Whether a visit can still take place."""
    over = visit.ends_on is not None and visit.ends_on <= today
    return not visit.met_by and not over and visit.state(today) != "missed"


def is_near(visit: DueVisit, today: date) -> bool:
    """Whether a visit waits and its days begin within the next months: a slip for a later one would be lost by then."""
    first = visit.from_on or visit.due_on or visit.until_on
    return waits(visit, today) and (first is None or first <= today + NEAR)


def span(visit: DueVisit, today: date) -> str:
    """When to come, in words; '' when its days have passed, so that one is agreed and written by hand."""
    first, last = visit.from_on or visit.due_on, visit.due_on or visit.until_on
    if last is not None and last < today:
        last = visit.until_on
    if first is None or (last is not None and last < today):
        return ""
    first = max(first, today)
    if last is None or last <= first:
        return said.whole_day(first)
    return _("%(from)s to %(until)s") % {"from": said.whole_day(first), "until": said.whole_day(last)}


def service_of(visit: DueVisit) -> str:
    return said.text(visit.planned.title) if visit.planned else ""


def _where(where: str, clinic_id: int | None) -> str:
    clinic = places.tree().by_id.get(clinic_id or 0)
    if where == "clinic" and clinic is not None:
        return clinic.name(language())
    return _("At home") if where == "home" else ""


def _words() -> dict[str, Any]:
    return {
        "heading": _("See you again"),
        "when": _("When"),
        "where": _("Where"),
        "who": _("With whom"),
        "phone": _("Phone"),
        "what": _("What for"),
        "free": _("Another day, another place, or not at all: as you like. You need not say why."),
        "nothing": _("This slip is only for you to remember. Nobody may ask you for it."),
    }
