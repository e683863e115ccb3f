"""Which of the reader's own townships, or wider places, a page of figures is about."""

from __future__ import annotations

from django.http import Http404

from doorstep.access.permissions import Actor
from doorstep.indicators.areas import areas, is_wide, parts
from doorstep.places.queries import Node


def chosen_area(actor: Actor, typed: str) -> tuple[list[Node], Node | None]:
    """The areas to choose from, the widest first, and the one chosen: as typed, else the first.

    None when nothing of the reader's is as wide as a township. Raises Http404 for a place out of reach.
    """
    offered = [node for node in areas(actor) if not _is_but_one(node)]
    if not typed:
        return offered, offered[0] if offered else None
    found = next((node for node in offered if str(node.id) == typed), None)
    if found is None:
        raise Http404
    return offered, found


def _is_but_one(area: Node) -> bool:
    """Whether an area is made of a single township: then that is what there is to see."""
    below = parts(area)
    return len(below) == 1 and is_wide(below[0])
