"""Coming in, going out, and choosing a language."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_http_methods, require_POST

from doorstep.access import attempts, passwords
from doorstep.access.showing import shows_nobody
from doorstep.web import slowing
from doorstep.web.account import coming_in, known
from doorstep.web.navigation import home_of
from doorstep.web.reader import actor_of

log = logging.getLogger(__name__)
YEAR_SECONDS = 365 * 24 * 3600


@shows_nobody("the log-in form", to="anyone")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        if request.user.is_authenticated:
            return HttpResponseRedirect("/")
        return render(request, "web/log_in.html", {"next": safe_next(request, request.GET.get("next", ""))})
    username, address = request.POST.get("username", "").strip(), slowing.address_of(request)
    goes_on_to = safe_next(request, request.POST.get("next", ""))
    shown = {"next": goes_on_to, "username": username}
    counted = known.counted_as(request, username)
    if wait := attempts.check("login", counted, address):
        answer = render(request, "web/log_in.html", shown | {"wait": slowing.said(wait)}, status=429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    user = passwords.member_of(request, username, request.POST.get("password", ""))
    if user is None:
        log.warning("a log-in was refused")  # no name: what was typed may be a password in the wrong field
        return render(request, "web/log_in.html", shown | {"wrong": True}, status=422)
    attempts.passed("login", counted, address)
    return coming_in.begin(request, user, goes_on_to)


@shows_nobody("ends the session")
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(settings.LOGIN_URL)


@shows_nobody("sets a cookie", to="anyone")
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and come back to the page the reader was on."""
    response = HttpResponseRedirect(safe_next(request, request.POST.get("next", "")))
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
    return response


@shows_nobody("sends everyone to the first page of their role")
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(home_of(actor_of(request).role))


def safe_next(request: HttpRequest, url: str) -> str:
    """``url`` when it stays on this server, else the first page."""
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else "/"
