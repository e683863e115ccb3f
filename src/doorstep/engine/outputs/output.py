"""Declared outputs: everything a person or another program can be shown, said once, before any query exists."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from doorstep.engine.model.planned import At
from doorstep.engine.model.spec import STRICTEST_TAG, Text
from doorstep.lib.problems import Problem, Problems, Where

Kind = Literal["list", "search", "board", "report", "export", "feed", "page", "print", "message", "map", "form"]
Scope = Literal["care_team", "catchment", "own", "township", "store", "emergency", "compelled"]
Grain = Literal["person", "household", "visit", "entry", "place", "complaint", "aggregate"]
"""What one row is about. A complaint is about what was done, and names nobody of the register (charter C11)."""
Counts = Literal["none", "raw", "rounded"]
Match = Literal["is", "in", "from", "to", "prefix", "bigram", "pinyin", "ending"]

PERSON_GRAINS: frozenset[str] = frozenset({"person", "household", "visit", "entry"})
MATCHES: frozenset[str] = frozenset(Match.__args__)  # type: ignore[attr-defined]
_ROOT = Path(__file__).resolve().parents[2]
_SHOWS_MANY = frozenset({"search", "board", "map", "report"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the rows, and its source ('person.name', 'visit.due_on' …; see ``sources``).

    ``roles``: the only roles that get it, where not the whole audience does; to anyone else it comes empty."""

    name: str
    source: str
    roles: frozenset[str] | None = None

    def is_for(self, role: str) -> bool:
        return self.roles is None or role in self.roles


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing an output can be narrowed by. There is no match by wildcard: that would let one fish for people."""

    source: str
    match: Match = "is"


def _declared_at() -> At:
    """File (inside the program) and line where an Output is being constructed, for messages."""
    frame = sys._getframe(2)
    path = Path(frame.f_code.co_filename)
    file = str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name
    return At(file, frame.f_lineno)


@dataclass(frozen=True, slots=True)
class Output:
    """A list, page, report … as declared.

    ``single``: opened for one person at a time (never true of a search, board, map or report, nor of grain
    household: a family is several people).
    ``counts``: how figures are shown: none at all, raw, or small ones hidden and the rest rounded.
    ``up_to``: the strictest tag of the rows it shows; ``select`` then demands the gate that drops stricter ones.
    ``groups``: the sources an aggregate is made by, such as 'place.township', 'user.id', 'period.month'.
    """

    id: str
    kind: Kind
    title: Text
    audience: frozenset[str]
    scope: Scope
    grain: Grain
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    sorts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    logged: bool = False
    counts: Counts = "none"
    single: bool = False
    up_to: str = STRICTEST_TAG
    at: At = field(default_factory=_declared_at, compare=False, repr=False)

    @property
    def differs(self) -> bool:
        """Whether not everybody of the audience gets every column."""
        return any(column.roles is not None for column in self.columns)

    def columns_for(self, role: str) -> tuple[Column, ...]:
        """The columns a role of the audience gets; none for any other."""
        return tuple(c for c in self.columns if c.is_for(role)) if role in self.audience else ()

    @property
    def about_people(self) -> bool:
        """Whether a row of it is about one person, family, visit or entry."""
        return self.grain in PERSON_GRAINS

    @property
    def shows_many(self) -> bool:
        """Whether it tells of more than one person at once."""
        if self.grain == "place":
            return False
        return not self.single or self.kind in _SHOWS_MANY or self.grain in {"household", "aggregate"}

    @property
    def selectors(self) -> tuple[str, ...]:
        """Every source that chooses, orders or groups its rows."""
        return (*(f.source for f in self.filters), *self.sorts, *self.groups)

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source it touches, shown or not, each once, in order."""
        return tuple(dict.fromkeys((*(c.source for c in self.columns), *self.selectors)))

    def where(self, item: str = "") -> Where:
        """Where it is declared, for a problem."""
        return Where(file=self.at.file, row=self.at.line, item=" ".join(filter(None, (f"output {self.id}", item))))


class Registry(Mapping[str, Output]):
    """All declared outputs by id. Raises Problems when an id or a column name stands twice or nothing is shown."""

    def __init__(self, outputs: Iterable[Output]):
        self._by_id: dict[str, Output] = {}
        problems: list[Problem] = []
        for output in outputs:
            if output.id in self._by_id:
                problems.append(Problem("outputs.id_twice", output.where()))
            self._by_id[output.id] = output
            problems += _faults(output)
        if problems:
            raise Problems(problems)

    def __getitem__(self, output_id: str) -> Output:
        return self._by_id[output_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)


def _faults(output: Output) -> list[Problem]:
    names = [column.name for column in output.columns]
    faults = [
        Problem("outputs.column_twice", output.where(), {"column": name})
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if not all(output.title.get(language) for language in ("en", "zh")):
        faults.append(Problem("outputs.no_title", output.where()))
    for column in output.columns:
        if column.roles is not None and not column.roles < output.audience:
            faults.append(Problem("outputs.roles_beside", output.where(), {"column": column.name}))
    if not output.audience:
        faults.append(Problem("outputs.no_audience", output.where()))
    return faults
