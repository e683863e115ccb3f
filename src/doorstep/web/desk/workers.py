"""Those who work in one's area, and their phones: give a phone its address, take it back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access import actions as access
from doorstep.access import attempts, phones, second
from doorstep.access import queries as access_queries
from doorstep.access.permissions import ROLE_NAMES, ROLES, Actor
from doorstep.access.queries import DeviceRow, Member, devices, staff
from doorstep.access.showing import shows
from doorstep.access.words import ROLE_SAYS
from doorstep.forms import quarantine
from doorstep.forms.quarantine import Kept, Received
from doorstep.indicators.showing import shown_count
from doorstep.intake import covering, door, uploads
from doorstep.intake.covering import Cover, covers, own_places, taken_over
from doorstep.intake.parse import Sender
from doorstep.intake.problems import Refused
from doorstep.lib import days, db
from doorstep.web import said, slowing
from doorstep.web.desk.settling import writers
from doorstep.web.reader import actor_of, language

LONGEST_LABEL = 80
UNDER_A_SUPERVISOR = frozenset({"worker", "volunteer", "clerk", "clinician"})


@dataclass(frozen=True, slots=True)
class Phone:
    """A device as the page shows it, with what became of its records and those that wait for somebody to let them in."""

    row: DeviceRow
    usable: bool
    received: Received
    waiting: list[Kept]
    coded: bool  # a PIN forgotten on it can be helped

    @property
    def heard_on(self) -> date | None:
        return days.day_of(self.row.last_contact_at) if self.row.last_contact_at else None

    @property
    def collect(self) -> bool:
        """Whether its address was given for another app and was not taken back since; its time may be over."""
        return self.row.collect_until is not None and self.row.revoked_at is None

    @property
    def missing(self) -> int:
        """How many records it says it handed over and the store does not hold: after a restore, until it sends again."""
        return max(0, self.row.sent - self.received.all)

    @property
    def may_be_signed_out(self) -> bool:
        """Whether people may lie on it: a phone of the app that nobody signed out yet."""
        return self.usable and self.row.collect_until is None and self.row.signed_out_at is None


@dataclass(frozen=True, slots=True)
class Covering:
    """A cover as the page shows it: who is covered, and what is taken over, place by place."""

    cover: Cover
    covered: str
    taken: list[Taken]


@dataclass(frozen=True, slots=True)
class Taken:
    """What there is at one place, as a supervisor may read it: small numbers hidden, the others rounded (charter C16)."""

    place_id: int
    families: int | None
    people: int | None


@dataclass(frozen=True, slots=True)
class Worker:
    """A member, the places served today, and the phones; whom she covers, and who could cover her."""

    member: Member
    role: str | Promise
    says: str | Promise  # what the role may see
    place_ids: list[int]
    phones: list[Phone]
    fills: bool  # a phone is of use only to those who fill in forms
    covers: list[Covering]
    others: list[Member]
    second: bool  # asked for a second step at the log-in
    may_be_ended: bool  # logged out everywhere by the reader


@shows("workers")
def workers(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    shown = {"workers": _listed(actor), "gives": actor.has("device.manage"), "today": days.today()}
    shown |= {"collects": actor.has("device.collect"), "helps": actor.has("user.manage")}
    return render(request, "web/desk/workers.html", shown)


def within(actor: Actor) -> dict[int, Member]:
    """Whom the reader looks after: everybody for who manages log-ins, else those of the reader's own area."""
    return dict(staff().by_id) if actor.has("user.manage") else writers(actor)


def may_end(actor: Actor, member: Member) -> bool:
    """Whether the reader may log a member out everywhere: an installer anybody, a supervisor those who look up to one."""
    if not actor.has("session.end") or member.id == actor.user_id:
        return False
    return actor.has("user.manage") or member.role in UNDER_A_SUPERVISOR


