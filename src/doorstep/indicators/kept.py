"""What everybody adds to each indicator, kept beside the warehouse, so that a report is a sum over it.

For each programme: what each person adds (``adds``), from which those touched since are taken out and put in anew, and the
same summed by day and by month (``days``, ``months``), which name nobody. Kept only of those who may be counted, under the
programme, the tree of places and the year they were worked out for; anything else is another folder, worked out from nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings

from doorstep.access.queries import counted_sql
from doorstep.engine.rules.tree import Moment
from doorstep.engine.warehouse import manifest as state
from doorstep.engine.warehouse.lake import Generation, relation_sql
from doorstep.engine.warehouse.manifest import Manifest, Table
from doorstep.engine.warehouse.quoting import text
from doorstep.engine.warehouse.run import connect, run
from doorstep.indicators.periods import Period
from doorstep.lib import days, db
from doorstep.places import queries as places
from doorstep.programmes import feed, stock
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.stock import ONLY, Stock

Progress = Callable[[int, int], None]
Sum = tuple[str, str, str, int, Decimal]
"""Indicator, part, period, place asked for, sum."""

AT_ONCE = 200_000  # people worked out together: memory
MOST_SEGMENTS = 8  # of the sums, before they are summed again
SHAPE = 1  # of what is kept
ADDS = {
    "person_id": "VARCHAR", "indicator": "VARCHAR", "part": "VARCHAR", "on": "DATE", "place": "VARCHAR",
    "home": "BIGINT", "value": "DECIMAL(18,6)",
}  # fmt: skip
SUMS = {
    "indicator": "VARCHAR", "part": "VARCHAR", "on": "DATE", "place": "VARCHAR", "home": "BIGINT",
    "value": "DECIMAL(38,6)",
}  # fmt: skip
_BY = 'indicator, part, "on", place, home'
_MONTH = "CAST(date_trunc('month', \"on\") AS DATE)"


def folder() -> Path:
    return Path(settings.STORE) / "figures"


def years_until() -> date:
    """Up to which day each year is counted in what is kept: the end of next year."""
    return date(days.today().year + 1, 12, 31)


def of_programme(programme: Programme) -> Path:
    """Where a programme's figures lie: by all they rest on besides the records."""
    tree = sorted((node.id, node.code) for node in places.tree().by_id.values())
    rests_on = [SHAPE, programme.pack.digest, programme.schedule, tree, years_until().isoformat()]
    digest = hashlib.sha256(json.dumps(rests_on).encode()).hexdigest()[:20]
    return folder() / f"{programme.pack.id}-{digest}"


def counting() -> list[Programme]:
    """The programmes in force that have indicators."""
    return [one for one in programmes().all_on() if one.pack.indicators]


def work_out(progress: Progress = lambda _done, _of: None) -> int:
    """Bring the figures of every programme up to the warehouse. Gives for how many programmes something was worked out."""
    main = state.read(stock.folder()) if stock.folder().exists() else None
    if main is None or not main.whole or not stock.is_of_this_store(main):
        return 0
    with_figures = counting()
    folder().mkdir(mode=0o700, exist_ok=True)
    done = 0
    with state.writing(folder()):
        for n, programme in enumerate(with_figures):
            done += _work_out(programme, main)
            progress(n + 1, len(with_figures))
        wanted = {of_programme(one).name for one in with_figures}
        for left in [f for f in folder().iterdir() if f.is_dir() and f.name not in wanted]:
            shutil.rmtree(left)
    return done


def _work_out(programme: Programme, main: Manifest) -> bool:
    own = of_programme(programme)
    own.mkdir(mode=0o700, exist_ok=True)
    before = state.read(own) or Manifest()
    if before.born == main.born and before.watermark == main.generation:
        return False
    with feed.working_connection() as connection:
        tables = stock.covered(main, programme, feed.form_tables(programme, frozenset(places.tree().by_id)))
        if tables is None:
            shutil.rmtree(own)  # nothing stale stays
            return False
        made = _Making(connection, programme, main, before, own).take(tables)
    state.write(own, made)
    state.sweep(own, made)
    return True


