"""Browsers somebody logged in from before. Their tries are counted by themselves, so that a stranger who guesses at a name
makes strangers wait and not its owner.

The cookie says nothing and opens nothing: without the password it only decides which tries are counted together.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

YEAR_SECONDS = 365 * 24 * 3600
_signer = TimestampSigner(salt="doorstep.known")


def counted_as(request: HttpRequest, username: str) -> str:
    """The key under which tries for this name from this browser are counted."""
    try:
        whose, _, mark = _signer.unsign(request.COOKIES.get(_name(), ""), max_age=YEAR_SECONDS).partition(".")
    except BadSignature:
        return username
    return f"{username}\n{mark}" if mark and whose == _whose(username) else username


def remember(response: HttpResponse, username: str) -> None:
    """This browser is known from now on as one of theirs."""
    value = _signer.sign(f"{_whose(username)}.{secrets.token_urlsafe(12)}")
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(_name(), value, max_age=YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax")


def _name() -> str:
    return "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"


def _whose(username: str) -> str:
    return salted_hmac("doorstep.known", username.casefold(), algorithm="sha256").hexdigest()[:20]
