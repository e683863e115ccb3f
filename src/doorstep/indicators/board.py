"""The month at a glance: visits due, done and overdue, and who is registered. Only what may be shown leaves here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.access.queries import counted_sql
from doorstep.engine.outputs import Condition, Gate, Output, select
from doorstep.indicators import periods
from doorstep.indicators.areas import is_wide, parts, programmes_of
from doorstep.indicators.hiding.pages import Cell, Shape
from doorstep.indicators.outputs import BOARD
from doorstep.indicators.periods import Period
from doorstep.indicators.settled import Page, page, wide_places, with_their_parts
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes.library import Programme
from doorstep.register.queries import open_family_counts, people_counts

Counts = tuple[int, int, int]  # due, done, overdue
WHAT = ("due", "done", "overdue")
PEOPLE, FAMILIES = "people", "families"


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """Visits of one programme in one month, None where hidden.

    ``due``: to be done by the end of the month, not done yet and not overdue. ``done``: done in the month up to the
    asked day. ``overdue``: how many are overdue on that day.
    """

    due: int | None
    done: int | None
    overdue: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One place of a board. ``visits`` by pack id: the programmes whose figures may stand there."""

    place: Node
    people: int | None
    families: int | None
    visits: Mapping[str, VisitFigures]


@dataclass(frozen=True, slots=True)
class Board:
    """An area as a whole, and the places it is made of. ``day``: the day it was settled. ``by_place``: the programmes
    shown for each of them."""

    month: Period
    day: date
    programmes: tuple[Programme, ...]
    whole: Line
    lines: tuple[Line, ...]
    by_place: tuple[Programme, ...]


def board(area: Node, day: date) -> Board:
    """How the month stands in an area on ``day``. ``area`` is a township or wider, else ValueError.

    Below a township no figures of a month are given, of whatever programme.
    """
    if not is_wide(area):
        raise ValueError(area.kind)
    month, lines = periods.containing(day, "month"), parts(area)
    own = tuple(p for p in programmes_of(area) if p.pack.schedules.get(p.schedule))
    by_place = own if all(map(is_wide, lines)) else ()
    register = register_page(area, day)
    visits = _visits_page(area, month, day)
    made = [
        Line(
            node,
            register.shown(node.id, PEOPLE),
            register.shown(node.id, FAMILIES),
            {p.pack.id: _figures(visits, node, p.pack.id) for p in (own if node == area else by_place)},
        )
        for node in (area, *lines)
    ]
    return Board(month, min(register.day, visits.day), own, made[0], tuple(made[1:]), by_place)


def register_page(area: Node, day: date, anew: bool = False) -> Page:
    """How many people and families are registered, for wide places and what they are made of. ``anew``: for another page
    that is just being settled and shows some of them too."""
    shown_for = with_their_parts(wide_places())
    return page("register", "", Shape(), area, shown_for, _registered, day, anew=anew)


def _registered(nodes: Sequence[Node]) -> dict[Cell, int]:
    tree = places.tree()
    everywhere = sorted(frozenset().union(*(tree.below(node.id) for node in nodes)))
    found: dict[Cell, int] = {}
    for kind, counts in ((PEOPLE, people_counts(everywhere)), (FAMILIES, open_family_counts(everywhere))):
        for node in nodes:
            found[node.id, kind] = sum(counts.get(i, 0) for i in tree.below(node.id))
    return found


def _visits_page(area: Node, month: Period, day: date) -> Page:
    """Visits of every programme that is on somewhere, for wide places alone."""
    wide = wide_places()
    using = {p.pack.id: p for node in wide for p in programmes_of(node) if p.pack.schedules.get(p.schedule)}
    of = [using[pack] for pack in sorted(using)]

    def counted(nodes: Sequence[Node]) -> dict[Cell, int]:
        found: dict[Cell, int] = {}
        for node in nodes:
            for pack, counts in _counted(BOARD, node, of, month, day).items():
                found |= {(node.id, f"{pack}:{what}"): n for what, n in zip(WHAT, counts, strict=True)}
        return found

    grows = frozenset(f"{pack}:done" for pack in using)
    return page("visits", month.id, Shape(grows=grows), area, wide, counted, day)


def _figures(visits: Page, node: Node, pack: str) -> VisitFigures:
    return VisitFigures(*(visits.shown(node.id, f"{pack}:{what}") for what in WHAT))


def _counted(output: Output, node: Node, of: Iterable[Programme], month: Period, day: date) -> dict[str, Counts]:
    """Due, done and overdue by pack, for one place with all below it."""
    packs = [p.pack.id for p in of]
    if not packs:
        return {}
    gate = Gate(f"v.pack_id IN ({', '.join('?' * len(packs))})", tuple(packs), up_to=output.up_to)
    where = Condition(output.filters[0].source, "in", sorted(places.tree().below(node.id)))
    sql, params = select(output, _sources(month, day), "due_visit v", [gate, Gate(counted_sql("v.person_id")), where])
    found = {pack: (int(due), int(done), int(overdue)) for pack, due, done, overdue in db.current().rows(sql, params)}
    return {pack: found.get(pack, (0, 0, 0)) for pack in packs}


def _sources(month: Period, day: date) -> dict[str, str]:
    """The figures in SQL; they say what ``state_on`` says in Python, and a test holds the two together."""
    today, first, last = (f"'{on.isoformat()}'" for on in (day, month.first, month.last))
    waits = f"v.met_by = '' AND (v.ends_on IS NULL OR v.ends_on > {today})"
    over = f"COALESCE(v.until_on, {today}) < {today}"
    late = f"({over} AND v.recurring OR NOT {over} AND COALESCE(v.due_on, {today}) < {today})"
    by = "COALESCE(v.due_on, v.until_on, v.from_on)"
    return {
        "place.id": "v.place_id",
        "place.township": "v.place_id",
        "pack.id": "v.pack_id",
        "visit.due": f"SUM(CASE WHEN {waits} AND NOT {over} AND NOT {late} AND {by} <= {last} THEN 1 ELSE 0 END)",
        "visit.done": f"SUM(CASE WHEN v.met_on >= {first} AND v.met_on <= {today} THEN 1 ELSE 0 END)",
        "visit.overdue": f"SUM(CASE WHEN {waits} AND {late} THEN 1 ELSE 0 END)",
    }
