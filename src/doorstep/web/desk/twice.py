"""Somebody written down twice: who may be one person, side by side; a person says whether, and can say otherwise later."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.forms.builtin import SAME_PERSON
from doorstep.forms.filling import Filler
from doorstep.forms.queries import library
from doorstep.intake import door, same
from doorstep.intake.parse import Sender
from doorstep.lib import days, sealed
from doorstep.register import queries as register
from doorstep.register.queries import Twice
from doorstep.register.search import digits
from doorstep.web import said
from doorstep.web.reader import actor_of

MOST_SHOWN = 40
REASONS = {
    "name": gettext_lazy("the same name"),
    "pinyin": gettext_lazy("a name read the same way"),
    "part_of_name": gettext_lazy("a part of the name"),
    "birth_date": gettext_lazy("the same birthday"),
    "birth_year": gettext_lazy("the same year of birth"),
    "household": gettext_lazy("the same family"),
    "phone": gettext_lazy("the same phone"),
}
SEXES = {"male": gettext_lazy("male"), "female": gettext_lazy("female")}


@dataclass(frozen=True, slots=True)
class Row:
    """One property of both."""

    title: str | Promise
    values: tuple[str, str]

    @property
    def differs(self) -> bool:
        return self.values[0] != self.values[1]


@dataclass(frozen=True, slots=True)
class Shown:
    """Two people side by side."""

    people: tuple[Twice, Twice]
    rows: list[Row]
    reasons: list[str | Promise]


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody of whom it was said that she stands under another id."""

    person: Twice
    other: str
    since: date


@shows("twice")
def twice(request: HttpRequest) -> HttpResponse:
    """Who in the reader's own area may be one person, and of whom that was said."""
    actor = actor_of(request)
    found = same.to_ask(actor.places)
    joined = register.joined_at(actor.places)[:MOST_SHOWN]
    ids = [i for pair in found[:MOST_SHOWN] for i in (pair.first, pair.second)] + [i for _other, i, _since in joined]
    log_shown(actor, "twice", ids)
    who = {one.person_id: one for one in register.seen_twice(ids)}
    shown = {
        "pairs": [
            _shown(who[p.first], who[p.second], p.reasons)
            for p in found[:MOST_SHOWN]
            if p.first in who and p.second in who
        ],
        "more": max(0, len(found) - MOST_SHOWN),
        "joined": [Joined(who[i], other, since) for other, i, since in joined if i in who],
    }
    return render(request, "web/desk/twice.html", shown)


def _shown(one: Twice, other: Twice, reasons: Sequence[str]) -> Shown:
    both = (one, other)

    def row(title: str | Promise, values: Sequence[str]) -> Row:
        return Row(title, (values[0], values[1]))

    rows = [
        row(_("Name"), [p.name for p in both]),
        row(_("Sex"), [str(SEXES.get(p.sex, "–")) for p in both]),
        row(_("Date of birth"), [said.whole_day(p.birth_date) if p.birth_date else "–" for p in both]),
        row(_("Family"), [" · ".join(filter(None, (said.place(p.place_id), p.number or ""))) for p in both]),
        row(_("Phone, its end"), [digits(sealed.opened(p.phone))[-4:] or "–" for p in both]),
    ]
    return Shown(both, rows, [REASONS[reason] for reason in reasons])


@shows("twice")
@require_POST
def say(request: HttpRequest) -> HttpResponse:
    """One person or two: an entry like any other, so that it can be said otherwise later."""
    actor = actor_of(request)
    kept, other = request.POST.get("kept", ""), request.POST.get("other", "")
    yes = request.POST.get("same") == "yes"
    if kept == other or not all(_within(actor, i) for i in (kept, other)):
        raise Http404
    if yes and frozenset((kept, other)) not in {
        frozenset((p.first, p.second)) for p in register.maybe_twice(actor.places)
    }:
        raise Http404  # only who was found to be alike is made one by a press
    log_shown(actor, "twice", [kept, other])
    form = library().current[SAME_PERSON]
    answers = {"kept": kept, "other": other, "same": "yes" if yes else "no", "on": days.today()}
    content = Filler(library().spec(form.form_id, form.version)).fill(answers, instance=f"uuid:{uuid.uuid4()}")
    door.accept(content, Sender(actor.user_id, user_agent="Doorstep"))
    messages.success(
        request,
        _("They are one person now. Everything written under either stands in one place.")
        if yes
        else _("They are two people. You will not be asked again."),
    )
    return HttpResponseRedirect(reverse("twice"))


def _within(actor: Actor, person_id: str) -> bool:
    """Whether a person, or whom she is known to be, is in the reader's own area."""
    found = register.place_of(register.aliases([person_id]).get(person_id, person_id))
    return found is not None and found[0] in actor.places
