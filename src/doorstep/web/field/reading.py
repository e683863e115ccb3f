"""``GET /sync/leaflets``: what every programme says to anybody, to be read on a phone without a network, and the lines its
pictures are seen against."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from doorstep.access.showing import shows_nobody
from doorstep.engine.derived import Curve
from doorstep.engine.model.methods import MethodDef
from doorstep.engine.model.pack import Pack
from doorstep.web import said
from doorstep.web.field.asked import Phone, for_phone
from doorstep.web.leaflets import Card, Safety, cards, packs_on, sources_of, words_of
from doorstep.web.worker.curves import lines_of

EVERY_MONTH, SEASON = 24, 3  # months: beyond two years a line is told by season
MINUS = "\N{MINUS SIGN}"
Told = dict[str, Any]


@shows_nobody("leaflets, for anybody to read", to="device")
@for_phone
def leaflets(_request: HttpRequest, _phone: Phone) -> Mapping[str, Any]:
    """In the language asked for. The methods come in no order that means anything; the phone throws them anew at every view."""
    packs = sorted(_packs().items())
    lines = {key: of for _, pack in packs for key, of in _lines(pack).items()}
    return {"mark": mark_of_leaflets(), "leaflets": [_leaflet(p) for _, p in packs if _reads(p)], "lines": lines}


def mark_of_leaflets() -> str:
    """Changes with what the leaflets are made of."""
    told = [get_language(), "lines", sorted((pack.id, pack.version) for pack in _packs().values())]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()[:16]


def _packs() -> dict[str, Pack]:
    return {id_: pack for id_, pack in packs_on().items() if _reads(pack) or pack.curves}


def _reads(pack: Pack) -> bool:
    return bool(pack.leaflet or pack.methods)


_known_lines: dict[str, Told] = {}


def _lines(pack: Pack) -> Told:
    """As points, as many as a picture of a phone's width can show. A pack of one digest never changes."""
    if pack.digest not in _known_lines:
        _known_lines[pack.digest] = {
            key: [{"name": line.name.replace("-", MINUS), "points": _thinned(line)} for line in of]
            for key, of in lines_of(pack).items()
        }
    return _known_lines[pack.digest]


def _thinned(line: Curve) -> list[list[float]]:
    close = (point for point in line.points if point.months <= EVERY_MONTH or point.months % SEASON == 0)
    return [[int(point.months), float(point.value)] for point in close]


def _leaflet(pack: Pack) -> Told:
    return {
        "id": pack.id,
        "title": said.text(pack.titles),
        "words": [said.text(one) for one in words_of(pack)],
        "methods": [_method(card) for card in cards(pack)],
        "sources": [[said.text(one.title), one.status == "verified"] for one in sources_of(pack)],
    }


def _method(card: Card) -> Told:
    """Everything that is said of one method; a phone that showed less would not show a choice (charter C5)."""
    return {
        "title": said.text(card.method.title),
        "where": _where(card.method),
        "figures": _figures(card.method),
        "parts": [[heading, said.text(words)] for heading, words in card.parts],
        "caution": [_safety(one) for one in card.caution],
        "fine": [_safety(one) for one in card.fine],
    }


def _where(method: MethodDef) -> str:
    if method.irreversible:
        return _("Only information. A referral only if the person asks for it.")
    return _("Can be had here") if method.offered == "here" else _("At a clinic, or by referral")


def _figures(method: MethodDef) -> list[str]:
    """Of how many it fails, in the words of the page of methods."""
    told = method.figures
    if told is None:
        return []
    found = [_("Of 100 women, pregnant in the first year"), f"{told.usual} {_('as people mostly use it')}"]
    found += [f"{told.correct} {_('used exactly right')}"] if told.correct else []
    return found + ([said.text(told.note)] if told.note else [])


def _safety(one: Safety) -> list[str]:
    return [said.text(one.title), one.words]
