"""Folding groups of rows in Python, wherever Spark runs it."""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any, ClassVar

from doorstep.engine.rules.planning import Planner
from doorstep.engine.rules.program import Program
from doorstep.engine.rules.tree import Lookup, walk

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """A program as it travels: its functions are made anew in each process, once."""

    packed: bytes

    @classmethod
    def of(cls, program: Program, forms: frozenset[str]) -> Rules:
        """Without the tables no rule asks: they are large."""
        trees = [fact.tree for fact in program.facts.values()]
        trees += [tree for slot in program.slots for tree in slot.rules]
        trees += [tree for one in program.series.values() for tree in one.rules]
        trees += [tree for one in program.indicators.values() for _, measure in one.measures for tree in measure.rules]
        trees += [tree for questions in program.prefill.values() for tree in questions.values()]
        trees += [one.when for one in program.advice]
        asked = {node.table for tree in trees for node in walk(tree) if isinstance(node, Lookup)}
        asked |= {series.definition.table for series in program.series.values()}
        tables = {name: table for name, table in program.pack.tables.items() if name in asked}
        return cls(pickle.dumps((replace(program, pack=replace(program.pack, tables=tables)), forms)))

    def planner(self) -> Planner:
        return _planner(self.packed)


@lru_cache(maxsize=4)
def _planner(packed: bytes) -> Planner:
    # Written by Rules.of in the process that asks, and sent by Spark itself.
    program, forms = pickle.loads(packed)  # noqa: S301
    return Planner(program, forms)


@dataclass(frozen=True)
class GroupFold(ABC):
    """A fold of the rows that share ``key``; they come one after the other."""

    rules: Rules
    key: ClassVar[str]
    columns: ClassVar[Mapping[str, str]]

    @property
    def schema(self) -> str:
        return ", ".join(f"`{name}` {type_}" for name, type_ in self.columns.items())

    def __call__(self, rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        planner = self.rules.planner()
        plain = (row.asDict(recursive=True) for row in rows)
        for _, group in groupby(plain, key=lambda row: row[self.key]):
            for found in self.of_group(planner, list(group)):
                yield tuple(found[name] for name in self.columns)

    @abstractmethod
    def of_group(self, planner: Planner, group: list[Row]) -> Iterator[Row]:
        """What the rows of one group become."""
