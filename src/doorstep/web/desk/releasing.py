"""A record that waits for an earlier one of its phone is let count without it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.forms.queries import StoredEntry
from doorstep.intake import releasing
from doorstep.web.desk.settling import own_to_repair, to_settle
from doorstep.web.reader import actor_of


@shows("repair")
@require_POST
def own_release(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    return _release(request, actor, own_to_repair(actor, seq), "repairs")


@shows("problem")
@require_POST
def problem_release(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    return _release(request, actor, to_settle(actor, seq), "problems")


def _release(request: HttpRequest, actor: Actor, entry: StoredEntry, back: str) -> HttpResponse:
    if not releasing.waits(entry):
        raise Http404
    releasing.let_count(entry, actor.user_id)
    messages.success(request, _("It counts now, without the earlier record."))
    return HttpResponseRedirect(reverse(back))
