"""The desk's first page: the month's visits by programme, the register by village, a map of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from doorstep.access.showing import shows
from doorstep.engine.model.spec import Text
from doorstep.indicators.board import Board, Line, VisitFigures
from doorstep.indicators.board import board as board_of
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.web.desk.area import chosen_area
from doorstep.web.manager.reports import period_name
from doorstep.web.reader import actor_of, language


@dataclass(frozen=True, slots=True)
class Visits:
    """A programme's figures of the month."""

    title: Text
    figures: VisitFigures


@dataclass(frozen=True, slots=True)
class Row:
    """One place: who is registered, and the figures of the programmes that may stand there."""

    line: Line
    visits: list[VisitFigures]


@shows("board")
def board(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), days.today()
    offered, area = chosen_area(actor, request.GET.get("place", ""))
    shown: dict[str, Any] = {"areas": offered, "area": area, "today": today}
    if area is not None:
        worked = board_of(area, today)
        shown |= {
            "board": worked,
            "month_name": period_name(worked.month),
            "visits": [Visits(p.pack.titles, worked.whole.visits[p.pack.id]) for p in worked.programmes],
            "rows": [Row(line, [line.visits[p.pack.id] for p in worked.by_place]) for line in worked.lines],
            "map": _map(worked),
            "repairs": actor.has("problem.settle"),
        }
    return render(request, "web/desk/board.html", shown)


def _map(worked: Board) -> Mapping[str, Any] | None:
    """People registered by place, as shown in the table; None where no borders are known."""
    borders = places.polygons(frozenset(line.place.id for line in worked.lines))
    drawn = [line for line in worked.lines if line.place.id in borders]
    if not drawn:
        return None
    return {
        "title": _("People registered"),
        "language": language(),
        "geojson": {
            "type": "FeatureCollection",
            "features": [_feature(line.place, borders[line.place.id]) for line in drawn],
        },
        "key": "code",
        "areas": [_area(line) for line in drawn],
    }


def _feature(node: Node, geometry: str) -> Mapping[str, Any]:
    return {"type": "Feature", "properties": {"code": node.code}, "geometry": json.loads(geometry)}


def _area(line: Line) -> Mapping[str, Any]:
    said = {"code": line.place.code, "name": line.place.name(language())}
    return said | ({"hidden": True} if line.people is None else {"value": line.people})
