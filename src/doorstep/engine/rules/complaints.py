"""Collecting what is wrong with a pack's rules, each with its place."""

from __future__ import annotations

from typing import Any

from doorstep.engine.model.planned import At
from doorstep.engine.rules.tree import BROKEN, Constant
from doorstep.lib.problems import Problem, Where


class Complaints:
    """Problems found so far; ``about`` gives the same collection speaking about another place."""

    def __init__(self, pack_id: str):
        self._pack_id = pack_id
        self.found: list[Problem] = []
        self._where = Where()
        self._part = ""

    def about(self, item: str, part: str, at: At) -> Complaints:
        """``item`` is what the rule stands in ('contact anc_2'), ``part`` the key of the rule ('due')."""
        other = Complaints(self._pack_id)
        other.found = self.found
        other._where = Where(f"{self._pack_id}/{at.file}" if at.file else self._pack_id, row=at.line, item=item)
        other._part = part
        return other

    def add(self, code: str, **args: Any) -> Constant:
        """Notes a problem and gives the broken node to put in its place."""
        problem = Problem(code, self._where, {"part": self._part, **args})
        if problem not in self.found:
            self.found.append(problem)
        return BROKEN
