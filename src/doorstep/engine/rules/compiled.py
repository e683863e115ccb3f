"""What ``compile`` gives: everything one pack answers under one schedule."""

from __future__ import annotations

from datetime import date

from doorstep.engine.model.history import History, Plan
from doorstep.engine.model.pack import Pack
from doorstep.engine.rules.building import build
from doorstep.engine.rules.planning import Planner
from doorstep.engine.rules.program import Program
from doorstep.lib.problems import Problem, Problems


class Compiled:
    """A pack's rules, ready to run."""

    def __init__(self, program: Program):
        self.program = program
        self.pack_id = program.pack.id
        self.schedule = program.schedule
        self._planner = Planner(program)

    def plan(self, history: History, until: date | None = None) -> Plan:
        """Episodes, windows, unplaced entries and facts of one subject.

        ``until`` is the asked day, needed for ``every: year`` alone; without it, the day of the latest entry.
        """
        return self._planner.plan(history, until)


def compile(pack: Pack, schedule: str | None = None) -> Compiled:
    """The pack's rules under ``schedule`` (its default one when None). Raises Problems, all at once."""
    program, complaints = build(pack, schedule or pack.default_schedule)
    if complaints.found:
        raise Problems(complaints.found)
    return Compiled(program)


def check(pack: Pack) -> list[Problem]:
    """Everything wrong with the pack's rules under every schedule, each problem once, in the order found."""
    problems: list[Problem] = []
    for schedule in pack.schedules or {"": ()}:
        for problem in build(pack, schedule)[1].found:
            if problem not in problems:
                problems.append(problem)
    return problems
