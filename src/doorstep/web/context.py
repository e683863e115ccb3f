"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from doorstep.access.permissions import ROLE_NAMES
from doorstep.programmes.standing import report
from doorstep.web import backups
from doorstep.web.navigation import ASIDE, tabs_of
from doorstep.web.reader import actor_of, language


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame's own needs: language, who reads, which tabs, whether this is only a demonstration."""
    found: dict[str, Any] = {
        "language": language(),
        "demonstration": report().demonstration_only,
    }
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        actor = actor_of(request)
        found |= {"reader": actor, "role_name": ROLE_NAMES[actor.role], "tabs": tabs_of(actor.role)}
        if actor.role in backups.WHO:
            found["hours_without_backup"] = backups.hours_without()
        found["takes_complaints"] = actor.has("complaint.write")
        found["aside"] = tabs_of(actor.role, ASIDE)
    return found
