"""The shape of a declared function behind derived answers, and what a pack's tables are to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from doorstep.engine.model.pack import TableDef

Kind = Literal["text", "date", "decimal"]
"""What a question must hold to be asked: a whole number is a decimal too."""

Gives = Literal["decimal", "text"]
Value = str | date | Decimal | None
Values = Mapping[str, Value]
"""Arguments by name, those not answered as None."""

Tables = Mapping[str, TableDef]
"""The pack's tables by id."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a function asks. ``options``: said once in the pack itself, one of these; else a question of the form, of
    type ``kind``. ``needed``: without it the pack does not load (it may still be left unanswered)."""

    name: str
    kind: Kind = "text"
    options: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Example:
    """``given`` gives ``gives``; tests run it on the tables of the pack named."""

    pack: str
    given: Mapping[str, Any]
    gives: str | None


@dataclass(frozen=True, slots=True)
class Point:
    """Where one entry stands in a picture: age in months, and what was measured."""

    months: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Curve:
    """One reference line: its name, and its points from left to right."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """How the answers of a function are drawn: the entry's own point, and the lines it is seen against, up to an age
    in months. The lines rest on ``apart`` alone: an argument, and every answer of it that has lines of its own."""

    point: Callable[[Values], Point | None]
    curves: Callable[[Values, int, Tables], Sequence[Curve]]
    apart: tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class DerivedFunction:
    """One function by which answers are derived. It sees nothing but its arguments and the pack's tables.

    ``tables`` names, for the options a pack states, the tables the pack must hold: id → columns with their types.
    ``gives`` 'decimal' has two places; ``choices`` are the words a 'text' may be.
    """

    name: str
    takes: tuple[Argument, ...]
    gives: Gives
    python: Callable[[Values, Tables], Decimal | str | None]
    tables: Callable[[Mapping[str, str]], Mapping[str, Mapping[str, str]]]
    help: Mapping[str, str]
    examples: tuple[Example, ...] = field(default=(), repr=False)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    picture: Picture | None = None
