"""The rules language's own small tree: every rule is turned into this, typed, before any engine sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Type = Literal["text", "integer", "decimal", "date", "truth", "set", "unknown"]
"""What a rule can give. 'unknown' stands for a part already refused, so that one mistake is told once."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, or the cell of a table row."""

    value: str | int | Decimal | bool | date | None
    type: Type


@dataclass(frozen=True, slots=True)
class FactRef:
    """A named fact of the same subject, or of the person the episode is about."""

    name: str
    of: str  # subject the fact belongs to
    type: Type


@dataclass(frozen=True, slots=True)
class Property:
    """A register property of the subject: person.birth_date."""

    list_name: str  # 'person' | 'household'
    name: str
    type: Type


Row = Literal["row", "this", "opened"]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of one entry. ``row`` says which: the one an aggregate or rule looks at, the one that settled
    the last visit, or the one that opened the care. In a repeat, ``repeat`` names the child rows."""

    form: str
    key: str
    type: Type
    row: Row = "row"
    repeat: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A name the language itself gives: opened_on, closed_on, start, from, due, until, times_met, next_on, previous,
    first_valid."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class NumberOn:
    """A dated number of the pack, asked with a date."""

    id: str
    on: Expr
    type: Type = "decimal"


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator of the vocabulary."""

    function: str
    args: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Case:
    branches: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr | None
    type: Type


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A value over a subject's entries of one form (or the rows of one of its repeats), in order.

    ``value`` is None for those that only look at the rows themselves (count, first_date, last_date).
    """

    function: str
    form: str
    repeat: str
    value: Expr | None
    where: Expr | None
    type: Type
    last: int = 0  # how many rows all_of_last looks at


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the table row a series rule is worked out for."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class DoseAnswer:
    """An answer of the dose that is being judged, wherever in its entry it stands."""

    key: str
    type: Type


@dataclass(frozen=True, slots=True)
class Counted:
    """What a series says of one chain: how many doses count (doses_counted), or the day of the last (last_counted)."""

    function: str
    series: str
    chain: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Lookup:
    """A value of a table: of the row whose key columns equal ``keys``, or between two rows along the column ``along``.

    ``on`` is the day the table is asked for; None when it is not asked by edition.
    """

    table: str
    column: str
    keys: tuple[tuple[str, Expr], ...]
    type: Type
    along: str = ""
    at: Expr | None = None  # where along the column
    on: Expr | None = None


Expr = (
    Constant
    | FactRef
    | Property
    | Answer
    | Moment
    | NumberOn
    | Call
    | Case
    | Aggregate
    | Cell
    | DoseAnswer
    | Counted
    | Lookup
)
BROKEN = Constant(None, "unknown")


def children(node: Expr) -> Iterator[Expr]:
    """The parts directly below ``node``."""
    if isinstance(node, NumberOn):
        yield node.on
    elif isinstance(node, Call):
        yield from node.args
    elif isinstance(node, Case):
        for condition, result in node.branches:
            yield condition
            yield result
        if node.otherwise is not None:
            yield node.otherwise
    elif isinstance(node, Counted):
        yield node.chain
    elif isinstance(node, Lookup):
        yield from (value for _, value in node.keys)
        yield from (part for part in (node.at, node.on) if part is not None)
    elif isinstance(node, Aggregate):
        if node.value is not None:
            yield node.value
        if node.where is not None:
            yield node.where


def walk(node: Expr) -> Iterator[Expr]:
    """``node`` and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)
