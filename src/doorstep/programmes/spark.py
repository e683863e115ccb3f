"""Everybody worked out on Spark: the same relations as DuckDB gets, laid down as Parquet files inside the store."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings

from doorstep.engine.model.subjects import HOUSEHOLD, PERSON
from doorstep.engine.rules import Contribution
from doorstep.engine.rules.scope import repeats_of
from doorstep.engine.rules.spark.run import laid_down, work_out
from doorstep.engine.rules.spark.session import running
from doorstep.engine.warehouse.quoting import quoted
from doorstep.places import queries as places
from doorstep.programmes import feed
from doorstep.programmes.histories import histories
from doorstep.programmes.library import Programme
from doorstep.programmes.moment import Moment
from doorstep.programmes.then import Then, known_then

CHUNK = 500
_CONTRIBUTIONS = 'SELECT indicator, part, person_id, episode, "on", place, value FROM contributions'


Counted = tuple[frozenset[str], list[tuple[Any, ...]]]
"""Who was counted, and what they add."""


@dataclass(frozen=True)
class Spark:
    """A running Spark. On a cluster the store's folder must be one that all its machines see."""

    session: Any
    _counted: dict[tuple[Any, ...], Counted] = field(default_factory=dict, repr=False)
    """What was counted by programme, day and moment: hiding asks for the figures around those asked for."""

    @contextmanager
    def windows(self, programme: Programme, until: date, then: Then | None = None) -> Iterator[Any]:
        """As ``feed.windows``: a DuckDB connection that holds the ``windows`` Spark worked out, for the gate."""
        with feed.working_connection() as connection:
            feed.fill(connection, programme, then=then, placed=feed.asks_place(programme))
            with self._worked_out(connection, programme, until, only_windows=True) as told:
                leave(connection, "windows", told.table("windows").toArrow())
            yield connection

    def contributions(
        self,
        programme: Programme,
        indicators: Sequence[str],
        person_ids: Sequence[str],
        since: date,
        until: date,
        moment: Moment | None = None,
    ) -> Iterator[Contribution]:
        """What these people add to these indicators between two days. Whom Spark is not fed, because no place says
        where they live, are gone through one by one."""
        key = (programme.key, until, moment)
        if key not in self._counted:
            self._counted[key] = self._everybody(programme, until, known_then(moment) if moment else None)
        fed, found = self._counted[key]
        wanted, asked = frozenset(person_ids), frozenset(indicators)
        whole = {
            (id_, part)
            for id_, indicator in programme.rules.program.indicators.items()
            for part, measure in indicator.measures
            if measure.value is None or measure.value.type == "integer"
        }
        for indicator, part, person_id, episode, on, place, value in found:
            if person_id in wanted and indicator in asked and since <= on <= until:
                exact = int(value) if (indicator, part) in whole else value
                yield Contribution(indicator, part, person_id, episode, on, place, exact)
        rest = sorted(wanted - fed)
        for start in range(0, len(rest), CHUNK):
            some = list(histories(rest[start : start + CHUNK], programme, moment).values())
            yield from programme.rules.indicators(list(indicators), some, since, until)

    def _everybody(self, programme: Programme, until: date, then: Then | None) -> Counted:
        """All who live in any place, and all they add to the programme's indicators up to a day."""
        with feed.working_connection() as connection:
            feed.fill(connection, programme, frozenset(places.tree().by_id), then=then)
            people = frozenset(id_ for (id_,) in connection.execute("SELECT id FROM person").fetchall())
            with self._worked_out(connection, programme, until, only_windows=False) as told:
                leave(connection, "contributions", told.table("contributions").toArrow())
            return people, connection.execute(_CONTRIBUTIONS).fetchall()

    @contextmanager
    def _worked_out(self, connection: Any, programme: Programme, until: date, *, only_windows: bool) -> Iterator[Any]:
        with tempfile.TemporaryDirectory(prefix="spark-", dir=settings.STORE) as folder:
            relations = laid_down(connection, relations_of(programme), Path(folder))
            yield work_out(self.session, relations, Path(folder), programme.rules.spark_steps(until, only_windows))


@contextmanager
def spark() -> Iterator[Spark]:
    """Spark as the settings say. Takes seconds to start. Raises SparkMissing."""
    with (
        tempfile.TemporaryDirectory(prefix="spark-", dir=settings.STORE) as scratch,
        running(settings.SPARK_MASTER, Path(scratch)) as session,
    ):
        yield Spark(session)


def relations_of(programme: Programme) -> list[str]:
    """The relations the programme's rules read."""
    names = [PERSON, HOUSEHOLD]
    for form_id in sorted(programme.rules.forms):
        form = programme.pack.forms.get(form_id)
        repeats = sorted(repeats_of(form)) if form is not None else []
        names += [f"entry_{form_id}", *(f"entry_{form_id}__{repeat}" for repeat in repeats)]
    return names


def leave(connection: Any, name: str, table: pa.Table) -> None:
    """Leave what Spark gave as a table of a DuckDB connection."""
    connection.register("arrow", table)
    connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT * FROM arrow")
    connection.unregister("arrow")