def _listed(actor: Actor) -> list[Worker]:
    members, today = within(actor), days.today()
    asked = second.set_by(members)
    of: dict[int, list[Phone]] = {}
    rows = devices(members)
    coded = access_queries.with_desk_code(row.id for row in rows)
    had, held = quarantine.received(row.id for row in rows), quarantine.waiting(members)
    for row in rows:
        waiting = [one for one in held if one.device_id == row.id]
        of.setdefault(row.user_id, []).append(
            Phone(row, row.usable(today), had.get(row.id, Received()), waiting, row.id in coded)
        )
    found = [
        Worker(
            m,
            ROLE_NAMES[m.role],
            ROLE_SAYS[m.role],
            [s.place_id for s in m.serves if s.on(today)] or ([m.clinic_id] if m.clinic_id else []),
            of.get(m.id, []),
            _fills(m),
            _covering(m, members),
            _others(actor, m, members),
            m.id in asked,
            may_end(actor, m),
        )
        for m in members.values()
        if m.is_active
    ]
    order = {role: n for n, role in enumerate(ROLES)}
    return sorted(found, key=lambda w: (order[w.member.role], w.place_ids, w.member.name))


def _covering(member: Member, members: Mapping[int, Member]) -> list[Covering]:
    return [
        Covering(
            one,
            members[one.covered_id].name,
            [Taken(t.place_id, shown_count(t.families), shown_count(t.people)) for t in taken_over(one.place_ids)],
        )
        for one in covers(member, days.today())
        if one.covered_id in members
    ]


def _others(actor: Actor, member: Member, members: Mapping[int, Member]) -> list[Member]:
    """Who could cover a member: of the same role, in the reader's own area. Nobody where nothing is served there."""
    if not actor.has("worker.cover") or not own_places(member, days.today(), actor.places):
        return []
    return [m for m in members.values() if m.id != member.id and m.role == member.role and m.is_active]


def _fills(member: Member) -> bool:
    return "entry.write" in ROLES.get(member.role, frozenset())


@shows("workers")
@require_POST
def add_phone(request: HttpRequest, user_id: int) -> HttpResponse:
    """A member's address for another app, ODK Collect. Address and code are shown now and never again: nothing keeps
    them. Only an installer gives one out, because the list of people goes along."""
    actor = actor_of(request)
    member = within(actor).get(user_id)
    if member is None or not actor.has("device.collect") or not _fills(member):
        raise Http404
    with db.transaction():
        token = access.add_collect_device(member.id, request.POST.get("label", "").strip()[:LONGEST_LABEL])
    url = phones.address(os.environ.get("DOORSTEP_ADDRESS") or request.build_absolute_uri("/"), token)
    until = devices([member.id])[0].collect_until
    shown = {"member": member, "url": url, "until": until, "code": drawn(phones.collect_code(url, member.name))}
    return render(request, "web/desk/phone.html", shown)


@shows("workers")
@require_POST
def renew_phone(request: HttpRequest, device_id: int) -> HttpResponse:
    """Another app may use this address for another 30 days."""
    actor = actor_of(request)
    found = next((d for d in devices(within(actor)) if d.id == device_id), None)
    if found is None or found.collect_until is None or found.revoked_at is not None or not actor.has("device.collect"):
        raise Http404
    with db.transaction():
        until = access.renew_collect(found.id)
    messages.success(request, _("ODK Collect may use this address until %(day)s.") % {"day": said.whole_day(until)})
    return HttpResponseRedirect(reverse("workers"))


@shows("workers")
@require_POST
def revoke_phone(request: HttpRequest, device_id: int) -> HttpResponse:
    """Take a phone's address back at once."""
    actor = actor_of(request)
    found = next((d for d in devices(within(actor)) if d.id == device_id), None)
    if found is None or not actor.has("device.manage"):
        raise Http404
    with db.transaction():
        access.revoke_device(found.id)
    messages.success(request, _("This phone can no longer send or fetch."))
    return HttpResponseRedirect(reverse("workers"))


