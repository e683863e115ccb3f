"""Opening one person's record in an emergency: why, for an hour, to read (charter C15). Whose records were opened so, and
how often, the person and the reviewer are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorstep.access import glass, proving
from doorstep.access.actions import log_shown
from doorstep.access.glass import Opening
from doorstep.access.outputs import EMERGENCY, EMERGENCY_RECORD, OPENINGS
from doorstep.access.permissions import ROLE_NAMES, Actor
from doorstep.access.queries import staff
from doorstep.access.showing import shows
from doorstep.engine.outputs import Condition, select
from doorstep.engine.outputs.query import Gate
from doorstep.engine.outputs.tags import no_stricter_than
from doorstep.forms.queries import Published
from doorstep.lib import days, db
from doorstep.places.counters import Snapshot
from doorstep.programmes import tags
from doorstep.programmes.library import programmes
from doorstep.register import queries as register
from doorstep.web.reader import actor_of
from doorstep.web.worker.consents import unsaid_of
from doorstep.web.worker.find import around_clinic
from doorstep.web.worker.reach import Reach
from doorstep.web.worker.records import record
from doorstep.web.worker.story import Story

MONTHS_BACK = 92  # days: this month and the three before it


def _load() -> frozenset[str]:
    ground = tags.ground({p.pack.id: p.pack for p in programmes().all_on()}.values())
    allowed = no_stricter_than(EMERGENCY_RECORD.up_to)
    return frozenset(form for form, told in ground.existence_tags.items() if told <= allowed)


_readable = Snapshot(_load)


@dataclass(frozen=True, slots=True)
class EmergencyReach(Reach):
    """What an emergency opens of a person: records of care, by the tags that count, none that touches choice."""

    def sees(self, published: Published) -> bool:
        service = published.use.get("service", "")
        return bool(service) and published.owner_id is None and published.form_id in _readable.get()


def area_of(actor: Actor) -> frozenset[int]:
    """Where an emergency of this actor's may lie: a supervisor's own area, a clinician's clinic with what is around it."""
    return around_clinic(actor) if actor.has("clinic.care") else actor.places


def named(actor: Actor, name: str, born: date, number: str) -> list[str]:
    """Ids of those of the actor's area with exactly this name and birthday, and house number where one is given. Who
    asked not to be listed is not found."""
    where: list[Condition | Gate] = [
        Condition("person.name", "=", name),
        Condition("person.birth_date", "=", born),
        Condition("place.id", "in", sorted(area_of(actor))),
        Gate("p.listed AND (h.id IS NULL OR h.listed) AND p.died_on IS NULL"),
    ]
    if number:
        where.append(Condition("household.number", "=", number))
    sources = register.SOURCES | {"place.id": "p.place_id"}
    sql, params = select(EMERGENCY, sources, "person p LEFT JOIN household h ON h.id = p.household_id", where)
    return [str(row[0]) for row in db.current().rows(sql, params)]


@shows(EMERGENCY.id)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Whom, and why."""
    actor = actor_of(request)
    typed = {key: request.POST.get(key, "").strip() for key in ("name", "birth_date", "number", "reason", "words")}
    shown: dict[str, Any] = {"typed": typed, "reasons": glass.REASONS, "most": glass.MOST_WORDS, "today": days.today()}
    if request.method == "POST":
        shown["trouble"], opened = _open(actor, typed)
        if opened:
            return HttpResponseRedirect(reverse("emergency_record", args=[opened]))
    return render(request, "web/worker/emergency.html", shown, status=422 if shown.get("trouble") else 200)


def _open(actor: Actor, typed: dict[str, str]) -> tuple[str, int]:
    """What is wrong with what was typed, or the opening's id."""
    born = days.parse_day(typed["birth_date"])
    if not typed["name"] or born is None:
        return _("Give the whole name and the day of birth."), 0
    if typed["reason"] not in glass.REASONS:
        return _("Say why it has to be now."), 0
    if len(typed["words"]) > glass.MOST_WORDS or (typed["reason"] == glass.OTHER and not typed["words"]):
        return _("Say why in your own words, in 100 signs at most."), 0
    found = named(actor, typed["name"], born, typed["number"])
    if not found:
        return _("Nobody with this name and day of birth is in your area."), 0
    if len(found) > 1:
        return _("There are several with this name and day of birth. Give the house number as well."), 0
    log_shown(actor, EMERGENCY.id, found)
    return "", glass.begin(actor, found[0], typed["reason"], typed["words"])


@shows(EMERGENCY_RECORD.id)
@require_safe
def emergency_record(request: HttpRequest, opening_id: int) -> HttpResponse:
    """The record, as long as the hour lasts. Nothing on it can be pressed."""
    actor, now = actor_of(request), days.now()
    opened = glass.opening(opening_id, actor)
    if opened is None:
        raise Http404
    if not opened.open_at(now):
        messages.info(request, _("The hour is over. The record is closed again."))
        return HttpResponseRedirect(reverse("emergency"))
    story = _story(actor, opened)
    library = story.world.library
    hers = [record(entry, library, named=story.person.listed, unsaid=unsaid_of(story)) for entry in story.records()]
    shown = {
        "person": story.person,
        "home": story.home,
        "records": hers,
        "today": days.today(),
        "until": opened.ends_at.astimezone(days.zone()),
        "minutes": max(1, -((now - opened.ends_at) // timedelta(minutes=1))),
        "reason": glass.REASONS[opened.reason],
        "words": opened.words,
    }
    return render(request, "web/worker/emergency_record.html", shown)


def _story(actor: Actor, opened: Opening) -> Story:
    """Raises Http404 for somebody who is not there any more, or not in the actor's area."""
    place = register.place_of(opened.person_id)
    if place is None or place[0] not in area_of(actor):
        raise Http404
    log_shown(actor, EMERGENCY_RECORD.id, [opened.person_id])
    return Story(EmergencyReach(actor, opened.person_id, place[0], by_place=False, services=frozenset()))


@shows(OPENINGS.id)
@require_safe
def openings(request: HttpRequest) -> HttpResponse:
    """How many records each opened, by month; whose stands nowhere. On demand, whether the log is as it was written."""
    today, everyone = days.today(), staff().by_id
    rows = [
        (one, everyone[one.user_id].name, ROLE_NAMES.get(everyone[one.user_id].role, ""))
        for one in glass.counts(today - timedelta(days=MONTHS_BACK), today)
        if one.user_id in everyone
    ]
    months = list(dict.fromkeys(one.month for one, *_rest in rows))
    by_month = [(month, [row for row in rows if row[0].month == month]) for month in months]
    shown: dict[str, Any] = {
        "months": by_month,
        "pages": sum(one.pages for one, *_rest in rows),
        "emergencies": sum(one.emergencies for one, *_rest in rows),
    }
    if request.GET.get("check"):
        shown["glance"] = proving.glance()
    return render(request, "web/worker/openings.html", shown)
