"""The pack studio: change a number or a planned visit's rules in a copy of a programme, see at once what is wrong, see
what it would change for the people here, take the folder along or put it into the store. Nobody is served by a draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from doorstep.access.permissions import Actor
from doorstep.access.showing import shows
from doorstep.engine import rules
from doorstep.engine.model.spec import Text
from doorstep.engine.packs import editing
from doorstep.engine.packs.parts import STATUSES as KNOWN_STATUSES
from doorstep.indicators.areas import areas, is_wide
from doorstep.indicators.preview import preview
from doorstep.lib import days
from doorstep.lib.problems import Problem, Problems
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes import actions as programmes
from doorstep.programmes import drafts, library
from doorstep.programmes.drafts import Draft, NotChangeable
from doorstep.programmes.library import Programme
from doorstep.web.desk.words import STATUSES
from doorstep.web.reader import actor_of, language

RULE_WORDS: dict[str, str | Promise] = {
    "from": gettext_lazy("May be made from"),
    "due": gettext_lazy("Best by"),
    "until": gettext_lazy("At the latest"),
    "while": gettext_lazy("Only while"),
    "every": gettext_lazy("Comes again"),
}
VALUE_WORDS: dict[str, str | Promise] = {
    "value": gettext_lazy("Value"),
    "since": gettext_lazy("Since"),
    "source": gettext_lazy("Where from"),
    "status": gettext_lazy("How sure"),
}
MOST_SAID = 12


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing that can be changed: its file and place there, its word and what stands there now."""

    file: str
    at: str
    name: str
    word: str | Promise
    value: str
    options: tuple[tuple[str, str | Promise], ...] = ()

    @property
    def id(self) -> str:
        return f"{self.file}-{self.at}".replace("/", "-").replace(".", "-")


@dataclass(frozen=True, slots=True)
class Number:
    file: str
    title: Text
    unit: str
    values: list[list[Spot]]
    grows: bool  # another dated value can be added


@dataclass(frozen=True, slots=True)
class Contact:
    title: Text
    id: str
    spots: list[Spot]


@dataclass(frozen=True, slots=True)
class Schedule:
    title: Text
    contacts: list[Contact]


@shows("pack.draft")
def studio(request: HttpRequest, pack_id: str) -> HttpResponse:
    """The draft with everything that can be changed; without one, a page to begin it."""
    actor = actor_of(request)
    installed = [one for one in library.installed() if one.pack_id == pack_id]
    if not actor.has("pack.draft") or not installed:
        raise Http404
    begun = drafts.draft(actor.user_id, pack_id)
    known = next(pack for pack in library.latest_packs() if pack.id == pack_id)
    shown: dict[str, Any] = {"pack": known, "versions": installed, "draft": begun}
    if begun is not None:
        problems = begun.problems()
        shown |= {
            "version_spot": _version_spot(begun),
            "numbers": list(_numbers(begun)),
            "schedules": list(_schedules(begun)),
            "areas": _areas(actor),
            "installs": actor.has("pack.manage"),
            "statuses": _statuses(),
            "sources": _sources(begun),
            **_said(problems),
        }
    return render(request, "web/desk/studio.html", shown)