@shows("workers")
@require_POST
def cover(request: HttpRequest, user_id: int) -> HttpResponse:
    """Another worker takes over from a day to a day, or for good."""
    actor, members = actor_of(request), within(actor_of(request))
    chosen = request.POST.get("member", "")
    member = members.get(int(chosen)) if chosen.isdecimal() and len(chosen) < 16 else None
    if user_id not in members or not actor.has("worker.cover"):
        raise Http404
    from_on, to_on = days.parse_day(request.POST.get("from_on", "")), days.parse_day(request.POST.get("to_on", ""))
    try:
        if member is None or from_on is None or (to_on is None and request.POST.get("leaves") != "yes"):
            raise Refused("intake.cover_unsaid", 400)
        covering.begin(user_id, member.id, from_on, None if request.POST.get("leaves") == "yes" else to_on, actor)
    except Refused as refused:
        messages.error(request, refused.problem.text(language()))
    else:
        messages.success(
            request, _("%(name)s takes over. What there is stands under the name.") % {"name": member.name}
        )
    return HttpResponseRedirect(reverse("workers"))


@shows("workers")
@require_POST
def end_cover(request: HttpRequest, user_id: int, catchment_id: int) -> HttpResponse:
    """A cover ends with yesterday."""
    actor, members = actor_of(request), within(actor_of(request))
    found = [c for c in covers(members[user_id], days.today()) if catchment_id in c.ids] if user_id in members else []
    if not found or not actor.has("worker.cover") or not actor.places >= set(found[0].place_ids):
        raise Http404
    covering.end(found[0], actor)
    messages.success(request, _("The cover has ended."))
    return HttpResponseRedirect(reverse("workers"))


@shows("workers")
@require_POST
def sign_out_phone(request: HttpRequest, device_id: int) -> HttpResponse:
    """At its next contact the phone lets go of everybody on it; what it still has to send is taken all the same."""
    actor = actor_of(request)
    found = next((d for d in devices(within(actor)) if d.id == device_id), None)
    if found is None or not actor.has("device.manage"):
        raise Http404
    with db.transaction():
        access.sign_out_device(found.id)
    messages.success(request, _("This phone is signed out when it is next heard of."))
    return HttpResponseRedirect(reverse("workers"))


@shows("workers")
@require_POST
def desk_code(request: HttpRequest, device_id: int) -> HttpResponse:
    """What opens a phone whose PIN is forgotten, to be read out to the worker who stands there with it."""
    actor = actor_of(request)
    found = next((d for d in devices(within(actor)) if d.id == device_id), None)
    code = access_queries.desk_code(device_id) if found is not None and actor.has("device.manage") else ""
    if found is None or not code:
        raise Http404
    if wait := attempts.check("desk_code", str(actor.user_id)):
        messages.error(request, _("Too many tries. Please wait %(wait)s.") % {"wait": slowing.said(wait)})
        return HttpResponseRedirect(reverse("workers"))
    shown = {"member": staff().by_id[found.user_id], "label": found.label, "code": code}
    return render(request, "web/desk/desk_code.html", shown)


@shows("workers")
@require_POST
def let_in(request: HttpRequest, kept_id: int) -> HttpResponse:
    """Try again to take in a record that waits beside the door: in its sender's name, as it was sent."""
    actor = actor_of(request)
    found = quarantine.one(kept_id)
    if found is None or not actor.has("device.manage") or found[0].user_id not in within(actor):
        raise Http404
    kept, body = found
    try:
        receipt = door.accept(body, Sender(kept.user_id, kept.device_id))
    except Refused as still:
        messages.error(request, still.problem.text(language()))
    else:
        with db.transaction():
            quarantine.was_let_in(db.current(), kept.id, receipt.seq)
        uploads.attach(kept.user_id, [receipt.instance_id])
        messages.success(request, _("The record is let in."))
    return HttpResponseRedirect(reverse("workers"))


def drawn(text: str) -> SafeString:
    """A code to scan, as a picture that is shown whole however wide the page is."""
    return mark_safe(segno.make(text, error="l").svg_inline(border=4, omitsize=True))  # noqa: S308 - drawn by us
