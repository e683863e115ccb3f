"""One's own log-in: where one is logged in, which phones, the password, the second step, what happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from doorstep.access import actions as access
from doorstep.access import attempts, history, passwords, second, sessions
from doorstep.access.queries import devices, staff
from doorstep.access.showing import shows
from doorstep.lib import days, db
from doorstep.web import slowing
from doorstep.web.account.steps import setting_up
from doorstep.web.account.words import HAPPENED, password_trouble
from doorstep.web.reader import actor_of


def _account(request: HttpRequest) -> Any:
    return get_user_model().objects.get(pk=actor_of(request).user_id)


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""


@shows("account")
def account(request: HttpRequest) -> HttpResponse:
    user_id, today = actor_of(request).user_id, days.today()
    names = {m.id: m.name for m in staff().by_id.values()}
    shown = {
        "log_ins": sessions.of(user_id, _key(request)),
        "phones": [d for d in devices([user_id]) if d.usable(today) and d.signed_out_at is None],
        "second": second.is_set(user_id),
        "asked": second.is_asked_of(actor_of(request).role),
        "codes_left": second.codes_left(user_id),
        "happened": [
            {"what": HAPPENED[h.what], "on": h.on, "label": h.label, "by": names.get(h.by_id or 0, ""), "own": h.by_id == user_id}
            for h in history.of(user_id)
        ],
    }  # fmt: skip
    return render(request, "web/account/account.html", shown)


def _proven(request: HttpRequest) -> bool:
    """Whether the password typed once more is right; said in a message when not."""
    user = _account(request)
    wait = attempts.check("password", str(user.pk))
    if wait:
        messages.error(request, _("Too many tries. Please wait %(wait)s.") % {"wait": slowing.said(wait)})
        return False
    if passwords.member_of(request, user.username, request.POST.get("password", "")) is None:
        messages.error(request, _("That is not your password. Nothing was changed."))
        return False
    attempts.passed("password", str(user.pk))
    return True


@shows("account")
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; everywhere else one is logged out."""
    user = _account(request)
    if _proven(request):
        if trouble := password_trouble(request.POST.get("new", ""), request.POST.get("again", ""), user):
            messages.error(request, trouble)
        else:
            _change(request, user.pk, request.POST["new"])
            messages.success(request, _("Your password is changed. Everywhere else you are logged out."))
    return HttpResponseRedirect(reverse("account"))


def _change(request: HttpRequest, user_id: int, new: str) -> None:
    """The session that asks goes on, under a new key."""
    with db.transaction():
        access.set_password(user_id, new, by=user_id, keep=_key(request))
    update_session_auth_hash(request, get_user_model().objects.get(pk=user_id))


@shows("account")
@require_POST
def end(request: HttpRequest, session_id: str) -> HttpResponse:
    """Log out on one other browser."""
    user_id = actor_of(request).user_id
    if not sessions.end(user_id, session_id):
        raise Http404
    history.note(user_id, "ended_one", user_id)
    messages.success(request, _("Logged out there."))
    return HttpResponseRedirect(reverse("account"))


@shows("account")
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Log out on all browsers but this one."""
    user_id = actor_of(request).user_id
    sessions.end_all(user_id, _key(request))
    history.note(user_id, "ended_all", user_id)
    messages.success(request, _("Everywhere else you are logged out."))
    return HttpResponseRedirect(reverse("account"))


@shows("account")
@require_POST
def take_phone_back(request: HttpRequest, device_id: int) -> HttpResponse:
    """A phone that is lost: it stops sending and fetching at once."""
    user_id = actor_of(request).user_id
    if device_id not in {d.id for d in devices([user_id])}:
        raise Http404
    with db.transaction():
        access.revoke_device(device_id)
    history.note(user_id, "phone_back", user_id)
    messages.success(request, _("This phone can no longer send or fetch."))
    return HttpResponseRedirect(reverse("account"))


@shows("account")
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """The second step for who has none yet and wants one. Asked for from the next log-in on."""
    user = _account(request)
    if second.is_set(user.pk):
        return HttpResponseRedirect(reverse("account"))
    codes, answer = setting_up(request, user)
    if codes is None:
        return answer
    return render(request, "web/account/recovery.html", {"codes": codes, "goes_on_to": reverse("account")})


@shows("account")
@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in the place of the old ones, shown this once."""
    user_id = actor_of(request).user_id
    if not second.is_set(user_id):
        raise Http404
    if not _proven(request):
        return HttpResponseRedirect(reverse("account"))
    with db.transaction():
        codes = second.new_recovery_codes(user_id)
    history.note(user_id, "codes_new", user_id)
    return render(request, "web/account/recovery.html", {"codes": codes, "goes_on_to": reverse("account")})


@shows("account")
@require_POST
def switch_off(request: HttpRequest) -> HttpResponse:
    """No second step any more, for who need not have one."""
    actor = actor_of(request)
    if second.is_asked_of(actor.role) or not second.is_set(actor.user_id):
        raise Http404
    if _proven(request):
        with db.transaction():
            second.reset(actor.user_id)
        history.note(actor.user_id, "second_off", actor.user_id)
        messages.success(request, _("The second step is switched off."))
    return HttpResponseRedirect(reverse("account"))
