"""Register a person: name and birth first, so that someone already here is not written down twice."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.forms.queries import library
from doorstep.lib import days
from doorstep.register.outputs import ALIKE
from doorstep.register.queries import alike, found_people
from doorstep.web.reader import actor_of
from doorstep.web.worker.fill import fillable, form_page, known_for, path_of
from doorstep.web.worker.reach import reach, record_within
from doorstep.web.worker.story import Story

FORM = "person"
MOST_DIGITS = 18


@shows("alike")
@require_http_methods(["GET", "POST"])
def newcomer(request: HttpRequest) -> HttpResponse:
    """GET asks for name and birth; POST shows people alike, or the form itself when there are none or it is someone new."""
    actor = actor_of(request)
    published = fillable(actor, FORM)
    household_id = request.POST.get("household", request.GET.get("household", ""))
    known = known_for(actor, published, "", household_id)
    name, born = request.POST.get("name", "").strip(), request.POST.get("birth_date", "").strip()
    if request.method == "GET":
        born = _born_of(actor, request.GET.get("after", ""), household_id)
    shown = {"household_id": household_id, "home": known.home, "name": name, "birth_date": born, "today": days.today()}
    if request.method == "GET" or not name:
        return render(request, "web/worker/newcomer.html", shown | {"missing": request.method == "POST"})
    if request.POST.get("new") != "yes":
        ids = alike(name, born, actor.places)
        log_shown(actor, ALIKE.id, ids)
        if found := found_people(ALIKE, ids):
            return render(request, "web/worker/newcomer.html", shown | {"alike": found})
    spec = library().spec(FORM, published.version)
    known.give(path_of(spec, "name"), name)
    if days.parse_day(born):
        known.give(path_of(spec, "birth_date"), born)
    return form_page(request, published, known)


def _born_of(actor: Actor, after: str, household_id: str) -> str:
    """The day of birth that the reader's own record about someone of this family tells; '' when none is named.

    Only its number stands in the address (charter C18). Raises Http404 for a record the reader may not see."""
    if not after.isdecimal() or len(after) > MOST_DIGITS:
        return ""
    entry, visible = record_within(actor, int(after))
    if not visible or entry.person_id is None:
        raise Http404
    log_shown(actor, ALIKE.id, [entry.person_id])
    mother = Story(reach(actor, entry.person_id)).person
    return entry.occurred_on.isoformat() if mother.household_id == household_id else ""
