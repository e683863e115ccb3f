"""How far the round has come in an area, by the places it is made of, and what it found: never by worker, never ranked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.indicators.areas import is_wide, parts
from doorstep.indicators.showing import SMALLEST_SHOWN
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.register import rounds
from doorstep.register.rounds import FINDINGS_OF, Period, together

FAMILIES, DONE, TO_DO, NOT_IN = "families", "done", "to_do", "not_in"
KINDS = (FAMILIES, DONE, TO_DO, NOT_IN, *FINDINGS_OF)
Cell = tuple[int, str]  # place, kind


@dataclass(frozen=True, slots=True)
class Line:
    """One place of the table. A figure is None where hidden. ``to_do`` holds those that were not in."""

    place: Node
    shown: Mapping[str, int | None]

    @property
    def found(self) -> list[tuple[str, int | None]]:
        return [(kind, self.shown[kind]) for kind in FINDINGS_OF]


@dataclass(frozen=True, slots=True)
class Round:
    """An area as a whole and its places, in the places' own order."""

    period: Period
    whole: Line
    lines: tuple[Line, ...]

    @property
    def told(self) -> list[Line]:
        """The places of whose findings any figure may be shown."""
        return [line for line in self.lines if any(n is not None for _, n in line.found)]


def round_of(area: Node, day: date) -> Round:
    """The round of ``day`` in an area, a township or wider (else ValueError)."""
    if not is_wide(area):
        raise ValueError(area.kind)
    tree, period, made_of = places.tree(), rounds.period_at(area.id, day), parts(area)
    below = sorted(tree.below(area.id))
    progress, found = rounds.progress(below, period), rounds.finding_counts(below, period)
    counts: dict[Cell, int] = {}
    for node in (area, *made_of):
        inside = tree.below(node.id)
        walked = together(p for i, p in progress.items() if i in inside)
        of_node = {FAMILIES: walked.families, DONE: walked.done, NOT_IN: walked.not_in}
        of_node[TO_DO] = walked.families - walked.done
        of_node |= {kind: sum(of.get(kind, 0) for i, of in found.items() if i in inside) for kind in FINDINGS_OF}
        counts |= {(node.id, kind): n for kind, n in of_node.items()}
    shown = hide(counts, _sums(area, made_of))
    lines = [Line(node, {kind: shown[node.id, kind] for kind in KINDS}) for node in (area, *made_of)]
    return Round(period, lines[0], tuple(lines[1:]))


def _sums(area: Node, made_of: Sequence[Node]) -> list[list[Cell]]:
    """Cells of which each can be worked out from the others: done and to do make the families, places make the area."""
    rows = [[(node.id, kind) for kind in (FAMILIES, DONE, TO_DO)] for node in (area, *made_of)]
    columns = [[(area.id, kind), *((node.id, kind) for node in made_of)] for kind in KINDS]
    return rows + columns


def hide(counts: Mapping[Cell, int], sums: Iterable[Sequence[Cell]]) -> dict[Cell, int | None]:
    """Counts of 0 to 9 hidden, and so many others that none of these can be worked out: in no sum is one cell hidden
    alone, nor hidden ones that come to under ten together."""
    equations = list(sums)
    hidden = {cell for cell, count in counts.items() if count < SMALLEST_SHOWN}
    while True:
        more = {cell for cells in equations for cell in _one_more(cells, counts, hidden)}
        if not more:
            return {cell: None if cell in hidden else count for cell, count in counts.items()}
        hidden |= more


def _one_more(cells: Sequence[Cell], counts: Mapping[Cell, int], hidden: set[Cell]) -> list[Cell]:
    """The next cell to hide in a sum (the whole first, then its parts), if any: the smallest part that is shown."""
    whole, *made_of = cells
    inside = [cell for cell in made_of if cell in hidden]
    shown = sorted((cell for cell in made_of if cell not in hidden), key=lambda cell: (counts[cell], cell))
    if whole in hidden:
        return shown[:1] if not inside else []  # else the parts would give the whole away
    small = len(inside) == 1 or sum(counts[cell] for cell in inside) < SMALLEST_SHOWN
    return shown[:1] if inside and small else []
