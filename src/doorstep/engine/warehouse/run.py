"""Running SQL steps on DuckDB."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb


def connect(path: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that stays within this machine: nothing is fetched or loaded from outside."""
    return duckdb.connect(path, config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})


def run(steps: Iterable[str], connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Runs ``steps`` in order and gives the rows of the last one. Raises duckdb.Error."""
    rows: list[tuple[Any, ...]] = []
    for step in steps:
        rows = connection.execute(step).fetchall()
    return rows
