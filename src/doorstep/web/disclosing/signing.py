"""Taking an order down, saying exactly what is given, and the second person's yes or no."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.disclosures import actions
from doorstep.disclosures.acts import GIVEN, TOLD, Act, Asked, Fields, Order
from doorstep.disclosures.outputs import NEW
from doorstep.disclosures.queries import of_area, on_day
from doorstep.engine.outputs import Condition, select
from doorstep.lib import days, db
from doorstep.register import queries as register
from doorstep.web.account import proof
from doorstep.web.disclosing import kinds
from doorstep.web.disclosing.words import KINDS, STATES, document, listed, name_of, spanned
from doorstep.web.reader import actor_of

TYPED = ("kind", "office", "number", "dated", "law", "name", "birth_date", "house", "hidden_until", "silence")
CHOICE_KEY = "form"


@shows("disclosures")
@require_safe
def disclosures(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), days.now()
    rows = [
        {
            "id": act.id,
            "kind": KINDS[act.kind],
            "on": days.day_of(act.at),
            "first": name_of(act.first_id),
            "state": act.state(now),
            "state_words": STATES[act.state(now)],
            "for_me": act.state(now) == "waiting" and act.first_id != actor.user_id,
        }
        for act in of_area(actor)
    ]
    return render(request, "web/disclosing/list.html", {"rows": rows})


@shows("disclosure.new")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Who asks, by which document, for whom, and which kinds of records it names."""
    typed = {key: " ".join(request.POST.get(key, "").split()) for key in TYPED}
    shown: dict[str, Any] = {
        "typed": typed,
        "kinds": KINDS.items(),
        "programmes": kinds.by_programme(),
        "chosen": request.POST.getlist(CHOICE_KEY),
        "today": days.today(),
        "longest": actions.LONGEST,
        "longest_words": actions.LONGEST_WORDS,
    }
    if request.method == "POST":
        shown["trouble"], begun = _begin(request, actor_of(request), typed)
        if begun:
            return HttpResponseRedirect(reverse("disclosure", args=[begun]))
    return render(request, "web/disclosing/new.html", shown, status=422 if shown.get("trouble") else 200)


def _begin(request: HttpRequest, actor: Actor, typed: dict[str, str]) -> tuple[str, int]:
    """What is wrong with what was typed, or the act's id."""
    dated, born = days.parse_day(typed["dated"]), days.parse_day(typed["birth_date"])
    hidden = days.parse_day(typed["hidden_until"])
    if dated is None or (typed["hidden_until"] and hidden is None):
        return _("Write the day of the document as it stands there."), 0
    if not typed["name"] or born is None:
        return _("Give the whole name and the day of birth."), 0
    found = _named(actor, typed["name"], born, typed["house"])
    if len(found) != 1:
        return _nobody_or_several(len(found)), 0
    person_id, place_id = found[0]
    offered = {kind.form_id for kind in kinds.known()}
    forms = tuple(form for form in request.POST.getlist(CHOICE_KEY) if form in offered)
    order = Order(typed["office"], typed["number"], dated, typed["law"], typed["silence"], forms)
    log_shown(actor, NEW.id, [person_id])
    try:
        return "", actions.begin(actor, person_id, place_id, typed["kind"], order, hidden)
    except ValueError:
        return _whats_missing(order, hidden), 0


def _nobody_or_several(count: int) -> str:
    if count:
        return _("There are several with this name and day of birth. Give the house number as well.")
    return _("Nobody with this name and day of birth is in your area.")


def _whats_missing(order: Order, hidden: date | None) -> str:
    if not order.forms:
        return _("Tick the kinds of records the document names. If it names none, nothing can be given.")
    if hidden is not None:
        return _("To stay silent for now, give a day after today and within a year, and the words of the document.")
    return _("Write down who asks, the number and day of the document, and the law, in a few words each.")


def _named(actor: Actor, name: str, born: date, number: str) -> list[tuple[str, int]]:
    """Who of the actor's area has exactly this name and birthday, and where she lives."""
    where = [
        Condition("person.name", "=", name),
        Condition("person.birth_date", "=", born),
        Condition("place.id", "in", sorted(actor.places)),
    ]
    if number:
        where.append(Condition("household.number", "=", number))
    sources = register.SOURCES | {"place.id": "p.place_id"}
    sql, params = select(NEW, sources, "person p LEFT JOIN household h ON h.id = p.household_id", where)
    return [(str(person_id), int(place_id)) for person_id, place_id in db.current().rows(sql, params)]


@shows("disclosure")
@require_safe
def act(request: HttpRequest, act_id: int) -> HttpResponse:
    return _page(request, _reached(actor_of(request), act_id))


def _reached(actor: Actor, act_id: int) -> Act:
    try:
        return actions.reachable(actor, act_id)
    except actions.NotYours as error:
        raise Http404 from error


