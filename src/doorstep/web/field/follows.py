"""``GET /sync/follows``: what follows from records a phone handed over, in the words of the receipt online."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.forms import queries as forms
from doorstep.forms.queries import APPLIED, StoredEntry
from doorstep.web.field.asked import Phone, for_phone
from doorstep.web.field.changed import places_of
from doorstep.web.field.held import held
from doorstep.web.worker.card import doses_of
from doorstep.web.worker.reach import reaches
from doorstep.web.worker.receipt import RECEIPT_SHOWN, advice_of
from doorstep.web.worker.story import Story

MOST_AT_ONCE = 40  # records in one question; they stand in the address, by ids drawn by chance


@shows(RECEIPT_SHOWN, to="device")
@for_phone
def follows(request: HttpRequest, phone: Phone) -> Mapping[str, Any]:
    """Every record asked for is answered, those of nobody within reach with nothing: a phone need not ask again."""
    asked = list(dict.fromkeys(request.GET.getlist("id")[:MOST_AT_ONCE]))
    told = {id_: _nothing(id_) for id_ in asked}
    # no record's id holds a NUL, and PostgreSQL cannot even be asked for one
    possible = [id_ for id_ in asked if "\0" not in id_]
    rows = [row for row in forms.entries("instance_id IN (?*)", possible) if _is_own(row, phone.actor)]
    for row, story in _stories(phone.actor, rows):
        told[row.instance_id] = {
            "id": row.instance_id,
            "advice": [
                {"level": one.level, "text": one.text, "newcomer": one.newcomer} for one in advice_of(story, row)
            ],
            "doses": doses_of(story, row.instance_id),
        }
    return {"told": list(told.values())}


def _nothing(id_: str) -> dict[str, Any]:
    return {"id": id_, "advice": [], "doses": []}


def _is_own(row: StoredEntry, actor: Actor) -> bool:
    return row.author_id == actor.user_id and row.state == APPLIED and row.person_id is not None


def _stories(actor: Actor, rows: list[StoredEntry]) -> list[tuple[StoredEntry, Story]]:
    """Each with the person it is about, worked out once for all of her records. Nobody is read before it is logged."""
    within = reaches(actor, places_of({str(row.person_id) for row in rows}))
    if not within:
        return []
    log_shown(actor, RECEIPT_SHOWN, sorted(within))
    known = held(actor, within)
    return [(row, known[person]) for row in rows if (person := str(row.person_id)) in known]
