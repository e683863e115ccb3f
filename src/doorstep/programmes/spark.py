"""Everybody worked out on Spark: the same relations as DuckDB gets, laid down as Parquet files inside the store."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings

from doorstep.engine.model.subjects import HOUSEHOLD, PERSON
from doorstep.engine.rules.scope import repeats_of
from doorstep.engine.rules.spark.run import laid_down, work_out
from doorstep.engine.rules.spark.session import running
from doorstep.engine.warehouse.quoting import quoted
from doorstep.programmes import feed
from doorstep.programmes.library import Programme
from doorstep.programmes.then import Then


@dataclass(frozen=True)
class Spark:
    """A running Spark. On a cluster the store's folder must be one that all its machines see."""

    session: Any

    @contextmanager
    def windows(self, programme: Programme, until: date, then: Then | None = None) -> Iterator[Any]:
        """As ``feed.windows``: a DuckDB connection that holds the ``windows`` Spark worked out, for the gate."""
        with feed.working_connection() as connection:
            feed.fill(connection, programme, then=then, placed=feed.asks_place(programme))
            with self._worked_out(connection, programme, until, only_windows=True) as told:
                _leave(connection, "windows", told.table("windows").toArrow())
            yield connection

    def contributions(
        self, programme: Programme, at: frozenset[int], until: date
    ) -> tuple[frozenset[str], list[dict[str, Any]]]:
        """Whoever lives at ``at``, and what each of them adds to the programme's indicators, before anything is hidden."""
        with feed.working_connection() as connection:
            feed.fill(connection, programme, at)
            people = frozenset(id_ for (id_,) in connection.execute("SELECT id FROM person").fetchall())
            with self._worked_out(connection, programme, until, only_windows=False) as told:
                return people, told.table("contributions").toArrow().to_pylist()

    @contextmanager
    def _worked_out(self, connection: Any, programme: Programme, until: date, *, only_windows: bool) -> Iterator[Any]:
        with tempfile.TemporaryDirectory(prefix="spark-", dir=settings.STORE) as folder:
            relations = laid_down(connection, _relations(programme), Path(folder))
            yield work_out(self.session, relations, Path(folder), programme.rules.spark_steps(until, only_windows))


@contextmanager
def spark() -> Iterator[Spark]:
    """Spark as the settings say. Takes seconds to start. Raises SparkMissing."""
    with (
        tempfile.TemporaryDirectory(prefix="spark-", dir=settings.STORE) as scratch,
        running(settings.SPARK_MASTER, Path(scratch)) as session,
    ):
        yield Spark(session)


def _relations(programme: Programme) -> list[str]:
    names = [PERSON, HOUSEHOLD]
    for form_id in sorted(programme.rules.forms):
        form = programme.pack.forms.get(form_id)
        repeats = sorted(repeats_of(form)) if form is not None else []
        names += [f"entry_{form_id}", *(f"entry_{form_id}__{repeat}" for repeat in repeats)]
    return names


def _leave(connection: Any, name: str, table: pa.Table) -> None:
    connection.register("arrow", table)
    connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT * FROM arrow")
    connection.unregister("arrow")
