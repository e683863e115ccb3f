"""People who asked that everything about them be deleted: a supervisor of their place carries it out (charter C17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.intake import ending
from doorstep.intake.ending import Asked
from doorstep.register import queries as register
from doorstep.register.queries import Asking
from doorstep.web.reader import actor_of


@dataclass(frozen=True, slots=True)
class Row:
    """Who asks, and for what. ``seq``: of one record alone."""

    id: int
    person: Asking
    on: date
    seq: int | None


@shows("erase.asked")
def erasures(request: HttpRequest) -> HttpResponse:
    """Who of the reader's own area asked, the oldest first."""
    actor = actor_of(request)
    asked = [one for one in ending.asked() if _within(actor, one)]
    log_shown(actor, "erase.asked", [one.person_id for one in asked])
    people = register.seen_asking([one.person_id for one in asked], actor.places)
    rows = [Row(one.id, people[one.person_id], one.on, one.seq) for one in asked if one.person_id in people]
    return render(request, "web/desk/erasures.html", {"rows": rows})


@shows("erase.asked")
@require_POST
def carry_out(request: HttpRequest, request_id: int) -> HttpResponse:
    """Delete it. Only with the word that the person herself was asked."""
    actor = actor_of(request)
    one = _one(actor, request_id)
    if request.POST.get("sure") != "yes":
        messages.error(request, _("Please tick that you asked once more."))
        return HttpResponseRedirect(reverse("erasures"))
    log_shown(actor, "erase.asked", [one.person_id])
    if one.seq is None:
        ending.erase_person(one.person_id, actor.user_id)
    else:
        ending.erase_record(one.seq, actor.user_id)
        ending.take_back(one.id)
    messages.success(request, _("Deleted. Phones let go of it at their next contact."))
    return HttpResponseRedirect(reverse("erasures"))


@shows("erase.asked")
@require_POST
def not_asked(request: HttpRequest, request_id: int) -> HttpResponse:
    """The person does not ask any more."""
    ending.take_back(_one(actor_of(request), request_id).id)
    messages.success(request, _("Nothing is deleted."))
    return HttpResponseRedirect(reverse("erasures"))


def _one(actor: Actor, request_id: int) -> Asked:
    found = next((one for one in ending.asked() if one.id == request_id and _within(actor, one)), None)
    if found is None or not actor.has("record.erase"):
        raise Http404
    return found


def _within(actor: Actor, one: Asked) -> bool:
    """Whether the person is served in the reader's own area."""
    found = register.place_of(one.person_id)
    return found is not None and found[0] in actor.places
