"""One sheet for one course of care: the dates that count, each visit with its findings in a column of its own, and what
comes next. For the care team, and for her. A pregnancy's sheet is the page of the mother's book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from doorstep.access.actions import log_shown
from doorstep.access.queries import staff
from doorstep.engine.model.spec import Question
from doorstep.engine.outputs.tags import CHOICE, NEVER_SORTS, address, no_stricter_than
from doorstep.forms.queries import StoredEntry
from doorstep.lib import days
from doorstep.programmes import tags
from doorstep.web import said
from doorstep.web.paper.courses import latest, visit_forms
from doorstep.web.paper.press import Paper, prints
from doorstep.web.paper.slip import waits
from doorstep.web.paper.who import who, who_words
from doorstep.web.reader import actor_of
from doorstep.web.worker.reach import reach
from doorstep.web.worker.records import value_said
from doorstep.web.worker.story import Course, Story

ANSWERS_AT_MOST = "sensitive.pregnancy"
NOT_ANSWERS = NEVER_SORTS | {"identity", "claim"}
SILENT = frozenset({"note", "calculate", "start", "end", "today", "deviceid", "hidden"})


@prints("print.care")
def care(request: HttpRequest, person_id: str, pack_id: str, kind: str) -> Paper:
    within = reach(actor_of(request), person_id)
    log_shown(within.actor, "print.care", [person_id])
    story, today = Story(within), days.today()
    course = latest(story, "print.care", pack_id, kind, today)
    if course is None:
        raise Http404
    told = {
        **who(story),
        "dates": _dates(course),
        "forms": [block for form in visit_forms(course) if (block := _block(story, course, form))],
        "next": _next(story, course, today),
    }
    return Paper("care.typ", _words(said.text(course.definition.title)), told)


def _dates(course: Course) -> list[list[str]]:
    """The two days a pack draws the course between, or else the day it began."""
    strip, facts = course.definition.strip, course.programme.pack.facts
    found = [(said.text(facts[i].title), course.facts.get(i)) for i in (strip.start, strip.end)] if strip else []
    dates = [[title, said.whole_day(on)] for title, on in found if isinstance(on, date)]
    return [[_("In care since"), said.whole_day(course.row.opened_on)], *dates]


def _next(story: Story, course: Course, today: date) -> list[list[str]]:
    """What is planned in this course: its words, and when."""
    waiting = (v for v in story.visits if v.episode == course.row.key and waits(v, today))
    return [[said.text(v.planned.title) if v.planned else "", _when(v.from_on, v.due_on, v.until_on)] for v in waiting]


def _when(first: date | None, due: date | None, last: date | None) -> str:
    first, last = first or due, last or due
    if first and last and first < last:
        return _("%(from)s to %(until)s") % {"from": said.whole_day(first), "until": said.whole_day(last)}
    return said.whole_day(first) if first else ""


@dataclass
class _Rows:
    """Questions down, visits across. A repeat's rounds stand below one another, told apart by their number."""

    said: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    labels: dict[tuple[str, int], str] = field(default_factory=dict)

    def put(self, key: tuple[str, int], label: str, column: int, answer: str) -> None:
        row = self.said.setdefault(key, [])
        row += [""] * (column - len(row))
        row.append(answer)
        self.labels[key] = label


def _block(story: Story, course: Course, form_id: str) -> dict[str, Any] | None:
    """One form of the course: its visits across, what was found down."""
    if not story.may_show(form_id):
        return None
    spec = course.programme.pack.forms[form_id]
    counts = tags.ground([course.programme.pack]).question_tags[form_id]
    day = course.programme.pack.uses[form_id].occurred_on  # it heads the column
    told = [q for q in spec.questions if q.key != day and _may_stand(q, counts.get(address(q), CHOICE))]
    written = [(e, a) for e, a in story.answers_of(frozenset(course.row.entries)) if e.form_id == form_id]
    if not written and form_id != visit_forms(course)[0]:
        return None  # only the first is printed empty, to be filled by hand
    rows = _Rows()
    for question in told:  # every question has its line, also for writing by hand; a repeat's when it was answered
        if not question.repeat:
            rows.said[question.key, 0], rows.labels[question.key, 0] = [], _label(question)
    for column, (entry, answers) in enumerate(written):
        kept = story.world.library.spec(entry.form_id, entry.form_version)
        for question, count, value in _answered(told, answers):
            words = value_said(kept, kept.by_key.get(question.key, question), value)
            rows.put((question.key, count), _label(question, count), column, words)
    return {
        "question": said.text(course.programme.pack.uses[form_id].title),
        "visit": [said.whole_day(entry.occurred_on) for entry, _answers in written],
        "by": [_name(entry) for entry, _answers in written],
        "lines": [
            {"question": rows.labels[key], "answer": found + [""] * (len(written) - len(found))}
            for key, found in rows.said.items()
        ],
    }


def _answered(told: Iterable[Question], answers: Mapping[str, Any]) -> Iterable[tuple[Question, int, Any]]:
    for question in told:
        rounds = answers.get(question.repeat[-1], ()) if question.repeat else (answers,)
        for count, one in enumerate(rounds, 1 if question.repeat else 0):
            if one.get(question.key) is not None:
                yield question, count, one[question.key]


def _may_stand(question: Question, counts: str) -> bool:
    """Whether answers to a question may stand on paper: nothing of choice, violence, HIV or the mind, of the family, or of
    who she is."""
    if question.type in SILENT or question.type.endswith("_from_file"):
        return False
    return counts in no_stricter_than(ANSWERS_AT_MOST) and counts not in NOT_ANSWERS


def _label(question: Question, count: int = 0) -> str:
    words = said.text(question.labels) or question.name
    return f"{words} ({count})" if count else words


def _name(entry: StoredEntry) -> str:
    member = staff().by_id.get(entry.author_id)
    return member.name if member else ""


def _words(title: str) -> dict[str, Any]:
    return {
        **who_words(),
        "heading": title,
        "visits": _("Day"),
        "by": _("Written by"),
        "next": _("What comes next"),
        "when": _("When"),
        "notes": _("Notes"),
        "hers": _(
            "This sheet belongs to the person it is about. It proves nothing, and nobody else may ask to see it."
        ),
    }
