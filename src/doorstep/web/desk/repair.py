"""Records that do not count yet: open one, correct it, say whom it is about, or choose between two versions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.access.queries import staff
from doorstep.access.showing import shows
from doorstep.engine.model.spec import FormSpec
from doorstep.forms import queries as forms
from doorstep.forms.builtin import TWO_RECORDS, VERSION_CHOICE
from doorstep.forms.filling import Filler
from doorstep.forms.queries import APPLIED, CONFLICT, HELD, Published, StoredEntry, library
from doorstep.forms.waiting import (
    Versions,
    care_count,
    changed_elsewhere,
    of_carer,
    of_register,
    of_two_phones,
    settled_lately,
    unplaced,
    versions,
)
from doorstep.indicators.waiting import waiting_care
from doorstep.intake import door, releasing
from doorstep.intake.parse import Sender
from doorstep.lib import days
from doorstep.lib.problems import Problem
from doorstep.register import queries as register
from doorstep.register.fold import PersonRow
from doorstep.web.desk.reworded import about_another
from doorstep.web.desk.settling import may_choose, nowhere, own_to_repair, register_forms, to_settle, writers
from doorstep.web.reader import actor_of, language
from doorstep.web.worker import fill
from doorstep.web.worker.find import found_by
from doorstep.web.worker.reach import reach
from doorstep.web.worker.records import answers_said, title_of, trouble_of

UNKNOWN = frozenset({"person_unknown", "household_unknown"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of a list of records that wait."""

    entry: StoredEntry
    title: str
    author: str
    trouble: str


@dataclass(frozen=True, slots=True)
class Version:
    """One of the versions that clash."""

    entry: StoredEntry
    author: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its answer in each version."""

    question: str
    answers: list[str]

    @property
    def differs(self) -> bool:
        return len(set(self.answers)) > 1


# ---------------------------------------------------------------- lists


@shows("problems")
def problems(request: HttpRequest) -> HttpResponse:
    """What waits in the supervisor's area: records of the register one by one, those of care as a number."""
    actor = actor_of(request)
    authors, allowed = writers(actor), register_forms()
    found = of_register(authors, allowed)
    settled = settled_lately(authors, allowed)
    log_shown(actor, "problems", [e.person_id for e in found if e.person_id])
    shown = {
        "waiting": [_waiting(e) for e in found],
        "settled": [replace(_waiting(clash.entries[0]), trouble="") for clash in settled],
        "elsewhere": [_waiting(e) for e in of_two_phones(authors, allowed)],
        "care": waiting_care(
            actor, lambda: care_count(authors, allowed) + len(nowhere(authors, allowed)), days.today()
        ),
    }
    return render(request, "web/desk/problems.html", shown)


@shows("repairs")
def repairs(request: HttpRequest) -> HttpResponse:
    """A worker's own records that do not count yet."""
    actor = actor_of(request)
    found = of_carer(actor)
    lost = [e for e in nowhere([actor.user_id]) if e.seq not in {one.seq for one in found}]
    log_shown(actor, "repairs", [e.person_id for e in [*found, *lost] if e.person_id])
    return render(
        request,
        "web/desk/repairs.html",
        {
            "waiting": [_waiting(e) for e in found],
            "nowhere": [_waiting(e) for e in lost],
            "sees_twice": actor.has("register.read"),
        },
    )


def _waiting(entry: StoredEntry) -> Waiting:
    trouble = _("There are versions that cannot both be right.") if entry.state == CONFLICT else trouble_of(entry)
    if not trouble and unplaced(entry.seq):
        trouble = Problem("intake.unplaced").text(language())
    elif not trouble and entry.state == APPLIED:
        trouble = _(
            "Two people wrote down the same thing, and not alike. Both count until somebody says which is right."
        )
    return Waiting(entry, title_of(library(), entry.form_id), _author(entry), trouble)


def _author(entry: StoredEntry) -> str:
    member = staff().by_id.get(entry.author_id)
    return member.name if member else ""


# ---------------------------------------------------------------- one record


@dataclass(frozen=True, slots=True)
class Desk:
    """Under which addresses a record is repaired: a worker's own, or the supervisor's."""

    output: str
    back: str
    one: str
    correct: str
    xml: str
    send: str
    keep: str
    release: str


def _desk(output: str, back: str) -> Desk:
    return Desk(output, back, output, *(f"{output}_{does}" for does in ("correct", "xml", "send", "keep", "release")))


OWN, AREA = _desk("repair", "repairs"), _desk("problem", "problems")


