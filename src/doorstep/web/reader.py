"""Who reads the page, in which language, on which day."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import get_language

from doorstep.access import queries as access
from doorstep.access.permissions import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The member who asks, as they stand today. Only for requests that passed the door."""
    known: Actor | None = getattr(request, "actor", None)
    if known is None:
        known = access.actor(int(str(request.user.pk)))
        request.actor = known  # type: ignore[attr-defined]
    return known


def language() -> str:
    """'zh' or 'en', as texts in packs and forms are keyed."""
    return (get_language() or "zh").split("-")[0]
