"""The pages between password and being let in: six digits, setting them up, a password of one's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorstep.access import actions as access
from doorstep.access import attempts, history, second
from doorstep.access.showing import shows_nobody
from doorstep.lib import db
from doorstep.web import slowing
from doorstep.web.account import coming_in, known
from doorstep.web.account.coming_in import Coming
from doorstep.web.account.words import password_trouble
from doorstep.web.desk.workers import drawn

_View = Callable[[HttpRequest, Coming], HttpResponse]


def _for_who_comes_in(view: _View) -> Callable[[HttpRequest], HttpResponse]:
    """A view for somebody whose password was right a moment ago and whose next step it is; others begin anew."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        coming = coming_in.coming(request)
        if coming is None:
            return HttpResponseRedirect(reverse("log_in"))
        if request.resolver_match is None or coming.step != request.resolver_match.url_name:
            return HttpResponseRedirect(reverse(coming.step or "log_in"))
        return view(request, coming)

    return page


def slowed(request: HttpRequest, template: str, wait: int, more: dict[str, Any]) -> HttpResponse:
    """The same page, with how long to wait."""
    said = _("Too many tries. Please wait %(wait)s.") % {"wait": slowing.said(wait)}
    answer = render(request, template, {**more, "trouble": said}, status=429)
    answer.headers["Retry-After"] = str(wait)
    return answer


@shows_nobody("the second step of logging in", to="anyone")
@require_http_methods(["GET", "POST"])
@_for_who_comes_in
def code(request: HttpRequest, coming: Coming) -> HttpResponse:
    """Six digits of the app, or a recovery code."""
    template, user_id = "web/account/code.html", coming.user.pk
    if request.method == "GET":
        return render(request, template)
    if wait := attempts.check("second", str(user_id)):
        return slowed(request, template, wait, {})
    left = second.codes_left(user_id)
    with db.transaction():
        right = second.right(user_id, request.POST.get("digits") or request.POST.get("recovery", ""))
    if not right:
        said = _("That is not right, or it was used already. Wait for the next digits and try again.")
        return render(request, template, {"trouble": said}, status=422)
    attempts.passed("second", str(user_id))
    if second.codes_left(user_id) < left:
        history.note(user_id, "code_used", user_id)
    return coming_in.second_done(request, coming)


@shows_nobody("sets up the second step of logging in", to="anyone")
@require_http_methods(["GET", "POST"])
@_for_who_comes_in
def set_up(request: HttpRequest, coming: Coming) -> HttpResponse:
    """The code to scan, then the digits the app shows; after that the recovery codes, this once, and one is in."""
    user = coming.user
    codes, answer = setting_up(request, user)
    if codes is None:
        return answer
    coming_in.let_in(request, user)
    response = render(request, "web/account/recovery.html", {"codes": codes, "goes_on_to": coming.goes_on_to})
    known.remember(response, user.username)
    return response


def setting_up(request: HttpRequest, user: Any) -> tuple[list[str] | None, HttpResponse]:
    """(recovery codes, —) once the digits are right, until then (None, the page that asks)."""
    template, title = "web/account/set_up.html", "Doorstep"  # as the page that asks calls it, in every language
    if request.method == "GET":
        return None, render(request, template, _shown(second.offer(user.pk, user.username, title)))
    offered = second.offered(user.pk, user.username, title) or second.offer(user.pk, user.username, title)
    if wait := attempts.check("second", str(user.pk)):
        return None, slowed(request, template, wait, _shown(offered))
    with db.transaction():
        codes = second.confirm(user.pk, request.POST.get("digits", ""))
    if codes is None:
        said = _("These are not the digits of this code. Wait for the next ones; is the clock of your phone right?")
        return None, render(request, template, {**_shown(offered), "trouble": said}, status=422)
    attempts.passed("second", str(user.pk))
    history.note(user.pk, "second_set", user.pk)
    return codes, HttpResponse()


def _shown(offered: second.Offered) -> dict[str, Any]:
    groups = [offered.secret[n : n + 4] for n in range(0, len(offered.secret), 4)]
    return {"code": drawn(offered.uri), "secret": " ".join(groups)}


@shows_nobody("asks for a password of one's own", to="anyone")
@require_http_methods(["GET", "POST"])
@_for_who_comes_in
def own_password(request: HttpRequest, coming: Coming) -> HttpResponse:
    """Somebody else made the password: its owner chooses another before anything else."""
    template, user = "web/account/own_password.html", coming.user
    if request.method == "GET":
        return render(request, template, {"user_name": user.username})
    new = request.POST.get("new", "")
    trouble = _("That is the password you were given. Choose another one.") if user.check_password(new) else ""
    if trouble := trouble or password_trouble(new, request.POST.get("again", ""), user):
        return render(request, template, {"user_name": user.username, "trouble": trouble}, status=422)
    with db.transaction():
        access.set_password(user.pk, new, by=user.pk)
    return coming_in.password_changed(request, coming)
