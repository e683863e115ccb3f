"""Which items of a list are still within a member's reach, so that a device can drop the others."""

from __future__ import annotations

from collections.abc import Sequence

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import declared
from doorstep.engine.outputs import Condition, select
from doorstep.lib import db
from doorstep.register import queries as register

OUTPUT = "device.still_mine"
_SOURCES = {"person.id": "person.id", "place.id": "person.place_id"}


def of(entity_list: str, asked: Sequence[str], actor: Actor) -> frozenset[str]:
    """Those of the items asked about that live in the member's area. Asking about people is logged first."""
    if entity_list == "household":
        return frozenset(h.id for h in register.households(asked).values() if h.place_id in actor.places)
    log_shown(actor, OUTPUT, asked)
    where = [Condition("person.id", "in", tuple(asked)), Condition("place.id", "in", tuple(sorted(actor.places)))]
    sql, params = select(declared()[OUTPUT], _SOURCES, "person", where)
    return frozenset(row[0] for row in db.current().rows(sql, params))
