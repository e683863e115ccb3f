"""What the reader's own role may see and do: where a role without other pages begins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doorstep.access.permissions import ROLE_NAMES, ROLES
from doorstep.access.showing import shows_nobody
from doorstep.access.words import ROLE_SAYS, VERB_SAYS
from doorstep.web.reader import actor_of


@shows_nobody("what a role may do")
def role(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    verbs = ROLES.get(actor.role, frozenset())
    shown = {
        "name": ROLE_NAMES[actor.role],
        "says": ROLE_SAYS[actor.role],
        "may": [said for verb, said in VERB_SAYS.items() if verb in verbs],
        "claims_only": "claim.read" in verbs,
    }
    return render(request, "web/role.html", shown)
