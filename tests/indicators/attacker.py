"""Somebody who has everything that was ever shown, knows the rules of hiding and rounding, and solves for the rest.

Shares no code with what it attacks. It knows which villages there are and which months a period has, that a shown
count was rounded to the nearest five and is ten or more, that no count is below nought, and of which figures the one
is a part of the other. Every unknown is the count of one measure in one village in one month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, lil_array, vstack

Unknown = tuple[str, str, int]  # measure, village, month


@dataclass
class Attacker:
    parts_of: Sequence[tuple[str, str]] = ()
    unknowns: dict[Unknown, int] = field(default_factory=dict)
    facts: list[tuple[tuple[int, ...], float, float]] = field(default_factory=list)
    within: list[tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=list)  # sums no smaller than others
    _limits: LinearConstraint | None = None

    def sum_of(self, measure: str, villages: Sequence[str], months: Sequence[int]) -> tuple[int, ...]:
        return tuple(
            self.unknowns.setdefault((measure, village, month), len(self.unknowns))
            for village in villages
            for month in months
        )

    def reads(self, measure: str, villages: Sequence[str], months: Sequence[int], shown: int | None) -> None:
        """A figure in print; None where it says hidden."""
        terms = self.sum_of(measure, villages, months)
        if shown is not None:
            self.facts.append((terms, max(10, shown - 2), shown + 2))

    def range_of(self, plus: Sequence[int], minus: Sequence[int] = ()) -> tuple[int, int]:
        """The fewest and the most it can be, in whole numbers."""
        if self._limits is None or self._limits.A.shape[1] != len(self.unknowns):
            self._limits = self._everything_known()
        cost = np.zeros(len(self.unknowns))
        np.add.at(cost, list(plus), 1)
        np.add.at(cost, list(minus), -1)
        found = []
        for sign in (1, -1):
            # what could go on for ever is cut off at 20, far from anything that matters
            capped = LinearConstraint(csr_array(cost[None, :]), -20, 20)
            solved = milp(
                sign * cost,
                integrality=np.ones(len(cost)),
                bounds=Bounds(0, 10_000),
                constraints=[self._limits, capped],
            )
            assert solved.status == 0, solved.message
            found.append(round(sign * solved.fun))
        return found[0], found[1]

    def _everything_known(self) -> LinearConstraint:
        facts = [*self.facts, ((), 0, 0)]
        rows = lil_array((len(facts), len(self.unknowns)))
        for n, (terms, _, _) in enumerate(facts):
            for at in terms:
                rows[n, at] = 1
        parts = [
            (at, other)
            for part, whole in self.parts_of
            for (measure, village, month), at in self.unknowns.items()
            if measure == whole and (other := self.unknowns.get((part, village, month))) is not None
        ]
        sums = [((whole_at,), (part_at,)) for whole_at, part_at in parts] + self.within
        more = lil_array((len(sums) or 1, len(self.unknowns)))
        for n, (wholes, some) in enumerate(sums):
            for at in wholes:
                more[n, at] += 1
            for at in some:
                more[n, at] -= 1
        low = [f[1] for f in facts] + [0.0] * more.shape[0]
        high = [f[2] for f in facts] + [np.inf] * more.shape[0]
        return LinearConstraint(csr_array(vstack([rows, more])), low, high)


def narrowed(attacker: Attacker, plus: Sequence[int], minus: Sequence[int] = ()) -> tuple[int, int] | None:
    """What the attacker finds of a count of 0 to 9, when it is less than that; None when it stays hidden."""
    low, high = attacker.range_of(plus, minus)
    return (low, high) if low > 0 or high < 9 else None
