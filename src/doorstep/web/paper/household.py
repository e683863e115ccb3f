"""The household card: who lives here, and what is planned for the small children. It hangs where every member reads it,
so that it says nothing of anybody's care."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from doorstep.access.actions import log_shown
from doorstep.access.consent import grown_up_on
from doorstep.intake.consents import guardian_age
from doorstep.lib import days, sealed
from doorstep.programmes.library import programmes
from doorstep.register.printing import HomeLine, household_card
from doorstep.register.queries import members
from doorstep.visits.openly import named_at
from doorstep.visits.printing import PlannedLine, children_planned
from doorstep.web import said
from doorstep.web.paper.press import Paper, prints, village
from doorstep.web.reader import actor_of
from doorstep.web.worker.reach import household_within

AHEAD = timedelta(days=180)
RING = frozenset({"any", "by_phone"})  # whose number may stand where the others read it
ENDS = 4


@prints("print.household")
def household(request: HttpRequest, household_id: str) -> Paper:
    actor, today = actor_of(request), days.today()
    place_id = household_within(actor, household_id)
    people = members([household_id])
    log_shown(actor, "print.household", people)
    lines = household_card(household_id)
    if not lines:
        raise Http404
    home = lines[0]
    shown = [line for line in lines if line.person_id]
    children = [line for line in shown if _answers_by_guardian(line, place_id)]
    log_shown(actor, "print.household.planned", [str(line.person_id) for line in children])
    planned = children_planned(actor, place_id, [str(line.person_id) for line in children], today + AHEAD)
    names = {str(line.person_id): line.name or "" for line in children}
    by_day = sorted(planned, key=lambda one: (one.from_on or one.due_on or today, names[one.person_id]))
    coming = list(dict.fromkeys(_planned(one, names) for one in by_day))
    told = {
        "number": home.number,
        "address": home.address,
        "place_id": village(place_id),
        "listed": bool(home.listed),
        "people": [_member(line) for line in shown],
    }
    lines_of = {"lines": [{"person_id": name, "contact": what, "from_on": on} for name, what, on in coming]}
    return Paper("household.typ", _words(), told, {"print.household.planned": lines_of})


def _answers_by_guardian(line: HomeLine, place_id: int) -> bool:
    """Whether somebody else answers for a member: a small child. Of anybody else the card says nothing but who they are."""
    age = guardian_age(programmes().at(place_id), days.today())
    grown = grown_up_on(line.birth_date, age)
    return grown is not None and days.today() < grown


def _member(line: HomeLine) -> dict[str, Any]:
    may_ring = line.phone and line.reach in RING
    return {
        "name": line.name,
        "birth_date": str(line.birth_date.year) if line.birth_date else "",
        "phone": f"…{sealed.opened(str(line.phone))[-ENDS:]}" if may_ring else "",
    }


def _planned(one: PlannedLine, names: dict[str, str]) -> tuple[str, str, str]:
    """Who, what and when, in words: several doses of one day are one line."""
    title = named_at(one.place_id, one.pack_id, one.contact)
    on = one.from_on or one.due_on
    return names[one.person_id], said.text(title) if title else "", said.whole_day(on) if on else ""


def _words() -> dict[str, Any]:
    return {
        "village": _("Village"),
        "house": _("House"),
        "address": _("Where to find it"),
        "printed": _("Printed"),
        "members": _("Who lives here"),
        "name": _("Name"),
        "born": _("Year of birth"),
        "phone": _("Phone ends in"),
        "remark": _("Remark"),
        "next": _("Coming for the children"),
        "what": _("What for"),
        "from": _("From"),
        "done": _("Done"),
        "unlisted": _("Only the number, as the family wished"),
        "ask": _("Whom to ask"),
        "worker_word": _("Health worker"),
        "worker_phone_word": _("Phone"),
        "clinic_word": _("Clinic"),
        "free": _("Every service is your own choice. You may say no, and you need not say why."),
        "notes": _("Notes"),
    }
