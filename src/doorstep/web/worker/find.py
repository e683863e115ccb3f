"""Find a person by name, pinyin, initials or the last digits of a phone. What is typed never stands in an address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.engine.outputs import Gate
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.register.outputs import FIND
from doorstep.register.queries import FoundPerson, find_ids, found_people
from doorstep.web.reader import actor_of


@shows("find")
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("typed", "").strip()
    shown = {"typed": typed, "found": found_by(actor_of(request), typed), "today": days.today()}
    live = request.headers.get("HX-Request") == "true"
    return render(request, "web/worker/found.html" if live else "web/worker/find.html", shown)


def found_by(actor: Actor, typed: str) -> list[FoundPerson]:
    """People within the reader's reach that ``typed`` may mean; a clinician's reach are those who named her or the
    clinic."""
    if actor.has("register.read"):
        ids = find_ids(typed, actor.places)
    else:
        ids = find_ids(typed, around_clinic(actor), in_care_of(actor))
    log_shown(actor, FIND.id, ids)
    return found_people(FIND, ids)


def around_clinic(actor: Actor) -> frozenset[int]:
    """The places a clinic serves: everything below the place the clinic belongs to."""
    tree = places.tree()
    clinic = tree.by_id.get(actor.clinic_id) if actor.clinic_id is not None else None
    if clinic is None:
        return actor.places
    return actor.places | tree.below(clinic.parent_id if clinic.parent_id is not None else clinic.id)


def in_care_of(actor: Actor) -> Gate:
    return Gate(
        "EXISTS (SELECT 1 FROM care_member c WHERE c.person_id = hit.person_id"
        " AND (c.user_id = ? OR c.clinic_id = ? AND c.clinic_id > 0))",
        (actor.user_id, actor.care_clinic),
    )
