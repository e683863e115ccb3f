"""A report to read as it will be handed in, the steps to there, its files, and a table somebody typed looked through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.access.showing import shows, shows_nobody
from doorstep.exchange import report_file
from doorstep.exchange.typed_table import check as check_typed
from doorstep.exchange.typed_table.cells import MOST_BYTES, SUFFIXES
from doorstep.indicators import handed_in, period_names, periods
from doorstep.indicators.documents import making
from doorstep.indicators.documents.making import Asked
from doorstep.indicators.documents.model import Document
from doorstep.indicators.documents.spoken import Stamp, speak
from doorstep.indicators.handed_in import Copy
from doorstep.lib import days
from doorstep.lib.problems import Problems
from doorstep.lib.typeset import NoFonts
from doorstep.places.queries import Node
from doorstep.web import said
from doorstep.web.desk.area import chosen_area
from doorstep.web.reader import actor_of, language

FILE_WORDS = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel", "csv": "CSV", "json": "JSON"}
CHOICES = 8  # periods to choose from


@shows("report")
@require_GET
def read(request: HttpRequest, report_id: str) -> HttpResponse:
    """The report as it reads now, and how far the one of this period has come."""
    offered, asked = _asked(request, report_id)
    document = _or_404(lambda: making.draft(asked))
    steps = handed_in.copies([report_id], asked.area.id, [asked.period.id])
    waiting = handed_in.waiting(steps)
    actor = actor_of(request)
    choices = reversed(periods.latest(days.today(), asked.period.kind, CHOICES))
    shown: dict[str, Any] = {
        "areas": offered,
        "area": asked.area,
        "report_id": report_id,
        "period": asked.period,
        "choices": [(one.id, said.text(period_names.name(one))) for one in choices],
        "sheet": speak(document, language()),
        "unfinished": asked.period.last >= days.today(),
        "waiting": waiting,
        "others": handed_in.others_who_may(actor, asked.area.id) if waiting and waiting.by_id == actor.user_id else [],
        "copies": [one for one in reversed(steps) if one.step == handed_in.HANDED_IN],
        "files": FILE_WORDS.items(),
    }
    return render(request, "web/manager/read.html", shown)


@shows("report")
@require_GET
def file(request: HttpRequest, report_id: str, ending: str) -> HttpResponse:
    """The report as it reads now, as a file; a draft says so on it."""
    _offered, asked = _asked(request, report_id)
    return _file(_or_404(lambda: making.draft(asked)), ending, None)


@shows("report")
@require_POST
def check_off(request: HttpRequest, report_id: str) -> HttpResponse:
    """Write down that the reader checked the report as it reads at this moment."""
    _offered, asked = _asked(request, report_id)
    _try(request, lambda: making.check(actor_of(request), asked), _("Checked. Another manager can hand it in now."))
    return _back(asked.key.report_id, asked.area.id, asked.period.id)


@shows("report")
@require_GET
def copy(request: HttpRequest, copy_id: int) -> HttpResponse:
    """A copy that was checked or handed in, as it read that day."""
    found = _copy(request, copy_id)
    try:
        document = making.kept(found)
    except Problems as problems:
        return render(request, "web/manager/copy.html", {"copy": found, "problems": _said(problems)}, status=409)
    shown = {"copy": found, "sheet": speak(document, language(), making.stamp(found)), "files": FILE_WORDS.items()}
    return render(request, "web/manager/copy.html", shown)


@shows("report")
@require_GET
def copy_file(request: HttpRequest, copy_id: int, ending: str) -> HttpResponse:
    """The same as a file."""
    found = _copy(request, copy_id)
    return _file(_or_404(lambda: making.kept(found)), ending, making.stamp(found))


@shows("report")
@require_POST
def hand_in(request: HttpRequest, copy_id: int) -> HttpResponse:
    """Hand in what another manager checked."""
    found = _copy(request, copy_id)
    _try(request, lambda: handed_in.hand_in(actor_of(request), copy_id), _("Handed in. This copy never changes."))
    return _back(found.key.report_id, found.key.place_id, found.key.period)


@shows_nobody("looks through a table that somebody typed; nothing of it is kept")
def typed(request: HttpRequest) -> HttpResponse:
    """Do the rates and totals of a table follow from its own figures?"""
    if not actor_of(request).has("report.read"):
        raise Http404
    shown: dict[str, Any] = {"suffixes": ",".join(SUFFIXES)}
    if request.method == "POST":
        shown |= _looked_through(request)
    return render(request, "web/manager/typed.html", shown)


def _looked_through(request: HttpRequest) -> dict[str, Any]:
    sent = request.FILES.get("file")
    if sent is None or not sent.name:
        return {"problems": [_("Choose a file first.")]}
    if (sent.size or 0) > MOST_BYTES:
        return {"problems": [_("This file is too large.")]}
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"table{Path(sent.name).suffix.lower()}"
        path.write_bytes(sent.read())
        try:
            answer = check_typed(path, Path(sent.name).name)
        except Problems as problems:
            return {"problems": _said(problems)}
    told = {name: [(p.where.sheet, p.where.item, _words(p)) for p in found]
            for name, found in (("wrong", answer.wrong), ("unrelated", answer.unrelated))}  # fmt: skip
    return {"answer": answer, "file_name": Path(sent.name).name, **told}


def _words(problem: Any) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    return problem.part("what", language()), " ".join(
        filter(None, (problem.part("why", language()), problem.part("todo", language())))
    )


def _asked(request: HttpRequest, report_id: str) -> tuple[list[Node], Asked]:
    """The report asked for, of the reader's own area. Raises Http404."""
    asked = request.POST if request.method == "POST" else request.GET
    offered, area = chosen_area(actor_of(request), asked.get("place", ""))
    if area is None:
        raise Http404
    return offered, _or_404(lambda: making.ask(report_id, asked.get("period", ""), area, days.today()))


def _copy(request: HttpRequest, copy_id: int) -> Copy:
    """A copy of the reader's own area. Raises Http404."""
    found = handed_in.copy(copy_id)
    if found is None:
        raise Http404
    chosen_area(actor_of(request), str(found.key.place_id))
    return found


def _or_404(do: Callable[[], Any]) -> Any:
    try:
        return do()
    except Problems as problems:
        raise Http404 from problems


def _try(request: HttpRequest, do: Callable[[], Copy], done: str) -> None:
    """Do it and say so, or say in a sentence why not."""
    try:
        do()
    except PermissionError as error:
        raise Http404 from error
    except Problems as problems:
        for words in _said(problems):
            messages.error(request, words)
    else:
        messages.success(request, done)


def _said(problems: Problems) -> list[str]:
    return [one.text(language()) for one in problems.problems]


def _back(report_id: str, place_id: int, period: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('report_read', args=[report_id])}?place={place_id}&period={period}")


def _file(document: Document, ending: str, stamp: Stamp | None) -> HttpResponse:
    if ending not in report_file.FORMATS:
        raise Http404
    made = report_file.format_of(ending)
    try:
        content = made.write(document, language(), stamp)
    except NoFonts as error:
        raise Http404 from error
    answer = HttpResponse(content, content_type=made.CONTENT_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{report_file.name_of(document, ending, stamp)}"'
    return answer
