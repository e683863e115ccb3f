"""Everybody's records as DuckDB relations, as the rules want them: entries in force, properties, places by day.

Read from the warehouse when it is up to date, else from the store by ADBC beside the server's own work, in batches,
as it stood at one moment. Left in the connection:
``person`` and every ``entry_<form>`` (the contract of ``rules.Compiled.duckdb_sql``), of those who live where the
programme is on, and ``resident`` (person_id, place_id, here, place).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import connection as django_connection
from psycopg.conninfo import make_conninfo

from doorstep.engine.model.subjects import PERSON_PROPERTIES
from doorstep.engine.rules.duckdb_text import COLUMN_TYPES
from doorstep.engine.rules.scope import ENTRY_COLUMNS, PROPERTIES, questions_of, repeats_of
from doorstep.engine.warehouse.entries import RESIDENT, SPECIAL, EntryTables, FormTable
from doorstep.engine.warehouse.quoting import quoted, text
from doorstep.engine.warehouse.run import connect, run
from doorstep.engine.warehouse.source import Dialect, Snapshot, snapshot
from doorstep.forms import queries as forms
from doorstep.forms.builtin import SERVICE_END, SERVICE_WANTED
from doorstep.forms.sayings import with_chains
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.programmes import past, stock
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.moment import Moment
from doorstep.programmes.stock import Stock
from doorstep.programmes.then import Then
from doorstep.register.whereabouts import KEPT_BY_DAY

MEMORY = "1GB"
CHAINS = 2000  # corrected entries followed at once
_DATES = ("birth_date", "moved_in_on", "left_on", "died_on")
_ENTRIES = (
    "SELECT e.seq, form_id, person_id, instance_id, counter, CAST(occurred_on AS TEXT) AS occurred_on,"
    " CAST(received_on AS TEXT) AS recorded_on, CAST(author_id AS TEXT) AS author, answers{whose}"
    " FROM entry e WHERE {in_force} AND person_id IS NOT NULL AND form_id IN ({forms})"
)
_PEOPLE = (
    "SELECT id, place_id, properties, "
    + ", ".join(f"COALESCE(CAST({name} AS TEXT), '') AS {name}" for name in _DATES)
    + " FROM person WHERE place_id IS NOT NULL"
)
_TOLD = (
    "SELECT t.entity_id AS person_id, t.seq, t.ord, t.properties, e.form_id, e.instance_id, e.counter,"
    " CAST(e.occurred_on AS TEXT) AS occurred_on{whose}"
    " FROM entry_entity t JOIN entry e ON e.seq = t.seq WHERE t.dataset = 'person' AND {in_force}"
)
_NO_HOUSEHOLDS = "CREATE OR REPLACE TABLE household AS SELECT '' AS id WHERE FALSE"  # no visits of these are stored yet
_HOMES = "SELECT id, place_id FROM household WHERE place_id IS NOT NULL"


@contextmanager
def windows(programme: Programme, until: date, then: Then | None = None) -> Iterator[Any]:
    """A DuckDB connection that holds everybody's ``windows`` under a programme, before the gate, as they are worked
    out up to ``until``; beside them what ``fill`` leaves."""
    with working_connection() as connection:
        fill(connection, programme, then=then, placed=asks_place(programme))
        run(programme.rules.duckdb_sql(until, only_windows=True), connection)
        yield connection


@contextmanager
def working_connection() -> Iterator[Any]:
    """An empty DuckDB connection that lays down what does not fit into memory inside the store."""
    with stock.reading(), tempfile.TemporaryDirectory(prefix="duckdb-", dir=settings.STORE) as folder:
        connection = connect(spill=folder, memory=MEMORY)
        try:
            yield connection
        finally:
            connection.close()


def fill(
    connection: Any,
    programme: Programme,
    at: frozenset[int] | None = None,
    *,
    then: Then | None = None,
    placed: bool = True,
) -> None:
    """Leave the relations for a programme in the connection: of the places ``at``, else of those where it is on.

    ``then``: as known at a past moment, when ``ended_today`` (person_id, service) is left beside them.
    ``placed``: whether the place of an entry's day is needed.
    """
    moment = then.moment if then else None
    tables = form_tables(programme, at, moment)
    fill_places(connection, places_of(programme, moment) if at is None else at)
    manifest = stock.current() if then is None else None  # the warehouse knows only what is known now
    kept = stock.covered(manifest, programme, tables) if manifest is not None else None
    if manifest is not None and kept is not None:
        fill_from_stock(connection, Stock(connection, manifest), kept, placed=placed)
    else:
        _fill_from_store(connection, programme, tables, then)


def fill_from_stock(connection: Any, kept: Stock, tables: tuple[FormTable, ...], *, placed: bool) -> None:
    """The same relations from the warehouse; ``place`` is there already."""
    connection.execute(_NO_HOUSEHOLDS)
    kept.people()
    _leave(connection, "correction", _CORRECTION.empty_table())  # there, each stands where it belongs already
    if placed:
        kept.told()
        _follow(connection)
        _special(connection, kept.raw_days(tables))
    else:
        connection.execute(
            f"CREATE OR REPLACE TABLE {SPECIAL} (seq BIGINT, root_id VARCHAR, counter BIGINT, place VARCHAR)"
        )
    kept.forms(tables, placed=placed)


def _fill_from_store(connection: Any, programme: Programme, tables: tuple[FormTable, ...], then: Then | None) -> None:
    with snapshot(*address()) as store:
        _people(connection, store, _properties(programme), then)
        entries = EntryTables(connection, tables)
        names = ", ".join(text(table.form) for table in tables)
        for batch in past.entries(store, _ENTRIES, then, forms=names):
            entries.take(batch)
        _corrections(connection, then)
        _whereabouts(connection, store, then)
        _special(connection, entries.raw_days())
        entries.finish()
    if then is not None:
        _leave(connection, "ended_today", past.ended_table(then))


def asks_place(programme: Programme) -> bool:
    """Whether any visit of the programme rests on where somebody was served."""
    items = [item for item in programme.rules.lineage_items if not item.startswith("indicator:")]
    return any(key == "place" for item in items for form, key in programme.rules.lineage(item) if form != "person")


def address() -> tuple[Dialect, str]:
    """How ADBC reaches the store this process is connected to."""
    told = django_connection.settings_dict
    if django_connection.vendor == "sqlite":
        return "sqlite", f"{Path(told['NAME']).as_uri()}?mode=ro"
    words = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    return "postgresql", make_conninfo("", **{word: told[name] for word, name in words.items() if told[name]})


# What is read


def form_tables(
    programme: Programme, at: frozenset[int] | None = None, moment: Moment | None = None
) -> tuple[FormTable, ...]:
    """The forms the programme's rules look at, and those by which people end or want its services."""
    found = {}
    for form_id in (*sorted(programme.rules.forms), SERVICE_END, SERVICE_WANTED, *opening_forms(programme, at, moment)):
        form = programme.pack.forms.get(form_id)
        if form_id in programme.rules.forms and form is not None:
            repeats = {name: _column_types(questions_of(form, name)) for name in sorted(repeats_of(form))}
            own = {key: type_ for key, type_ in questions_of(form, "").items() if key not in ENTRY_COLUMNS}
            found[form_id] = FormTable(form_id, _column_types(own), repeats)
        else:
            columns = {"service": "VARCHAR"} if form_id in (SERVICE_END, SERVICE_WANTED) else {}
            found.setdefault(form_id, FormTable(form_id, columns))
    return tuple(found.values())


