"""The families of one's own area in walking order."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.register.queries import (
    FAMILIES_AT_ONCE,
    FamilyLine,
    families,
    family_counts,
    family_ids,
    members,
)
from doorstep.web.reader import actor_of
from doorstep.web.worker.reach import household_within


@dataclass(frozen=True, slots=True)
class Family:
    """A household as the list shows it."""

    home: FamilyLine
    people: list[FamilyLine] = field(default_factory=list)


@shows("families")
def walk(request: HttpRequest) -> HttpResponse:
    """One place at a time; the first one with families when none is chosen."""
    actor = actor_of(request)
    counts = family_counts(actor.places)
    nodes = [node for node in in_order(actor) if node.id in counts]
    chosen = _chosen(request.GET.get("place", ""), nodes)
    offset = int(typed) if (typed := request.GET.get("from", "")).isdecimal() and len(typed) < 7 else 0
    ids = family_ids(chosen.id, offset) if chosen else []
    more = len(ids) > FAMILIES_AT_ONCE
    shown = {
        "places": [(node, counts[node.id]) for node in nodes],
        "chosen": chosen,
        "families": _shown(actor, ids[:FAMILIES_AT_ONCE]),
        "earlier": max(0, offset - FAMILIES_AT_ONCE) if offset else None,
        "later": offset + FAMILIES_AT_ONCE if more else None,
        "today": days.today(),
    }
    return render(request, "web/worker/families.html", shown)


@shows("families")
def family(request: HttpRequest, household_id: str) -> HttpResponse:
    """One family: who lives there, and what can be written about it."""
    actor = actor_of(request)
    household_within(actor, household_id)
    found = _shown(actor, [household_id])
    if not found:
        raise Http404
    return render(request, "web/worker/family.html", {"family": found[0], "today": days.today()})


def _shown(actor: Actor, household_ids: list[str]) -> list[Family]:
    log_shown(actor, "families", members(household_ids))
    found = []
    for _, lines in groupby(families(household_ids), key=lambda line: line.household_id):
        rows = list(lines)
        found.append(Family(rows[0], [row for row in rows if row.person_id]))
    return found


def in_order(actor: Actor) -> list[Node]:
    tree = places.tree()
    return sorted((tree.by_id[i] for i in actor.places), key=lambda node: node.code)


def _chosen(typed: str, nodes: list[Node]) -> Node | None:
    return next((n for n in nodes if str(n.id) == typed), nodes[0] if nodes else None)
