"""Running SQL steps on DuckDB."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb


def connect(path: str = ":memory:", spill: str = "", memory: str = "") -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that stays within this machine: nothing is fetched or loaded from outside.

    With ``memory`` (like '2GB') it takes no more than that, and lays down what is too much in the folder ``spill``.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if memory:
        config |= {"memory_limit": memory, "temp_directory": spill}
    connection = duckdb.connect(path, config=config)
    # else it is drawn on standard output, where answers for programs stand
    connection.execute("SET enable_progress_bar = false")
    return connection


def run(steps: Iterable[str], connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Runs ``steps`` in order and gives the rows of the last one. Raises duckdb.Error."""
    rows: list[tuple[Any, ...]] = []
    for step in steps:
        rows = connection.execute(step).fetchall()
    return rows