def _page(request: HttpRequest, one: Act, trouble: str = "") -> HttpResponse:
    """The act as it stands, with what this reader may do next."""
    actor, now, today = actor_of(request), days.now(), days.today()
    if one.person_id:
        log_shown(actor, "disclosure", [one.person_id])
    state, mine = one.state(now), one.first_id == actor.user_id
    choosing = state == "draft" and (one.asked is None or bool(request.GET.get("again")))
    shown: dict[str, Any] = {
        "act": one,
        "person": register.people([one.person_id]).get(one.person_id) if one.person_id else None,
        "document": document(one),
        "first": name_of(one.first_id),
        "second": name_of(one.second_id),
        "span": "" if one.asked is None else spanned(one.asked),
        "state": state,
        "state_words": STATES[state],
        "mine": mine,
        "signs": actor.user_id in (one.first_id, one.second_id),
        "choosing": choosing,
        "kinds": [k for k in kinds.known() if one.order and k.form_id in one.order.forms] if choosing else [],
        "asked": [] if one.asked is None else _ticks(one.asked.fields, one.given),
        "left_out": [] if one.asked is None else listed(_without(one.asked.fields, one.given)),
        "given": listed(one.given),
        "given_on": on_day(one.steps.get(GIVEN)),
        "told_on": on_day(one.steps.get(TOLD)),
        "told_by": name_of(one.steps[TOLD].by_id) if TOLD in one.steps else "",
        "silent": one.hidden_until is not None and one.hidden_until > today,
        "today": today,
        "trouble": trouble,
        "longest_words": actions.LONGEST_WORDS,
    }
    return render(request, "web/disclosing/act.html", shown, status=422 if trouble else 200)


def _ticks(asked: Fields, given: Fields) -> list[dict[str, Any]]:
    """What is asked, to say of each answer whether it is given. Before anybody said so: all but what is of choice."""
    return [
        {
            "kind": kind,
            "lines": [
                (f"{kind.form_id}:{key}", kind.label_of(key), key in given.get(kind.form_id, ()) or (not given and not kind.choice))
                for key in asked[kind.form_id]
            ],
        }
        for kind in kinds.known()
        if asked.get(kind.form_id)
    ]  # fmt: skip


def _without(asked: Fields, given: Fields) -> Fields:
    """What is asked for and not given."""
    rest = {form: tuple(k for k in keys if k not in given.get(form, ())) for form, keys in asked.items()}
    return {form: keys for form, keys in rest.items() if keys}


@shows("disclosure")
@require_POST
def asked(request: HttpRequest, act_id: int) -> HttpResponse:
    """Exactly what the document asks for: which answers, written between which days."""
    actor = actor_of(request)
    one = _reached(actor, act_id)
    first, last = (days.parse_day(request.POST.get(name, "")) for name in ("first", "last"))
    fields = kinds.chosen(request.POST.getlist("field"), one.order.forms if one.order else ())
    if first is None or last is None or first > last or not fields:
        return _page(request, one, _("Tick what the document asks for, and give the first and last day it names."))
    return _done(request, act_id, lambda: actions.ask(actor, act_id, Asked(first, last, fields)))


@shows("disclosure")
@require_POST
def hand(request: HttpRequest, act_id: int) -> HttpResponse:
    """The first person's signature: exactly this is given."""
    actor = actor_of(request)
    one = _reached(actor, act_id)
    given = kinds.chosen(request.POST.getlist("field"), one.asked.fields if one.asked else ())
    if not given:
        return _page(request, one, _("Tick what is given. If nothing is, give the order up."))
    if trouble := proof.trouble_with(request, request.POST.get("proof", "")):
        return _page(request, one, trouble)
    return _done(request, act_id, lambda: actions.hand(actor, act_id, given))


@shows("disclosure")
@require_POST
def decide(request: HttpRequest, act_id: int) -> HttpResponse:
    """The second person's signature, or her no."""
    actor, agrees = actor_of(request), request.POST.get("say") == "agree"
    one = _reached(actor, act_id)
    if one.first_id == actor.user_id:
        raise Http404
    why_not = " ".join(request.POST.get("why_not", "").split())
    if not agrees and not 0 < len(why_not) <= actions.LONGEST_WORDS:
        return _page(request, one, _("To refuse, write in a few words why."))
    if trouble := proof.trouble_with(request, request.POST.get("proof", "")):
        return _page(request, one, trouble)
    return _done(request, act_id, lambda: actions.decide(actor, act_id, agrees=agrees, why_not=why_not))


@shows("disclosure")
@require_POST
def drop(request: HttpRequest, act_id: int) -> HttpResponse:
    actor = actor_of(request)
    return _done(request, act_id, lambda: actions.drop(actor, act_id))


def _done(request: HttpRequest, act_id: int, do: Any) -> HttpResponse:
    try:
        do()
    except (actions.NotYours, ValueError) as error:
        raise Http404 from error
    messages.success(request, _("Written down."))
    return HttpResponseRedirect(reverse("disclosure", args=[act_id]))
