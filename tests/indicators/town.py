"""A made-up county whose figures are published one after the other, for the attacker to read."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from doorstep.engine.model.pack import IndicatorDef, Measure
from doorstep.engine.model.planned import Rule
from doorstep.indicators.hiding.figures import Asked, Span, fingerprint, to_hide
from doorstep.indicators.hiding.ledger import Cell
from doorstep.places.queries import Node, Tree
from tests.indicators.attacker import Attacker, narrowed

COUNTY = 1
TODAY = date(2027, 3, 1)
SEEN, SEEN_TWICE, BORN, CALLS = "seen", "seen_twice", "born", "calls"
PARTS = ((SEEN, BORN), (SEEN_TWICE, BORN))
MONTHS = range(1, 13)
Months = tuple[int, ...]
PERIODS: tuple[Months, ...] = (
    *((m,) for m in MONTHS),
    *(tuple(range(q, q + 3)) for q in (1, 4, 7, 10)),
    *(tuple(range(1, m + 1)) for m in (2, 4, 5, 6, 12)),
)


def _measure(name: str) -> Measure:
    return Measure(over="person", where=Rule(f"{name} = 'yes'"))


INDICATORS = {
    "first": IndicatorDef("first", {}, _measure(SEEN), _measure(BORN)),
    "second": IndicatorDef("second", {}, _measure(SEEN_TWICE), _measure(BORN)),
    "third": IndicatorDef("third", {}, _measure(CALLS), None),
}
MEASURES = {"first": (SEEN, BORN), "second": (SEEN_TWICE, BORN), "third": (CALLS,)}
NAMES = {fingerprint(_measure(name)): name for name in (SEEN, SEEN_TWICE, BORN, CALLS)}
PRINTS = {name: print_ for print_, name in NAMES.items()}

Raw = dict[tuple[str, int, int], int]  # measure, village, month


@dataclass
class Printed:
    """One figure somebody could read, and what it was that day."""

    measure: str
    place: int
    months: Months
    shown: int | None
    raw: int
    state: int


@dataclass
class Town:
    """``states``: the counts of every village and month, one copy for each time late records came in."""

    tree: Tree
    villages: Mapping[int, tuple[int, ...]]  # the villages in each place
    states: list[Raw]
    pack: Any
    printed: list[Printed] = field(default_factory=list)

    def count(self, measure: str, place: int, months: Iterable[int], state: int) -> int:
        return sum(self.states[state][measure, v, m] for v in self.villages[place] for m in months)

    def publish(
        self,
        wanted: Sequence[str],
        place_ids: Sequence[int],
        periods: Sequence[Months],
        state: int,
        looking_back: bool = False,
    ) -> None:
        """A report as of a state, by the production code."""
        asked = {}
        for measure in dict.fromkeys(m for one in wanted for m in MEASURES[one]):
            for place in place_ids:
                for months in periods:
                    asked[_cell(measure, place, months)] = self.count(measure, place, months, state)

        def recount(measures: Iterable[str], spans: Sequence[Span], places: Sequence[int]) -> dict[Cell, int]:
            return {
                Cell(print_, p, *span): self.count(
                    NAMES[print_], p, range(span.first.month, span.last.month + 1), state
                )
                for print_ in measures
                for p in places
                for span in spans
            }

        cells = [Asked(cell, raw) for cell, raw in asked.items()]
        hidden = to_hide(self.pack, cells, self.tree, TODAY, recount, looking_back=looking_back)
        for cell, raw in asked.items():
            months = tuple(range(cell.first.month, cell.last.month + 1))
            shown = None if cell in hidden else (raw + 2) // 5 * 5
            self.printed.append(Printed(NAMES[cell.measure], cell.place_id, months, shown, raw, state))

    def attacker(self, state: int) -> Attacker:
        """Who has read everything, and happens to know which old figures still hold."""
        reader = Attacker(PARTS)
        for one in self.printed:
            if self.count(one.measure, one.place, one.months, state) == one.raw:
                reader.reads(one.measure, self._names(one.place), one.months, one.shown)
        return reader

    def _names(self, place: int) -> list[str]:
        return [str(v) for v in self.villages[place]]

    def given_away(self, state: int) -> list[tuple[str, int, Months, tuple[int, int]]]:
        """Every hidden count of 0 to 9 of a state that the attacker can narrow, with what is left of it."""
        reader, found = self.attacker(state), []
        asked: dict[tuple[str, int, Months], None] = {}
        for one in self.printed:
            if one.state == state and one.shown is None and one.raw < 10:
                asked[one.measure, one.place, one.months] = None
        for measure, place, months in asked:
            terms = reader.sum_of(measure, self._names(place), months)
            if left := narrowed(reader, terms):
                found.append((measure, place, months, left))
        return found + self._rests_given_away(reader, state)

    def _rests_given_away(self, reader: Attacker, state: int) -> list[tuple[str, int, Months, tuple[int, int]]]:
        """The same for how many were left out of a figure."""
        found = []
        for part, whole in PARTS:
            for place, months in dict.fromkeys(
                (p.place, p.months) for p in self.printed if p.measure == part and p.state == state
            ):
                rest = self.count(whole, place, months, state) - self.count(part, place, months, state)
                if rest < 10:
                    terms = [reader.sum_of(m, self._names(place), months) for m in (whole, part)]
                    if left := narrowed(reader, *terms):
                        found.append((f"{whole} but not {part}", place, months, left))
        return found


def _cell(measure: str, place: int, months: Months) -> Cell:
    last = months[-1]
    return Cell(PRINTS[measure], place, date(2026, months[0], 1), date(2026, last, monthrange(2026, last)[1]))


def town(rng: random.Random, name: str, townships: int, villages: int, mean: float) -> Town:
    """A county of some townships of up to so many villages, with about so many cases per village and month."""
    nodes, below, at = [Node(COUNTY, "c", "county", {}, None)], {COUNTY: ()}, COUNTY
    for t in range(townships):
        at += 1
        township, below[at] = at, ()
        nodes.append(Node(township, f"c-{t}", "township", {}, COUNTY))
        for v in range(rng.randint(1, villages)):
            at += 1
            nodes.append(Node(at, f"c-{t}-{v}", "village", {}, township))
            below[at] = (at,)
            below[township] += (at,)
            below[COUNTY] += (at,)
    raw: Raw = {}
    for village in below[COUNTY]:
        for month in MONTHS:
            born = int(rng.expovariate(1 / mean))
            raw[BORN, village, month] = born
            raw[SEEN, village, month] = sum(rng.random() < 0.8 for _ in range(born))
            raw[SEEN_TWICE, village, month] = sum(rng.random() < 0.4 for _ in range(raw[SEEN, village, month]))
            raw[CALLS, village, month] = int(rng.expovariate(1 / mean))
    return Town(Tree(nodes), below, [raw], SimpleNamespace(id=name, indicators=INDICATORS))


def late_records(rng: random.Random, one: Town) -> int:
    """Some more come in; the number of the new state."""
    raw = dict(one.states[-1])
    for _ in range(rng.randint(1, 6)):
        village, month = rng.choice(one.villages[COUNTY]), rng.choice(MONTHS)
        raw[rng.choice((BORN, CALLS)), village, month] += rng.randint(1, 3)
    one.states.append(raw)
    return len(one.states) - 1


def some_report(rng: random.Random, one: Town) -> tuple[list[str], list[int], list[Months]]:
    """Which indicators, where and for when somebody asks."""
    area = rng.choice([n for n in one.tree.by_id if one.tree.children.get(n)])
    beside = [n.id for n in one.tree.children[area]] if rng.random() < 0.8 else []
    kinds = (PERIODS[:12], PERIODS[12:16], PERIODS[16:], PERIODS)
    chosen = rng.choice(kinds)
    periods = rng.sample(chosen, rng.randint(1, min(4, len(chosen))))
    wanted = rng.sample(sorted(INDICATORS), rng.randint(1, 3))
    return wanted, [area, *beside], sorted(periods)
