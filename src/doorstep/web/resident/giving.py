"""Giving somebody the card for her own page, and adding to it what one's own service writes.

The card opens no more than its givers may see themselves. The word is typed by her and shown to nobody.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorstep.access import attempts, codes
from doorstep.access.actions import log_shown
from doorstep.access.consent import grown_up_on
from doorstep.access.permissions import Actor, Thing, may
from doorstep.access.queries import care_of
from doorstep.access.showing import shows
from doorstep.feedback import cards
from doorstep.feedback.cards import Holder, WordTooShort
from doorstep.intake.consents import guardian_age
from doorstep.lib import days
from doorstep.programmes.library import programmes
from doorstep.register import queries as register
from doorstep.register.fold import PersonRow
from doorstep.web import slowing
from doorstep.web.reader import actor_of
from doorstep.web.worker.reach import reaches


def may_give(actor: Actor, person_id: str) -> tuple[str, int | None]:
    """The id under which everything of hers stands, and her place. Raises Http404 when she is out of reach, or not there."""
    person_id = register.aliases([person_id]).get(person_id, person_id)
    found = register.place_of(person_id)
    if found is None:
        raise Http404
    named = care_of([person_id]).get(person_id, {}).values()
    thing = Thing(
        place_ids=frozenset({found[0]} if found[0] is not None else ()),
        care_users=frozenset(i for users, _clinics in named for i in users),
        care_clinics=frozenset(i for _users, clinics in named for i in clinics),
    )
    if not may(actor, "resident.card", thing):
        raise Http404
    return person_id, found[0]


def opens(actor: Actor, person_id: str, place_id: int | None) -> frozenset[str]:
    """The services a card given by this member opens: those whose records the member may see."""
    within = reaches(actor, {person_id: place_id}).get(person_id)
    return within.services if within else frozenset()


def holder_of(person: PersonRow, place_id: int | None) -> Holder:
    """Who holds the card: a small child's guardian, anybody else alone."""
    today = days.today()
    grown = grown_up_on(person.birth_date, guardian_age(programmes().at(place_id), today))
    return "guardian" if grown is not None and today < grown else "self"


@shows("resident.card")
@require_http_methods(["GET", "POST"])
def whose(request: HttpRequest) -> HttpResponse:
    """For who has no page of hers to start from: she says her name, birth and house number. Out of reach and not there
    read the same."""
    if request.method == "POST":
        actor, born = actor_of(request), days.parse_day(request.POST.get("birth_date", ""))
        name, number = request.POST.get("name", "").strip(), request.POST.get("number", "").strip()
        person_id = register.exactly(name, born, number) if name and born and number else None
        if person_id is not None:
            try:
                return HttpResponseRedirect(reverse("own_card", args=[may_give(actor, person_id)[0]]))
            except Http404:
                pass
        wrong = _("Nobody of your area is written down exactly like this.")
        return render(request, "web/resident/whose.html", {"wrong": wrong}, status=422)
    return render(request, "web/resident/whose.html", {})


@shows("resident.card")
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, person_id: str) -> HttpResponse:
    actor = actor_of(request)
    person_id, place_id = may_give(actor, person_id)
    log_shown(actor, "resident.card", [person_id])
    person = register.people([person_id])[person_id]
    holder = holder_of(person, place_id)
    has = [one for one in cards.of_person([person_id]) if cards.by_id(one.id)]
    page: dict[str, object] = {
        "person": person,
        "holder": holder,
        "has": days.day_of(has[0].given_at) if has else None,
        "services": bool(opens(actor, person_id, place_id)),
        "comes_back": actor.has("care.read"),
        "shortest": cards.SHORTEST_WORD,
        "longest": cards.LONGEST_WORD,
    }
    if request.method == "POST" and request.POST.get("say") == "add":
        return _add(request, actor, person_id, place_id, page)
    if request.method == "POST":
        try:
            code = cards.give(actor, person_id, request.POST.get("word", ""), holder, opens(actor, person_id, place_id))
            page["code"] = codes.spoken(code)
        except WordTooShort:
            wrong = _("The word needs at least %(n)s letters or signs.") % {"n": cards.SHORTEST_WORD}
            return render(request, "web/resident/give.html", page | {"wrong": wrong}, status=422)
    return render(request, "web/resident/give.html", page)


def _add(
    request: HttpRequest, actor: Actor, person_id: str, place_id: int | None, page: dict[str, object]
) -> HttpResponse:
    """She shows her card and types her word: without both nothing is added."""
    code = codes.typed(request.POST.get("code", ""), cards.GROUPS)
    if wait := attempts.check("resident", code[: cards.FRONT], slowing.address_of(request)):
        wrong = _("Too many tries. Please wait %(wait)s.") % {"wait": slowing.said(wait)}
        return render(request, "web/resident/give.html", page | {"wrong": wrong}, status=429)
    card = cards.opened_by(code, request.POST.get("word", "")) if code else None
    if card is None or register.aliases([card.person_id]).get(card.person_id, card.person_id) != person_id:
        wrong = _("The code and the word do not open anything together. Please look at both again.")
        return render(request, "web/resident/give.html", page | {"wrong": wrong}, status=422)
    attempts.passed("resident", code[: cards.FRONT], slowing.address_of(request))
    cards.add(actor, card, opens(actor, person_id, place_id))
    return render(request, "web/resident/give.html", page | {"added": True})