def opening_forms(
    programme: Programme, at: frozenset[int] | None = None, moment: Moment | None = None
) -> dict[str, dict[str, frozenset[int]]]:
    """Signing up for care is a wish for its service: form → service of this programme → places where it is so.

    ``at``: where the programme is taken to be on, when that is not yet decided.
    """
    found: dict[str, dict[str, set[int]]] = {}
    for place_id in places_of(programme, moment) if at is None else at:
        decided = programmes(moment).at(place_id)
        here = decided if at is None else (programme, *(one for one in decided if one.pack.id != programme.pack.id))
        for other in here:
            for episode in other.pack.episodes.values():
                use = other.pack.uses.get(episode.opens)
                if use is not None and use.service in programme.pack.services:
                    found.setdefault(episode.opens, {}).setdefault(use.service, set()).add(place_id)
    return {form: {s: frozenset(at) for s, at in services.items()} for form, services in found.items()}


def places_of(programme: Programme, moment: Moment | None = None) -> frozenset[int]:
    """Where this very programme is in force, or was at a moment."""
    on = programmes(moment)
    return frozenset(i for i in places.tree().by_id if any(one.key == programme.key for one in on.at(i)))


def _properties(programme: Programme) -> Mapping[str, str]:
    """The person's columns: nothing that says who she is unless a rule asks for it."""
    touched = {origin for item in programme.rules.lineage_items for origin in programme.rules.lineage(item)}
    wanted = {
        name: type_
        for name, type_ in PROPERTIES["person"].items()
        if name in _DATES or PERSON_PROPERTIES[name][1] != "identity" or ("person", name) in touched
    }
    return _column_types(wanted)


