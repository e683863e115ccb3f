"""The methods on a person's page: everything shown, and one press to begin, change, stop or be referred.

A press writes the pack's own form, like any other record. Whoever looks after the place sees the same page for everybody;
what was chosen before stands there for the care team alone.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
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
from doorstep.engine.model.methods import Choosing
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import Choice
from doorstep.forms.filling import Filler
from doorstep.forms.queries import library
from doorstep.intake import door
from doorstep.intake.parse import Sender
from doorstep.lib import days
from doorstep.web.leaflets import cards, sources_of, words_of
from doorstep.web.reader import actor_of
from doorstep.web.worker.reach import reach
from doorstep.web.worker.story import Story


def choosing_for(story: Story) -> tuple[Pack, Choosing] | None:
    """The programme with methods in force at a person's place, for a reader who may offer it."""
    for programme in story.programmes:
        own = programme.pack.choosing
        if own is not None and programme.pack.methods and story.person.is_here:
            service = programme.pack.uses[own.form].service
            return (programme.pack, own) if story.within.by_place or service in story.within.services else None
    return None


class Desk:
    """One person, one reader and the methods: what may be asked, what stands now. Raises Http404."""

    def __init__(self, actor: Actor, person_id: str):
        within = reach(actor, person_id)
        if not actor.has("entry.write"):
            raise Http404
        log_shown(actor, "person.care" if within.services else "person", [person_id])
        self.story = Story(within)
        found = choosing_for(self.story)
        if found is None:
            raise Http404
        self.pack, self.own = found
        self.actor, self.person_id = actor, person_id

    def knows(self, form: str) -> bool:
        """Whether the person named the reader for the service of a form."""
        return self.pack.uses[form].service in self.story.within.services

    def choices(self, form: str, question: str) -> tuple[Choice, ...]:
        spec = self.pack.forms[form]
        return tuple(spec.choices.get(spec.by_key[question].list_name, ()))

    def using(self) -> str:
        """The method chosen last and not stopped, whoever asks; '' when there is none."""
        entries = {e.instance_id: e for e in self.story.histories[self.pack.id].entries}
        for row in self.story.plans[self.pack.id].episodes:
            opens = self.pack.episodes[row.kind].opens
            if opens == self.own.form and (row.ended_on is None or row.ended_on > days.today()):
                return str(entries[row.entries[0]].answers.get(self.own.method) or "")
        return ""

    def write(self, form: str, answers: Mapping[str, Any]) -> int:
        """Write a form about the person, today; gives the record's number. Presses of one day count in their order."""
        use, published = self.pack.uses[form], library().current[form]
        said = {use.who: self.person_id, use.occurred_on: days.today(), **answers}
        filler = Filler(library().spec(form, published.version))
        content = filler.fill(said, instance=f"uuid:{uuid.uuid4()}", counter=time.time_ns() // 1_000_000)
        return door.accept(content, Sender(self.actor.user_id, user_agent="Doorstep")).seq


@shows("person.care")
def methods(request: HttpRequest, person_id: str) -> HttpResponse:
    """Every method in an order thrown anew, with a press under each."""
    desk = Desk(actor_of(request), person_id)
    using = desk.using() if desk.knows(desk.own.form) else ""
    shown = {
        "person": desk.story.person,
        "pack": desk.pack,
        "cards": cards(desk.pack),
        "words": words_of(desk.pack),
        "sources": sources_of(desk.pack),
        "using": desk.pack.methods.get(using),
        "care": () if desk.knows(desk.own.form) else _care(desk),
        "care_referral": () if desk.knows(desk.own.referral) else _care(desk),
        "where": desk.choices(desk.own.referral, desk.own.where),
        "today": days.today().isoformat(),
    }
    return render(request, "web/worker/methods.html", shown)


def _care(desk: Desk) -> tuple[Choice, ...]:
    return desk.choices(desk.own.form, desk.own.care)


@shows("person.care")
@require_POST
def choose(request: HttpRequest, person_id: str) -> HttpResponse:
    """One press: begin or change, stop, or a referral. Nothing is written when there is nothing to stop."""
    desk = Desk(actor_of(request), person_id)
    said = request.POST
    if "stop" in said:
        return _stopped(request, desk)
    if "referral" in said:
        form, answers, care = desk.own.referral, _referral(desk, said), said.get("care_referral", "")
    else:
        form, answers, care = desk.own.form, _begun(desk, said), said.get("care", "")
    if care not in {c.name for c in _care(desk)}:
        care = ""
    if not care and not desk.knows(form):
        messages.error(request, _("Ask first who may see this, and tick it."))
        return HttpResponseRedirect(reverse("person_methods", args=[person_id]))
    seq = desk.write(form, answers | ({desk.own.care: care} if care else {}))
    return HttpResponseRedirect(reverse("receipt", args=[seq]))


def _stopped(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The answer is the same whether something was stopped or not, so that it tells nobody what was used."""
    if desk.using():
        desk.write(desk.own.form, {desk.own.asked: desk.own.stop})
    messages.success(request, _("Done: no method now. It can be chosen anew any day."))
    return HttpResponseRedirect(reverse("person", args=[desk.person_id]))


def _begun(desk: Desk, said: Mapping[str, str]) -> dict[str, Any]:
    method = desk.pack.methods.get(said.get("choose", ""))
    if method is None or method.irreversible:
        raise Http404
    shown = "yes" if said.get("shown") == "yes" else "no"
    answers: dict[str, Any] = {desk.own.asked: desk.own.start, desk.own.method: method.id, desk.own.shown: shown}
    again = _day(said.get("again", ""))
    if again is not None and again >= days.today():
        answers[desk.own.again] = again
    return answers


def _referral(desk: Desk, said: Mapping[str, str]) -> dict[str, Any]:
    places = {c.name for c in desk.choices(desk.own.referral, desk.own.where)}
    if said["referral"] not in places:
        raise Http404
    (yes,) = desk.choices(desk.own.referral, desk.own.asked)
    return {desk.own.asked: yes.name, desk.own.where: said["referral"]}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