class _Making:
    """The next state of one programme's figures. Its ``watermark`` is the warehouse's generation."""

    def __init__(self, connection: Any, programme: Programme, main: Manifest, before: Manifest, own: Path):
        self._connection, self._programme, self._main = connection, programme, main
        self._before, self._own = before, own
        self._next = Generation(connection, own, replace(before, born=main.born))

    def take(self, tables: Sequence[Any]) -> Manifest:
        everyone = self._mark()
        self._uncounted()
        self._ended()
        self._connection.execute(f"CREATE TABLE new_add AS {_nothing(ADDS)}")
        for chunk in self._chunks(everyone):
            self._contributions(tuple(tables), chunk)
        self._sum(everyone)
        return replace(self._next.manifest, watermark=self._main.generation, whole=True)

    def _mark(self) -> bool:
        """``mark``: whose figures are to be worked out anew. Gives whether everybody's are."""
        since = self._before.watermark
        touched = self._main.tables.get("touched", Table("", ""))
        kept = [one for one in touched.segments if one.generation > since]
        known = self._before.born == self._main.born and len(kept) == self._main.generation - since
        files = relation_sql(stock.folder(), replace(touched, segments=tuple(kept)), stock.TOUCHED)
        self._connection.execute(f"CREATE TABLE mark AS SELECT DISTINCT mark FROM ({files})")
        return not known or bool(self._rows("SELECT 1 FROM mark WHERE mark = ''"))

    def _uncounted(self) -> None:
        people = db.current().rows(f"SELECT id FROM person WHERE NOT ({counted_sql('person.id')})")
        self._connection.execute("CREATE TABLE uncounted (id VARCHAR)")
        if people:
            self._connection.execute(f"INSERT INTO uncounted VALUES {', '.join(f'({text(i)})' for (i,) in people)}")

    def _ended(self) -> None:
        """``ended``: a service that ended leaves both sides from that day on, and no trace (charter C4)."""
        pack = self._programme.pack
        of_service: dict[str, list[str]] = {}
        for indicator in pack.indicators.values():
            of_service.setdefault(pack.service_of(indicator), []).append(indicator.id)
        rows = [
            (person_id, indicator, on)
            for person_id, service, on in db.current().rows("SELECT person_id, service, ended_on FROM service_end")
            for indicator in of_service.get(service, ())
        ]
        types = {"person_id": pa.string(), "indicator": pa.string(), "ended_on": pa.date32()}
        columns = {name: pa.array([row[n] for row in rows], type_) for n, (name, type_) in enumerate(types.items())}
        self._connection.register("arrow", pa.table(columns))
        self._connection.execute("CREATE TABLE ended AS SELECT * FROM arrow")
        self._connection.unregister("arrow")

    def _chunks(self, everyone: bool) -> list[tuple[str, str]]:
        """Whom to work out together, in order of their ids; leaves ``wanted`` (id)."""
        people = self._main.tables.get("person", Table("", ""))
        source = f"({relation_sql(stock.folder(), people, {'id': 'VARCHAR'})}) p"
        touched = "" if everyone else "SEMI JOIN mark m ON m.mark = md5(p.id)"
        run(
            (
                f"CREATE TABLE known AS SELECT p.id FROM {source} {touched}",
                "CREATE TABLE wanted AS SELECT id FROM known ANTI JOIN uncounted USING (id) ORDER BY id",
            ),
            self._connection,
        )
        sql = f"SELECT min(id), max(id) FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) // {AT_ONCE} AS n FROM wanted) GROUP BY n ORDER BY n"
        return [(str(first), str(last)) for first, last in self._rows(sql)]

    def _contributions(self, tables: tuple[Any, ...], chunk: tuple[str, str]) -> None:
        """Add what these people add to ``new_add``."""
        first, last = chunk
        self._connection.execute(
            f"CREATE OR REPLACE TABLE {ONLY} AS SELECT id FROM wanted WHERE id BETWEEN {text(first)} AND {text(last)}"
        )
        feed.fill_places(self._connection, frozenset(places.tree().by_id))
        kept = Stock(self._connection, self._main, everyone=True, only=True)
        feed.fill_from_stock(self._connection, kept, tables, placed=True)
        run(self._programme.rules.figures_sql(years_until()), self._connection)
        self._connection.execute(
            "INSERT INTO new_add SELECT c.person_id, c.indicator, c.part, c.\"on\", coalesce(l.code, ''),"
            " CASE WHEN l.code IS NULL THEN coalesce(r.place_id, 0) ELSE 0 END, c.value FROM contributions c"
            " LEFT JOIN place l ON l.code = c.place LEFT JOIN resident r ON r.person_id = c.person_id"
            " LEFT JOIN ended e ON e.person_id = c.person_id AND e.indicator = c.indicator"
            ' WHERE e.ended_on IS NULL OR c."on" < e.ended_on'
        )

    def _sum(self, everyone: bool) -> None:
        had = self._before.tables.get("adds", Table("", ""))
        if everyone:
            self._next.take("adds", "SELECT * FROM new_add", ADDS, key="person_id", order="person_id", bare=True)
            self._sum_again()
            return
        old = relation_sql(self._own, had, ADDS)
        self._gone(old)
        out = f"SELECT * FROM ({old}) o WHERE o.person_id IN (SELECT key FROM gone)"
        self._connection.execute(f"CREATE TABLE old_add AS {out}")
        keys = "SELECT key FROM gone"
        self._next.take("adds", "SELECT * FROM new_add", ADDS, key="person_id", order="person_id", gone=keys)
        lost = "SELECT key FROM gone ANTI JOIN known k ON k.id = key"
        if self._rows(f"SELECT 1 FROM ({lost}) LIMIT 1"):
            self._next.purge("adds", lost)
            self._sum_again()
            return
        days_table = self._before.tables.get("days", Table("", ""))
        if len(days_table.segments) >= MOST_SEGMENTS:
            self._sum_again()
            return
        change = "SELECT * FROM new_add UNION ALL SELECT * REPLACE (-value AS value) FROM old_add"
        for name, on in (("days", '"on"'), ("months", _MONTH)):
            table = self._next.table(name, "place", _BY)
            self._next.keep_apart(name, table, _summed(change, on), SUMS)

    def _gone(self, old: str) -> None:
        """``gone``: the keys of those whose earlier sums no longer hold; of those no longer in the store, only a mark
        tells who they were."""
        self._connection.execute("CREATE TABLE gone AS SELECT id AS key FROM known")
        marks = int(self._rows("SELECT count(*) FROM mark")[0][0])
        found = int(self._rows("SELECT count(*) FROM known")[0][0])
        if marks == found:
            return
        self._connection.execute(
            "INSERT INTO gone SELECT DISTINCT person_id FROM"
            f" (SELECT DISTINCT person_id FROM ({old})) o ANTI JOIN known k ON k.id = o.person_id"
            " SEMI JOIN mark m ON m.mark = md5(o.person_id)"
        )

    def _sum_again(self) -> None:
        adds = relation_sql(self._own, self._next.manifest.tables["adds"], ADDS)
        for name, on in (("days", '"on"'), ("months", _MONTH)):
            self._next.take(name, _summed(adds, on), SUMS, key="place", order=_BY, bare=True)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(sql).fetchall())


