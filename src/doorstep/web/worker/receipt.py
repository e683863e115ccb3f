"""The receipt of a record: kept or not yet counted and why, what follows, what to do now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.engine.model.spec import Text
from doorstep.forms.outputs import RECEIPT
from doorstep.forms.queries import APPLIED, SUPERSEDED, StoredEntry, library
from doorstep.intake import same
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.register.twice import area_of
from doorstep.web.reader import actor_of
from doorstep.web.worker.card import doses_of
from doorstep.web.worker.offers import openings
from doorstep.web.worker.reach import reach, record_within
from doorstep.web.worker.records import title_of, trouble_of
from doorstep.web.worker.story import Story

WAITS = frozenset({"open", "overdue", "due_soon", "coming", "unknown"})
SHOWN_NEXT = 4
RECEIPT_SHOWN = RECEIPT.id


@dataclass(frozen=True, slots=True)
class Said:
    """One piece of advice."""

    level: str
    text: Text
    newcomer: bool


@shows(RECEIPT_SHOWN)
def receipt(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    entry, _visible = record_within(actor, seq)
    published = library().current[entry.form_id]
    shown: dict[str, Any] = {
        "title": title_of(library(), entry.form_id),
        "counts": entry.state in (APPLIED, SUPERSEDED),
        "trouble": trouble_of(entry),
        "seq": seq,
        "today": days.today(),
        "makes_person": published.use.get("subject") == "person" and not published.use.get("who"),
        "makes_household": published.use.get("subject") == "household" and not published.use.get("who"),
        "about_place": published.use.get("subject") == "place",
        "household_id": entry.household_id if not entry.person_id else None,
    }
    return render(request, "web/worker/receipt.html", shown | _about(actor, entry, shown["makes_person"]))


def _about(actor: Actor, entry: StoredEntry, makes_person: bool) -> dict[str, Any]:
    """The person and what follows for her; nothing when she is out of the reader's reach or not there yet."""
    if entry.person_id is None or entry.state != APPLIED:
        return {}
    try:
        within = reach(actor, entry.person_id)
    except Http404:
        return {}
    log_shown(actor, RECEIPT_SHOWN, [entry.person_id])
    story, today = Story(within), days.today()
    return {
        "person": story.person,
        "next": [v for v in story.visits if v.state(today) in WAITS][:SHOWN_NEXT],
        "advice": advice_of(story, entry),
        "doses": doses_of(story, entry.instance_id),
        "openings": openings(story, today),
        "twice": makes_person and _maybe_twice(actor, story),
    }


def _maybe_twice(actor: Actor, story: Story) -> bool:
    """Whether somebody of the same village may be the very person just written down, and nobody has said yet."""
    area = area_of(story.person.place_id, places.tree())
    if area is None or not actor.has("register.read"):
        return False
    found = same.to_ask(actor.places & places.tree().below(area))
    return any(story.person.id in (pair.first, pair.second) for pair in found)


def advice_of(story: Story, entry: StoredEntry) -> list[Said]:
    """What her programmes say to the one who wrote this record."""
    found = []
    for programme in story.programmes:
        if entry.form_id in programme.pack.uses:
            history = story.histories[programme.pack.id]
            for one in programme.rules.advice(history, entry.instance_id):
                found.append(Said(one.level, programme.pack.words[one.say], one.newcomer))
    return found
