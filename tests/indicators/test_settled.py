"""How a page of counts stands from day to day: an attacker who reads it every week cannot narrow a small count, nor how
few came in between. The controls take the comparing with earlier days away, and the same attacker wins."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from doorstep.indicators import settled
from doorstep.indicators.hiding.pages import Cell, Shape, Standing, as_shown, to_hide
from doorstep.indicators.settled import page
from doorstep.places import queries as places
from tests.cast import Township
from tests.indicators.attacker import Attacker, narrowed

HERE, DONE, KNOWN = "here", "done", "known"
SHAPE = Shape(within=(((DONE,), KNOWN),), grows=frozenset({DONE, KNOWN}))


@dataclass
class Story:
    """A tree of places, what each counts by itself at each time, and how the page stood."""

    inside: dict[int, list[int]]
    times: list[dict[Cell, int]] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)

    def below(self, place: int) -> list[int]:
        return [place, *(p for child in self.inside[place] for p in self.below(child))]

    def settle(self, own: dict[Cell, int], compared: bool = True) -> None:
        raws = {
            (p, kind): sum(own[q, kind] for q in self.below(p)) for p in self.inside for kind in (HERE, DONE, KNOWN)
        }
        hidden = to_hide(raws, self.inside, SHAPE, self.standings if compared else ())
        self.times.append(own)
        self.standings.append(Standing(raws, hidden))

    def attacker(self) -> Attacker:
        """Who read every standing, and knows what grows and what is no more than what."""
        reader = Attacker()
        for time in range(len(self.times)):
            for cell in self.standings[time].raws:
                self._reads(reader, cell, time)
        now = [
            (p, t)
            for p in self.inside
            for t in range(len(self.times))
            if reader.unknowns.get((KNOWN, str(p), t)) is not None
        ]
        for p in {p for p, _ in now}:  # whoever is done is known as well, at every time
            for until in range(len(self.times)):
                times = list(range(until + 1))
                more = reader.sum_of(KNOWN, [str(p)], times), reader.sum_of(DONE, [str(p)], times)
                reader.within.append(more)
        return reader

    def terms(self, reader: Attacker, cell: Cell, time: int, since: int = 0) -> tuple[int, ...]:
        times = range(since, time + 1) if cell[1] in SHAPE.grows else [time]
        places_ = [str(p) for p in self.below(cell[0]) if not self.inside[p]]
        return reader.sum_of(cell[1], places_, list(times))

    def _reads(self, reader: Attacker, cell: Cell, time: int) -> None:
        shown = as_shown(cell, self.standings[: time + 1], SHAPE)
        if shown is not None and self.standings[time].shown(cell) is not None:
            reader.facts.append((self.terms(reader, cell, time), max(10, shown - 2), shown + 2))
        else:
            self.terms(reader, cell, time)

    def given_away(self) -> list[object]:
        reader, found = self.attacker(), []
        for time, standing in enumerate(self.standings):
            for cell, raw in standing.raws.items():
                if raw < 10 and (left := narrowed(reader, self.terms(reader, cell, time))):
                    found.append((cell, time, raw, left))
                for then in range(time) if cell[1] in SHAPE.grows else ():
                    came = raw - self.standings[then].raws[cell]
                    both = {self.standings[t].shown(cell) for t in (then, time)}
                    if came < 10 and None not in both:
                        left = narrowed(reader, self.terms(reader, cell, time, then + 1))
                        if left:
                            found.append((cell, then, time, came, left))
        return found


def story(seed: int, compared: bool = True) -> Story:
    rng = random.Random(seed)
    inside: dict[int, list[int]] = {0: []}
    for _ in range(rng.randint(1, 2)):
        township = len(inside)
        inside[township], at = [], inside[0]
        at.append(township)
        for _ in range(rng.randint(1, 3)):
            village = len(inside)
            inside[village] = []
            inside[township].append(village)
    one, own = Story(inside), dict.fromkeys(((p, k) for p in inside for k in (HERE, DONE, KNOWN)), 0)
    for _ in range(3):
        own = dict(own)
        for place in (p for p, below in inside.items() if not below):
            own[place, HERE] = rng.choice((0, 4, 12, 33, 60))
            came = rng.choice((0, 1, 3, 8, 15, 40))
            own[place, KNOWN] += came
            own[place, DONE] += rng.randint(0, came)
        one.settle(own, compared)
    return one


@pytest.mark.parametrize("seed", range(5))
def test_nobody_works_out_a_small_count_from_many_days(seed: int) -> None:
    assert story(seed).given_away() == []


def test_without_comparing_with_earlier_days_the_attacker_wins() -> None:
    assert [seed for seed in range(3) if story(seed, compared=False).given_away()] != []


def test_what_grew_by_few_reads_as_it_did() -> None:
    one = Story({0: []})
    for count in (43, 46, 54):
        one.settle({(0, HERE): count, (0, KNOWN): count + 40, (0, DONE): count})
    read = [[as_shown((0, kind), one.standings[: n + 1], SHAPE) for n in range(3)] for kind in (HERE, DONE)]
    assert read == [[45, 45, 55], [45, 45, 55]]


def _counted(counts: dict[str, int]) -> settled.Counted:
    return lambda nodes: {(node.id, kind): n for node in nodes for kind, n in counts.items()}


def test_a_page_stands_for_a_week_or_until_ten_have_come(township: Township) -> None:
    area, day = places.tree().by_id[township.places["township"]], date(2026, 6, 15)

    def read(count: int, on: date) -> tuple[date, int | None]:
        found = page("here", "", Shape(), area, [area], _counted({HERE: count}), on)
        return found.day, found.shown(area.id, HERE)

    a_day = timedelta(days=1)
    asked: Sequence[tuple[int, date]] = (
        (43, day), (51, day), (43, day), (51, day + a_day), (53, day + a_day), (58, day + 7 * a_day), (58, day + 8 * a_day), (9, day + 8 * a_day),
    )  # fmt: skip
    assert [read(*one) for one in asked] == [
        (day, 45), (day, 45), (day, 45), (day, 45), (day + a_day, 55), (day + a_day, 55), (day + 8 * a_day, 60), (day + 8 * a_day, None),
    ]  # fmt: skip
