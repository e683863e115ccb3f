"""The counts of a table of indicators beside all that was shown before, and which of them to hide.

Two indicators of a programme that count the very same share one count. Counts of a programme belong together when
their places lie in one another and their days overlap, whichever report, area or day they were shown in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from doorstep.engine.model.pack import IndicatorDef, Measure, Pack
from doorstep.indicators.areas import NOT_LIVED_IN
from doorstep.indicators.hiding import ledger
from doorstep.indicators.hiding.ledger import Cell, Row
from doorstep.indicators.hiding.rounding import SMALLEST_SHOWN
from doorstep.indicators.hiding.worlds import Atoms, Count, System, protect
from doorstep.places.queries import Tree

A_DAY = timedelta(days=1)


class Asked(NamedTuple):
    """A count somebody wants to show."""

    cell: Cell
    raw: int


class Span(NamedTuple):
    """A stretch of days."""

    first: date
    last: date


Recount = Callable[[Iterable[str], Sequence[Span], Sequence[int]], Mapping[Cell, int]]
"""Counts of measures (by fingerprint) in stretches of days at places, as known at the moment the table is of."""


def fingerprint(measure: Measure) -> str:
    """Says what a measure counts: the same for indicators that count the very same."""
    rules = [rule.text if rule else "" for rule in (measure.sum, measure.where, measure.by)]
    told = "\n".join([measure.over, measure.each, *(" ".join(rule.split()) for rule in rules)])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def sides(indicator: IndicatorDef) -> tuple[str, str]:
    """Fingerprints of numerator and denominator; '' where there is none."""
    return fingerprint(indicator.numerator), fingerprint(indicator.denominator) if indicator.denominator else ""


def is_part(indicator: IndicatorDef) -> bool:
    """Whether the numerator counts some of the very people of the denominator."""
    if indicator.denominator is None or indicator.numerator.sum is not None or indicator.denominator.sum is not None:
        return False
    return fingerprint(indicator.numerator) != fingerprint(indicator.denominator)  # else nobody can be left out


def to_hide(
    pack: Pack,
    asked: Sequence[Asked],
    tree: Tree,
    today: date,
    recount: Recount,
    apart: str = "",
    looking_back: bool = False,
) -> set[Cell]:
    """Which of these cells stay hidden. What is decided is written down, under the pack or ``apart`` from it.
    ``looking_back``: the counts are those of a past moment; that one was small then does not hide what it is today."""
    while True:
        seen = ledger.changes()
        hidden, new = _decide(pack, asked, tree, today, recount, apart or pack.id)
        new = [row._replace(lasting=False) for row in new] if looking_back else new
        if ledger.write(apart or pack.id, new, seen):
            return hidden


def _decide(
    pack: Pack, asked: Sequence[Asked], tree: Tree, today: date, recount: Recount, name: str
) -> tuple[set[Cell], list[Row]]:
    related = _related(pack, {one.cell.measure for one in asked})
    known = _known(name, related, [one.cell for one in asked], tree)
    before = {(row.cell, row.raw): row for row in known}
    lasting = {row.cell for row in known if row.lasting}
    raws = {one.cell: one.raw for one in asked}

    def was_hidden(cell: Cell, raw: int) -> bool:
        row = before.get((cell, raw))
        return cell in lasting or (row is not None and row.hidden)

    if all((cell, raw) in before for cell, raw in raws.items()):
        hidden = {cell for cell, raw in raws.items() if was_hidden(cell, raw)}
    else:
        world = _World(pack, raws, {row.cell for row in known}, tree, recount)
        hidden = set()
        for cell, raw in world.cells.items():
            row = before.get((cell, raw))
            world.add(cell, known=row is not None and not row.hidden, hidden=was_hidden(cell, raw))
        hidden = world.hide()
    new = []
    for cell, raw in raws.items():
        row = Row(cell, raw, cell in hidden, cell in hidden and cell.last < today)
        old = before.get((cell, raw))
        if old is None or (row.lasting and not old.lasting):
            new.append(row)
    return hidden & raws.keys(), new


def _related(pack: Pack, measures: set[str]) -> set[str]:
    """These measures, and all that indicators of the pack hold against them, one after the other."""
    pairs = [{side for side in sides(indicator) if side} for indicator in pack.indicators.values()]
    found = set(measures)
    while more := [pair for pair in pairs if pair & found and not pair <= found]:
        found |= set().union(*more)
    return found


def _known(pack_id: str, measures: set[str], cells: Sequence[Cell], tree: Tree) -> list[Row]:
    """What was shown or hidden before and has to do with these cells: days that overlap, places one in the other."""
    first, last = min(cell.first for cell in cells), max(cell.last for cell in cells)
    while True:
        rows = ledger.rows(pack_id, measures, first, last)
        wider = min([first, *(r.cell.first for r in rows)]), max([last, *(r.cell.last for r in rows)])
        if wider == (first, last):
            break
        first, last = wider
    near = {cell.place_id for cell in cells}
    others = {row.cell.place_id for row in rows} - near
    while joined := {p for p in others if any(_touch(tree, p, q) for q in near)}:
        near |= joined
        others -= joined
    return [row for row in rows if row.cell.place_id in near]


def _touch(tree: Tree, one: int, other: int) -> bool:
    return one in tree.below(other) or other in tree.below(one)


class _World:
    """The counts as sums of atoms: what is counted, at the smallest place, in the smallest stretch of days."""

    def __init__(self, pack: Pack, asked: Mapping[Cell, int], known: set[Cell], tree: Tree, recount: Recount):
        self.pack, self.asked = pack, asked
        measures = {side for indicator in pack.indicators.values() for side in sides(indicator)}
        every = {*asked, *(cell for cell in known if cell.measure in measures)}
        self.spans, self.tree = _spans(every), tree
        self.places = _with_those_between(tree, {cell.place_id for cell in every})
        self.tree_of = {p: frozenset(n.id for n in tree.upward(p)) for p in self.places}
        self.raws = self._counted(every, recount)
        self.inside = {place: self._just_below(place) for place in self.places}
        self.open = {place: self._open_below(place) for place in self.places}
        self.system = System()
        self.inner: dict[Span, list[Span]] = {}
        self.numbers: dict[tuple[str, int, Span], int] = {}
        self.cells = {cell: self._sum(cell) for cell in sorted(every)}
        self.at: dict[Cell, int] = {}
        self.unseen: set[Cell] = set()

    def _counted(self, every: set[Cell], recount: Recount) -> dict[Cell, int]:
        """The count of every measure in every smallest stretch at every place."""
        measures = sorted({cell.measure for cell in every})
        wanted = {Cell(m, place, *span) for m in measures for place in self.places for span in self.spans}
        if wanted <= self.asked.keys():
            return {cell: self.asked[cell] for cell in wanted}
        return dict(recount(measures, self.spans, self.places))

    def _sum(self, cell: Cell) -> int:
        if cell in self.asked:
            return self.asked[cell]
        return sum(self._raw(cell.measure, cell.place_id, span) for span in self._within(cell))

    def _raw(self, measure: str, place: int, span: Span) -> int:
        return self.raws.get(Cell(measure, place, *span), 0)

    def _within(self, cell: Cell) -> list[Span]:
        days = Span(cell.first, cell.last)
        if days not in self.inner:
            self.inner[days] = [s for s in self.spans if days.first <= s.first and s.last <= days.last]
        return self.inner[days]

    def _just_below(self, place: int) -> list[int]:
        """The widest of the places that lie in this one."""
        inside = [p for p in self.places if p != place and p in self.tree.below(place)]
        return [p for p in inside if not any(p != q and p in self.tree.below(q) for q in inside)]

    def _open_below(self, place: int) -> bool:
        """Whether people live in it who live in none of the places inside it."""
        held = set().union(*(self.tree.below(p) for p in self.inside[place])) if self.inside[place] else set()
        rest = self.tree.below(place) - held - {place}
        return not self.inside[place] or any(self.tree.by_id[p].kind not in NOT_LIVED_IN for p in rest)

    def _own(self, measure: str, place: int, span: Span) -> int:
        """What a place counts that none of the places inside it does."""
        return self._raw(measure, place, span) - sum(self._raw(measure, p, span) for p in self.inside[place])

    def _atoms(self, cell: Cell) -> Atoms:
        found: list[int] = []
        for span in self._within(cell):
            waiting = [cell.place_id]
            while waiting:
                place = waiting.pop()
                waiting += self.inside[place]
                if self.open[place] or self._own(cell.measure, place, span):
                    found.append(self._atom(cell.measure, place, span))
        return tuple(found)

    def _atom(self, measure: str, place: int, span: Span) -> int:
        return self.numbers.setdefault((measure, place, span), len(self.numbers))

    def add(self, cell: Cell, known: bool, hidden: bool) -> None:
        """Take a cell in. ``known``: this very number was shown before; ``hidden``: the cell may not be shown."""
        raw, mine = self.cells[cell], cell in self.asked
        if not (mine or known or hidden or raw < SMALLEST_SHOWN):
            return  # it was another number when it was shown
        if hidden:
            self.unseen.add(cell)
        atoms = self._atoms(cell)
        if atoms:
            self.at[cell] = len(self.system.counts)
            self.system.counts.append(Count(atoms, raw, known, not known and (hidden or raw < SMALLEST_SHOWN)))
        else:
            self.unseen.add(cell)

    def hide(self) -> set[Cell]:
        """Every cell that stays hidden, new or old."""
        self._pair()
        self._differences()
        more = protect(self.system)
        return self.unseen | {cell for cell, i in self.at.items() if i in more or self.system.counts[i].hidden}

    def _pair(self) -> None:
        counts = self.system.counts
        for top, bottom in dict.fromkeys(sides(i) for i in self.pack.indicators.values() if is_part(i)):
            for cell, whole in list(self.at.items()):
                part = self.at.get(cell._replace(measure=top)) if cell.measure == bottom else None
                if part is None or counts[part].raw > counts[whole].raw:
                    continue
                self.system.pairs.append((part, whole))
                if counts[whole].raw - counts[part].raw < SMALLEST_SHOWN and not counts[part].known:
                    counts[part].hidden = True
            self._pair_atoms(top, bottom)

    def _pair_atoms(self, top: str, bottom: str) -> None:
        """Where the part is no larger than the whole everywhere, that is known of every place and stretch of days."""
        mine = [(place, span, atom) for (measure, place, span), atom in self.numbers.items() if measure == top]
        if all(self._own(top, place, span) <= self._own(bottom, place, span) for place, span, _ in mine):
            for place, span, atom in mine:
                if (whole := self.numbers.get((bottom, place, span))) is not None:
                    self.system.known_parts.append(((whole,), (atom,)))

    def _differences(self) -> None:
        """What anybody gets by taking counts from each other: places and days nobody asked for yet, but may."""
        wholes = dict.fromkeys((cell.measure, "") for cell in self.at)
        pairs = dict.fromkeys((sides(i)[1], sides(i)[0]) for i in self.pack.indicators.values() if is_part(i))
        held = {cell.measure for cell in self.at}
        for measure, part in (*wholes, *(pair for pair in pairs if held.issuperset(pair))):
            for place in self.places:
                for stretch in self._stretches(measure, place):
                    self._between(measure, part, place, (), stretch)
                    if self.open[place] and self.inside[place]:
                        self._between(measure, part, place, self.inside[place], stretch)

    def _stretches(self, measure: str, place: int) -> list[list[Span]]:
        """Days in a row that lie in one of the periods: single stretches, and several where a count holds several."""
        found: dict[tuple[Span, ...], None] = {}
        for cell in self.at:
            if cell.measure == measure and (cell.place_id == place or cell.place_id in self.tree_of[place]):
                spans = self._within(cell)
                for i in range(len(spans)):
                    for j in range(i + 1, len(spans) + 1):
                        found[tuple(spans[i:j])] = None
        return [list(spans) for spans in found]

    def _between(self, measure: str, part: str, place: int, less: Sequence[int], spans: Sequence[Span]) -> None:
        """Take in what lies between these counts, where it is small."""

        def count(one: str) -> int:
            own = sum(self._raw(one, place, span) for span in spans)
            return own - sum(self._raw(one, p, span) for p in less for span in spans)

        left = count(measure) - (count(part) if part else 0)
        if not 0 <= left < SMALLEST_SHOWN:
            return
        cell = Cell(measure, place, spans[0].first, spans[-1].last)
        plus, minus = self._own_atoms(cell, less), self._own_atoms(cell._replace(measure=part), less) if part else ()
        if plus:
            self.system.between.append((plus, minus, left))

    def _own_atoms(self, cell: Cell, less: Sequence[int]) -> Atoms:
        taken = {a for p in less for a in self._atoms(cell._replace(place_id=p))}
        return tuple(a for a in self._atoms(cell) if a not in taken)


def _with_those_between(tree: Tree, place_ids: set[int]) -> list[int]:
    """These places, and those that lie between one of them and another above it."""
    found = set(place_ids)
    for place in place_ids:
        path = [node.id for node in tree.upward(place)]
        above = [n for n, p in enumerate(path) if p in place_ids]
        found.update(path[: above[-1] + 1])
    return sorted(found)


def _spans(cells: Iterable[Cell]) -> list[Span]:
    """The smallest stretches of days the cells' periods are made of."""
    periods = {(cell.first, cell.last) for cell in cells}
    edges = sorted({day for first, last in periods for day in (first, last + A_DAY)})
    spans = [Span(a, b - A_DAY) for a, b in pairwise(edges)]
    return [s for s in spans if any(first <= s.first and s.last <= last for first, last in periods)]
