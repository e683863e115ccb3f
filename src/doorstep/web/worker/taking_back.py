"""Taking consent back at any clinic: who comes from elsewhere says her name, birth and house number, and is not shown.

The page answers the same whether it found exactly one such person or not, so that nobody learns from it who is
registered where (charter C12, C15). Only a no can be taken down here.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorstep.access import attempts
from doorstep.access.consent import GUARDIAN, LISTED, PURPOSES, SELF
from doorstep.access.showing import shows_nobody
from doorstep.forms.filling import Filler, Item
from doorstep.forms.queries import library
from doorstep.intake import door
from doorstep.intake.consents import CONSENT
from doorstep.intake.parse import Sender
from doorstep.lib import days
from doorstep.register import queries as register
from doorstep.web import slowing
from doorstep.web.reader import actor_of
from doorstep.web.worker.consents import TITLES


@shows_nobody("what somebody takes back; the answer does not tell whether she is registered")
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not actor.has("consent.end") or CONSENT not in library().current:
        raise Http404
    if request.method == "POST":
        chosen = [p for p in PURPOSES if p in request.POST.getlist("purpose")]
        name, number = request.POST.get("name", "").strip(), request.POST.get("number", "").strip()
        born = days.parse_day(request.POST.get("birth_date", ""))
        complete = bool(name and number and born and chosen)
        if complete and (wait := attempts.check("take_back", str(actor.user_id))):
            messages.error(request, _("Too many tries. Please wait %(wait)s.") % {"wait": slowing.said(wait)})
            return render(request, "web/worker/taking_back.html", {"purposes": TITLES.items()}, status=429)
        if name and number and born and chosen:
            person_id = register.exactly(name, born, number)
            if person_id is not None:
                _write(actor.user_id, person_id, chosen, request.POST.get("agreed_by", SELF))
            messages.success(
                request, _("Taken down. If exactly one person is written down like this, it holds from now.")
            )
            return HttpResponseRedirect(reverse("take_back"))
        messages.error(request, _("Please give name, birth, house number, and what is taken back."))
    return render(request, "web/worker/taking_back.html", {"purposes": TITLES.items()})


def _write(user_id: int, person_id: str, chosen: list[str], by: str) -> None:
    """One no for each purpose, handed in at the one door."""
    answers: dict[str, Any] = {
        "person": person_id,
        "said_on": days.today().isoformat(),
        "agreed_by": GUARDIAN if by == GUARDIAN else SELF,
        **dict.fromkeys(chosen, "no"),
    }
    if LISTED in chosen:
        answers["listed_said"] = "no"
    published = library().current[CONSENT]
    filler = Filler(library().spec(CONSENT, published.version))
    door.accept(filler.fill(answers, instance=f"uuid:{uuid.uuid4()}", item=Item(person_id)), Sender(user_id))
