"""A person asks that everything about her be deleted: written down here, carried out by a supervisor (charter C17)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorstep.access.actions import log_shown
from doorstep.access.showing import shows
from doorstep.intake import ending
from doorstep.register import queries as register
from doorstep.web.reader import actor_of
from doorstep.web.worker.reach import reach


@shows("person")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, person_id: str) -> HttpResponse:
    """What will be deleted and what stays, to be read aloud; then it is asked for."""
    actor = actor_of(request)
    reach(actor, person_id)
    if request.method == "POST":
        ending.ask(person_id, actor.user_id)
        messages.success(request, _("Written down. A supervisor asks once more and carries it out."))
        return HttpResponseRedirect(reverse("person", args=[person_id]))
    log_shown(actor, "person", [person_id])
    return render(request, "web/worker/erasing.html", {"person": register.people([person_id])[person_id]})
