"""What is said when there is nothing to open. Missing, out of reach and not part of one's role look the same."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def nothing_here(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the name is Django's
    return render(request, "web/nothing_here.html", status=404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the name is Django's
    return render(request, "web/nothing_here.html", status=403)


def broken(_request: HttpRequest) -> HttpResponse:
    """Plain and safe: the store itself may be what broke, so nothing is read from it."""
    return HttpResponse(render_to_string("web/broken.html"), status=500)


def session_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - the name is Django's
    """The form came without its token: an old page, or another site."""
    return render(request, "web/session_too_old.html", status=403)
