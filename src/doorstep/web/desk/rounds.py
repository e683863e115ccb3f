"""The desk's page of the round: start one, see how far it has come by village, look into what was found."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.forms.filling import Filler, Item
from doorstep.forms.queries import entries, library
from doorstep.forms.sayings import with_chains
from doorstep.indicators.rounds import round_of
from doorstep.intake import door
from doorstep.intake.parse import Sender
from doorstep.intake.rounds import ROUND_SETTLED
from doorstep.lib import days, db
from doorstep.places import queries as places
from doorstep.register.queries import members
from doorstep.register.rounds import findings, waiting
from doorstep.web.desk.area import chosen_area
from doorstep.web.reader import actor_of
from doorstep.web.worker.fill import fillable

ROUND_START = "round_start"  # the register's own form
SHOWN, MOST = 50, 100_000  # findings at once; findings looked through


@shows("round.progress")
def progress(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), days.today()
    offered, area = chosen_area(actor, request.GET.get("place", ""))
    shown: dict[str, Any] = {"areas": offered, "area": area, "today": today, "starts": actor.has("round.start")}
    if area is not None:
        shown["round"] = round_of(area, today)
        found = waiting(actor.places & places.tree().below(area.id), SHOWN)
        log_shown(actor, "round.findings", members([household_id for _, household_id in found]))
        shown["found"] = findings([seq for seq, _ in found])
    return render(request, "web/desk/round.html", shown)


@shows("round.progress")
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Decide when a round is walked. It is an entry like any other; the later start wins where two hold."""
    actor = actor_of(request)
    _offered, area = chosen_area(actor, request.POST.get("place", ""))
    if area is None or area.id not in actor.places or not actor.has("round.start"):
        raise Http404
    first, last = _day(request, "starts_on"), _day(request, "ends_on")
    if first is None or last is None or last < first:
        messages.error(request, _("Please give a first and a last day, the last one not before the first."))
    else:
        told = {"place": area.code, "decided_on": days.today(), "starts_on": first, "ends_on": last}
        _write(actor, ROUND_START, told, Item(str(uuid.uuid4()), area.code))
        messages.success(request, _("The round stands."))
    return HttpResponseRedirect(f"{reverse('round_progress')}?place={area.id}")


def _day(request: HttpRequest, name: str) -> date | None:
    return days.parse_day(request.POST.get(name, ""))


@shows("round.findings")
@require_POST
def settle(request: HttpRequest, seq: int) -> HttpResponse:
    """Something found was looked into."""
    actor = actor_of(request)
    if not actor.has("round.start") or seq not in {one for one, _ in waiting(actor.places, MOST)}:
        raise Http404
    rows = {row.seq: row for row in entries("seq IN (?*)", [seq])}
    root = with_chains(db.current(), rows)[seq].root
    told = {"household": rows[seq].household_id, "settled_on": days.today(), "finding": root.instance_id}
    _write(actor, ROUND_SETTLED, told)
    messages.success(request, _("It is noted as looked into."))
    return HttpResponseRedirect(reverse("round_progress"))


def _write(actor: Actor, form_id: str, answers: dict[str, Any], item: Item | None = None) -> None:
    published = fillable(actor, form_id)
    filler = Filler(library().spec(published.form_id, published.version))
    content = filler.fill(answers, instance=f"uuid:{uuid.uuid4()}", item=item)
    door.accept(content, Sender(actor.user_id, user_agent="Doorstep"))
