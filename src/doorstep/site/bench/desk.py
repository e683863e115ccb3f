"""What is decided at the desk while phones are away: who is one person, who does whose work, and the days that pass meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from doorstep.access import actions as access
from doorstep.access import queries
from doorstep.access.permissions import Actor
from doorstep.forms.builtin import SAME_PERSON
from doorstep.forms.filling import Filler
from doorstep.forms.queries import library
from doorstep.intake import covering, door, handing, releasing
from doorstep.intake.parse import Sender
from doorstep.intake.problems import Refused
from doorstep.lib import days, db
from doorstep.register import changes


class Desk:
    """A supervisor of these places, and the server's clock."""

    def __init__(self, place_ids: Sequence[int]):
        user = access.add_user("simdesk", "simdesk", "supervisor", "a good long word")
        for place_id in place_ids:
            access.serve(user, place_id, date(2020, 1, 1))
        self._actor = Actor(user, "supervisor", frozenset(place_ids))
        self._passed = timedelta()
        setattr(days, "now", lambda: datetime.now(UTC) + self._passed)  # noqa: B010 - the clock of this process alone

    def begin(self) -> None:
        """The clock says again what the machine's does."""
        self._passed = timedelta()

    def days_pass(self, asked: Mapping[str, Any]) -> object:
        """So many days have passed since the beginning, and what is done every hour was done."""
        self._passed = timedelta(days=asked["days"])
        releasing.sweep()
        handing.sweep()
        with db.transaction():
            changes.prune(db.current(), days.today())
        return {}

    def same(self, asked: Mapping[str, Any]) -> object:
        form = library().current[SAME_PERSON]
        said = {
            "kept": asked["kept"],
            "other": asked["other"],
            "same": "yes" if asked["yes"] else "no",
            "on": days.today(),
        }
        content = Filler(library().spec(form.form_id, form.version)).fill(said, instance=asked["id"])
        door.accept(content, Sender(self._actor.user_id, user_agent="Doorstep"))
        return {}

    def cover(self, asked: Mapping[str, Any]) -> object:
        """``done``: somebody does her work now; the desk may have to say no."""
        last = None if asked["days"] is None else days.today() + timedelta(days=asked["days"])
        first = days.today() - timedelta(days=asked["back"])
        try:
            covering.begin(_member(asked["token"]), _member(asked["by"]), first, last, self._actor)
        except Refused:
            return {"done": False}
        return {"done": True}

    def end_cover(self, asked: Mapping[str, Any]) -> object:
        """``done``: somebody did another's work, and does it no more."""
        everyone = sorted(queries.staff().by_id.values(), key=lambda member: member.id)
        found = [one for member in everyone for one in covering.covers(member, days.today())]
        if found:
            covering.end(found[asked["which"] % len(found)], self._actor)
        return {"done": bool(found)}


def _member(token: str) -> int:
    device = queries.known_device(token)
    assert device is not None
    return device.user_id
