"""The warehouse of this store: where it lies, whether it is up to date, and its relations for a programme's rules."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from doorstep.engine.warehouse import manifest as state
from doorstep.engine.warehouse.entries import KEYS, RESIDENT, SPECIAL, FormTable
from doorstep.engine.warehouse.lake import relation_sql as relation_sql
from doorstep.engine.warehouse.manifest import Manifest
from doorstep.engine.warehouse.quoting import quoted
from doorstep.engine.warehouse.run import run
from doorstep.lib import db
from doorstep.programmes import typed
from doorstep.programmes.library import Programme

ENTRY = {
    "person_id": "VARCHAR", "instance_id": "VARCHAR", "root_id": "VARCHAR", "counter": "BIGINT", "occurred_on": "DATE",
    "recorded_on": "DATE", "author": "VARCHAR", "seq": "BIGINT",
}  # fmt: skip
ROUND = {"seq": "BIGINT", "instance_id": "VARCHAR", "ord": "BIGINT"}
TOLD = {
    "person_id": "VARCHAR", "seq": "BIGINT", "since": "DATE", "form_id": "VARCHAR", "counter": "BIGINT",
    "root_id": "VARCHAR", "instance_id": "VARCHAR", "home": "VARCHAR", "place": "VARCHAR",
}  # fmt: skip
HOME = {"id": "VARCHAR", "place_id": "BIGINT"}
TOUCHED = {"mark": "VARCHAR"}
ONLY = "only_people"
"""A table (id) of those people whose relations are wanted, where not everybody's are."""


def folder() -> Path:
    return Path(settings.STORE) / "warehouse"


def source() -> str:
    """Of which life of the store a warehouse is: another one after it was restored."""
    return str(db.current().value("SELECT value FROM counter WHERE name = 'epoch'") or 0)


def empty() -> Manifest:
    """A warehouse of this store that holds nothing yet."""
    return Manifest(source=source(), born=uuid.uuid4().hex)


def is_of_this_store(manifest: Manifest) -> bool:
    journal = db.current().value("SELECT value FROM counter WHERE name = 'journal'") or 0
    return manifest.source == source() and manifest.watermark <= int(journal)


@dataclass(frozen=True, slots=True)
class Status:
    """How the warehouse stands to the store. ``entries`` and ``changes`` wait for the next sync."""

    there: bool
    up_to_date: bool
    watermark: int = 0
    generation: int = 0
    entries: int = 0
    changes: int = 0
    people: int = 0
    files: int = 0
    megabytes: float = 0.0


def status() -> Status:
    found = state.read(folder()) if folder().exists() else None
    if found is None or not is_of_this_store(found):
        return Status(False, False)
    connection = db.current()
    waiting = connection.value("SELECT COUNT(*) FROM entry WHERE seq > ?", [found.watermark])
    changes = connection.value("SELECT COUNT(*) FROM changed")
    size = sum((folder() / file).stat().st_size for file in found.files)
    people = found.tables.get("person")
    return Status(
        True,
        _is_current(found),
        found.watermark,
        found.generation,
        int(waiting),
        int(changes),
        sum(one.rows for one in people.segments) - sum(one.rows for one in people.gone) if people else 0,
        len(found.files),
        round(size / 1e6, 3),
    )


def current() -> Manifest | None:
    """The warehouse, when it holds just what the store holds now; else None."""
    found = state.read(folder()) if folder().exists() else None
    return found if found is not None and is_of_this_store(found) and _is_current(found) else None


def _is_current(found: Manifest) -> bool:
    connection = db.current()
    return (
        found.whole
        and connection.row("SELECT 1 FROM entry WHERE seq > ? LIMIT 1", [found.watermark]) is None
        and connection.row("SELECT 1 FROM changed LIMIT 1") is None
        and found.shape == typed.shape()
    )


@contextmanager
def reading() -> Iterator[None]:
    """Keep what is read from being swept away meanwhile."""
    if not folder().exists():
        yield
        return
    with state.reading(folder()):
        yield


# What its tables are called


def is_form(name: str) -> bool:
    return name.startswith("entry_")


def columns_of(table: FormTable) -> dict[str, dict[str, str]]:
    """The tables of a form and of its repeats: name → columns."""
    found = {f"entry_{table.form}": {**ENTRY, **table.columns}}
    return found | {f"entry_{table.form}__{name}": {**ROUND, **of} for name, of in table.repeats.items()}


def tables_of(manifest: Manifest) -> list[FormTable]:
    """The forms a warehouse holds, or will hold once anybody fills them."""
    return [FormTable(form, told["columns"], told["repeats"]) for form, told in manifest.forms.items()]


# For the rules


def covered(manifest: Manifest, programme: Programme, tables: tuple[FormTable, ...]) -> tuple[FormTable, ...] | None:
    """The columns of these forms that are kept here, in the types the rules use; None when a rule asks for another."""
    touched = {origin for item in programme.rules.lineage_items for origin in programme.rules.lineage(item)}
    if any(form == "person" and key not in typed.person_columns() for form, key in touched):
        return None
    kept = {table.form: table for table in tables_of(manifest)}
    found = []
    for table in tables:
        asked = {key for form, key in touched if form == table.form}
        had = kept.get(table.form, FormTable(table.form, {}))
        columns = _same(table.columns, had.columns)
        repeats = {name: _same(of, had.repeats.get(name, {})) for name, of in table.repeats.items()}
        lost = set(table.columns) - set(columns)
        lost |= {key for name, of in table.repeats.items() for key in set(of) - set(repeats[name])}
        if lost & asked:
            return None
        found.append(FormTable(table.form, columns, repeats))
    return tuple(found)


