"""``GET /sync/pull``, ``/sync/form``, ``/sync/form_file``: what a phone keeps, as much of it as is new to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from doorstep.access.actions import log_shown, touch_now
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows, shows_nobody
from doorstep.forms import erased, media
from doorstep.forms.queries import library
from doorstep.intake.problems import Refused
from doorstep.intake.sources import world
from doorstep.lib import days, db
from doorstep.places import counters
from doorstep.places import queries as places
from doorstep.programmes.library import programmes
from doorstep.register import changes
from doorstep.register import queries as register
from doorstep.register.changes import FAMILY, PERSON
from doorstep.register.outputs import PHONE_PEOPLE
from doorstep.web.field import changed
from doorstep.web.field.asked import Phone, for_phone, packed
from doorstep.web.field.changed import Marked
from doorstep.web.field.cursor import Cursor, read
from doorstep.web.field.forms_kept import asked_for, kept_forms
from doorstep.web.field.held import held, shown
from doorstep.web.field.kept import family, person
from doorstep.web.field.reading import mark_of_leaflets
from doorstep.web.worker.find import around_clinic

AT_ONCE = 150  # people in one answer, so that it comes soon
REST_AT_ONCE = 240  # of those whom nothing waits for: they come while the phone is of use already
COPIES_DAYS = 40  # a phone keeps what it sent for 35 days
KEEP_DAYS = 30  # after so many days without a word from here a phone lets go of its people
XML = "text/xml; charset=utf-8"


@shows(PHONE_PEOPLE.id, to="device")
@for_phone
def pull(request: HttpRequest, phone: Phone) -> Mapping[str, Any]:
    """What changed since; everything when the phone has nothing, or nothing that still counts."""
    actor, today = phone.actor, days.today()
    touch_now(phone.device.id)
    n, epoch, mark = changes.number(db.current()), counters.epoch(), mark_of(actor)
    at = read(request.GET.get("since", ""))
    forgotten = today - timedelta(days=changes.KEPT_DAYS)  # who left before that day is noted no more
    fresh = at is None or (at.epoch, at.mark) != (epoch, mark) or at.day <= forgotten
    if at is None or fresh:
        at = Cursor(epoch, mark, "pressing", 0, n, today, today)
    elif at.phase in ("days", "new") and (at.to != today or at.day != today):
        at = replace(at, to=today).on("days", at.at if at.phase == "days" and at.to == today else 0)
    found, after, more = _page(actor, at, n)
    answer = {
        "epoch": epoch,
        "now": days.now().isoformat(),
        "today": today,
        "since": after.text(),
        "more": more,
        "fresh": fresh,
        **_told(actor, found, at),
        "erased": _erased(at, fresh=fresh),
    }
    return answer | ({"me": _me(actor), "forms": kept_forms(actor)} if fresh else {})


def _erased(at: Cursor, *, fresh: bool) -> list[str]:
    """Marks of records of which a phone may keep no copy: erased since it last asked, or within the days it keeps any."""
    if not fresh and at.phase != "new":
        return []
    return erased.since(db.current(), -1 if fresh else at.at, days.today() - timedelta(days=COPIES_DAYS))


def mark_of(actor: Actor) -> str:
    """A mark of everything that makes a phone begin anew: language, role, area, programmes and forms, the year (which days
    are said without), how far the calendar is worked out."""
    at = sorted(actor.places | around_clinic(actor))
    tree = places.tree()
    forms = [
        (p.form_id, p.version, p.md5, p.open_to, p.use)
        for p in library().current.values()
        if p.owner_id in (None, actor.user_id)
    ]
    told = (
        get_language(),
        (actor.role, actor.clinic_id, actor.name, sorted(actor.places)),
        [(i, tree.by_id[i].code, tree.by_id[i].names, tree.by_id[i].parent_id) for i in at if i in tree.by_id],
        [programme.key for programme in programmes().all_on()],
        [[programme.key for programme in programmes().at(i)] for i in at],
        sorted(programmes().offered()),
        sorted(forms, key=lambda one: one[0]),
        world(db.current()).horizon,
        days.today().year,
    )
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _page(actor: Actor, at: Cursor, n: int) -> tuple[list[Marked], Cursor, bool]:
    """The next lot of those to tell about, how far that goes, and whether there is more."""
    if at.phase == "pressing":
        found = changed.pressing(actor, at.day, at.at, AT_ONCE)
        return found, at.on("pressing", found[-1].n) if len(found) == AT_ONCE else at.on("all", 0), True
    if at.phase == "days":
        every = [one for one in changed.turned(actor, at.day, at.to) if one.n > at.at]
        found = every[:AT_ONCE]
        if len(every) > len(found):
            return found, at.on("days", found[-1].n), True
        return found, replace(at, day=at.to).on("new", at.n), True
    if at.phase == "all":  # but those who were told of as pressing and have not changed since
        found = changed.since(actor, at.at, REST_AT_ONCE, changed.pressing_before(actor, at.day, at.n))
        if _cut(found, REST_AT_ONCE):
            return found, at.on("all", found[-1].n), True
        return found, at.on("new", at.n), n != at.n  # nothing changed since it began: that was all
    found = changed.since(actor, at.at, AT_ONCE)
    if _cut(found, AT_ONCE):
        return found, at.on("new", found[-1].n), True
    return found, replace(at, n=n).on("new", n), False


def _cut(found: list[Marked], most: int) -> bool:
    people = sum(one.kind == PERSON for one in found)
    return people >= most or len(found) - people >= 4 * most


def _told(actor: Actor, found: Iterable[Marked], at: Cursor) -> dict[str, Any]:
    """These people and families, and who is to be let go of. The log row stands before anything of anybody is read."""
    changes = {(one.kind, one.id) for one in found}
    gone = changed.left(actor, at.at) if at.phase == "new" else {PERSON: set(), FAMILY: set()}
    wanted = {id_ for kind, id_ in changes if kind == PERSON}
    where = changed.places_of(wanted | gone[PERSON])
    within = shown(actor, where) if actor.has("care.read") else {}
    telling = {i: one for i, one in within.items() if i in wanted}
    log_shown(actor, PHONE_PEOPLE.id, sorted(telling))
    people = held(actor, telling)
    homes = {id_ for kind, id_ in changes if kind == FAMILY}
    if at.phase == "pressing":
        homes |= {one.home.id for one in people.values() if one.home is not None}
    reached = {
        i: row
        for i, row in register.households(homes | gone[FAMILY]).items()
        if row.place_id in actor.places and actor.has("register.read") and actor.has("care.read")
    }
    today = days.today()
    released = {PERSON: wanted | gone[PERSON], FAMILY: homes | gone[FAMILY]} if at.phase in ("new", "days") else gone
    return {
        "families": [family(row) for i, row in sorted(reached.items()) if i in homes],
        "people": [person(one, today) for one in people.values()],
        "gone": {
            "families": sorted(released[FAMILY] - reached.keys()),
            "people": sorted(released[PERSON] - within.keys()),
        },
    }


def _me(actor: Actor) -> dict[str, Any]:
    tree = places.tree()
    served = actor.places | around_clinic(actor) if actor.care_clinic else actor.places
    ids = {node.id for place_id in served for node in tree.upward(place_id)}
    nodes = sorted((tree.by_id[i] for i in ids), key=lambda node: node.code)
    return {
        "id": actor.user_id,
        "name": actor.name,
        "role": actor.role,
        "places": [
            {
                "id": n.id,
                "code": n.code,
                "name": n.names,
                "kind": n.kind,
                "above": n.parent_id,
                "served": n.id in actor.places,
            }
            for n in nodes
        ],
        "keep_days": KEEP_DAYS,
        "leaflets": mark_of_leaflets(),
    }


@shows_nobody("a form's own questions", to="device")
@for_phone
def form(request: HttpRequest, phone: Phone) -> HttpResponse:
    """The XForm of one version, exactly as published."""
    form_id, version = request.GET.get("id", ""), request.GET.get("version", "")
    try:
        asked_for(phone.actor, form_id, version)
    except Http404 as error:
        raise Refused("sync.no_such_form", 404) from error
    return packed(request, library().xml(form_id, version).encode(), XML)


@shows_nobody("a file that goes with a form", to="device")
@for_phone
def form_file(request: HttpRequest, phone: Phone) -> HttpResponse:
    """A list or picture a form asks for, as its owner gave it."""
    name = request.GET.get("name", "")
    try:
        published, _ = asked_for(phone.actor, request.GET.get("id", ""), request.GET.get("version", ""))
        content = media.content(published, name)
    except (Http404, KeyError) as error:
        raise Refused("sync.no_such_form", 404) from error
    return packed(request, content, media.content_type(name))