def _column_types(types: Mapping[str, Any]) -> dict[str, str]:
    return {name: COLUMN_TYPES[type_] for name, type_ in types.items()}


# People and places


def fill_places(connection: Any, on: frozenset[int]) -> None:
    """``place`` (id, code, is_on)."""
    nodes = [{"id": node.id, "code": node.code, "is_on": node.id in on} for node in places.tree().by_id.values()]
    schema = pa.schema([("id", pa.int64()), ("code", pa.string()), ("is_on", pa.bool_())])
    _leave(connection, "place", pa.Table.from_pylist(nodes, schema=schema))


def _people(connection: Any, store: Snapshot, columns: Mapping[str, str], then: Then | None) -> None:
    """``person`` and ``resident``: those who live where the programme is on, with their current place."""
    typed = ", ".join(f"{quoted(name)} {type_}" for name, type_ in columns.items())
    said = ", ".join(
        f"CAST(nullif({quoted(name)}, '') AS DATE)" if name in _DATES else f"properties ->> {text(name)}"
        for name in columns
    )
    run(
        (
            f"CREATE OR REPLACE TABLE person (id VARCHAR, {typed})",
            _NO_HOUSEHOLDS,
            f"CREATE OR REPLACE TABLE {RESIDENT} (person_id VARCHAR, place_id BIGINT, here BOOLEAN, place VARCHAR)",
        ),
        connection,
    )
    here = "died_on = '' AND (left_on = '' OR moved_in_on > left_on)"
    living = "batch b JOIN place l ON l.id = b.place_id AND l.is_on"
    _add(
        connection,
        past.people(store, _PEOPLE, then),
        f"INSERT INTO person SELECT b.id, {said} FROM {living}",
        f"INSERT INTO {RESIDENT} SELECT b.id, b.place_id, {here}, l.code FROM {living}",
    )


def _whereabouts(connection: Any, store: Snapshot, then: Then | None) -> None:
    """``moved``: where each person was served from which day on, for those who have been of several places; the others'
    place, and the first of these, stands in ``resident``. The same as ``register.whereabouts.place_on``."""
    kept = sorted(KEPT_BY_DAY)
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in kept)
    said = ", ".join(f"properties ->> {text(name)}" for name in kept)
    run(
        (
            "CREATE OR REPLACE TABLE home (id VARCHAR, code VARCHAR)",
            "CREATE OR REPLACE TABLE told (person_id VARCHAR, seq BIGINT, ord BIGINT, since DATE, form_id VARCHAR,"
            f" counter BIGINT, root_id VARCHAR, instance_id VARCHAR, {columns})",
        ),
        connection,
    )
    homes = past.homes(store, _HOMES, then)
    _add(connection, homes, "INSERT INTO home SELECT b.id, l.code FROM batch b JOIN place l ON l.id = b.place_id")
    _add(
        connection,
        past.entries(store, _TOLD, then),
        "INSERT INTO told SELECT person_id, seq, ord, CAST(occurred_on AS DATE), form_id, counter, instance_id,"
        f" instance_id, {said} FROM batch SEMI JOIN {RESIDENT} USING (person_id)",
    )
    _follow(connection)


def _follow(connection: Any) -> None:
    """``moved``, and the first place in ``resident``, from ``told`` and ``home``."""
    _leave(connection, "form_rank", _ranks())
    run((_LINES, _MOVED, _FIRST_PLACE, "DROP TABLE told"), connection)


