"""What was held at places: for those who hold it a list, for those who oversee it figures. No persons stand anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doorstep.access.showing import shows
from doorstep.engine.model.pack import FormUse
from doorstep.engine.model.spec import FormSpec, Text
from doorstep.forms import held
from doorstep.forms.queries import library
from doorstep.indicators import periods
from doorstep.indicators.areas import parts
from doorstep.indicators.heard import SHEETS, attended, kind, voices
from doorstep.indicators.periods import Period
from doorstep.indicators.settled import Page
from doorstep.intake.voices import around
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.web import said
from doorstep.web.desk.area import chosen_area
from doorstep.web.manager.reports import period_name
from doorstep.web.outreach.shown import place_forms
from doorstep.web.reader import actor_of
from doorstep.web.worker.records import Said, answers_said, title_of

QUARTERS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One event in words."""

    seq: int
    title: str
    where: str
    on: date
    said: list[Said]


@shows("outreach")
def listed(request: HttpRequest) -> HttpResponse:
    """What was held in the reader's own places, and what can be written down or asked."""
    actor = actor_of(request)
    uses = place_forms(actor.places)
    shown = {
        "forms": [use for use in uses if not use.anonymous],
        "questions": [use for use in uses if use.anonymous] if around(actor) else [],
        "lines": [_line(event) for event in held.held(actor.places)],
        "most": held.MOST_SHOWN,
    }
    return render(request, "web/outreach/list.html", shown)


def _line(event: held.Event) -> Line:
    spec = library().spec(event.form_id, event.form_version)
    found = list(answers_said(spec, orjson.loads(event.answers)))
    return Line(event.seq, title_of(library(), event.form_id), said.place(event.place_id), event.on, found)


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of event in a period: how often, and what was counted (None: under ten, hidden)."""

    title: Text
    times: int
    sums: list[tuple[Text, int | None]]


@dataclass(frozen=True, slots=True)
class Answered:
    """One question without a name: how often each answer was given (None: hidden)."""

    words: Text
    answers: list[tuple[Text, int | None]]


@dataclass(frozen=True, slots=True)
class Voices:
    """One sheet of questions: how many were filled, and its answers when there are enough."""

    title: Text
    sheets: int | None
    questions: list[Answered]


@shows("outreach.figures")
def in_figures(request: HttpRequest) -> HttpResponse:
    """Events by kind and place in one quarter, and what people said without a name, by township or wider."""
    actor, today = actor_of(request), days.today()
    offered, area = chosen_area(actor, request.GET.get("place", ""))
    quarters = periods.latest(today, "quarter", QUARTERS)[::-1]
    period = next((p for p in quarters if p.id == request.GET.get("period")), quarters[0])
    choices = [(one.id, period_name(one)) for one in quarters]
    shown: dict[str, object] = {"areas": offered, "area": area, "choices": choices, "period": period}
    shown["period_name"] = period_name(period)
    if area is not None:
        shown |= _figures(area, period, today)
    return render(request, "web/outreach/figures.html", shown)


def _figures(area: Node, period: Period, today: date) -> Mapping[str, object]:
    below = places.tree().below(area.id)
    uses = place_forms(below)
    forms = [use for use in uses if not use.anonymous]
    counted = {use.form: _counted(use) for use in forms}
    found = held.figures(below, period.first, period.last, counted)
    by_place = [(node, sum(found.at[i] for i in places.tree().below(node.id))) for node in parts(area)]
    came = attended(counted, area, period, today)
    return {
        "held": [Held(use.title, found.times[use.form], _sums(use, came, area)) for use in forms],
        "by_place": by_place,
        "voices": [_voices(use, area, period, today) for use in uses if use.anonymous],
        "settled": came.day,
    }


def _spec(use: FormUse) -> FormSpec:
    return library().spec(use.form, library().current[use.form].version)


def _counted(use: FormUse) -> Sequence[str]:
    return [q.key for q in _spec(use).questions if q.data_type == "int"]


def _sums(use: FormUse, came: Page, area: Node) -> list[tuple[Text, int | None]]:
    spec = _spec(use)
    return [(spec.by_key[key].labels, came.shown(area.id, kind(use.form, key))) for key in _counted(use)]


def _voices(use: FormUse, area: Node, period: Period, today: date) -> Voices:
    spec = _spec(use)
    asked = {q.name: q for q in spec.questions if q.type == "select_one"}
    choices = {name: [choice.name for choice in spec.choices.get(q.list_name, ())] for name, q in asked.items()}
    found = voices(use.form, choices, area, period, today)
    sheets = found.shown(area.id, SHEETS)
    if sheets is None:
        return Voices(use.title, None, [])
    questions = []
    for name, question in asked.items():
        offered = spec.choices.get(question.list_name, ())
        answers = [(choice.labels, found.shown(area.id, kind(name, choice.name))) for choice in offered]
        questions.append(Answered(question.labels, answers))
    return Voices(use.title, sheets, questions)
