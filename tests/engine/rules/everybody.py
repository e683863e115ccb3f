"""Loading histories into DuckDB as the warehouse will, and comparing its rows with Python's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from doorstep.engine.model.history import Entry, EpisodeRow, History, Window
from doorstep.engine.model.pack import Pack
from doorstep.engine.rules import Compiled, Contribution
from doorstep.engine.rules.duckdb_text import COLUMN_TYPES, quoted
from doorstep.engine.rules.program import LIVES
from doorstep.engine.rules.runtime import as_date
from doorstep.engine.rules.scope import ENTRY_COLUMNS, PROPERTIES, questions_of, repeats_of
from doorstep.engine.warehouse.run import connect, run

_ENTRY = (
    "person_id VARCHAR, instance_id VARCHAR, root_id VARCHAR, counter BIGINT, occurred_on DATE, recorded_on DATE,"
    " place VARCHAR, author VARCHAR, seq BIGINT"
)
WINDOW_COLUMNS = (
    *("contact", "k", "episode", "form", "service", "from_on", "due_on", "until_on", "met_by", "met_on", "need"),
    *("recurring", "priority", "ends_on"),
)


@dataclass(frozen=True)
class Everybody:
    """What DuckDB made of all histories."""

    windows: list[tuple[Any, ...]]
    episodes: list[tuple[Any, ...]]
    contributions: list[tuple[Any, ...]]
    facts: list[tuple[Any, ...]]


def in_duckdb(compiled: Compiled, histories: Sequence[History], today: date) -> Everybody:
    """Runs the pack's SQL over ``histories``."""
    connection = connect()
    pack = compiled.program.pack
    load(connection, pack, histories)
    run(compiled.duckdb_sql(today), connection)
    windows = _windows(connection)
    episodes = connection.execute(
        "SELECT person_id, kind, key, opened_on, closed_on, ended_on, entries FROM episodes ORDER BY ALL"
    ).fetchall()
    contributions = []
    if pack.indicators:
        contributions = connection.execute(
            'SELECT indicator, part, person_id, episode, "on", place, value FROM contributions ORDER BY ALL'
        ).fetchall()
    facts = _facts_in_duckdb(compiled, connection)
    connection.close()
    return Everybody(windows, [_listed(e) for e in episodes], contributions, facts)


def windows_alone(compiled: Compiled, histories: Sequence[History], today: date) -> list[tuple[Any, ...]]:
    """The windows when nothing else is asked for."""
    connection = connect()
    load(connection, compiled.program.pack, histories)
    run(compiled.duckdb_sql(today, only_windows=True), connection)
    found = _windows(connection)
    tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    connection.close()
    assert not tables & {"episodes", "contributions"}
    return found


def _windows(connection: Any) -> list[tuple[Any, ...]]:
    columns = ", ".join(WINDOW_COLUMNS)
    sql = f"SELECT person_id, {columns} FROM windows ORDER BY person_id, contact, episode, k"
    return [_listed(row) for row in connection.execute(sql).fetchall()]


def _facts_in_duckdb(compiled: Compiled, connection: Any) -> list[tuple[Any, ...]]:
    """(person, key of the care, fact, value) for every fact."""
    found: list[tuple[Any, ...]] = []
    for place, subject in enumerate((*LIVES, *compiled.program.episodes)):
        names = [fact.id for fact in compiled.program.facts_of(subject)]
        if names:
            columns = ", ".join(quoted(f"f:{name}") for name in names)
            rows = connection.execute(f'SELECT person_id, key, {columns} FROM "rules_facts_{place}"').fetchall()
            found += [(row[0], row[1], name, value) for row in rows for name, value in zip(names, row[2:], strict=True)]
    return sorted(found, key=repr_key)