def _same(wanted: Mapping[str, str], had: Mapping[str, str]) -> dict[str, str]:
    return {name: type_ for name, type_ in wanted.items() if had.get(name) == type_}


class Stock:
    """One state of the warehouse, opened in a DuckDB connection that holds ``place``."""

    def __init__(self, connection: Any, manifest: Manifest, *, everyone: bool = False, only: bool = False):
        self._connection, self._manifest = connection, manifest
        self._everyone, self._only = everyone, only

    def relation(self, name: str, columns: Mapping[str, str]) -> str:
        table = self._manifest.tables.get(name) or state.Table("", "")
        return f"({relation_sql(folder(), table, columns)})"

    def people(self) -> None:
        """``person`` and ``resident``: those who live where the programme is on, or everybody."""
        columns = typed.person_columns()
        people = self.relation("person", {"id": "VARCHAR", "place_id": "BIGINT", **columns})
        joined = (
            "LEFT JOIN place l ON l.id = p.place_id"
            if self._everyone
            else "JOIN place l ON l.id = p.place_id AND l.is_on"
        )
        source = f"{people} p {self._wanted('p.id')} {joined}"
        here = "p.died_on IS NULL AND (p.left_on IS NULL OR coalesce(p.moved_in_on > p.left_on, FALSE))"
        told = ", ".join(f"p.{quoted(name)}" for name in columns)
        run(
            (
                f"CREATE OR REPLACE TABLE person AS SELECT p.id, {told} FROM {source} ORDER BY p.id",
                f"CREATE OR REPLACE TABLE {RESIDENT} AS SELECT p.id AS person_id, p.place_id, {here} AS here,"
                f" coalesce(l.code, '') AS place FROM {source}",
            ),
            self._connection,
        )

    def told(self) -> None:
        """``told`` and ``home``, as ``feed`` follows people from place to place."""
        home, told = self.relation("home", HOME), self.relation("told", TOLD)
        run(
            (
                f"CREATE OR REPLACE TABLE home AS SELECT h.id, l.code FROM {home} h JOIN place l ON l.id = h.place_id",
                "CREATE OR REPLACE TABLE told AS SELECT t.person_id, t.seq, 0 AS ord, t.since, t.form_id, t.counter,"
                f" coalesce(t.root_id, t.instance_id) AS root_id, t.instance_id, t.home AS household, t.place FROM {told} t"
                f" SEMI JOIN {RESIDENT} USING (person_id)",
            ),
            self._connection,
        )

    def raw_days(self, tables: tuple[FormTable, ...]) -> str:
        """A query: (person_id, occurred_on, seq) of every entry of these forms."""
        columns = {name: ENTRY[name] for name in ("person_id", "occurred_on", "seq")}
        return " UNION ALL ".join(f"SELECT * FROM {self.relation(f'entry_{t.form}', columns)}" for t in tables)

    def forms(self, tables: tuple[FormTable, ...], *, placed: bool) -> None:
        """``entry_<form>`` and its repeats. They are read from the files where they are asked for, unless only some
        people's are wanted. ``placed``: whether the place on the day is; else it is where she lives now."""
        kind = "TABLE" if self._only else "VIEW"
        some = self._only or self._elsewhere()
        special = placed and bool(self._connection.execute(f"SELECT 1 FROM {SPECIAL} LIMIT 1").fetchall())
        for table in tables:
            names = columns_of(table)
            own = self.relation(f"entry_{table.form}", names[f"entry_{table.form}"])
            place, joins = "CAST(NULL AS VARCHAR)", ""
            if placed:
                place, joins = "p.place", f" JOIN {RESIDENT} p ON p.person_id = r.person_id"
            elif some:
                joins = f" SEMI JOIN {RESIDENT} p ON p.person_id = r.person_id"
            if special:
                place, joins = "coalesce(s.place, p.place)", f"{joins} LEFT JOIN {SPECIAL} s ON s.seq = r.seq"
            said = {name: f"r.{quoted(name)}" for name in (*KEYS, *table.columns)}
            said |= {"root_id": "coalesce(r.root_id, r.instance_id)", "place": place}
            told = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in said.items())
            self._connection.execute(f"CREATE OR REPLACE {kind} {table.name} AS SELECT {told} FROM {own} r{joins}")
            for name in table.repeats:
                rounds = self.relation(f"entry_{table.form}__{name}", names[f"entry_{table.form}__{name}"])
                some_of = f" SEMI JOIN {table.name} e ON e.instance_id = r.instance_id" if self._only else ""
                self._connection.execute(
                    f"CREATE OR REPLACE {kind} {table.repeat(name)} AS SELECT r.* EXCLUDE (seq) FROM {rounds} r{some_of}"
                )

    def _wanted(self, person_id: str) -> str:
        return f"SEMI JOIN {ONLY} o ON o.id = {person_id}" if self._only else ""

    def _elsewhere(self) -> bool:
        """Whether entries may be of people who are not wanted here."""
        people = self._manifest.tables.get("person")
        rows = sum(one.rows for one in people.segments) if people else 0
        here = int(self._connection.execute(f"SELECT count(*) FROM {RESIDENT}").fetchall()[0][0])
        return here < rows
