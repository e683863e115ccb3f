"""The same histories on Spark as in DuckDB and in Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from doorstep.engine.model.history import History
from doorstep.engine.rules import Compiled
from doorstep.engine.rules.program import LIVES
from doorstep.engine.rules.spark.run import laid_down, work_out
from doorstep.engine.warehouse.run import connect
from tests.engine.rules.everybody import WINDOW_COLUMNS, Everybody, load, repr_key

_EPISODES = "SELECT person_id, kind, key, opened_on, closed_on, ended_on, entries FROM episodes"
_CONTRIBUTIONS = 'SELECT indicator, part, person_id, episode, "on", place, value FROM contributions'


def on_spark(
    spark: Any, compiled: Compiled, people: Sequence[History], today: date, folder: Path, only_windows: bool = False
) -> Any:
    """A session that holds what the pack's rules make of ``people``, read from Parquet files."""
    connection = connect()
    load(connection, compiled.program.pack, people)
    names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    relations = laid_down(connection, names, folder)
    connection.close()
    return work_out(spark, relations, folder, compiled.spark_steps(today, only_windows))


def in_spark(
    spark: Any, compiled: Compiled, people: Sequence[History], today: date, folder: Path, with_facts: bool = True
) -> Everybody:
    told = on_spark(spark, compiled, people, today, folder)
    windows = sorted(rows(told, f"SELECT person_id, {', '.join(WINDOW_COLUMNS)} FROM windows"), key=window_key)
    contributions = rows(told, _CONTRIBUTIONS) if compiled.program.pack.indicators else []
    facts = _facts(told, compiled) if with_facts else []
    return Everybody(windows, sorted(rows(told, _EPISODES), key=repr_key), sorted(contributions, key=repr_key), facts)


def rows(session: Any, sql: str) -> list[tuple[Any, ...]]:
    found = session.sql(sql).toArrow().to_pylist()
    return [tuple(tuple(v) if isinstance(v, list) else v for v in row.values()) for row in found]


def window_key(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """person, contact, episode, k"""
    return row[0], row[1], row[3], row[2]


def _facts(session: Any, compiled: Compiled) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for place, subject in enumerate((*LIVES, *compiled.program.episodes)):
        names = [fact.id for fact in compiled.program.facts_of(subject)]
        if names:
            columns = ", ".join(f'"f:{name}"' for name in names)
            for row in rows(session, f'SELECT person_id, key, {columns} FROM "rules_facts_{place}"'):
                found += [(row[0], row[1], name, value) for name, value in zip(names, row[2:], strict=True)]
    return sorted(found, key=repr_key)


def normal(everybody: Everybody) -> Everybody:
    """In one order, whoever made them."""
    return replace(
        everybody,
        episodes=sorted(everybody.episodes, key=repr_key),
        contributions=sorted(everybody.contributions, key=repr_key),
        facts=sorted(everybody.facts, key=repr_key),
    )