def in_python(compiled: Compiled, histories: Iterable[History], today: date) -> Everybody:
    """The same rows from the Python plan, one person after the other."""
    windows: list[tuple[Any, ...]] = []
    episodes: list[tuple[Any, ...]] = []
    facts: list[tuple[Any, ...]] = []
    histories = list(histories)
    for history in sorted(histories, key=lambda h: h.subject):
        plan = compiled.plan(history, today)
        windows += [(history.subject, *window_row(w)) for w in plan.windows]
        episodes += [(history.subject, *episode_row(e)) for e in plan.episodes]
        facts += [(history.subject, k, name, v) for k, values in plan.facts.items() for name, v in values.items()]
    contributions = [
        contribution_row(c)
        for id_ in compiled.program.pack.indicators
        for c in compiled.indicator(id_, histories, today)
    ]
    return Everybody(
        windows, sorted(episodes, key=repr_key), sorted(contributions, key=repr_key), sorted(facts, key=repr_key)
    )


def repr_key(row: tuple[Any, ...]) -> tuple[tuple[bool, str], ...]:
    """NULL sorts last, as in DuckDB."""
    return tuple((value is None, str(value)) for value in row)


def window_row(window: Window) -> tuple[Any, ...]:
    return tuple(getattr(window, name) for name in WINDOW_COLUMNS)


def episode_row(episode: EpisodeRow) -> tuple[Any, ...]:
    return (episode.kind, episode.key, episode.opened_on, episode.closed_on, episode.ended_on, episode.entries)


def contribution_row(c: Contribution) -> tuple[Any, ...]:
    return (c.indicator, c.part, c.subject, c.episode, c.on, c.place, Decimal(c.value))


def _listed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in row)


def load(connection: Any, pack: Pack, histories: Sequence[History]) -> None:
    """Makes the relations the SQL reads: one table per form and repeat, and the persons."""
    for register in LIVES:
        _load_register(connection, register, [h for h in histories if h.kind == register])
    for form_id, form in pack.forms.items():
        types = {k: t for k, t in questions_of(form, "").items() if k not in ENTRY_COLUMNS}
        columns = "".join(f", {quoted(k)} {COLUMN_TYPES[t]}" for k, t in types.items())
        connection.execute(f"CREATE TABLE {quoted(f'entry_{form_id}')} ({_ENTRY}{columns})")
        entries = [(h.subject, e) for h in histories for e in h.entries if e.form == form_id]
        _insert(connection, f"entry_{form_id}", [_entry(s, e) + [e.answers.get(k) for k in types] for s, e in entries])
        for repeat in repeats_of(form):
            inner = questions_of(form, repeat)
            columns = "".join(f", {quoted(k)} {COLUMN_TYPES[t]}" for k, t in inner.items())
            name = f"entry_{form_id}__{repeat}"
            connection.execute(f"CREATE TABLE {quoted(name)} (instance_id VARCHAR, ord BIGINT{columns})")
            _insert(
                connection,
                name,
                [
                    [e.instance_id, ord_, *(row.get(k) for k in inner)]
                    for _, e in entries
                    for ord_, row in enumerate(e.answers.get(repeat) or ())
                ],
            )


def _load_register(connection: Any, name: str, histories: Sequence[History]) -> None:
    known = PROPERTIES[name]
    columns = "".join(f", {quoted(k)} {COLUMN_TYPES[t]}" for k, t in known.items())
    connection.execute(f"CREATE TABLE {quoted(name)} (id VARCHAR{columns})")
    rows = [
        [h.subject, *(as_date(h.properties.get(k)) if t == "date" else h.properties.get(k) for k, t in known.items())]
        for h in histories
    ]
    _insert(connection, name, rows)


def _entry(subject: str, e: Entry) -> list[Any]:
    return [subject, e.instance_id, e.root_id, e.counter, e.occurred_on, e.recorded_on, e.place, e.author, e.seq]


def _insert(connection: Any, name: str, rows: list[list[Any]]) -> None:
    """One statement for all rows: a statement for each takes far longer than the rules."""
    if rows:
        holes = ", ".join("(" + ", ".join("?" for _ in row) + ")" for row in rows)
        values = [value for row in rows for value in row]
        connection.execute(f"INSERT INTO {quoted(name)} VALUES {holes}", values)
