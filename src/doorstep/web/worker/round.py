"""The round: one place's families in walking order, one press each, and how far it has come."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.forms.filling import Filler, Item
from doorstep.forms.queries import entries, library
from doorstep.intake import door
from doorstep.intake.parse import Sender
from doorstep.intake.rounds import ROUND_VISIT
from doorstep.lib import days
from doorstep.places.queries import Node
from doorstep.register import queries as register
from doorstep.register import rounds
from doorstep.register.queries import FAMILIES_AT_ONCE, FamilyLine, families, family_counts, members
from doorstep.register.rounds import FINDINGS_OF, NOT_IN, OUTCOMES, TAKEN_BACK, Call, Period, Progress
from doorstep.web.reader import actor_of
from doorstep.web.worker.families import in_order
from doorstep.web.worker.fill import fillable
from doorstep.web.worker.reach import household_within

LONGEST_REMARK = 100  # as the form allows


@dataclass(frozen=True, slots=True)
class Stop:
    """One door, who lives there, and what became of the last call of this round."""

    home: FamilyLine
    people: list[FamilyLine]
    call: Call | None
    today: date

    @property
    def is_open(self) -> bool:
        """Whether the family wants to be listed and visited."""
        return self.home.listed and self.home.visits

    @property
    def can_take_back(self) -> bool:
        return self.call is not None and self.call.walked_on == self.today


@shows("round")
def walk(request: HttpRequest) -> HttpResponse:
    """One place at a time: every door, or with ?show=todo those still to go to."""
    actor, today = actor_of(request), days.today()
    counts = family_counts(actor.places)
    nodes = [node for node in in_order(actor) if node.id in counts]
    chosen = next((n for n in nodes if str(n.id) == request.GET.get("place", "")), nodes[0] if nodes else None)
    only_todo = request.GET.get("show") == "todo"
    shown: dict[str, Any] = {"places": nodes, "chosen": chosen, "only_todo": only_todo, "today": today}
    if chosen is not None:
        shown |= _of_place(actor, chosen, today, only_todo, _offset(request))
    return render(request, "web/worker/round.html", shown)


def _offset(request: HttpRequest) -> int:
    typed = request.GET.get("from", "")
    return int(typed) if typed.isdecimal() and len(typed) < 7 else 0


def _of_place(actor: Actor, place: Node, today: date, only_todo: bool, offset: int) -> Mapping[str, Any]:
    period = rounds.period_at(place.id, today)
    doors = register.doors(place.id)
    called = rounds.calls([i for i, _ in doors], period)
    ids = [i for i, is_open in doors if not only_todo or (is_open and _still_to_do(called.get(i)))]
    return {
        "period": period,
        "progress": rounds.progress([place.id], period).get(place.id, Progress(0, 0, 0)),
        "stops": _stops(actor, ids[offset : offset + FAMILIES_AT_ONCE], called, today),
        "earlier": max(0, offset - FAMILIES_AT_ONCE) if offset else None,
        "later": offset + FAMILIES_AT_ONCE if len(ids) > offset + FAMILIES_AT_ONCE else None,
    }


def _still_to_do(call: Call | None) -> bool:
    return call is None or call.outcome == NOT_IN


def _stops(actor: Actor, household_ids: list[str], called: Mapping[str, Call], today: date) -> list[Stop]:
    log_shown(actor, "round", members(household_ids))
    found = []
    for household_id, lines in groupby(families(household_ids), key=lambda line: line.household_id):
        rows = list(lines)
        found.append(Stop(rows[0], [r for r in rows if r.person_id], called.get(household_id), today))
    return found


@shows("round")
def stop(request: HttpRequest, household_id: str) -> HttpResponse:
    """Something is different at one door: what to correct, and what was found."""
    actor, today = actor_of(request), days.today()
    place_id = household_within(actor, household_id)
    found = _stop(actor, household_id, place_id, today)
    if not found.is_open:
        raise Http404
    return render(request, "web/worker/round_found.html", {"stop": found, "findings": FINDINGS_OF, "today": today})


@shows("round")
@require_POST
def say(request: HttpRequest, household_id: str) -> HttpResponse:
    """Take one press down: nothing changed, not in, something different, do not list us, or pressed by mistake."""
    actor, today = actor_of(request), days.today()
    place_id = household_within(actor, household_id)
    outcome = request.POST.get("outcome", "")
    if outcome not in (*OUTCOMES, TAKEN_BACK):
        raise Http404
    period = rounds.period_at(place_id, today)
    _write(actor, household_id, outcome, _found(request), period)
    if request.headers.get("HX-Request") != "true":
        return HttpResponseRedirect(f"{reverse('round')}?place={place_id}#door-{household_id}")
    shown = {
        "stop": _stop(actor, household_id, place_id, today),
        "progress": rounds.progress([place_id], period).get(place_id, Progress(0, 0, 0)),
        "today": today,
        "again": True,
    }
    return render(request, "web/worker/round_stop.html", shown)


def _stop(actor: Actor, household_id: str, place_id: int, today: date) -> Stop:
    called = rounds.calls([household_id], rounds.period_at(place_id, today))
    found = _stops(actor, [household_id], called, today)
    if not found:
        raise Http404
    return found[0]


def _found(request: HttpRequest) -> Mapping[str, Any]:
    """What was found, of what may be found, and a short remark."""
    kinds = [kind for kind in request.POST.getlist("findings") if kind in FINDINGS_OF]
    remark = request.POST.get("remark", "").strip()[:LONGEST_REMARK]
    return {"findings": kinds, "remark": remark} if kinds else {}


def _write(actor: Actor, household_id: str, outcome: str, found: Mapping[str, Any], period: Period) -> None:
    """Hand the press in at the one door. A second press on a day corrects the first, so that the last one counts."""
    published, today = fillable(actor, ROUND_VISIT), days.today()
    home = register.households([household_id]).get(household_id)
    if home is None:
        raise Http404
    before = rounds.calls([household_id], period, taken_back=True).get(household_id)
    corrects = ""
    if before is not None and before.walked_on == today:
        corrects = entries("seq IN (?*)", [before.seq])[0].instance_id
    elif outcome == TAKEN_BACK:
        raise Http404  # only today's press can have been a mistake
    answers: dict[str, Any] = {"household": household_id, "walked_on": today.isoformat(), "outcome": outcome}
    item = None
    if outcome == "corrected":
        answers |= found
    elif outcome == "do_not_list_us":
        answers["listed"], item = "no", Item(household_id, base_version=home.version)
    spec = library().spec(published.form_id, published.version)
    content = Filler(spec).fill(answers, instance=f"uuid:{uuid.uuid4()}", corrects=corrects, item=item)
    door.accept(content, Sender(actor.user_id, user_agent="Doorstep"))