def _summed(adds: str, on: str) -> str:
    return (
        f'SELECT indicator, part, {on} AS "on", place, home, CAST(sum(value) AS DECIMAL(38,6)) AS value'
        f" FROM ({adds}) GROUP BY ALL HAVING sum(value) <> 0"
    )


def _nothing(columns: dict[str, str]) -> str:
    return "SELECT " + ", ".join(f'CAST(NULL AS {t}) AS "{n}"' for n, t in columns.items()) + " WHERE FALSE"


# Asking


def sums(
    programme: Programme,
    indicators: Sequence[str],
    periods: Sequence[Period],
    place_ids: Sequence[int],
    *,
    living: bool,
) -> list[Sum] | None:
    """The sums that are not zero; None when what is kept is not up to date, or cannot answer.

    ``living``: whether what counts people whether or not anything was written, and so has no place of its own, counts where
    the person lives now.
    """
    if any(p.last > years_until() for p in periods) or not all(_answers(programme, i) for i in indicators):
        return None
    main = stock.current()
    if main is None:
        return None
    own = of_programme(programme)
    if not own.exists():
        return None
    with state.reading(own):
        had = state.read(own)
        if had is None or had.born != main.born or had.watermark != main.generation:
            return None
        with connect() as connection:
            sides = _unwritten(programme, indicators) if living else []
            return _sums(connection, own, had, indicators, periods, place_ids, sides)


