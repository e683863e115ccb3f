"""What is said when there is nothing to open. Missing, out of reach and not part of one's role look the same."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from doorstep.lib import db


def nothing_here(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the name is Django's
    return render(request, "web/nothing_here.html", status=404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the name is Django's
    return render(request, "web/nothing_here.html", status=403)


def broken(_request: HttpRequest) -> HttpResponse:
    """Plain and safe: the store itself may be what broke, so nothing is read from it. A store that cannot be written now (its disk
    is full, say) is no fault of ours, and is told as such."""
    cannot_store = isinstance(sys.exc_info()[1], db.troubles())
    return HttpResponse(
        render_to_string("web/broken.html", {"cannot_store": cannot_store}), status=503 if cannot_store else 500
    )


def session_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - the name is Django's
    """The form came without its token: an old page, or another site."""
    return render(request, "web/session_too_old.html", status=403)
