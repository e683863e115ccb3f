"""The shape of a declared function, and the registry the vocabulary fills."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

from doorstep.engine.rules.tree import Type

if TYPE_CHECKING:
    from doorstep.engine.rules.dialect import Dialect

Kind = Literal["scalar", "operator", "aggregate"]


@dataclass(frozen=True, slots=True)
class Example:
    """``rule`` gives ``gives`` when each name in ``rows`` is a question answered so, one mapping per entry of the
    form ``visit``, in order. Tests run it in every engine; the docs show it."""

    rule: str
    gives: Any
    rows: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Over:
    """What a SQL aggregate is taken over: SQL texts of the value, of the rows' order, and of the condition."""

    value: str
    order: str
    where: str  # '' = all rows
    last: int
    type: Type

    def filtered(self, *more: str) -> str:
        """A FILTER clause of ``where`` and ``more``; '' when nothing is left out."""
        conditions = [c for c in (*more, self.where) if c]
        return f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""


@dataclass(frozen=True, slots=True)
class Function:
    """One word of the language.

    ``takes`` names a type per argument: a Type, or 'number' (whole or decimal), or 'any' (any type but a set), all
    'any' of one call being of one type. A last '…' repeats the one before it. ``gives`` is a Type, or 'same' (the
    type its 'any' or 'number' arguments share). ``python`` is the function itself.

    ``sql`` of a scalar turns the SQL texts of its arguments, and the type it gives, into SQL text of a dialect. Of an
    aggregate it turns an ``Over`` into the text of a SQL aggregate, and ``after`` turns that column, NULL when the
    subject has no row at all, into the answer.
    """

    name: str
    kind: Kind
    takes: tuple[str, ...]
    gives: Type | Literal["same"]
    python: Callable[..., Any]
    sql: Callable[..., str]
    help: Mapping[str, str]
    examples: tuple[Example, ...] = field(default=(), repr=False)
    after: Callable[[Dialect, str, int], str] = lambda _dialect, column, _last: column

    @property
    def python_name(self) -> str:
        return self.python.__name__


class Vocabulary:
    """All declared functions by name. A name is declared once."""

    def __init__(self) -> None:
        self._by_name: dict[str, Function] = {}

    def declare(self, *functions: Function) -> None:
        """Raises ValueError when a name is declared twice."""
        for function in functions:
            if function.name in self._by_name:
                raise ValueError(f"{function.name} is declared twice")
            self._by_name[function.name] = function

    def __getitem__(self, name: str) -> Function:
        return self._by_name[name]

    def find(self, name: str) -> Function | None:
        """The function an author may call by ``name`` (an operator has no such name)."""
        function = self._by_name.get(name)
        return function if function is not None and function.kind != "operator" else None

    def all(self) -> Sequence[Function]:
        return tuple(self._by_name.values())

    def nearest(self, name: str) -> str:
        """The function whose name looks most like ``name``."""
        names = [f.name for f in self._by_name.values() if f.kind != "operator"]
        return nearest(name, names)


def nearest(name: str, known: Sequence[str], shown: int = 8) -> str:
    """The known name most like ``name``; when none is near, some of those known."""
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return close[0] if close else ", ".join(sorted(known)[:shown]) or "–"
