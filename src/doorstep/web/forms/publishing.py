"""My forms: the list, publishing one, closing it and opening it again, the files it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.engine.packs import read_bare
from doorstep.engine.xlsform import SUFFIXES
from doorstep.forms import actions, media, own
from doorstep.forms.queries import Published, library
from doorstep.lib.problems import Problem, Problems, Where
from doorstep.web.forms.mine import my_form
from doorstep.web.reader import actor_of, language
from doorstep.web.worker.records import title_of

STATES = {
    "open": gettext_lazy("open"),
    "closing": gettext_lazy("closed; what phones still hold comes in"),
    "closed": gettext_lazy("closed for everything"),
}
MOST_REMARKS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One form in the list."""

    published: Published
    title: str
    records: int

    @property
    def is_open(self) -> bool:
        return self.published.open_to == "open"


@dataclass(frozen=True, slots=True)
class Said:
    """A problem as a page shows it: where, what is wrong, why, what to do."""

    where: str
    what: str
    why: str
    todo: str


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A file the form asks for."""

    name: str
    is_here: bool


@shows("forms.own")
def forms(request: HttpRequest) -> HttpResponse:
    """The reader's own forms, and where to send a new one."""
    return _list(request, actor_of(request))


def _list(request: HttpRequest, actor: Actor, problems: tuple[Problem, ...] = (), file: str = "") -> HttpResponse:
    known, counts = library(), own.counts(actor.user_id)
    lines = [Line(p, title_of(known, p.form_id), counts.get(p.form_id, 0)) for p in own.forms_of(actor.user_id)]
    shown = {
        "lines": lines,
        "problems": [_said(problem) for problem in problems],
        "file": file,
        "suffixes": ",".join(SUFFIXES),
    }
    return render(request, "web/forms/forms.html", shown, status=422 if problems else 200)


def _said(problem: Problem) -> Said:
    words = language()
    what = problem.part("what", words) or problem.code
    return Said(_place(problem.where), what, problem.part("why", words), problem.part("todo", words))


def _place(where: Where) -> str:
    """Sheet and row, as the author's own program names them."""
    sheet = _("sheet %(name)s") % {"name": where.sheet} if where.sheet else ""
    row = _("row %(n)s") % {"n": where.row} if where.row is not None else ""
    return ("，" if language() == "zh" else ", ").join(filter(None, (sheet, row)))


@shows("forms.own")
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Read a form and publish it for its owner alone; or say, in sentences, what to change."""
    actor = actor_of(request)
    sent = request.FILES.get("form")
    if not isinstance(sent, UploadedFile):
        return HttpResponseRedirect(reverse("forms"))
    file = sent.name or ""
    try:
        bare = read_bare(sent.read(), file)
        is_new = actions.publish_own(bare.spec, actor.user_id)
    except Problems as found:
        return _list(request, actor, found.problems, file)
    said = (
        _("Published. Only you see what is sent on it.") if is_new else _("This form was here already, word for word.")
    )
    messages.success(request, said)
    for remark in bare.remarks[:MOST_REMARKS]:
        messages.warning(request, remark.part("what", language()))
    return HttpResponseRedirect(reverse("own_form", args=[bare.spec.form_id]))


@shows("forms.own")
@require_POST
def set_open(request: HttpRequest, form_id: str) -> HttpResponse:
    """Close a form, wholly or so that phones may still send what they hold; open it again."""
    _actor, published = my_form(request, form_id)
    wanted = request.POST.get("open_to", "")
    if wanted not in STATES:
        raise Http404
    actions.set_open(published.form_id, wanted)
    return HttpResponseRedirect(reverse("own_form", args=[form_id]))


def asked_for(published: Published) -> list[AskedFor]:
    """The files a form asks its owner for, and whether each is here."""
    here = media.given(published)
    wanted = media.wanted(library().spec(published.form_id, published.version))
    return [AskedFor(name, name in here) for name in wanted]


@shows("forms.own")
@require_POST
def give_files(request: HttpRequest, form_id: str) -> HttpResponse:
    """Take in files the form asks for, each under its own name."""
    _actor, published = my_form(request, form_id)
    for sent in request.FILES.getlist("files"):
        try:
            actions.give_file(published.form_id, published.version, sent.name or "", sent.read())
        except Problems as found:
            messages.error(request, found.problems[0].text(language()))
        else:
            messages.success(request, _("Here now: %(file)s") % {"file": sent.name})
    return HttpResponseRedirect(reverse("own_form", args=[form_id]))


@shows("forms.own")
def give_out_file(request: HttpRequest, form_id: str) -> HttpResponse:
    """One of the form's files, for the form component. Saved, never opened, when asked for as a page."""
    my_form(request, form_id)
    name = request.GET.get("name", "")
    published = library().versions.get((form_id, request.GET.get("version", "")))
    try:
        if published is None:
            raise Http404
        content = media.content(published, name)
    except (KeyError, OSError) as error:
        raise Http404 from error
    named = {"Content-Disposition": "attachment"}
    return HttpResponse(content, content_type=media.content_type(name), headers=named)
