"""Counts of pages that tell how things stand: worked out for all places at once, and standing for a while (charter C16).

What a page says is settled for the whole store together, so that two pages of one day never differ, and stands for a
week, or until ten or more of something have come or gone in the area looked at. What was said before is kept: counts
that only grow may move when ten or more came in since they were shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from doorstep.indicators.areas import WIDE_KINDS, parts
from doorstep.indicators.hiding import ledger
from doorstep.indicators.hiding.pages import Cell, Shape, Standing, as_shown, to_hide
from doorstep.indicators.hiding.rounding import SMALLEST_SHOWN
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.places.queries import Node

STANDS_FOR = timedelta(days=7)
Counted = Callable[[Sequence[Node]], Mapping[Cell, int]]
"""Counts of these places, each with all below it."""


@dataclass(frozen=True, slots=True)
class Page:
    """How a page reads. ``day``: the day it was settled."""

    day: date
    shape: Shape
    standings: tuple[Standing, ...]

    def shown(self, place_id: int, kind: str) -> int | None:
        """A count as it may be shown, None where hidden."""
        return as_shown((place_id, kind), self.standings, self.shape)


def wide_places(kinds: Collection[str] = WIDE_KINDS) -> list[Node]:
    """Every township and wider place of the store."""
    return [node for node in places.tree().by_id.values() if node.kind in kinds]


def with_their_parts(wide: Iterable[Node]) -> list[Node]:
    """Wide places, and the places people live in that each is made of."""
    return list({node.id: node for one in wide for node in (one, *parts(one))}.values())


def page(
    name: str,
    key: str,
    shape: Shape,
    area: Node,
    shown_for: Sequence[Node],
    counted: Counted,
    today: date,
    beside: Callable[[], Page] | None = None,
    anew: bool = False,
) -> Page:
    """How a page stands, settled anew where it is time. ``key``: since when what grows is counted. ``shown_for``: every
    place anybody may read it for, ``area`` among them. ``beside``: settles another page that shows some of the very same
    counts. ``anew``: in any case, unless nothing at all has changed."""
    while True:
        rows = _rows(name, key)
        if rows and not anew and _stands(*rows[-1], counted([area]), area, today):
            break
        raws = dict(counted(shown_for))
        if rows and anew and rows[-1][0] == today and rows[-1][1].raws == raws:
            break
        told = beside().standings[-1] if beside else None
        seen = ledger.changes()
        hidden = to_hide(raws, _inside(shown_for), shape, [one for _, one in _rows(name, key)], told)
        if _add(name, key, today, Standing(raws, hidden), seen):
            break
    rows = _rows(name, key)
    return Page(rows[-1][0], shape, tuple(one for _, one in rows))


def _stands(day: date, last: Standing, now: Mapping[Cell, int], area: Node, today: date) -> bool:
    had = {cell: n for cell, n in last.raws.items() if cell[0] == area.id}
    if had.keys() != now.keys() or not day <= today < day + STANDS_FOR:
        return False
    moved = {cell: abs(now[cell] - n) for cell, n in had.items() if abs(now[cell] - n) >= SMALLEST_SHOWN}
    return not moved or (day == today and all(2 * by < had[cell] for cell, by in moved.items()))


def _inside(shown_for: Sequence[Node]) -> dict[int, list[int]]:
    """For each place those just inside it, of the places shown."""
    tree, ids = places.tree(), {node.id for node in shown_for}
    found: dict[int, list[int]] = {i: [] for i in sorted(ids)}
    for i in found:
        above = next((n.id for n in tree.upward(tree.by_id[i].parent_id) if n.id in ids), None)
        if above is not None:
            found[above].append(i)
    return found


def _rows(name: str, key: str) -> list[tuple[date, Standing]]:
    sql = "SELECT settled_on, raws, hidden FROM settled_page WHERE page = ? AND key = ? ORDER BY id"
    return [(_day(day), _standing(raws, hidden)) for day, raws, hidden in db.current().rows(sql, [name, key])]


def _standing(raws: str, hidden: str) -> Standing:
    counts = {(place, kind): n for place, kind, n in json.loads(raws)}
    return Standing(counts, frozenset((place, kind) for place, kind in json.loads(hidden)))


def _add(name: str, key: str, day: date, one: Standing, seen: int) -> bool:
    """Write it down; False when somebody else wrote meanwhile."""
    raws = json.dumps([[*cell, n] for cell, n in sorted(one.raws.items())])
    hidden = json.dumps(sorted(one.hidden))
    with db.transaction():
        if not ledger.claim(seen):
            return False
        sql = "INSERT INTO settled_page (page, key, settled_on, raws, hidden) VALUES (?, ?, ?, ?, ?)"
        db.current().run(sql, [name, key, day, raws, hidden])
    return True


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