@shows("pack.draft")
@require_POST
def begin(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Copy an installed version; an earlier draft of it goes."""
    actor = actor_of(request)
    if not actor.has("pack.draft"):
        raise Http404
    try:
        drafts.begin(actor.user_id, pack_id, request.POST.get("version", ""))
    except LookupError as missing:
        raise Http404 from missing
    return HttpResponseRedirect(reverse("studio", args=[pack_id]))


@shows("pack.draft")
@require_POST
def change(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Write one value as it is typed, and say what is wrong with the whole now."""
    begun = _draft(request, pack_id)
    at = [int(step) if step.isdecimal() else step for step in request.POST.get("at", "").split(".")]
    try:
        begun.set(request.POST.get("file", ""), at, request.POST.get("value", ""))
    except NotChangeable as wrong:
        raise Http404 from wrong
    return render(request, "web/desk/studio_problems.html", _said(begun.problems()))


@shows("pack.draft")
@require_POST
def add_value(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Another dated value of a number: what held before stays what held then."""
    begun = _draft(request, pack_id)
    told = {name: request.POST.get(name, "").strip() for name in VALUE_WORDS}
    if all(told.values()):
        try:
            begun.add_value(request.POST.get("file", ""), told)
        except NotChangeable as wrong:
            raise Http404 from wrong
    else:
        messages.error(request, _("Fill in all four: value, since, where from, how sure."))
    return HttpResponseRedirect(reverse("studio", args=[pack_id]))


@shows("pack.preview")
@require_POST
def look(request: HttpRequest, pack_id: str) -> HttpResponse:
    """What the draft would change at a place."""
    actor, begun = actor_of(request), _draft(request, pack_id)
    area = next((node for node in _areas(actor) if str(node.id) == request.POST.get("place")), None)
    if area is None:
        raise Http404
    try:
        pack = begun.load()
        chosen = request.POST.get("schedule", "") or pack.default_schedule
        then = Programme(pack, chosen, rules.compile(pack, chosen or None))
    except Problems as wrong:
        return render(request, "web/desk/studio_look.html", _said(list(wrong.problems)))
    return render(request, "web/desk/studio_look.html", {"found": preview(then, area, days.today())})


@shows("pack.draft")
@require_POST
def take_along(request: HttpRequest, pack_id: str) -> HttpResponse:
    """The draft's folder as a zip."""
    begun = _draft(request, pack_id)
    answer = HttpResponse(begun.zip(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{pack_id}.zip"'
    return answer


@shows("pack.draft")
@require_POST
def install(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Put the draft into the store as a version of its own. It is on nowhere by that."""
    actor, begun = actor_of(request), _draft(request, pack_id)
    if not actor.has("pack.manage"):
        raise Http404
    problems = [problem for problem in begun.problems() if problem.severity == "error"]
    if problems:
        messages.error(request, _("First mend what is wrong."))
        return HttpResponseRedirect(reverse("studio", args=[pack_id]))
    try:
        pack = programmes.install(begun.folder, by=actor.user_id)
    except programmes.OtherContent:
        messages.error(request, _("This version is installed with other content. Give yours another version."))
        return HttpResponseRedirect(reverse("studio", args=[pack_id]))
    begun.drop()
    messages.success(request, _("Installed as version %(version)s. It is on nowhere yet.") % {"version": pack.version})
    return HttpResponseRedirect(reverse("pack", args=[pack_id]))


@shows("pack.draft")
@require_POST
def drop(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Throw the draft away."""
    _draft(request, pack_id).drop()
    return HttpResponseRedirect(reverse("pack", args=[pack_id]))


def _draft(request: HttpRequest, pack_id: str) -> Draft:
    actor = actor_of(request)
    begun = drafts.draft(actor.user_id, pack_id) if actor.has("pack.draft") else None
    if begun is None:
        raise Http404
    return begun


def _areas(actor: Actor) -> list[Node]:
    """The townships and wider places someone may look at; all of them for who manages programmes."""
    if actor.has("pack.manage"):
        return sorted((node for node in places.tree().by_id.values() if is_wide(node)), key=lambda n: n.code)
    return areas(actor)


def _said(problems: list[Problem]) -> dict[str, Any]:
    """The problems in the reader's language, what keeps a pack from loading first."""
    ordered = sorted(problems, key=lambda p: p.severity != "error")
    wrong = [
        {"where": str(p.where), "what": p.part("what", language()), "why": p.part("why", language()),
         "todo": p.part("todo", language()), "is_error": p.severity == "error"}
        for p in ordered[:MOST_SAID]
    ]  # fmt: skip
    return {"wrong": wrong, "more": max(0, len(ordered) - MOST_SAID), "asked": True}


# What can be changed


def _numbers(begun: Draft) -> Iterator[Number]:
    for file in begun.files("numbers"):
        text = begun.read(file)
        count = editing.length_of(text, ("values",))
        values = [[_value_spot(begun, text, file, n, name) for name in VALUE_WORDS] for n in range(count)]
        yield Number(file, _text(text, ("title",)), editing.value_at(text, ("unit",)) or "", values, count > 0)


def _version_spot(begun: Draft) -> Spot:
    version = editing.value_at(begun.read("pack.yaml"), ("version",)) or ""
    return Spot("pack.yaml", "version", "version", _("Version"), version)


def _value_spot(begun: Draft, text: str, file: str, number: int, name: str) -> Spot:
    value = editing.value_at(text, ("values", number, name)) or ""
    options = {"source": _sources(begun), "status": _statuses()}.get(name, ())
    return Spot(file, f"values.{number}.{name}", name, VALUE_WORDS[name], value, options)


def _sources(begun: Draft) -> tuple[tuple[str, str], ...]:
    text = begun.read("pack.yaml")
    return tuple(
        (key, _in_reader(_text(text, ("sources", key, "title")))) for key in editing.keys_at(text, ("sources",))
    )


def _statuses() -> tuple[tuple[str, str | Promise], ...]:
    return tuple((status, STATUSES[status]) for status in KNOWN_STATUSES)


def _schedules(begun: Draft) -> Iterator[Schedule]:
    for file in begun.files("schedules"):
        text = begun.read(file)
        contacts = [_contact(text, file, n) for n in range(editing.length_of(text, ("contacts",)))]
        yield Schedule(_text(text, ("title",)), contacts)


def _contact(text: str, file: str, number: int) -> Contact:
    spots = [
        Spot(file, f"contacts.{number}.{name}", name, RULE_WORDS[name], editing.value_at(text, ("contacts", number, name)) or "")
        for name in drafts.RULES
    ]  # fmt: skip
    title = _text(text, ("contacts", number, "title"))
    return Contact(title, editing.value_at(text, ("contacts", number, "id")) or "", spots)


def _text(text: str, path: tuple[str | int, ...]) -> Text:
    return {key: editing.value_at(text, (*path, key)) or "" for key in editing.keys_at(text, path)}


def _in_reader(words: Text) -> str:
    return words.get(language()) or next(iter(words.values()), "")
