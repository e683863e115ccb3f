"""Somebody moves, or stays elsewhere for a while: the code she takes along, and what happens where she arrives."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from doorstep.access import attempts
from doorstep.access.actions import log_shown, log_wrong_code
from doorstep.access.consent import MOVING
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.intake import handing, parcel
from doorstep.intake.handing import Came
from doorstep.intake.parse import Sender
from doorstep.intake.problems import Refused
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.register import queries as register
from doorstep.web import slowing
from doorstep.web.reader import actor_of, language
from doorstep.web.worker.reach import household_within, reach
from doorstep.web.worker.story import Story

LARGEST_FILE = 20_000_000
FILE_NAME = "doorstep-record.txt"  # says neither whose it is nor where it comes from


def _story(actor: Actor, person_id: str) -> Story:
    """Whom the reader may help to move: somebody of the reader's own area. Raises Http404."""
    within = reach(actor, person_id)
    if not within.by_place:
        raise Http404
    log_shown(actor, "hand_over", [person_id])
    return Story(within)


@shows("hand_over")
@require_http_methods(["GET", "POST"])
def moving(request: HttpRequest, person_id: str) -> HttpResponse:
    """What goes along, as she says it; after that the code, shown this once."""
    actor, today = actor_of(request), days.today()
    story = _story(actor, person_id)
    offered = [(service.id, service.title) for service, _ending in story.services]
    shown: dict[str, Any] = {
        "person": story.person,
        "today": today,
        "may": handing.may_move(story.life, today),
        "asked": MOVING in story.life.consents,
        "services": offered,
        "codes": [_code_line(row) for row in handing.handed(person_id, actor.user_id)],
    }
    if request.method == "POST":
        stays = request.POST.get("kind") == "stays"
        day = days.parse_day(request.POST.get("until_on" if stays else "left_on", ""))
        chosen = [service for service, _title in offered if service in request.POST.getlist("service")]
        try:
            made = handing.make(
                actor,
                person_id,
                left_on=None if stays else day,
                until_on=day if stays else None,
                services=chosen,
                comes_back=stays and request.POST.get("comes_back") == "yes",
            )
        except Refused as refused:
            messages.error(request, refused.problem.text(language()))
        else:
            shown |= {"code": parcel.spoken(made.code), "expires_on": made.expires_on}
    return render(request, "web/worker/moving.html", shown)


def _code_line(row: Any) -> dict[str, Any]:
    said = orjson.loads(row.answers)
    return {"on": row.occurred_on, "expires_on": days.parse_day(said["expires_on"]), "stays": said["kind"] == "stays"}


@shows("hand_over")
@require_POST
def stays_here(request: HttpRequest, person_id: str) -> HttpResponse:
    """She does not move after all: the codes the reader made open nothing any more, and care goes on here."""
    actor = actor_of(request)
    _story(actor, person_id)
    handing.take_back(handing.handed(person_id, actor.user_id), Sender(actor.user_id, user_agent="Doorstep"))
    messages.success(request, _("Taken back. The code opens nothing, and care goes on here."))
    return HttpResponseRedirect(reverse("person", args=[person_id]))


@shows("hand_over")
@require_POST
def sealed_file(request: HttpRequest, person_id: str) -> HttpResponse:
    """The record as a file for a place with another Doorstep. Only the code opens it."""
    actor = actor_of(request)
    _story(actor, person_id)
    code = parcel.typed(request.POST.get("code", ""))
    if not code or handing.whose(code) != person_id:
        raise Http404
    try:
        content = parcel.sealed(handing.packed(code), code)
    except Refused as refused:
        messages.error(request, refused.problem.text(language()))
        return HttpResponseRedirect(reverse("moving", args=[person_id]))
    kept = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers=kept)


# ---------------------------------------------------------------- where she arrives


@shows("arrive")
@require_http_methods(["GET", "POST"])
def arrive(request: HttpRequest) -> HttpResponse:
    """Open a code with the person who carries it: she is a person of this place from then on."""
    actor = actor_of(request)
    shown: dict[str, Any] = {
        "today": days.today(),
        "places": sorted(
            (node for i in actor.places if (node := places.tree().by_id[i]).kind != "clinic"), key=lambda n: n.code
        ),
        "number": request.POST.get("number", ""),
        "place": request.POST.get("place", ""),
    }
    if household_id := request.GET.get("household", ""):
        shown["place"] = str(household_within(actor, household_id))
        shown["number"] = register.households([household_id])[household_id].number
    if request.method == "POST":
        try:
            came = _open(request, actor)
        except Refused as refused:
            messages.error(request, refused.problem.text(language()))
            return render(request, "web/worker/arrive.html", shown, status=refused.status)
        log_shown(actor, "arrive", [came.person_id])
        shown |= {"came": came, "person": register.people([came.person_id])[came.person_id]}
    return render(request, "web/worker/arrive.html", shown)


def _open(request: HttpRequest, actor: Actor) -> Came:
    """Raises Refused: in words, and after a few wrong codes for longer and longer."""
    code, since = parcel.typed(request.POST.get("code", "")), days.parse_day(request.POST.get("since", ""))
    if not code:
        raise Refused("intake.code_no_digits", 400)
    home = _home(request, actor)
    if wait := attempts.check("arrive", str(actor.user_id)):
        raise Refused("intake.code_wait", 429, wait=slowing.said(wait))
    try:
        told = _told(request, actor, code)
    except Refused:
        log_wrong_code(actor)
        raise
    attempts.passed("arrive", str(actor.user_id))
    return handing.arrive(told, home, since or date.max, actor)


def _told(request: HttpRequest, actor: Actor, code: str) -> dict[str, Any]:
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile) and file.size:
        if file.size > LARGEST_FILE:
            raise Refused("intake.code_not_of_file", 413)
        return handing.unpacked(file.read(), code)
    if person_id := handing.whose(code):
        log_shown(actor, "arrive", [person_id])
    return handing.packed(code)


def _home(request: HttpRequest, actor: Actor) -> str:
    """The family she lives with now, by its house number. Raises Refused."""
    number, place = request.POST.get("number", "").strip(), request.POST.get("place", "")
    place_id = int(place) if place.isdecimal() and len(place) < 16 else 0
    found = [h.id for h in register.walk(actor.places & {place_id}) if h.number == number]
    if len(found) != 1:
        raise Refused("intake.no_such_home", 404)
    return found[0]


@shows("arrive")
@require_POST
def not_come(request: HttpRequest, person_id: str) -> HttpResponse:
    """She did not come after all: what came with the code goes, and the code opens again."""
    actor = actor_of(request)
    log_shown(actor, "arrive", [reach(actor, person_id).person_id])
    if not handing.undo(person_id, actor):
        raise Http404
    messages.success(request, _("Taken back: nothing of it stands here any more."))
    return HttpResponseRedirect(reverse("arrive"))