def _unwritten(programme: Programme, indicators: Sequence[str]) -> list[tuple[str, str]]:
    """The sides of these that count people by year whether or not anything was written about them."""
    return [(i, part) for i in indicators for part, m in programme.rules.program.indicators[i].measures if m.each_year]


def _answers(programme: Programme, indicator: str) -> bool:
    """A figure of each year is kept only when its day lies in its year: else years not asked about might count."""
    ends = (Moment("until", "date"), Moment("start", "date"))
    return all(not m.each_year or m.by in ends for _, m in programme.rules.program.indicators[indicator].measures)


def _sums(
    connection: Any,
    own: Path,
    had: Manifest,
    indicators: Sequence[str],
    periods: Sequence[Period],
    place_ids: Sequence[int],
    living: Collection[tuple[str, str]],
) -> list[Sum]:
    whole_months = all(p.first.day == 1 and (p.last + timedelta(days=1)).day == 1 for p in periods)
    tree = places.tree()
    areas = [(i, tree.by_id[i].code, place_id) for place_id in place_ids for i in tree.below(place_id)]
    connection.execute("CREATE TABLE area (id BIGINT, code VARCHAR, asked BIGINT)")
    connection.execute("CREATE TABLE period (id VARCHAR, first DATE, last DATE)")
    if not areas or not periods or not indicators:
        return []
    connection.execute(
        f"INSERT INTO area VALUES {', '.join(f'({i}, {text(code)}, {asked})' for i, code, asked in areas)}"
    )
    told = ", ".join(f"({text(p.id)}, DATE '{p.first}', DATE '{p.last}')" for p in periods)
    connection.execute(f"INSERT INTO period VALUES {told}")
    table = had.tables.get("months" if whole_months else "days", Table("", ""))
    first, last = min(p.first for p in periods), max(p.last for p in periods)
    listed = ", ".join(text(one) for one in indicators)
    kept = (
        f'SELECT indicator, part, "on", place, home, sum(value) AS value FROM ({relation_sql(own, table, SUMS)})'
        f" WHERE \"on\" BETWEEN DATE '{first}' AND DATE '{last}' AND indicator IN ({listed}) GROUP BY ALL"
    )
    sides = " OR ".join(f"(s.indicator = {text(i)} AND s.part = {text(part)})" for i, part in sorted(living))
    at_home = (
        f" UNION ALL SELECT s.*, a.asked FROM kept s JOIN area a ON a.id = s.home WHERE s.place = '' AND ({sides})"
        if sides
        else ""
    )
    sql = (
        f"WITH kept AS MATERIALIZED ({kept}),"
        f" placed AS (SELECT s.*, a.asked FROM kept s JOIN area a ON a.code = s.place WHERE s.place <> ''{at_home})"
        " SELECT indicator, part, p.id, asked, sum(value) FROM placed JOIN period p"
        ' ON "on" BETWEEN p.first AND p.last GROUP BY ALL'
    )
    return [tuple(row) for row in connection.execute(sql).fetchall()]
