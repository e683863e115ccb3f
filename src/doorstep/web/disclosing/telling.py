"""Telling her: on her own page it stands by itself; whoever visits her says it aloud, alone with her, and says so here."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.disclosures import actions, queries
from doorstep.web.disclosing import kinds
from doorstep.web.disclosing.words import Told, told
from doorstep.web.reader import actor_of
from doorstep.web.worker.reach import reach


def to_tell(person_id: str) -> list[Told]:
    """What somebody who visits her has to tell her. Which answers were given is for her own page."""
    return [one for act in queries.to_tell(person_id) if (one := told(act)) is not None]


def known_to_her(person_id: str, *, guardian: bool) -> list[Told]:
    """What her own page tells; a guardian is not told of what a child says in confidence."""
    found = queries.to_be_known(person_id)
    hidden = kinds.in_confidence() if found and guardian else frozenset[str]()
    return [one for act in found if (one := told(act, hidden)) is not None]


def has_read(person_id: str, read: list[Told]) -> None:
    """She read these on her page or has them on paper."""
    ids = {one.id for one in read}
    actions.told(act for act in queries.to_tell(person_id) if act.id in ids)


@shows("disclosure.tell")
@require_POST
def tell(request: HttpRequest, person_id: str) -> HttpResponse:
    actor: Actor = actor_of(request)
    within = reach(actor, person_id)
    wanted = request.POST.get("act", "")
    found = [act for act in queries.to_tell(within.person_id) if str(act.id) == wanted]
    if not found:
        raise Http404
    log_shown(actor, "disclosure.tell", [person_id])
    actions.told(found, by=actor.user_id)
    messages.success(request, _("Written down: she was told."))
    return HttpResponseRedirect(reverse("person", args=[person_id]))
