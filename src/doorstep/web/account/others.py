"""The log-ins of those one looks after: end them at once, or help somebody whose second step is lost."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access import actions as access
from doorstep.access import history, second, sessions
from doorstep.access.showing import shows
from doorstep.lib import db
from doorstep.web.desk.workers import may_end, within
from doorstep.web.reader import actor_of


@shows("workers")
@require_POST
def end_all(request: HttpRequest, user_id: int) -> HttpResponse:
    """Somebody's phone or password may be in wrong hands: log out everywhere, every phone taken back."""
    actor = actor_of(request)
    member = within(actor).get(user_id)
    if member is None or not may_end(actor, member):
        raise Http404
    with db.transaction():
        access.log_out_everywhere(user_id)
        history.note(user_id, "ended_by", actor.user_id)
    messages.success(request, _("%(name)s is logged out everywhere.") % {"name": member.name})
    return HttpResponseRedirect(reverse("workers"))


@shows("workers")
@require_POST
def reset_second(request: HttpRequest, user_id: int) -> HttpResponse:
    """The phone with the digits is lost, and the recovery codes too. Never for oneself: another installer does it."""
    actor = actor_of(request)
    member = within(actor).get(user_id)
    if member is None or not actor.has("user.manage") or user_id == actor.user_id or not second.is_set(user_id):
        raise Http404
    with db.transaction():
        second.reset(user_id)
        sessions.end_all(user_id)
        history.note(user_id, "second_reset", actor.user_id)
    messages.success(request, _("%(name)s sets the second step up anew at the next log-in.") % {"name": member.name})
    return HttpResponseRedirect(reverse("workers"))
