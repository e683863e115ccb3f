"""How many say that something is wrong, and how many complaints wait: figures, never what they say or who (charter C16, C19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorstep.access.showing import shows
from doorstep.feedback import queries as complaints
from doorstep.indicators.hiding.pages import Cell, Shape
from doorstep.indicators.settled import page, wide_places
from doorstep.intake import herself
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.register import queries as register
from doorstep.web.desk.area import chosen_area
from doorstep.web.reader import actor_of

OBJECTIONS, OPEN, IN_TIME, LATE = "objections", "open", "in_time", "late"
_COMPLAINTS = Shape(sums={OPEN: (IN_TIME, LATE)})


@dataclass(frozen=True, slots=True)
class Voices:
    """What waits, None where hidden. ``day``: the day these figures were settled."""

    objections: int | None
    open: int | None
    in_time: int | None
    late: int | None
    day: date


def voices_of(area: Node, today: date) -> Voices:
    """Objections of people served in a township or wider place, and complaints of the whole store."""
    mine = page("voices", "", Shape(), area, wide_places(), _objections, today)
    whole = _root(area)
    all_of_them = page("complaints", "", _COMPLAINTS, whole, [whole], _waiting, today)
    waits, in_time, late = (all_of_them.shown(whole.id, kind) for kind in (OPEN, IN_TIME, LATE))
    return Voices(mine.shown(area.id, OBJECTIONS), waits, in_time, late, min(mine.day, all_of_them.day))


def _objections(nodes: Sequence[Node]) -> dict[Cell, int]:
    people = [one.person_id for one in herself.unanswered()]
    where = {i: found[0] for i in set(people) if (found := register.place_of(i))}
    inside = {node.id: places.tree().below(node.id) for node in nodes}
    return {(node.id, OBJECTIONS): sum(where.get(i) in inside[node.id] for i in people) for node in nodes}


def _waiting(nodes: Sequence[Node]) -> dict[Cell, int]:
    found = complaints.waiting(days.now())
    told = {OPEN: found.in_time + found.late, IN_TIME: found.in_time, LATE: found.late}
    return {(node.id, kind): n for node in nodes for kind, n in told.items()}


def _root(area: Node) -> Node:
    """One place stands for the whole store: the first of those that lie in none."""
    tree = places.tree()
    roots = [node for node in tree.by_id.values() if node.parent_id is None]
    return min(roots, key=lambda node: node.id, default=area)


@shows("voices")
@require_safe
def voices(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), days.today()
    offered, area = chosen_area(actor, request.GET.get("place", ""))
    shown: dict[str, Any] = {"areas": offered, "area": area, "today": today}
    if area is not None:
        shown["voices"] = voices_of(area, today)
    return render(request, "web/desk/voices.html", shown)
