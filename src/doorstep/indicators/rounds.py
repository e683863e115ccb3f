"""How far the round has come in an area, by the places it is made of, and what it found: never by worker, never ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.indicators.areas import is_wide, parts
from doorstep.indicators.hiding.rounding import SMALLEST_SHOWN, rounded
from doorstep.indicators.hiding.worlds import Count, System, protect
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
    shown = hide(counts, area.id, [node.id for node in made_of])
    lines = [Line(node, {kind: shown[node.id, kind] for kind in KINDS}) for node in (area, *made_of)]
    return Round(period, lines[0], tuple(lines[1:]))


def hide(counts: Mapping[Cell, int], area: int, made_of: Sequence[int]) -> dict[Cell, int | None]:
    """The table as shown: done and to do make the families, those not in are some of those to do, the places make the
    area; no hidden count of 0 to 9 can be narrowed by any of it."""
    system, at = System(), {}
    numbers: dict[Cell, int] = {}
    everywhere = [*made_of, area]
    for place in (area, *made_of):
        for kind in KINDS:
            inside = everywhere if place == area else [place]
            of_kind = (DONE, TO_DO) if kind == FAMILIES else (kind,)
            atoms = tuple(
                numbers.setdefault((p, k), len(numbers))
                for p in inside
                for k in of_kind
                if p != area or _own(counts, area, made_of, k)
            )
            count = counts[place, kind]
            if atoms:
                at[place, kind] = len(system.counts)
                system.counts.append(Count(atoms, count, hidden=count < SMALLEST_SHOWN))
        if {(place, NOT_IN), (place, TO_DO)} <= at.keys():
            system.pairs.append((at[place, NOT_IN], at[place, TO_DO]))
    more = protect(system)
    unseen = {cell for cell, i in at.items() if i in more or system.counts[i].hidden}
    return {cell: rounded(n) if cell in at and cell not in unseen else None for cell, n in counts.items()}


def _own(counts: Mapping[Cell, int], area: int, made_of: Sequence[int], kind: str) -> int:
    """Families of the area that live in none of its places."""
    return counts[area, kind] - sum(counts[place, kind] for place in made_of)
