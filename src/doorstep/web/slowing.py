"""Where a request comes from, and how a wait is said."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext

MINUTE = 60


def address_of(request: HttpRequest) -> str:
    """The address of the browser. The proxy in front (``DOORSTEP_HTTPS=yes``) writes it at the end of its own header; without
    one that header is anybody's word and not believed."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SESSION_COOKIE_SECURE else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def said(seconds: int) -> str:
    """How long to wait, in words: never less than it is."""
    if seconds < MINUTE:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    minutes = -(-seconds // MINUTE)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
