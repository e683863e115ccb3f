"""The reviewer's pages: what waits, by whose clock, and answering. Nobody else opens one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doorstep.access.actions import log_shown
from doorstep.access.showing import shows
from doorstep.feedback import actions, queries
from doorstep.feedback.problems import Refused
from doorstep.lib import days
from doorstep.web.feedback.words import refusal, shown
from doorstep.web.reader import actor_of


@shows("complaints")
@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    now = days.now()
    lines = [shown(line, now) for line in queries.listed(actor_of(request))]
    waiting = [one for one in lines if one.state != "answered"]
    page = {"waiting": waiting, "done": [one for one in lines if one.state == "answered"]}
    return render(request, "web/feedback/complaints.html", page)


@shows("complaints")
@require_safe
def complaint(request: HttpRequest, complaint_id: int) -> HttpResponse:
    actor = actor_of(request)
    log_shown(actor, "complaints", [f"complaint {complaint_id}"])
    found = queries.one(actor, complaint_id)
    if found is None:
        raise Http404
    page = {"complaint": shown(found[0], days.now(), found[1]), "read": found[0].acknowledged_at is not None}
    return render(request, "web/feedback/complaint.html", page)


@shows("complaints")
@require_POST
def reply(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """Say that it was read, or answer it."""
    actor = actor_of(request)
    log_shown(actor, "complaints", [f"complaint {complaint_id}"])
    if queries.one(actor, complaint_id) is None:
        raise Http404
    try:
        if request.POST.get("say") == "read":
            actions.acknowledge(actor, complaint_id)
            messages.success(request, _("Whoever wrote it can now see that it was read."))
        else:
            actions.answer(actor, complaint_id, request.POST.get("text", ""))
            messages.success(request, _("Answered. Whoever wrote it reads it with the code."))
    except Refused as refused:
        messages.error(request, refusal(refused))
    return HttpResponseRedirect(reverse("complaint", args=[complaint_id]))
