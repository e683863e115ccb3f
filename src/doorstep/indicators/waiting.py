"""How many records of care wait to be repaired around somebody who may not read them, as it may be shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256

from doorstep.access.permissions import Actor
from doorstep.indicators.areas import areas
from doorstep.indicators.hiding.pages import Shape
from doorstep.indicators.settled import page

WAITING = "waiting"


def waiting_care(actor: Actor, count: Callable[[], int], today: date) -> int | None:
    """The count of the reader's own area; None where it is hidden, or the area smaller than a township."""
    mine = areas(actor)
    if not mine:
        return None
    area = mine[0]
    key = sha256(",".join(str(node.id) for node in mine).encode()).hexdigest()
    found = page("waiting", key, Shape(), area, [area], lambda _: {(area.id, WAITING): count()}, today)
    return found.shown(area.id, WAITING)
