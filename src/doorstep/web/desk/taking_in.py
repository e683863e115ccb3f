"""Taking in a register from a spreadsheet: upload, say what each column is, look at what would happen, do it, undo it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.access.showing import shows
from doorstep.engine.charter import policing_columns
from doorstep.exchange.register_file import exporting, importing, undoing
from doorstep.exchange.register_file.mapping import Columns, field_of, fields, guess_mapping
from doorstep.exchange.register_file.reading import Table, read_table
from doorstep.exchange.register_file.runs import runs
from doorstep.lib import days
from doorstep.lib.problems import Problems
from doorstep.places import queries as places
from doorstep.web.desk import parcels
from doorstep.web.reader import actor_of, language

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS_SAID = 100


@dataclass(frozen=True, slots=True)
class Header:
    """A column of the file: its header, the field chosen for it, and why it is never taken in, if so."""

    number: int
    name: str
    field: str
    refused: Mapping[str, str] | None


@shows("import.alike")
def begin(request: HttpRequest) -> HttpResponse:
    """Upload a file; the imports before."""
    actor = actor_of(request)
    if request.method != "POST":
        return _first_page(request)
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile) or parcels.keep(actor.user_id, sent) is None:
        return _first_page(request, [_("Choose a table: an .xlsx or .csv file of at most 20 MB.")])
    return HttpResponseRedirect(reverse("import_check"))


def _first_page(request: HttpRequest, problems: list[str] | None = None) -> HttpResponse:
    actor, tree = actor_of(request), places.tree()
    shown = {
        "runs": runs(actor.user_id),
        "problems": problems,
        "places": sorted((tree.by_id[i] for i in actor.places), key=lambda node: node.code),
    }
    return render(request, "web/desk/import.html", shown, status=422 if problems else 200)


@shows("import.alike")
def check(request: HttpRequest) -> HttpResponse:
    """What each column is; once that is said, what taking the file in would do. Nobody is written."""
    actor = actor_of(request)
    file = parcels.kept(actor.user_id)
    if file is None:
        return HttpResponseRedirect(reverse("import"))
    try:
        with parcels.opened(file) as plain:
            table = read_table(plain)
    except Problems as found:
        parcels.drop(actor.user_id)
        return _first_page(request, _sentences(found))
    shown: dict[str, Any] = {"file": file.name, "headers": _headers(table, request.POST), "fields": _fields()}
    try:
        preview = importing.dry_run(table, _columns(table, request.POST), actor)
    except Problems as found:
        shown["problems"] = _sentences(found)
        return render(request, "web/desk/import_check.html", shown, status=422 if request.method == "POST" else 200)
    unreadable = [problem.text(language()) for problem in preview.problems[:MOST_ROWS_SAID]]
    shown |= {"preview": preview, "unreadable": unreadable}
    return render(request, "web/desk/import_check.html", shown)


@shows("import.alike")
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Take the file in, with the look-alikes that were said to be other people."""
    actor = actor_of(request)
    file = parcels.kept(actor.user_id)
    if file is None:
        return HttpResponseRedirect(reverse("import"))
    others = [int(row) for row in request.POST.getlist("other") if row.isdecimal()]
    try:
        with parcels.opened(file) as plain:
            table = read_table(plain)
        done = importing.run(table, _columns(table, request.POST), actor, take_alike=others)
    except Problems as found:
        return _first_page(request, _sentences(found))
    parcels.drop(actor.user_id)
    said = _("Taken in: %(people)s people and %(families)s families.") % {
        "people": f"{done.preview.new_people:,}",
        "families": f"{done.preview.new_households:,}",
    }
    messages.success(request, said)
    return HttpResponseRedirect(reverse("import"))


@shows("import.alike")
@require_POST
def undo(request: HttpRequest, run_id: int) -> HttpResponse:
    """Take an import back: people about whom nothing else was written since."""
    actor = actor_of(request)
    try:
        done = undoing.undo(run_id, actor)
    except Problems as found:
        return _first_page(request, _sentences(found))
    said = _("Taken back: %(people)s people. Left as they are, because more was written about them: %(left)s.")
    messages.success(request, said % {"people": f"{done.people:,}", "left": f"{done.people_left:,}"})
    return HttpResponseRedirect(reverse("import"))


@shows("import.alike")
def template(_request: HttpRequest) -> HttpResponse:
    """An empty table to fill in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        exporting.template(path, language())
        return _download(path)


@shows("export.register")
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The register of a place of one's own, in the columns an import reads."""
    actor, typed = actor_of(request), request.POST.get("place", "")
    if not typed.isdecimal() or int(typed) not in actor.places:
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"register-{days.today().isoformat()}.xlsx"
        exporting.export(path, actor, int(typed), language())
        return _download(path)


def _download(path: Path) -> HttpResponse:
    named = {"Content-Disposition": f'attachment; filename="{path.name}"'}
    return HttpResponse(path.read_bytes(), content_type=XLSX, headers=named)


def _headers(table: Table, said: QueryDict) -> list[Header]:
    refused = {one.column: one.meaning for one in policing_columns([h for h in table.headers if h])}
    return [
        Header(n, name, said.get(f"column-{n}", field_of(name)), refused.get(name))
        for n, name in enumerate(table.headers)
        if name
    ]


def _fields() -> list[tuple[str, str]]:
    return [(field, words["title"]["zh" if language() == "zh" else "en"]) for field, words in fields().items()]


def _columns(table: Table, said: QueryDict) -> Columns:
    chosen = {name: str(said[f"column-{n}"]) for n, name in enumerate(table.headers) if name and f"column-{n}" in said}
    return guess_mapping(table.file, table.headers, chosen)


def _sentences(found: Problems) -> list[str]:
    return [problem.text(language()) for problem in found.problems]
