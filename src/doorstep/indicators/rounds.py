"""How far the round has come in an area, by the places it is made of, and what it found: never by worker, never ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.indicators.areas import is_wide, parts
from doorstep.indicators.board import FAMILIES, register_page
from doorstep.indicators.hiding.pages import Cell, Shape
from doorstep.indicators.settled import Page, page, wide_places, with_their_parts
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.register import rounds
from doorstep.register.rounds import FINDINGS_OF, Period, together

DONE, TO_DO, NOT_IN = "done", "to_do", "not_in"
KINDS = (FAMILIES, DONE, TO_DO, NOT_IN, *FINDINGS_OF)
SHAPE = Shape(
    sums={FAMILIES: (DONE, TO_DO)},
    parts=((NOT_IN, TO_DO),),
    grows=frozenset(FINDINGS_OF),
)


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
    """An area as a whole and its places, in the places' own order. ``day``: the day it was settled."""

    period: Period
    day: date
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
    period = rounds.period_at(area.id, day)

    def counted(nodes: Sequence[Node]) -> dict[Cell, int]:
        return _counted(nodes, period)

    key = f"{period.first.isoformat()}/{period.last.isoformat()}"
    shown_for = with_their_parts(wide_places())

    def beside() -> Page:  # the overview shows how many families there are
        return register_page(area, day, anew=True)

    stands = page("round", key, SHAPE, area, shown_for, counted, day, beside)
    lines = [Line(n, {kind: stands.shown(n.id, kind) for kind in KINDS}) for n in (area, *parts(area))]
    return Round(period, stands.day, lines[0], tuple(lines[1:]))


def _counted(nodes: Sequence[Node], period: Period) -> dict[Cell, int]:
    tree = places.tree()
    below = sorted(frozenset().union(*(tree.below(node.id) for node in nodes)))
    progress, found = rounds.progress(below, period), rounds.finding_counts(below, period)
    counts: dict[Cell, int] = {}
    for node in nodes:
        inside = tree.below(node.id)
        walked = together(p for i, p in progress.items() if i in inside)
        of_node = {FAMILIES: walked.families, DONE: walked.done, NOT_IN: walked.not_in}
        of_node[TO_DO] = walked.families - walked.done
        of_node |= {kind: sum(of.get(kind, 0) for i, of in found.items() if i in inside) for kind in FINDINGS_OF}
        counts |= {(node.id, kind): n for kind, n in of_node.items()}
    return counts