@shows("repair")
def own(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    return _one(request, actor, own_to_repair(actor, seq), OWN)


@shows("problem")
def problem(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    return _one(request, actor, to_settle(actor, seq), AREA)


def _one(request: HttpRequest, actor: Actor, entry: StoredEntry, desk: Desk) -> HttpResponse:
    clash = versions(entry)
    opens = clash is None or may_choose(actor, clash)
    shown_entries = clash.entries if clash and opens else (entry,)
    log_shown(actor, desk.output, _persons(shown_entries))
    shown: dict[str, Any] = {
        "desk": desk,
        "one": _waiting(entry),
        "clash": clash,
        "opens": opens,
        "versions": _side(clash) if clash and opens else [],
        "rows": _rows(shown_entries),
        "person": _person(actor, entry),
        "held": entry.state == HELD,
        "releases": desk.release if releasing.waits(entry) else "",
        "elsewhere": changed_elsewhere(entry.seq),
        "correctable": entry.state not in (HELD, CONFLICT) and clash is None and _fillable(actor, entry),
        "asks_who": entry.problem == "person_unknown" and bool(_who(entry)) and desk is OWN,
    }
    if shown["asks_who"]:
        typed = request.POST.get("typed", "").strip()
        shown |= {"typed": typed, "found": found_by(actor, typed), "today": days.today()}
    return render(request, "web/desk/repair.html", shown)


def _persons(entries: tuple[StoredEntry, ...]) -> list[str]:
    homes = [e.household_id for e in entries if e.household_id and not e.person_id]
    return [e.person_id for e in entries if e.person_id] + register.members(homes)


def _person(actor: Actor, entry: StoredEntry) -> PersonRow | None:
    """Whom it is about, when there is such a person and the reader may know her or him."""
    try:
        reach(actor, entry.person_id or "")
    except Http404:
        return None
    return register.people([entry.person_id or ""]).get(entry.person_id or "")


def _side(clash: Versions) -> list[Version]:
    return [Version(e, _author(e), clash.stands(e)) for e in clash.entries]


def _rows(entries: tuple[StoredEntry, ...]) -> list[Row]:
    """Every question that is answered in any version, in the form's order, with its answer in each."""
    said = [list(answers_said(_spec(e), orjson.loads(e.answers))) for e in entries]
    if len({tuple(one.question for one in answers) for answers in said}) == 1:
        return [Row(together[0].question, [one.answer for one in together]) for together in zip(*said, strict=True)]
    questions = dict.fromkeys(one.question for answers in said for one in answers)
    rows = []
    for question in questions:
        rounds = [[one.answer for one in answers if one.question == question] for answers in said]
        rows += [Row(question, list(together)) for together in zip_longest(*rounds, fillvalue="–")]
    return rows


def _spec(entry: StoredEntry) -> FormSpec:
    return library().spec(entry.form_id, entry.form_version)


def _who(entry: StoredEntry) -> str:
    """The question that says whom a record is about; '' when the form makes the person itself."""
    use = library().current[entry.form_id].use
    return str(use.get("who", "")) if use.get("subject") == "person" else ""


def _fillable(actor: Actor, entry: StoredEntry) -> bool:
    try:
        return _known(actor, fill.fillable(actor, entry.form_id), entry, "") is not None
    except Http404:
        return False


# ---------------------------------------------------------------- correcting it


@shows("repair")
def own_correct(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    return _correct(request, actor, own_to_repair(actor, seq), OWN)


@shows("problem")
def problem_correct(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    return _correct(request, actor, to_settle(actor, seq), AREA)


def _correct(request: HttpRequest, actor: Actor, entry: StoredEntry, desk: Desk) -> HttpResponse:
    """The form with the record's answers; with ``?person=`` about somebody else."""
    person_id = request.GET.get("person", "") if _who(entry) else ""
    published = fill.fillable(actor, entry.form_id)
    known = _known(actor, published, entry, person_id)
    if known is None:
        raise Http404
    log_shown(actor, desk.output, _persons((entry,)))
    address = reverse(desk.xml, args=[entry.seq]) + (f"?person={person_id}" if person_id else "")
    return fill.form_page(
        request, published, known, edit=entry, instance_url=address, submit_url=reverse(desk.send, args=[entry.seq])
    )


def _known(actor: Actor, published: Published, entry: StoredEntry, person_id: str) -> fill.Known | None:
    """What the page knows for a correction; None while nobody says whom the record is about. Raises Http404."""
    use, spec = published.use, library().spec(entry.form_id, entry.form_version)
    known = fill.Known()
    known.lists = fill.lists_of(actor, spec)
    if use.get("subject") == "person" and use.get("who"):
        if person_id:
            return fill.known_for(actor, published, person_id, "")
        if entry.problem in UNKNOWN:
            return None
        person = _person(actor, entry)
        known.lists["person.csv"] = fill.people_csv([person] if person else [])
        known.fixed = [fill.path_of(spec, use["who"])]
    elif use.get("subject") == "household" and use.get("who") and entry.problem not in UNKNOWN:
        return fill.known_for(actor, published, "", entry.household_id or "")
    return known


@shows("repair")
def own_xml(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    return _xml(request, actor, own_to_repair(actor, seq), OWN)


@shows("problem")
def problem_xml(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    return _xml(request, actor, to_settle(actor, seq), AREA)


def _xml(request: HttpRequest, actor: Actor, entry: StoredEntry, desk: Desk) -> HttpResponse:
    """The record as received; with ``?person=`` with that person in the place of the one it named."""
    log_shown(actor, desk.output, _persons((entry,)))
    content, person_id = forms.body(entry.seq), request.GET.get("person", "")
    question = _spec(entry).by_key.get(_who(entry))
    if person_id and question is not None:
        content = about_another(content, question.path, person_id)
    return HttpResponse(content, content_type="text/xml; charset=utf-8")


@shows("repair")
@require_POST
def own_send(request: HttpRequest, seq: int) -> JsonResponse:
    actor = actor_of(request)
    return _send(request, own_to_repair(actor, seq), OWN)


@shows("problem")
@require_POST
def problem_send(request: HttpRequest, seq: int) -> JsonResponse:
    actor = actor_of(request)
    return _send(request, to_settle(actor, seq), AREA)


def _send(request: HttpRequest, entry: StoredEntry, desk: Desk) -> JsonResponse:
    """Take in the correction, and back to the list."""
    answer = fill.send(request, entry.form_id)
    if answer.status_code == 201 and desk is AREA:
        messages.success(request, _("Saved. The record as it was first written is kept too."))
        return JsonResponse({"redirect": reverse(desk.back)}, status=201)
    return answer


# ---------------------------------------------------------------- choosing a version


@shows("repair")
@require_POST
def own_keep(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    return _keep(request, actor, own_to_repair(actor, seq), OWN)


@shows("problem")
@require_POST
def problem_keep(request: HttpRequest, seq: int) -> HttpResponse:
    actor = actor_of(request)
    return _keep(request, actor, to_settle(actor, seq), AREA)


def _keep(request: HttpRequest, actor: Actor, entry: StoredEntry, desk: Desk) -> HttpResponse:
    """This version is the right one: an entry like any other, so that it can be chosen again."""
    clash = versions(entry)
    if clash is None or not may_choose(actor, clash):
        raise Http404
    if clash.records:
        return _keep_record(request, actor, entry, clash, desk)
    form = library().current[VERSION_CHOICE]
    answers: Mapping[str, Any] = {
        "about_form": entry.form_id,
        "about_instance": clash.about,
        "keep_instance": entry.instance_id,
        "keep_variant": entry.variant,
        "on": days.today(),
    }
    content = Filler(library().spec(form.form_id, form.version)).fill(answers, instance=f"uuid:{uuid.uuid4()}")
    door.accept(content, Sender(actor.user_id, user_agent="Doorstep"))
    messages.success(request, _("This version counts now. You can still choose the other one."))
    return HttpResponseRedirect(reverse(desk.one, args=[entry.seq]))


def _keep_record(request: HttpRequest, actor: Actor, entry: StoredEntry, clash: Versions, desk: Desk) -> HttpResponse:
    """This record is the right one, or both are: an entry like any other, so that it can be said otherwise later."""
    form, both = library().current[TWO_RECORDS], request.POST.get("both") == "yes"
    mine = next(root for root, e in zip(clash.records, clash.entries, strict=True) if e.seq == entry.seq)
    answers = {
        "about_form": entry.form_id,
        "one": clash.records[0],
        "other": clash.records[1],
        "keep": "" if both else mine,
        "on": days.today(),
    }
    content = Filler(library().spec(form.form_id, form.version)).fill(answers, instance=f"uuid:{uuid.uuid4()}")
    door.accept(content, Sender(actor.user_id, user_agent="Doorstep"))
    told = _("Both count.") if both else _("This version counts now. You can still choose the other one.")
    messages.success(request, told)
    return HttpResponseRedirect(reverse(desk.one, args=[entry.seq]))
