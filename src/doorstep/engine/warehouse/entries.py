"""Entries as typed relations: ``entry_<form>``, and ``entry_<form>__<repeat>`` for each of its repeats.

Filled from batches of entries with their answers as JSON. The tables have the columns of ``KEYS`` and one for each
question; a repeat's have ``instance_id``, ``ord`` (from 0) and one for each of its questions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from doorstep.engine.warehouse.quoting import quoted, text

Columns = Mapping[str, str]
"""Name → DuckDB type."""

KEYS: Columns = {
    "person_id": "VARCHAR",
    "instance_id": "VARCHAR",
    "root_id": "VARCHAR",
    "counter": "BIGINT",
    "occurred_on": "DATE",
    "recorded_on": "DATE",
    "place": "VARCHAR",
    "author": "VARCHAR",
    "seq": "BIGINT",
}
SPECIAL = "special"
"""What is not as usual about an entry: (seq, root_id, counter, place), NULL where it is as usual."""

RESIDENT = "resident"
"""Whose entries are wanted, and where each is served when nothing else is known: (person_id, place)."""


@dataclass(frozen=True, slots=True)
class FormTable:
    """One form as relations: its questions' columns, and those of each repeat by its name."""

    form: str
    columns: Columns
    repeats: Mapping[str, Columns] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return quoted(f"entry_{self.form}")

    @property
    def raw(self) -> str:
        return quoted(f"raw_{self.form}")

    def repeat(self, name: str) -> str:
        return quoted(f"entry_{self.form}__{name}")


class EntryTables:
    """Fills the relations of these forms: ``take`` every batch, then ``finish``.

    A batch has seq, form_id, person_id, instance_id, counter, occurred_on, recorded_on, author and answers;
    days and answers (JSON) as text.
    """

    def __init__(self, connection: Any, tables: Iterable[FormTable]):
        self._connection = connection
        self._tables = tuple(tables)
        for table in self._tables:
            self._run(f"CREATE OR REPLACE TABLE {table.raw} ({_columns({**KEYS, **table.columns})})")
            for name, columns in table.repeats.items():
                inner = _columns({"instance_id": "VARCHAR", "ord": "BIGINT", **columns})
                self._run(f"CREATE OR REPLACE TABLE {table.repeat(name)} ({inner})")

    def take(self, batch: pa.RecordBatch) -> None:
        """Add the entries of one batch; those of other forms are left out."""
        there = set(batch.column("form_id").unique().to_pylist())
        self._connection.register("arrow", batch)
        # sorted, so that what is of one form is found without going through the whole batch for each
        self._run("CREATE OR REPLACE TEMP TABLE batch AS SELECT * FROM arrow ORDER BY form_id")
        self._connection.unregister("arrow")
        for table in self._tables:
            if table.form not in there:
                continue
            self._run(_taken(table))
            for name, columns in table.repeats.items():
                self._run(_rounds(table, name, columns))
        self._run("DROP TABLE batch")

    def raw_days(self) -> str:
        """A query: (person_id, occurred_on, seq) of everything taken."""
        return " UNION ALL ".join(f"SELECT person_id, occurred_on, seq FROM {t.raw}" for t in self._tables)

    def finish(self) -> None:
        """Leave the relations, clustered by person, with what ``SPECIAL`` and ``RESIDENT`` say."""
        for table in self._tables:
            self._run(_finished(table))
            self._run(f"DROP TABLE {table.raw}")

    def _run(self, sql: str) -> None:
        self._connection.execute(sql)


def _columns(columns: Columns) -> str:
    return ", ".join(f"{quoted(name)} {type_}" for name, type_ in columns.items())


def _structure(columns: Columns) -> dict[str, Any]:
    """What ``json_transform`` is to read: a list's type is told by its element's in a list."""
    return {name: [type_[:-2]] if type_.endswith("[]") else type_ for name, type_ in columns.items()}


def _read(structure: Mapping[str, Any], table: FormTable) -> str:
    told = text(json.dumps(structure, ensure_ascii=False))
    said = f"json_transform(answers, {told}) AS said" if structure else "NULL AS said"
    return f"(SELECT *, {said} FROM batch WHERE form_id = {text(table.form)})"


def _taken(table: FormTable) -> str:
    answers = "".join(f", said.{quoted(name)}" for name in table.columns)
    return (
        f"INSERT INTO {table.raw} SELECT person_id, instance_id, instance_id, counter, CAST(occurred_on AS DATE),"
        f" CAST(recorded_on AS DATE), NULL, author, seq{answers} FROM {_read(_structure(table.columns), table)}"
    )


def _rounds(table: FormTable, name: str, columns: Columns) -> str:
    answers = "".join(f", said.{quoted(name)}[i].{quoted(inner)}" for inner in columns)
    source = _read({name: [_structure(columns)]}, table)
    return (
        f"INSERT INTO {table.repeat(name)} SELECT instance_id, i - 1{answers}"
        f" FROM {source}, unnest(range(1, len(said.{quoted(name)}) + 1)) AS rounds(i)"
    )


def _finished(table: FormTable) -> str:
    answers = "".join(f", r.{quoted(name)}" for name in table.columns)
    return (
        f"CREATE OR REPLACE TABLE {table.name} AS SELECT r.person_id, r.instance_id,"
        " coalesce(s.root_id, r.root_id) AS root_id, coalesce(s.counter, r.counter) AS counter, r.occurred_on,"
        f" r.recorded_on, coalesce(s.place, p.place) AS place, r.author, r.seq{answers}\n"
        f"FROM {table.raw} r JOIN {RESIDENT} p ON p.person_id = r.person_id LEFT JOIN {SPECIAL} s ON s.seq = r.seq\n"
        "ORDER BY r.person_id"
    )
