"""Programmes: what is installed, what is on where, on which sources and numbers it rests; switching on and off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.engine.model.pack import DatedValue, NumberDef, Pack
from doorstep.engine.model.spec import Text
from doorstep.indicators.preview import preview
from doorstep.intake import rebuild
from doorstep.lib import days, db
from doorstep.lib.problems import Problems
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes import actions as programmes
from doorstep.programmes import library, tags
from doorstep.programmes.library import Installed, Switch
from doorstep.web.desk.words import STATUSES
from doorstep.web.reader import actor_of, language


@dataclass(frozen=True, slots=True)
class Held:
    """An installed programme and the places of the reader where something was decided about it."""

    pack: Pack
    versions: list[Installed]
    decided: list[tuple[Node, Switch]]


@dataclass(frozen=True, slots=True)
class Said:
    """A value in plain digits, and since when; no day for one that always held."""

    value: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Number:
    """A number with the value that holds today, and the ones before."""

    definition: NumberDef
    now: Said | None
    before: list[Said]
    source: Text | None
    status: str | Promise


@shows("packs")
def packs(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    shown = {"held": list(_held(actor)), "publishes": actor.has("form.publish")}
    return render(request, "web/desk/packs.html", shown)


def _held(actor: Actor) -> Iterator[Held]:
    known, mine = library.programmes(), _places(actor)
    versions: dict[str, list[Installed]] = {}
    for one in library.installed():
        versions.setdefault(one.pack_id, []).append(one)
    for pack in sorted(library.latest_packs(), key=lambda p: p.id):
        decided = [(node, known.decided_at(node.id).get(pack.id)) for node in mine]
        yield Held(pack, versions[pack.id], [(node, switch) for node, switch in decided if switch is not None])


def _places(actor: Actor) -> list[Node]:
    """Every place for who manages programmes; else the reader's own, and those above them that decide for them."""
    tree = places.tree()
    if actor.has("pack.manage"):
        return sorted(tree.by_id.values(), key=lambda n: n.code)
    ids = {node.id for i in actor.places for node in tree.upward(i)}
    return sorted((tree.by_id[i] for i in ids), key=lambda n: n.code)


@shows("packs")
def pack(request: HttpRequest, pack_id: str) -> HttpResponse:
    """One programme: its sources and numbers; for the installer, where it is on."""
    actor = actor_of(request)
    held = next((one for one in _held(actor) if one.pack.id == pack_id), None)
    if held is None:
        raise Http404
    shown: dict[str, Any] = {
        "held": held,
        "pack": held.pack,
        "sources": [(s, STATUSES[s.status]) for s in held.pack.sources.values()],
        "numbers": [_number(held.pack, n, days.today()) for n in held.pack.numbers.values()],
        "manages": actor.has("pack.manage"),
        "own_tags": sum(1 for _one in tags.asked(held.pack)),
        "drafts": actor.has("pack.draft"),
        "places": _places(actor) if actor.has("pack.manage") else [],
    }
    return render(request, "web/desk/pack.html", shown)


def _number(pack: Pack, definition: NumberDef, today: date) -> Number:
    past = [value for value in definition.values if value.since <= today]
    now = past[-1] if past else None
    source = pack.sources.get(now.source) if now else None
    status = STATUSES["check locally" if definition.local or now is None else now.status]
    before = [_said(value) for value in reversed(past[:-1])]
    return Number(definition, _said(now) if now else None, before, source.title if source else None, status)


def _said(dated: DatedValue) -> Said:
    return Said(f"{dated.value.normalize():f}", dated.since if dated.since > days.EARLIEST else None)


@shows("packs")
@require_POST
def switch(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Decide that a version is on, or off, at a place and below; then work out what follows for the people there."""
    actor = actor_of(request)
    node, chosen, schedule = _chosen(request, actor, pack_id)
    is_on = request.POST.get("say") != "off"
    with db.transaction():
        programmes.switch(node.id, pack_id, chosen.version, schedule=schedule, is_on=is_on, by=actor.user_id)
    worked = _Counted()
    rebuild.work_out_below(places.tree().below(node.id), worked)
    said = _("Switched on at %(place)s.") if is_on else _("Switched off at %(place)s.")
    done = ngettext("Worked out anew for %(n)s person.", "Worked out anew for %(n)s people.", worked.people)
    messages.success(request, f"{said % {'place': node.name(language())}} {done % {'n': f'{worked.people:,}'}}")
    return HttpResponseRedirect(reverse("pack", args=[pack_id]))


@shows("pack.preview")
@require_POST
def look(request: HttpRequest, pack_id: str) -> HttpResponse:
    """What switching a version on at a place would change, before it is on."""
    node, chosen, schedule = _chosen(request, actor_of(request), pack_id)
    then = library.programme(chosen.pack_id, chosen.version, chosen.digest, schedule)
    try:
        shown: dict[str, Any] = {"found": preview(then, node, days.today()), "version": chosen.version}
    except Problems as problems:
        shown = {"refused": [problem.text(language()) for problem in problems.problems]}
    return render(request, "web/desk/pack_look.html", shown)


def _chosen(request: HttpRequest, actor: Actor, pack_id: str) -> tuple[Node, Installed, str]:
    """The place, version and schedule a form names. Raises Http404 for anything else, and for who may not switch."""
    if not actor.has("pack.manage"):
        raise Http404
    node = places.tree().by_id.get(_whole_number(request.POST.get("place", "")))
    version, schedule = request.POST.get("version"), request.POST.get("schedule", "")
    chosen = next((one for one in library.installed() if (one.pack_id, one.version) == (pack_id, version)), None)
    if node is None or chosen is None:
        raise Http404
    if schedule and schedule not in library.programme(chosen.pack_id, chosen.version, chosen.digest, "").pack.schedules:
        raise Http404
    return node, chosen, schedule


class _Counted:
    """Progress that is only counted."""

    people = 0

    def __call__(self, done: int, _of: int) -> None:
        self.people = done


def _whole_number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 19 else 0
