"""What was answered, in words: each question with its answer, choices by their labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from django.utils.translation import gettext as _

from doorstep.access.permissions import HERSELF
from doorstep.access.queries import staff
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.forms.own import OwnRecord
from doorstep.forms.queries import APPLIED, CONFLICT, HELD, REVIEW, Library, StoredEntry
from doorstep.lib import days, sealed
from doorstep.lib.problems import Problem
from doorstep.web import said
from doorstep.web.reader import language

IDENTITY = frozenset({"identity"})
_SILENT = frozenset({"note", "calculate", "start", "end", "today", "deviceid", "hidden"})


@dataclass(frozen=True, slots=True)
class Said:
    """One question with its answer. ``depth`` 1 stands inside a repeat."""

    question: str
    answer: str
    depth: int = 0


@dataclass(frozen=True)
class Record:
    """A record as a page shows it."""

    seq: int
    title: str
    on: date
    author: str
    said: list[Said]
    trouble: str
    correctable: bool


def record(entry: StoredEntry, library: Library, *, named: bool, unsaid: frozenset[str] = frozenset()) -> Record:
    """A stored entry in the reader's language. Not ``named``: without what tells who she is. ``unsaid``: questions
    whose answers she wants nobody to see."""
    spec = library.spec(entry.form_id, entry.form_version)
    author = staff().by_id.get(entry.author_id)
    return Record(
        entry.seq,
        title_of(library, entry.form_id),
        entry.occurred_on,
        _("the person herself or himself") if entry.author_id == HERSELF else author.name if author else "",
        list(answers_said(spec, _without(orjson.loads(entry.answers), unsaid), frozenset() if named else IDENTITY)),
        trouble_of(entry),
        entry.state in (APPLIED, REVIEW),
    )


def _without(answers: Mapping[str, Any], unsaid: frozenset[str]) -> Mapping[str, Any]:
    return {key: value for key, value in answers.items() if key not in unsaid}


def title_of(library: Library, form_id: str) -> str:
    """A form's title: the one language of a bare title is cut at the dot between two languages."""
    titles = library.current[form_id].titles
    both = titles.get(language()) or titles.get("default") or next(iter(titles.values()), form_id)
    parts = both.split(" · ")
    return parts[0 if language() == "zh" else -1]


def trouble_of(entry: StoredEntry | OwnRecord) -> str:
    """Why an entry does not count yet, in one or two sentences; '' when it does."""
    if entry.state == HELD:
        problem = Problem(f"intake.{entry.problem or 'edit_of_unknown'}")
    elif entry.state == CONFLICT:
        problem = Problem("intake.other_content")
    elif entry.state == REVIEW:
        problem = Problem(f"intake.{entry.problem}")
    else:
        return ""
    return problem.text(language())


def answers_said(spec: FormSpec, answers: Mapping[str, Any], without: frozenset[str] = frozenset()) -> Iterator[Said]:
    """Every answered question in the form's order, a repeat's rounds one after the other, ``without`` some tags."""
    told = [question for question in spec.questions if question.tag not in without]
    done: set[tuple[str, ...]] = set()
    for question in told:
        if not question.repeat:
            yield from _said(spec, question, answers, 0)
        elif question.repeat not in done:
            done.add(question.repeat)
            inside = [q for q in told if q.repeat == question.repeat]
            for one in answers.get(question.repeat[-1], ()):
                for inner in inside:
                    yield from _said(spec, inner, one, 1)


def _said(spec: FormSpec, question: Question, answers: Mapping[str, Any], depth: int) -> Iterator[Said]:
    value = answers.get(question.key)
    if value is None or question.type in _SILENT or question.type.endswith("_from_file"):
        return
    label = said.text(question.labels) or question.name
    yield Said(label, value_said(spec, question, value), depth)


def value_said(spec: FormSpec, question: Question, value: Any) -> str:
    """One answer in words: choices by their labels, days as people write them."""
    if isinstance(value, list):
        return ("、" if language() == "zh" else ", ").join(_choice(spec, question, one) for one in value)
    if question.data_type == "date" and (on := days.parse_day(str(value))):
        return days.say(on, language())
    return _choice(spec, question, sealed.opened(str(value)))


def _choice(spec: FormSpec, question: Question, name: str) -> str:
    labels = {choice.name: choice.labels for choice in spec.choices.get(question.list_name, ())}
    return said.text(labels[name]) if name in labels else name
