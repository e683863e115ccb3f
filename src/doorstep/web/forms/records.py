"""One form of one's own with what was sent on it, and one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from doorstep.access.permissions import Actor
from doorstep.access.showing import declared, shows
from doorstep.engine.model.spec import FormSpec, Group, Question
from doorstep.forms import kept, media, own
from doorstep.forms.own import PAGE, OwnRecord
from doorstep.forms.queries import CONFLICT, SUPERSEDED, library
from doorstep.forms.reader import FILE_TYPES
from doorstep.lib import days
from doorstep.web import said
from doorstep.web.forms.filling import sent_file_url
from doorstep.web.forms.mine import my_form, my_record
from doorstep.web.forms.publishing import STATES, asked_for
from doorstep.web.forms.tables import directly_inside
from doorstep.web.worker.records import title_of, trouble_of, value_said

SHOWN_OF_A_RECORD = 3
_SILENT = frozenset({"note", "calculate", "hidden", "start", "end", "today", "deviceid", "username", "audit"})
_PICTURES = frozenset({"image"})
_CALM = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})  # what a browser shows and never runs


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered question. ``depth``: inside how many repeats it stands. ``file``: the address of what was sent."""

    question: str
    answer: str
    depth: int = 0
    file: str = ""
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A record in the list: when it came, its first answers, what is wrong with it."""

    record: OwnRecord
    gist: str
    trouble: str
    came: str


@shows("forms.own.records")
def form(request: HttpRequest, form_id: str) -> HttpResponse:
    """The form, its versions and files, and the records on it."""
    actor, published = my_form(request, form_id)
    typed = request.GET.get("skip", "")
    skip = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    found = own.records(form_id, actor.user_id, skip=skip)
    asked = asked_for(published)
    shown = {
        "form": published,
        "title": title_of(library(), form_id),
        "state": STATES[published.open_to],
        "versions": [v for v in library().versions.values() if v.form_id == form_id],
        "records": [_line(form_id, record) for record in found[:PAGE]],
        "asked_for": asked,
        "lacks": [file.name for file in asked if not file.is_here],
        "before": max(0, skip - PAGE) if skip else None,
        "after": skip + PAGE if len(found) > PAGE else None,
    }
    return render(request, "web/forms/form.html", shown)


def _line(form_id: str, record: OwnRecord) -> Line:
    spec = library().spec(form_id, record.form_version)
    answers = (one.answer for one in answers_said(spec, record.answers) if not one.file)
    gist = [answer for answer, _n in zip(answers, range(SHOWN_OF_A_RECORD), strict=False)]
    return Line(record, " · ".join(gist), trouble_of(record), _moment(record))


def _moment(record: OwnRecord) -> str:
    """When it came in: the day, and the time of day."""
    came = record.received_at.astimezone(days.zone())
    return f"{said.day(came.date())} {came:%H:%M}"


@shows("forms.own.record")
def record(request: HttpRequest, seq: int) -> HttpResponse:
    """Every answer of one record."""
    mine = my_record(request, seq)
    spec = library().spec(mine.published.form_id, mine.record.form_version)
    sent = {file.name: sent_file_url(seq, file.name) for file in own.files([seq]).get(seq, ()) if file.digest}
    shown = {
        "title": title_of(library(), mine.published.form_id),
        "form": mine.published,
        "record": mine.record,
        "came": _moment(mine.record),
        "replaced": mine.record.state == SUPERSEDED,
        "trouble": "" if mine.record.state == SUPERSEDED else trouble_of(mine.record),
        "answers": list(answers_said(spec, mine.record.answers, sent)),
        "correctable": mine.record.correctable and mine.published.open_to != "closed",
        "settles": mine.record.state == CONFLICT and _may_settle(mine.actor),
    }
    return render(request, "web/forms/record.html", shown)


def _may_settle(actor: Actor) -> bool:
    """Whether the reader has the page on which two versions are settled."""
    return actor.role in declared()["repair"].audience


@shows("forms.own.record")
def sent_file(request: HttpRequest, seq: int) -> HttpResponse:
    """A photo or file of a record. It is saved, never opened, when asked for as a page."""
    my_record(request, seq)
    name = request.GET.get("name", "")
    digest = next((file.digest for file in own.files([seq]).get(seq, ()) if file.name == name), "")
    if not digest:
        raise Http404
    kind = media.content_type(name)
    headers = {"Content-Disposition": "attachment"}
    content = kept.read(digest)
    return HttpResponse(content, content_type=kind if kind in _CALM else "application/octet-stream", headers=headers)


# ---------------------------------------------------------------- answers in words


def answers_said(
    spec: FormSpec, answers: Mapping[str, Any], files: Mapping[str, str] | None = None
) -> Iterator[Answer]:
    """Every answered question in the form's order; a repeat's rounds one after the other, also those inside others."""
    yield from _level(spec, (), answers, 0, files or {})


def _level(
    spec: FormSpec, repeat: tuple[str, ...], answers: Mapping[str, Any], depth: int, files: Mapping[str, str]
) -> Iterator[Answer]:
    done: set[tuple[str, ...]] = set()
    for question in spec.questions:
        if question.repeat == repeat:
            yield from _said(spec, question, answers, depth, files)
            continue
        inner = next((r for r in directly_inside(spec, repeat) if question.repeat[: len(r)] == r), None)
        if inner is None or inner in done:
            continue
        done.add(inner)
        title = _title_of_repeat(spec.groups, inner)
        for number, one in enumerate(answers.get(inner[-1], ()), start=1):
            yield Answer(title, _("No. %(n)s") % {"n": number}, depth)
            yield from _level(spec, inner, one, depth + 1, files)


def _title_of_repeat(groups: tuple[Group, ...], path: tuple[str, ...]) -> str:
    group = next((g for g in groups if g.path == path), None)
    return said.text(group.labels) if group and group.labels else path[-1]


def _said(
    spec: FormSpec, question: Question, answers: Mapping[str, Any], depth: int, files: Mapping[str, str]
) -> Iterator[Answer]:
    value = answers.get(question.key)
    if value is None or question.type in _SILENT:
        return
    label = said.text(question.labels) or question.name
    if question.type in FILE_TYPES:
        yield Answer(label, str(value), depth, files.get(str(value), ""), question.type in _PICTURES)
    else:
        yield Answer(label, value_said(spec, question, value), depth)
