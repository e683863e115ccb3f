"""Whom to invite: house numbers and names of one's own area, in walking order, and the days of the round."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorstep.access.actions import log_shown
from doorstep.access.showing import shows
from doorstep.lib import days
from doorstep.register.outputs import INVITE
from doorstep.register.queries import FAMILIES_AT_ONCE, invited, members, open_family_counts
from doorstep.register.rounds import period_at
from doorstep.web.reader import actor_of
from doorstep.web.worker.families import in_order


@shows(INVITE.id)
@require_safe
def invite(request: HttpRequest) -> HttpResponse:
    """One place at a time. Who asked not to be listed or visited is left out."""
    actor = actor_of(request)
    counts = open_family_counts(actor.places)
    nodes = [node for node in in_order(actor) if counts.get(node.id)]
    chosen = next((n for n in nodes if str(n.id) == request.GET.get("place")), nodes[0] if nodes else None)
    typed = request.GET.get("from", "")
    offset = int(typed) if typed.isdecimal() and len(typed) < 7 else 0
    shown: dict[str, object] = {"places": nodes, "chosen": chosen, "families": []}
    if chosen is not None:
        lines = invited(chosen.id, offset, actor.role)
        homes = [(home, list(rows)) for home, rows in groupby(lines, key=lambda line: line.household_id)]
        log_shown(actor, INVITE.id, members([home for home, _ in homes[:FAMILIES_AT_ONCE]]))
        shown["families"] = [(rows[0].number, [r.name for r in rows if r.name]) for _, rows in homes[:FAMILIES_AT_ONCE]]
        shown["later"] = offset + FAMILIES_AT_ONCE if len(homes) > FAMILIES_AT_ONCE else None
        shown["earlier"] = max(0, offset - FAMILIES_AT_ONCE) if offset else None
        period = period_at(chosen.id, days.today())
        shown["round"] = period if period.decided else None
    return render(request, "web/worker/invite.html", shown)
