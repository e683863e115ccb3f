"""The health record on paper: a cover with what is known now, and the card for the purse. Only for the people she named."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from doorstep.access.actions import log_shown
from doorstep.access.queries import staff
from doorstep.engine.model.pack import TrendLine
from doorstep.engine.model.spec import FormSpec, Question
from doorstep.lib import days, sealed
from doorstep.web import said
from doorstep.web.paper.courses import latest
from doorstep.web.paper.press import Paper, prints
from doorstep.web.paper.who import who, who_words
from doorstep.web.reader import actor_of
from doorstep.web.worker.reach import reach
from doorstep.web.worker.records import value_said
from doorstep.web.worker.story import Course, Story

CHOICES = frozenset({"select_one", "select_multiple"})


@prints("print.health")
def health(request: HttpRequest, person_id: str, pack_id: str, kind: str) -> Paper:
    within = reach(actor_of(request), person_id)
    log_shown(within.actor, "print.health", [person_id])
    story = Story(within)
    course = latest(story, "print.health", pack_id, kind, days.today())
    if course is None:
        raise Http404
    member = staff().by_id[within.actor.user_id]
    person, home = story.person, story.home
    told = {
        **who(story),
        "address": home.address if home and home.listed and person.listed else "",
        "phone": sealed.opened(person.phone) if person.listed and person.reach in said.MAY_BE_CALLED else "",
        "since": said.whole_day(course.row.opened_on),
        "by": member.name,
        "by_phone": sealed.opened(member.phone),
        "lines": [_line(story, course, line) for line in course.definition.sheet],
    }
    return Paper("health.typ", _words(said.text(course.definition.title)), told)


def _line(story: Story, course: Course, line: TrendLine) -> dict[str, Any]:
    """One question with every choice to tick, or its written answer; as last said."""
    wanted = dict(address.split(".", 1) for address in line.of)
    found = None
    for entry, answers in story.answers_of(frozenset(course.row.entries)):
        value = answers.get(wanted.get(entry.form_id, ""))
        if value is not None and story.may_show(entry.form_id):
            found = entry, value
    form, key = line.of[0].split(".", 1)
    spec = course.programme.pack.forms[form]
    question = spec.by_key[key]
    value = found[1] if found else None
    shown = {"question": said.text(line.title), "on": said.whole_day(found[0].occurred_on) if found else ""}
    return {**shown, "answers": _choices(spec, question, value)}


def _choices(spec: FormSpec, question: Question, value: Any) -> list[list[Any]]:
    """[words, ticked] of each choice; of a written answer only the words."""
    if not question.list_name:
        return [[value_said(spec, question, value) if value is not None else "", None]]
    ticked = set(value) if isinstance(value, list) else {str(value)}
    return [[said.text(choice.labels), choice.name in ticked] for choice in spec.choices[question.list_name]]


def _words(title: str) -> dict[str, Any]:
    return {
        **who_words(),
        "heading": title,
        "comma": _(", "),
        "address": _("Where to find it"),
        "since": _("Kept since"),
        "known": _("What is known now"),
        "emergency": _("In need, ring"),
        "card": _("Card for the purse: cut out, fold in the middle"),
        "free": _(
            "You asked for this record, and may end it any day. No service needs it, and nobody may ask to see it."
        ),
    }