_LINES = """
CREATE OR REPLACE TABLE line AS
WITH last_words AS (
  SELECT * FROM told QUALIFY row_number() OVER (PARTITION BY person_id, seq ORDER BY ord DESC) = 1),
ordered AS (
  SELECT t.person_id, t.since, t.place, t.household, row_number() OVER (PARTITION BY t.person_id
    ORDER BY t.since, coalesce(k.rank, 1), coalesce(c.counter, t.counter), coalesce(c.root_id, t.root_id)) AS n
  FROM last_words t LEFT JOIN form_rank k ON k.form_id = t.form_id LEFT JOIN correction c ON c.seq = t.seq
  WHERE t.place IS NOT NULL OR t.household IS NOT NULL),
known AS (
  SELECT person_id, since, n, last_value(place IGNORE NULLS) OVER o AS place,
    last_value(household IGNORE NULLS) OVER o AS household
  FROM ordered WINDOW o AS (PARTITION BY person_id ORDER BY n))
SELECT k.person_id, k.since, k.n, coalesce(l.code, h.code) AS code
FROM known k LEFT JOIN place l ON l.code = k.place LEFT JOIN home h ON h.id = k.household
"""
_MOVED = """
CREATE OR REPLACE TABLE moved AS
SELECT person_id, since, coalesce(code, '') AS code FROM line WHERE n > 1
QUALIFY row_number() OVER (PARTITION BY person_id, since ORDER BY n DESC) = 1
"""
_FIRST_PLACE = f"""
CREATE OR REPLACE TABLE {RESIDENT} AS
SELECT r.person_id, r.place_id, r.here, CASE WHEN l.n = 1 THEN coalesce(l.code, '') ELSE r.place END AS place
FROM {RESIDENT} r LEFT JOIN line l ON l.person_id = r.person_id AND l.n = 1
"""


def _ranks() -> pa.Table:
    ranks = {form_id: int(one.use.get("rank", 1)) for form_id, one in forms.library().current.items()}
    return pa.table({"form_id": pa.array(ranks, pa.string()), "rank": pa.array(ranks.values(), pa.int64())})


# Entries that are not as usual


def _corrections(connection: Any, then: Then | None) -> None:
    """``correction`` (seq, root_id, counter): whose place in the order each correction keeps.

    Followed on the server's own connection: what a chain begins with never changes once it is known.
    """
    rows = list(then.corrections) if then else _corrections_now()
    columns = [pa.array([row[n] for row in rows], one.type) for n, one in enumerate(_CORRECTION)]
    _leave(connection, "correction", pa.table(columns, schema=_CORRECTION))


_CORRECTION = pa.schema([("seq", pa.int64()), ("root_id", pa.string()), ("counter", pa.int64())])


def _corrections_now() -> list[tuple[int, str, int]]:
    own = db.current()
    corrections = [s for (s,) in own.rows("SELECT seq FROM entry WHERE state = 0 AND deprecates IS NOT NULL")]
    rows = []
    for start in range(0, len(corrections), CHAINS):
        chunk = corrections[start : start + CHAINS]
        standing = with_chains(own, {row.seq: row for row in forms.entries("seq IN (?*)", chunk)})
        rows += [(seq, standing[seq].root.instance_id, standing[seq].root.counter) for seq in chunk]
    return rows


def _special(connection: Any, raw_days: str) -> None:
    connection.execute(
        f"CREATE OR REPLACE TABLE {SPECIAL} AS\n"
        f"WITH taken AS (SELECT * FROM ({raw_days}) SEMI JOIN moved USING (person_id)),\n"
        "elsewhere AS (SELECT t.seq, m.code AS place FROM taken t ASOF JOIN moved m"
        " ON m.person_id = t.person_id AND m.since <= t.occurred_on)\n"
        "SELECT coalesce(c.seq, e.seq) AS seq, c.root_id, c.counter, e.place"
        " FROM correction c FULL JOIN elsewhere e ON e.seq = c.seq"
    )


def _add(connection: Any, batches: Iterable[pa.RecordBatch], *inserts: str) -> None:
    """Run ``inserts``, which read ``batch``, for each batch."""
    for batch in batches:
        connection.register("batch", batch)
        run(inserts, connection)
        connection.unregister("batch")


def _leave(connection: Any, name: str, table: pa.Table) -> None:
    connection.register("arrow", table)
    connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT * FROM arrow")
    connection.unregister("arrow")
