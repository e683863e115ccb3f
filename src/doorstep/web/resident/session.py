"""A visit to one's own page: a cookie of its own that holds nothing but a number, for fifteen minutes, for these
addresses alone. It is no log-in of a member's, and a member's log-in opens nothing here."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse

from doorstep.feedback import cards
from doorstep.feedback.cards import Card
from doorstep.lib import days

COOKIE, PATH = "own_page", "/me"
SECONDS = 15 * 60
_CARD, _USED, _SAID = "card", "used", "said"


def begin(request: HttpRequest, response: HttpResponse, card: Card) -> None:
    """Her visit begins; whatever visit this browser was in before is over."""
    if (before := _store(request)) is not None:
        before.flush()
    SessionStore.clear_expired()  # of visits nobody ended
    store = SessionStore()
    store[_CARD], store[_USED] = card.id, _now()
    store.set_expiry(SECONDS)
    store.create()
    _set(request, response, store)


def card_of(request: HttpRequest) -> Card | None:
    """The card this visit began with; None when there is no visit, its time is over, or the card has ended."""
    store = _store(request)
    if store is None or not isinstance(store.get(_CARD), int):
        return None
    if not 0 <= _now() - int(store.get(_USED, 0)) < SECONDS:
        store.flush()
        return None
    return cards.by_id(store[_CARD])


def go_on(request: HttpRequest, response: HttpResponse) -> None:
    """The fifteen minutes begin anew."""
    store = _store(request)
    if store is not None and _CARD in store:
        store[_USED] = _now()
        store.set_expiry(SECONDS)
        store.save()
        _set(request, response, store)


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Nothing of the visit is left, here or in the browser."""
    store = _store(request)
    if store is not None:
        store.flush()
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")


def say(request: HttpRequest, what: str) -> None:
    """What the next page says was done."""
    store = _store(request)
    if store is not None and _CARD in store:
        store[_SAID] = what
        store.save()


def said(request: HttpRequest) -> str:
    store = _store(request)
    what = str(store.pop(_SAID, "")) if store is not None else ""
    if store is not None and what:
        store.save()
    return what


def _store(request: HttpRequest) -> SessionStore | None:
    key = request.COOKIES.get(COOKIE)
    return SessionStore(key) if key else None


def _set(request: HttpRequest, response: HttpResponse, store: SessionStore) -> None:
    response.set_cookie(
        COOKIE, str(store.session_key), path=PATH, httponly=True, samesite="Strict", secure=request.is_secure()
    )


def _now() -> int:
    return int(days.now().timestamp())
