"""Why a visit is due, step by step: every fact with its value in words, the day it was written, the norm it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorstep.engine.model.history import TraceStep
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import Question, Text
from doorstep.visits.queries import DueVisit
from doorstep.web import said
from doorstep.web.reader import language
from doorstep.web.worker.records import value_said
from doorstep.web.worker.story import Story

BOUNDS = {
    "start": gettext_lazy("Counted from"),
    "from": gettext_lazy("From"),
    "due": gettext_lazy("Best by"),
    "until": gettext_lazy("At the latest"),
    "while": gettext_lazy("Still needed"),
    "opened_on": gettext_lazy("Care began"),
    "closed_on": gettext_lazy("Care closed"),
    "times_met": gettext_lazy("Times done so far"),
    "previous": gettext_lazy("The dose before that counted"),
    "first_valid": gettext_lazy("The first dose that counted"),
    "edition": gettext_lazy("This schedule holds since"),
}
PROPERTIES = {
    "person.birth_date": gettext_lazy("Date of birth"),
    "person.sex": gettext_lazy("Sex"),
    "person.moved_in_on": gettext_lazy("Came to live here"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One step: what, its value, where it comes from, and what it rests on itself."""

    what: str
    value: str
    source: str
    below: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """All reasons of one visit. ``need``: what must be known first."""

    sentence: str
    steps: tuple[Reason, ...]
    need: tuple[Text, ...]
    source: Text


def why(story: Story, visit: DueVisit) -> Why | None:
    """The reasons of a visit; None when its programme is no longer in force at her place."""
    programme = next((p for p in story.programmes if p.pack.id == visit.pack_id), None)
    if programme is None or visit.planned is None:
        return None
    pack, rules = programme.pack, programme.rules
    steps = rules.why(story.histories[pack.id], visit.contact, visit.episode, visit.k)
    known = pack.sources.get(visit.planned.source)
    return Why(
        rules.sentence(story.plans[pack.id], visit.window, language()),
        _reasons(pack, steps, set()),
        tuple(pack.facts[name].title for name in visit.window.need if name in pack.facts and pack.facts[name].title),
        known.title if known else {},
    )


def _reasons(pack: Pack, steps: Sequence[TraceStep], told: set[tuple[str, str]]) -> tuple[Reason, ...]:
    """Each step once, however often the rules came to it."""
    found = []
    for step in steps:
        reason = (_what(pack, step), _value(pack, step))
        if reason not in told:
            told.add(reason)
            found.append(Reason(*reason, _source(pack, step), _reasons(pack, step.steps, told)))
    return tuple(found)


def _what(pack: Pack, step: TraceStep) -> str:
    if step.name in BOUNDS or step.name in PROPERTIES:
        return str({**BOUNDS, **PROPERTIES}[step.name])
    form, _dot, key = step.name.partition(".")
    if key == "occurred_on" and form in pack.uses:
        return said.text(pack.uses[form].title)
    return said.text(step.label) if step.label else step.name


def _value(pack: Pack, step: TraceStep) -> str:
    value: Any = step.value
    if value is None:
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return said.day(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    question = _question(pack, step.name)
    if question is not None and isinstance(value, (str, list, tuple)):
        spec = pack.forms[step.name.partition(".")[0]]
        return value_said(spec, question, list(value) if isinstance(value, tuple) else value)
    return str(value)


def _question(pack: Pack, name: str) -> Question | None:
    form, _dot, key = name.partition(".")
    return pack.forms[form].by_key.get(key) if form in pack.forms else None


def _source(pack: Pack, step: TraceStep) -> str:
    if step.name in BOUNDS and not step.entry:
        return ""  # the visit's own source stands under all of them
    if step.entry and step.on and step.on != step.value:
        return _("written on %(day)s") % {"day": said.day(step.on)}
    sources: Mapping[str, Any] = pack.sources
    return said.text(sources[step.source].title) if step.source in sources else ""
