"""What every page passes: security headers, the reader's language, and the closed door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse

from doorstep.access.showing import Shows, declared
from doorstep.web.reader import actor_of
from doorstep.web.resident import session

Next = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # the form engine reads XForms with a small WebAssembly program
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    # nothing to any other site; without it at our own, browsers call the origin of a form "null" and it is refused
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


METHODS = ("GET", "HEAD", "POST")  # no page and no phone needs another one
# told only where a proxy in front speaks HTTPS: said over plain HTTP it means nothing
OVER_HTTPS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def headers() -> dict[str, str]:
    """What every answer of this server bears, whoever gives it."""
    return HEADERS | OVER_HTTPS if settings.SESSION_COOKIE_SECURE else HEADERS


class SecurityHeaders:
    """Headers on every answer; nothing about a person is kept by a browser or anything between."""

    def __init__(self, get_response: Next):
        self.next, self.headers = get_response, headers()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.next(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Language(LocaleMiddleware):
    """The language chosen on a page (a cookie), else the one the browser asks for, else Chinese."""


class DefaultDeny:
    """Only views that say what they show are served, only to those the output is for; to anyone else the answer is
    the same as for an address that does not exist."""

    def __init__(self, get_response: Next):
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.next(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any) -> HttpResponse | None:
        said: Shows | None = getattr(view, "shows", None)
        if said is None:
            raise Http404
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if said.to == "resident":
            return _by_card(request, said)
        if said.to != "member":
            return None
        if not request.user.is_authenticated:
            return log_in_first(request)
        if said.output and actor_of(request).role not in declared()[said.output].audience:
            raise Http404
        return None


def _by_card(request: HttpRequest, said: Shows) -> HttpResponse | None:
    """With the card of this visit and nothing else: whoever is logged in beside it is nobody here."""
    request.user = AnonymousUser()
    card = session.card_of(request)
    if card is None:
        if request.method != "GET":
            return HttpResponse(status=401)
        response: HttpResponse = HttpResponseRedirect(reverse("own_enter"))
        session.end(request, response)
        return response
    if "resident" not in declared()[said.output].audience:
        raise Http404
    request.card = card  # type: ignore[attr-defined]
    return None


def log_in_first(request: HttpRequest) -> HttpResponse:
    """To the log-in page; a page that asks by script is told so instead, so that it keeps what was written."""
    if request.method != "GET" or request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return HttpResponse(status=401)
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")
