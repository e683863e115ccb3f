"""Leaflets for everybody: what a programme says to anyone who reads, without any person, to read and to print.

The methods to choose from come in a new order at every view, so that none stands first by habit (charter C5).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from doorstep.access.showing import shows_nobody
from doorstep.engine.model.methods import Category, MethodDef
from doorstep.engine.model.pack import Pack, Source
from doorstep.engine.model.spec import Text
from doorstep.programmes.library import programmes

MAY, SELDOM, NOT = 2, 3, 4  # up to MAY it can be used; the others are those of ``Category``
_DICE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Safety:
    """What is said of one method when something is the case with a person."""

    title: Text
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """One method as the page shows it: what it says, when it is not advised, and when it can be used."""

    method: MethodDef
    parts: tuple[tuple[str, Text], ...]
    caution: tuple[Safety, ...]
    fine: tuple[Safety, ...]


def part_names() -> dict[str, str]:
    """The heading of each part of a method, in the reader's language."""
    return {
        "how": _("What it is"),
        "benefit": _("What is good about it"),
        "risk": _("Risks"),
        "not_advised": _("When not, or ask first"),
        "side_effects": _("What people often notice"),
        "stopping": _("How to stop"),
        "fertility_after": _("Pregnancy afterwards"),
    }


def cards(pack: Pack) -> list[Card]:
    """Every method of the pack, in an order thrown anew."""
    names = part_names()
    found = [
        Card(
            method,
            tuple((name, method.said()[part]) for part, name in names.items()),
            tuple(_safety(pack, method, cautious=True)),
            tuple(_safety(pack, method, cautious=False)),
        )
        for method in pack.methods.values()
    ]
    _DICE.shuffle(found)
    return found


def _safety(pack: Pack, method: MethodDef, *, cautious: bool) -> Iterable[Safety]:
    for table in pack.safety.values():
        for condition in table.conditions:
            category = condition.groups.get(method.safety)
            if category is not None and (max(category.begin_most, category.go_on) > MAY) == cautious:
                yield Safety(condition.title, in_words(category))


def in_words(category: Category) -> str:
    """A category as safety information, never as a mark: what can be done, to begin and to go on."""
    if category.begin == category.begin_most == category.go_on:
        return _of(category.begin)
    begin = _of(category.begin)
    if category.begin != category.begin_most:
        begin = _("%(mild)s or %(strong)s, ask the clinic") % {"mild": begin, "strong": _of(category.begin_most)}
    return _("to begin: %(begin)s; to go on: %(go_on)s") % {"begin": begin, "go_on": _of(category.go_on)}


def _of(category: int) -> str:
    return {SELDOM: _("usually not advised"), NOT: _("not advised")}.get(category, _("can be used"))


def sources_of(pack: Pack) -> list[Source]:
    """Where it comes from; what the pack settled by itself is no source."""
    return [source for source in pack.sources.values() if source.status != "local entry"]


def packs_on() -> dict[str, Pack]:
    """Every programme in force anywhere, by id."""
    return {one.pack.id: one.pack for one in programmes().all_on()}


def _with_methods() -> Pack:
    found = next((pack for pack in packs_on().values() if pack.methods), None)
    if found is None:
        raise Http404
    return found


@shows_nobody("every method, for anybody to read", to="anyone")
def methods(request: HttpRequest) -> HttpResponse:
    pack = _with_methods()
    shown = {"pack": pack, "cards": cards(pack), "words": words_of(pack), "sources": sources_of(pack)}
    return render(request, "web/methods.html", shown)


@shows_nobody("the leaflets there are", to="anyone")
def leaflets(request: HttpRequest) -> HttpResponse:
    return render(request, "web/leaflets.html", {"packs": [p for p in packs_on().values() if p.leaflet]})


@shows_nobody("one leaflet, for anybody to read", to="anyone")
def leaflet(request: HttpRequest, pack_id: str) -> HttpResponse:
    pack = packs_on().get(pack_id)
    if pack is None or not pack.leaflet:
        raise Http404
    return render(request, "web/leaflet.html", {"pack": pack, "words": words_of(pack), "sources": sources_of(pack)})


def words_of(pack: Pack) -> list[Text]:
    """The texts of its leaflet, in their order."""
    return [pack.words[name] for name in pack.leaflet]
