"""Hiding as many counts as it takes that no small one can be worked out from all that is shown together.

Every count is a sum of atoms (the smallest places and stretches of time in play), and what is shown says of it only
between which bounds it lies. A *world* is a set of whole numbers for the atoms that fits everything shown. A count of
0 to 9 is safe when there is one world in which it is 0 or less than its own bound asks for, and one in which it is 9
or more: then nobody can narrow it, whatever they add, take away or solve. Worlds are looked for with a solver, and
counted as found only after being checked here in whole numbers: a wrong answer of the solver could hide too much,
never too little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from doorstep.indicators.hiding.rounding import MOST_HIDDEN, SMALLEST_SHOWN, bounds

Atoms = tuple[int, ...]
SECONDS_FOR_WHOLE_NUMBERS = 0.05


@dataclass(slots=True)
class Count:
    """One count of a table. ``known``: it has been shown before and cannot be taken back. ``hidden``: it is not
    shown, for being small or because it was hidden before. ``dear``: to be hidden after others, where either
    would do."""

    atoms: Atoms
    raw: int
    known: bool = False
    hidden: bool = False
    dear: bool = False


@dataclass(slots=True)
class System:
    """Counts that can be worked out from each other. ``pairs``: the first count is some of the very people of the
    second one. ``between``: differences anybody can take, as (atoms of the one, atoms taken off, what is left).
    ``known_parts``: other sums known to be no smaller than others, as (atoms of the whole, atoms of the part)."""

    counts: list[Count] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    between: list[tuple[Atoms, Atoms, int]] = field(default_factory=list)
    known_parts: list[tuple[Atoms, Atoms]] = field(default_factory=list)

    def targets(self) -> list[tuple[Atoms, Atoms]]:
        """What must not be worked out: every sum or difference of 0 to 9, each once."""
        found: dict[tuple[Atoms, Atoms], None] = {}
        for count in self.counts:
            if count.raw < SMALLEST_SHOWN:
                found[count.atoms, ()] = None
        for part, whole in self.pairs:
            if self.counts[whole].raw - self.counts[part].raw < SMALLEST_SHOWN:
                found[self.counts[whole].atoms, self.counts[part].atoms] = None
        for plus, minus, raw in self.between:
            if raw < SMALLEST_SHOWN:
                found[plus, minus] = None
        return list(found)


def protect(system: System) -> set[int]:
    """Which counts to hide besides those hidden already, so that every small one is safe.

    Counts known before stay; what only they give away cannot be helped here and is left.
    """
    more: set[int] = set()
    for part, where in _apart(system):
        targets = part.targets()
        if targets and not all(count.hidden for count in part.counts):
            more |= {where[i] for i in _Search(part, targets).hidden()}
    return more


def _apart(system: System) -> list[tuple[System, list[int]]]:
    """The system as systems that tell nothing of each other, each with the places of its counts in the whole."""
    above: dict[int, int] = {}

    def top(atom: int) -> int:
        path = []
        while (up := above.setdefault(atom, atom)) != atom:
            path.append(atom)
            atom = up
        for passed in path:
            above[passed] = atom
        return atom

    joined = [count.atoms for count in system.counts if not count.hidden or count.raw < SMALLEST_SHOWN]
    joined += [system.counts[a].atoms + system.counts[b].atoms for a, b in system.pairs]
    joined += [plus + minus for plus, minus, raw in system.between if raw < SMALLEST_SHOWN]
    joined += [whole + part for whole, part in system.known_parts]
    for atoms in joined:
        first = top(atoms[0])
        for atom in atoms[1:]:
            above[top(atom)] = first
    parts: dict[int, tuple[System, list[int]]] = {}
    numbers: dict[int, int] = {}
    sizes: dict[int, int] = {}

    def renamed(atoms: Atoms, root: int) -> Atoms:
        for atom in atoms:
            if atom not in numbers:
                numbers[atom] = sizes[root] = sizes.get(root, -1) + 1
        return tuple(numbers[atom] for atom in atoms)

    moved: dict[int, int] = {}
    for i, count in enumerate(system.counts):
        if count.hidden and len({top(a) for a in count.atoms}) > 1:
            continue  # its parts tell nothing of each other, and it tells nothing of them
        root = top(count.atoms[0])
        part, where = parts.setdefault(root, (System(), []))
        moved[i] = len(where)
        where.append(i)
        part.counts.append(replace(count, atoms=renamed(count.atoms, root)))
    for a, b in system.pairs:
        parts[top(system.counts[a].atoms[0])][0].pairs.append((moved[a], moved[b]))
    for plus, minus, raw in system.between:
        if raw < SMALLEST_SHOWN:
            root = top(plus[0])
            part = parts.setdefault(root, (System(), []))[0]
            part.between.append((renamed(plus, root), renamed(minus, root), raw))
    for whole, part_of in system.known_parts:
        root = top(whole[0])
        part = parts.setdefault(root, (System(), []))[0]
        part.known_parts.append((renamed(whole, root), renamed(part_of, root)))
    return list(parts.values())


class _Search:
    """A linear program over the atoms, with one more column per target: how far it can be raised, up to nine."""

    def __init__(self, system: System, targets: Sequence[tuple[Atoms, Atoms]]):
        import numpy as np

        self.np, self.system, self.targets = np, system, targets
        self.atoms = 1 + max((a for count in system.counts for a in count.atoms), default=0)
        self.atoms = max(self.atoms, 1 + max((a for p, m, _ in system.between for a in (*p, *m)), default=0))
        self.sums = _Rows(np, [(count.atoms, ()) for count in system.counts])
        whole = [(system.counts[b].atoms, system.counts[a].atoms) for a, b in system.pairs] + system.known_parts
        self.rests = _Rows(np, whole)
        self.goals = _Rows(np, targets)
        self.shown = np.array([not count.hidden for count in system.counts])
        limits = [bounds(count.raw) if count.raw >= SMALLEST_SHOWN else (0, 0) for count in system.counts]
        self.low, self.high = (np.array(side, dtype=np.int64) for side in zip(*limits, strict=True))
        self.waiting = {up: list(range(len(targets))) for up in (True, False)}
        self.solver = self._solver()

    def hidden(self) -> set[int]:
        """Which counts to hide until every target has its two worlds."""
        more: set[int] = set()
        for raising in (True, False):
            self._together(raising)
            while waiting := self.waiting[raising]:
                target = waiting[0]
                self._look([target], raising)
                if target not in self.waiting[raising]:
                    continue
                chosen = self._in_the_way(target)
                if chosen < 0:  # only what is known already stands in the way
                    self.waiting[raising].remove(target)
                else:
                    more.add(chosen)
                    self._hide(chosen)
        return more

    def _together(self, raising: bool) -> None:
        """Raise (or lower) as many targets at once as one world can, as long as that gets on."""
        while left := len(self.waiting[raising]):
            self._look(self.waiting[raising], raising)
            if len(self.waiting[raising]) == left:
                return

    def _look(self, wanted: list[int], raising: bool) -> None:
        """Look for a world that takes these far, and take what any target reaches in it as settled."""
        world = self._world(wanted, raising)
        if world is not None:
            goals = self.goals.of(world)
            for up, far in ((True, goals >= MOST_HIDDEN), (False, goals <= 0)):
                self.waiting[up] = [k for k in self.waiting[up] if not far[k]]

    def _in_the_way(self, target: int) -> int:
        """Which count to hide for a target that was looked at last and not reached; -1 when none can be."""
        in_the_way = [i for i, dual in enumerate(self.duals) if dual and self._may_hide(i)]
        if not in_the_way:  # whole numbers stand in the way, or what is known: any count near it
            near = set(self.targets[target][0]) | set(self.targets[target][1])
            in_the_way = [
                i for i, c in enumerate(self.system.counts) if self._may_hide(i) and not near.isdisjoint(c.atoms)
            ]
        return min(in_the_way, key=self._loss, default=-1)

    def _may_hide(self, i: int) -> bool:
        return bool(self.shown[i]) and not self.system.counts[i].known

    def _loss(self, i: int) -> tuple[bool, int, int, int]:
        count = self.system.counts[i]
        return count.dear, len(count.atoms), count.raw, i

    def _hide(self, i: int) -> None:
        self.shown[i] = False
        self.solver.changeRowBounds(i, 0.0, self.solver.inf)

    def _world(self, wanted: list[int], raising: bool) -> Any:
        """Whole numbers for the atoms that fit all that is shown; None when none were found."""
        np, solver = self.np, self.solver
        cost = np.zeros(self.atoms + len(self.targets))
        if raising:
            cost[self.atoms + np.array(wanted)] = -1.0
        else:
            for k in wanted:
                np.add.at(cost, self.goals.columns(k), self.goals.signs(k))
        solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        found = self._solve()
        self.duals = np.abs(np.array(solver.getSolution().row_dual)[: len(self.system.counts)]) > 1e-7
        if found is not None and not self._fits(found):
            found = self._whole_numbers() if len(wanted) == 1 else None
        return found

    def _solve(self) -> Any:
        import highspy

        self.solver.run()
        if self.solver.getModelStatus() not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit):
            return None
        values = self.np.array(self.solver.getSolution().col_value[: self.atoms])
        if len(values) < self.atoms:
            return None
        return self.np.rint(values).astype(self.np.int64)

    def _whole_numbers(self) -> Any:
        """The same question with whole numbers asked for."""
        import highspy

        columns = self.np.arange(self.atoms, dtype=self.np.int32)

        def ask_for(kind: Any, presolve: str, limit: float) -> None:
            kinds = self.np.full(self.atoms, int(kind), dtype=self.np.uint8)
            self.solver.changeColsIntegrality(self.atoms, columns, kinds)
            self.solver.setOptionValue("presolve", presolve)
            self.solver.setOptionValue("time_limit", limit)

        ask_for(highspy.HighsVarType.kInteger, "on", self.solver.getRunTime() + SECONDS_FOR_WHOLE_NUMBERS)
        found = self._solve()
        ask_for(highspy.HighsVarType.kContinuous, "off", self.solver.inf)
        return found if found is not None and self._fits(found) else None

    def _fits(self, world: Any) -> bool:
        """Whether these numbers fit everything shown, exactly."""
        sums = self.sums.of(world)
        inside = (sums >= self.low) & (sums <= self.high) | ~self.shown
        return bool((world >= 0).all() and inside.all() and (self.rests.of(world) >= 0).all())

    def _solver(self) -> Any:
        import highspy

        np, inf = self.np, highspy.kHighsInf
        width, goals = self.atoms, len(self.targets)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = width + goals, self.sums.count + self.rests.count + goals
        model.col_cost_ = np.zeros(width + goals)
        model.col_lower_ = np.concatenate([np.zeros(width), np.full(goals, -inf)])
        model.col_upper_ = np.concatenate([np.full(width, inf), np.full(goals, float(MOST_HIDDEN))])
        low = [np.where(self.shown, self.low, 0), np.zeros(self.rests.count + goals)]
        high = [np.where(self.shown, self.high, inf), np.full(self.rests.count + goals, inf)]
        model.row_lower_, model.row_upper_ = np.concatenate(low).astype(float), np.concatenate(high).astype(float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        starts, index, value = _stacked(np, (self.sums, self.rests), self.goals, width)
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = starts, index, value
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, chosen in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("random_seed", 1)):
            solver.setOptionValue(option, chosen)
        solver.passModel(model)
        return solver


class _Rows:
    """Rows of plus and minus ones over the atoms."""

    def __init__(self, np: Any, rows: Sequence[tuple[Atoms, Atoms]]):
        self.np, self.count = np, len(rows)
        lengths = [len(plus) + len(minus) for plus, minus in rows]
        self.starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64) if rows else np.zeros(1, np.int64)
        self.index = np.array([a for plus, minus in rows for a in (*plus, *minus)], dtype=np.int64)
        signs = [s for plus, minus in rows for s in (*([1] * len(plus)), *([-1] * len(minus)))]
        self.sign = np.array(signs, dtype=np.int64)

    def of(self, world: Any) -> Any:
        """The value of every row in a world."""
        running = self.np.concatenate([[0], self.np.cumsum(world[self.index] * self.sign)])
        return running[self.starts[1:]] - running[self.starts[:-1]]

    def columns(self, row: int) -> Any:
        return self.index[self.starts[row] : self.starts[row + 1]]

    def signs(self, row: int) -> Any:
        return self.sign[self.starts[row] : self.starts[row + 1]]


def _stacked(np: Any, plain: Sequence[_Rows], goals: _Rows, width: int) -> tuple[Any, Any, Any]:
    """One matrix by rows: the plain ones, then each goal with minus its own column."""
    starts, index, value, at = [np.zeros(1, np.int64)], [], [], 0
    for rows in plain:
        starts.append(rows.starts[1:] + at)
        index.append(rows.index)
        value.append(rows.sign)
        at += len(rows.index)
    ends = goals.starts[1:] + np.arange(1, goals.count + 1)
    starts.append(ends + at)
    where = goals.starts[1:]
    index.append(np.insert(goals.index, where, width + np.arange(goals.count)))
    value.append(np.insert(goals.sign, where, -1))
    return (
        np.concatenate(starts).astype(np.int32),
        np.concatenate(index).astype(np.int32),
        np.concatenate(value).astype(float),
    )
