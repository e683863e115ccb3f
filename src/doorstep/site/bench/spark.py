"""Everybody's due visits on Spark beside DuckDB: the same rows, and how long each takes.

The people are those of ``bench rules``: the demonstration's, copied inside DuckDB as often as it takes, then laid down
as Parquet files that Spark reads.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from doorstep.engine.rules.spark.run import laid_down, work_out
from doorstep.engine.warehouse.run import run
from doorstep.lib import days
from doorstep.programmes import feed
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.spark import leave, relations_of
from doorstep.site.bench.rules import copy_people, count, entries_of, keep_those_under_care
from doorstep.site.commands.sparking import spark

_WINDOWS = "SELECT person_id, contact, k, episode, from_on, due_on, until_on, met_by, met_on, need, ends_on FROM {}"


def measure(people: int, wanted: tuple[str, ...]) -> dict[str, Any]:
    """Seconds of both over at least ``people`` people under care, for each of the wanted programmes, and how many rows
    differ. Spark's are of the whole machine it has, DuckDB's CPU seconds stand beside them."""
    began = time.perf_counter()
    with spark() as running:
        started = time.perf_counter() - began
        chosen = [programme for programme in programmes().all_on() if programme.pack.id in wanted]
        measured = [_measured(running.session, programme, people) for programme in chosen]
    return {
        "master": settings.SPARK_MASTER,
        "start_s": round(started, 1),
        "rows_differing": sum(one["rows_differing"] for one in measured),
        "programmes": measured,
    }


def _measured(session: Any, programme: Programme, people: int) -> dict[str, Any]:
    today = days.today()
    with (
        feed.working_connection() as connection,
        tempfile.TemporaryDirectory(prefix="spark-", dir=settings.STORE) as folder,
    ):
        feed.fill(connection, programme)
        keep_those_under_care(connection, programme)
        copy_people(connection, people)
        by_duckdb = programme.rules.duckdb_sql(today, only_windows=True)
        duckdb, duckdb_cpu = _timed(lambda: run(by_duckdb, connection))
        connection.execute("ALTER TABLE windows RENAME TO windows_of_duckdb")
        relations = laid_down(connection, relations_of(programme), Path(folder))
        found: list[Any] = []

        def by_spark() -> None:
            steps = programme.rules.spark_steps(today, only_windows=True)
            found.append(work_out(session, relations, Path(folder), steps).table("windows").toArrow())

        on_spark, _ = _timed(by_spark)
        leave(connection, "windows", found[0])
        return {
            "programme": programme.pack.id,
            "people": count(connection, "person"),
            "entries": entries_of(connection),
            "windows": count(connection, "windows_of_duckdb"),
            "rows_differing": _differing(connection),
            "duckdb_s": round(duckdb, 2),
            "duckdb_cpu_s": round(duckdb_cpu, 2),
            "spark_s": round(on_spark, 2),
        }


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds passed, and of this process's CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu


def _differing(connection: Any) -> int:
    one, other = _WINDOWS.format("windows"), _WINDOWS.format("windows_of_duckdb")
    sql = (
        f"SELECT (SELECT count(*) FROM ({one} EXCEPT ALL {other})) + (SELECT count(*) FROM ({other} EXCEPT ALL {one}))"
    )
    return int(connection.execute(sql).fetchall()[0][0])
