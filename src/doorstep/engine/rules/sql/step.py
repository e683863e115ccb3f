"""One step of working out everybody: what it leaves, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Kind = Literal["temporary", "lasting", "view", "rows added"]
_DUCKDB = {
    "temporary": "CREATE OR REPLACE TEMP TABLE {} AS",
    "lasting": "CREATE OR REPLACE TABLE {} AS",
    "view": "CREATE OR REPLACE TEMP VIEW {} AS",
    "rows added": "INSERT INTO {}",
}


class Fold(Protocol):
    """Turns the rows of a query, those of a group side by side, into other rows in Python."""

    @property
    def schema(self) -> str:
        """The names and types of the rows it gives, as Spark writes them."""

    def __call__(self, rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """``name`` holds what ``select`` gives, or what ``fold`` makes of it."""

    name: str
    select: str
    kind: Kind = "temporary"
    fold: Fold | None = None

    def duckdb(self) -> str:
        separator = " " if self.kind == "view" else "\n"
        return f"{_DUCKDB[self.kind].format(self.name)}{separator}{self.select}"


def duckdb_texts(steps: Iterable[Step]) -> list[str]:
    """The steps as DuckDB runs them."""
    return [step.duckdb() for step in steps]


def table(name: str, select: str) -> Step:
    """A step that leaves a table for the steps after it."""
    return Step(name, select)
