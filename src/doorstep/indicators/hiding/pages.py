"""Which counts of one page stay hidden: of all places it is shown for at once, and beside how it stood earlier.

A page has kinds of counts for places that lie in one another. Everything is a sum of atoms: a kind, what a place counts
that none of the places inside it does, and for what only grows the stretch between two standings of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from doorstep.indicators.hiding.rounding import SMALLEST_SHOWN, rounded
from doorstep.indicators.hiding.worlds import Atoms, Count, System, protect

Cell = tuple[int, str]  # place, kind


@dataclass(frozen=True, slots=True)
class Shape:
    """How the kinds of a page hang together.

    ``sums``: a kind is the sum of others. ``parts``: the first kind counts some of those of the second. ``within``: some
    kinds together are no more than another. ``grows``: kinds that count what happened since a fixed day.
    """

    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple[tuple[str, str], ...] = ()
    within: tuple[tuple[tuple[str, ...], str], ...] = ()
    grows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a page stood: every count of every place it is shown for, with all below it, and which were hidden."""

    raws: Mapping[Cell, int]
    hidden: frozenset[Cell]

    def shown(self, cell: Cell) -> int | None:
        return None if cell in self.hidden or cell not in self.raws else rounded(self.raws[cell])


def to_hide(
    raws: Mapping[Cell, int],
    inside: Mapping[int, Sequence[int]],
    shape: Shape,
    earlier: Sequence[Standing] = (),
    told: Standing | None = None,
) -> frozenset[Cell]:
    """Which of these counts stay hidden. ``inside``: the places shown that lie just inside a place shown. ``earlier``: how
    the page stood before, the oldest first, since what grows began to be counted. ``told``: a page that shows some of
    the very same counts."""
    return _World(raws, inside, shape, earlier, told).hide()


def as_shown(cell: Cell, standings: Sequence[Standing], shape: Shape) -> int | None:
    """A count as it reads in the last of these standings. What only grows and may not move yet reads as it did before."""
    *earlier, last = standings
    found = last.shown(cell)
    if found is not None or cell[1] not in shape.grows or last.raws.get(cell, 0) < SMALLEST_SHOWN:
        return found
    before = [one for one in earlier if one.shown(cell) is not None and one.raws[cell] <= last.raws[cell]]
    return before[-1].shown(cell) if before else None


class _World:
    def __init__(
        self,
        raws: Mapping[Cell, int],
        inside: Mapping[int, Sequence[int]],
        shape: Shape,
        earlier: Sequence[Standing],
        told: Standing | None,
    ):
        self.told = told.raws.keys() & raws.keys() if told else set()
        self.told_hidden = told.hidden & self.told if told else set()
        self.raws, self.inside, self.shape = raws, inside, shape
        self.times = [*(one.raws for one in earlier), raws]
        self.earlier = earlier
        self.began = {kind: self._since(kind) for kind in shape.grows}
        self.wholes = {*shape.sums, *(whole for _, whole in shape.within)}
        self.system = System()
        self.numbers: dict[tuple[int, str, int], int] = {}
        self.at: dict[Cell, int] = {}

    def hide(self) -> frozenset[Cell]:
        for cell, raw in self.raws.items():
            atoms = self._atoms(cell, len(self.earlier))
            small = raw < SMALLEST_SHOWN
            if atoms:
                self.at[cell] = len(self.system.counts)
                hidden = small or cell in self.told_hidden
                known = cell in self.told and not hidden
                self.system.counts.append(Count(atoms, raw, known, hidden, dear=cell[1] in self.wholes))
                self._beside_earlier(cell, raw)
        self._hang_together()
        more = protect(self.system)
        return frozenset(
            cell
            for cell, raw in self.raws.items()
            if raw < SMALLEST_SHOWN or cell in self.told_hidden or cell not in self.at or self.at[cell] in more
        )

    def _since(self, kind: str) -> int:
        """From which standing on a kind only grew, everywhere: what was taken back begins anew."""
        places = list(self.inside)
        for time in range(len(self.earlier), 0, -1):
            if any(self._own(p, kind, time) < self._own(p, kind, time - 1) for p in places):
                return time
        return 0

    def _own(self, place: int, kind: str, time: int) -> int:
        """What a place counts that none of the places inside it does."""
        raws = self.times[time]
        return raws.get((place, kind), 0) - sum(raws.get((p, kind), 0) for p in self.inside[place])

    def _atoms(self, cell: Cell, until: int, since: int = 0) -> Atoms:
        """What makes a count at one time; for what grows, of what came after the time before ``since``."""
        now = len(self.earlier)
        found: list[int] = []
        for place in self._within(cell[0]):
            for kind in self.shape.sums.get(cell[1], (cell[1],)):
                began = max(since, self.began[kind]) if kind in self.shape.grows else now
                if not self.inside[place] or any(self._own(place, kind, t) for t in range(len(self.times))):
                    found += [self._atom(place, kind, time) for time in range(began, until + 1)]
        return tuple(found)

    def _within(self, place: int) -> Iterator[int]:
        yield place
        for other in self.inside[place]:
            yield from self._within(other)

    def _atom(self, place: int, kind: str, time: int) -> int:
        return self.numbers.setdefault((place, kind, time), len(self.numbers))

    def _beside_earlier(self, cell: Cell, raw: int) -> None:
        """What the page said of something that only grew, and how much that grew since each time it was said."""
        if cell[1] not in self.shape.grows:
            return
        for time in range(self.began[cell[1]], len(self.earlier)):
            before = self.earlier[time]
            had, then = before.raws.get(cell), self._atoms(cell, time)
            if had is None or not then or (cell in before.hidden and had >= SMALLEST_SHOWN):
                continue
            shown = cell not in before.hidden
            self.system.counts.append(Count(then, had, known=shown, hidden=not shown))
            since = self._atoms(cell, len(self.earlier), time + 1)
            if shown and since and 0 <= raw - had < SMALLEST_SHOWN:
                self.system.between.append((since, (), raw - had))

    def _hang_together(self) -> None:
        now = len(self.earlier)
        for place in self.inside:
            for part, whole in self.shape.parts:
                if (place, part) in self.at and (place, whole) in self.at:
                    self.system.pairs.append((self.at[place, part], self.at[place, whole]))
            for kinds, whole in self.shape.within:
                some = tuple(a for kind in kinds for a in self._atoms((place, kind), now))
                all_ = self._atoms((place, whole), now)
                counted = sum(self.raws.get((place, kind), 0) for kind in kinds)
                if some and all_ and counted <= self.raws.get((place, whole), 0):
                    self.system.known_parts.append((all_, some))
