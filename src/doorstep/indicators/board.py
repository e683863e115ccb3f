"""The month at a glance: visits due, done and overdue, and who is registered. Only what may be shown leaves here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from doorstep.access.queries import counted_sql
from doorstep.engine.outputs import Condition, Gate, Output, select
from doorstep.indicators import periods
from doorstep.indicators.areas import is_wide, parts, programmes_of
from doorstep.indicators.outputs import BOARD
from doorstep.indicators.periods import Period
from doorstep.indicators.showing import shown_count, shown_counts
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes.library import Programme
from doorstep.register.queries import family_counts, people_counts

Counts = tuple[int, int, int]  # due, done, overdue


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
    """An area as a whole, and the places it is made of. ``by_place``: the programmes shown for each of them."""

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
    tree, month, lines = places.tree(), periods.containing(day, "month"), parts(area)
    own = tuple(p for p in programmes_of(area) if p.pack.schedules.get(p.schedule))
    by_place = own if all(map(is_wide, lines)) else ()
    people = _rolled_up(people_counts(tree.below(area.id)), area, lines)
    families = _rolled_up(family_counts(tree.below(area.id)), area, lines)
    whole = _counted(BOARD, area, own, month, day)
    counted = {node.id: _counted(BOARD, node, by_place, month, day) for node in lines}
    shown = {
        pack: _shown(area, n, {i: of[pack] for i, of in counted.items() if pack in of}) for pack, n in whole.items()
    }
    made = [
        Line(n, people[n.id], families[n.id], {pack: of[n.id] for pack, of in shown.items() if n.id in of})
        for n in (area, *lines)
    ]
    return Board(month, day, own, made[0], tuple(made[1:]), by_place)


def _rolled_up(counts: Mapping[int, int], area: Node, lines: Iterable[Node]) -> dict[int, int | None]:
    """Counts by place as those of the area and of each of its parts, as they may be shown."""
    tree = places.tree()
    by_part = {node.id: sum(counts.get(i, 0) for i in tree.below(node.id)) for node in lines}
    whole = sum(counts.values())
    return {area.id: shown_count(whole), **shown_counts(by_part, whole)}


def _shown(area: Node, whole: Counts, by_part: Mapping[int, Counts]) -> dict[int, VisitFigures]:
    """The figures of one programme for the area and its parts, each of the three with its own hiding."""
    kinds = [shown_counts({i: n[kind] for i, n in by_part.items()}, whole[kind]) for kind in range(len(whole))]
    parts_shown = {i: VisitFigures(*(kind[i] for kind in kinds)) for i in by_part}
    return {area.id: VisitFigures(*map(shown_count, whole)), **parts_shown}


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
