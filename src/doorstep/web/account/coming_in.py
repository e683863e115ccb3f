"""Between the right password and being let in: the second step, and a password of one's own.

Until all of it is done nobody is logged in: the session only remembers, for a few minutes, whose password was right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from doorstep.access import history, passwords, second, sessions
from doorstep.lib import days
from doorstep.web.account import known
from doorstep.web.account.browsers import label_of

MINUTES = 10
_KEY = "coming_in"


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody on the way in. ``user``: the account, as it stands now."""

    user: Any
    goes_on_to: str
    second_done: bool

    @property
    def step(self) -> str:
        """The view that is to be gone through next; '' when there is none left."""
        if second.is_set(self.user.pk) and not self.second_done:
            return "log_in_code"
        if passwords.must_change(self.user.pk):
            return "log_in_password"
        return "log_in_set_up" if second.is_asked_of(self.user.role) and not self.second_done else ""


def begin(request: HttpRequest, user: Any, goes_on_to: str) -> HttpResponse:
    """The password was right: on to the next step, or in."""
    request.session.flush()
    coming = Coming(user, goes_on_to, second_done=False)
    return _on(request, coming)


def coming(request: HttpRequest) -> Coming | None:
    """Who is on the way in on this browser; None when nobody is, it took too long, or the account changed meanwhile."""
    said = request.session.get(_KEY)
    if not said or said["at"] < days.now().timestamp() - MINUTES * 60:
        return None
    user = get_user_model().objects.filter(pk=said["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != said["hash"]:
        return None
    return Coming(user, said["next"], said["second"])


def second_done(request: HttpRequest, was: Coming) -> HttpResponse:
    """The second step was right."""
    return _on(request, Coming(was.user, was.goes_on_to, second_done=True))


def password_changed(request: HttpRequest, was: Coming) -> HttpResponse:
    """The password is their own now."""
    user = get_user_model().objects.get(pk=was.user.pk)
    return _on(request, Coming(user, was.goes_on_to, was.second_done))


def _on(request: HttpRequest, coming: Coming) -> HttpResponse:
    if not coming.step:
        let_in(request, coming.user)
        response = HttpResponseRedirect(coming.goes_on_to)
        known.remember(response, coming.user.username)
        return response
    request.session[_KEY] = {
        "user": coming.user.pk,
        "hash": coming.user.get_session_auth_hash(),
        "at": days.now().timestamp(),
        "next": coming.goes_on_to,
        "second": coming.second_done,
    }
    return HttpResponseRedirect(reverse(coming.step))


def let_in(request: HttpRequest, user: Any) -> None:
    """Log in, under a new session key."""
    request.session.flush()
    login(request, user)
    request.session[sessions.BEGAN] = days.now().isoformat()
    request.session[sessions.LABEL] = label_of(request)
    sessions.tidy()
    history.note(user.pk, "log_in", user.pk, label_of(request))
