"""Who asks: a phone known by the token in its address."""

from __future__ import annotations

from doorstep.access import queries as access
from doorstep.access.permissions import Actor
from doorstep.access.queries import DeviceRow
from doorstep.intake.problems import Refused
from doorstep.lib import days

VERSIONS = frozenset({"1.0"})


def check_version(stated: str) -> None:
    """Raises Refused unless the request states an OpenRosa version we speak."""
    if stated not in VERSIONS:
        raise Refused("openrosa.no_version", 400)


def device_of(token: str) -> tuple[DeviceRow, Actor]:
    """The device of a token and its owner as they stand today. Raises Refused (403, so that no app asks for a
    password) for a token that is not or no longer good or was never meant for another app, or whose owner may not
    fill in forms."""
    device = access.device(token)
    if device is None or not device.usable_by_collect(days.today()):
        raise Refused("openrosa.unknown_token", 403)
    actor = access.actor(device.user_id)
    if not actor.has("entry.write"):
        raise Refused("openrosa.may_not_send", 403)
    return device, actor
