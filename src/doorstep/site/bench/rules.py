"""Everybody's due visits at once: the rules engine's own SQL, beside the same written by hand.

The people are those of the demonstration who are under blood pressure care, copied as often as it takes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from gettext import gettext as _
from typing import Any

import orjson
import pyarrow as pa

from doorstep.engine import rules
from doorstep.engine.model.pack import Pack
from doorstep.engine.rules.duckdb_text import COLUMN_TYPES, quoted
from doorstep.engine.rules.scope import PROPERTIES, questions_of
from doorstep.engine.rules.tree import Type
from doorstep.engine.warehouse.run import connect, run
from doorstep.lib import days, db
from doorstep.places import queries as places
from doorstep.programmes.library import programmes
from doorstep.site.bench import floor_sql
from doorstep.site.demo import pressure
from doorstep.site.store import Failure

OPENS = "htn_registration"
_KEYS: Mapping[str, Type] = {
    "person_id": "text", "instance_id": "text", "root_id": "text", "counter": "integer", "occurred_on": "date",
    "recorded_on": "date", "place": "text", "author": "text", "seq": "integer",
}  # fmt: skip
_ARROW = {
    "text": pa.string(), "integer": pa.int64(), "decimal": pa.decimal128(18, 6), "date": pa.date32(),
    "set": pa.list_(pa.string()),
}  # fmt: skip


def measure(people: int, rounds: int) -> dict[str, Any]:
    """CPU seconds of both ways over ``people`` people, the best of ``rounds`` each, and whether their rows are equal."""
    pack = _pack()
    compiled = rules.compile(replace(pack, indicators={}, reports={}))
    connection = connect()
    entries = _load(connection, pack, people)
    today = days.today()
    by_hand = floor_sql.steps_sql(_numbers(pack), today.isoformat())
    by_rules = compiled.duckdb_sql(today, with_entries=False)
    hand = min(_cpu(connection, by_hand) for _round in range(rounds))
    engine = min(_cpu(connection, by_rules) for _round in range(rounds))
    return {
        "programme": pack.id,
        "people": connection.execute("SELECT count(*) FROM person").fetchall()[0][0],
        "entries": entries,
        "windows": connection.execute("SELECT count(*) FROM windows").fetchall()[0][0],
        "rows_differing": _differing(connection),
        "by_hand_cpu_s": round(hand, 3),
        "by_rules_cpu_s": round(engine, 3),
        "ratio_to_floor": round(engine / hand, 2),
    }


def _pack() -> Pack:
    found = [p.pack for node in places.tree().children.get(None, ()) for p in programmes().at(node.id)]
    for pack in found:
        if pack.id == pressure.PACK:
            return pack
    raise _nobody()


def _nobody() -> Failure:
    return Failure(_("Nobody in this store is under blood pressure care."))


def _numbers(pack: Pack) -> dict[str, Decimal]:
    """The values in force. The hand-written way knows one value each, so a second one would make it wrong."""
    return {name: pack.numbers[name].values[-1].value for name in floor_sql.NUMBERS}


def _cpu(connection: Any, steps: Sequence[str]) -> float:
    began = time.process_time()
    run(steps, connection)
    return time.process_time() - began


def _differing(connection: Any) -> int:
    hand = f"SELECT {floor_sql.COLUMNS} FROM floor_windows"
    engine = f"SELECT {floor_sql.COLUMNS} FROM windows"
    sql = f"SELECT (SELECT count(*) FROM ({hand} EXCEPT ALL {engine})) + (SELECT count(*) FROM ({engine} EXCEPT ALL {hand}))"
    return int(connection.execute(sql).fetchall()[0][0])


def _load(connection: Any, pack: Pack, people: int) -> int:
    """Fill ``person`` and every ``entry_<form>`` table. Gives how many entries there are."""
    ids = [i for (i,) in db.current().rows("SELECT DISTINCT person_id FROM entry WHERE form_id = ? AND state = 0 ORDER BY 1", [OPENS])]  # fmt: skip
    if not ids:
        raise _nobody()
    copies = -(-people // len(ids))
    entries = 0
    rows = _rows(pack, ids)
    for form_id, form in pack.forms.items():
        types: dict[str, Type] = {**_KEYS, **{k: t for k, t in questions_of(form, "").items() if k not in _KEYS}}
        entries += _copied(connection, f"entry_{form_id}", types, rows[form_id], copies)
    types = {"id": "text", **PROPERTIES["person"]}
    person_rows = [{"id": i, **known} for i, known in _properties(ids)]
    _copied(connection, "person", types, person_rows, copies)
    return entries


def _rows(pack: Pack, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Entries in force by form, as typed rows."""
    found: dict[str, list[dict[str, Any]]] = {form_id: [] for form_id in pack.forms}
    sql = (
        "SELECT form_id, person_id, instance_id, counter, occurred_on, received_on, author_id, seq, answers FROM entry"
        " WHERE state = 0 AND person_id IN (?*)"
    )
    for form_id, person_id, instance_id, counter, on, recorded_on, author, seq, answers in db.current().rows_in(
        sql, ids
    ):
        if form_id in found:
            keys = {
                "person_id": person_id, "instance_id": instance_id, "root_id": instance_id, "counter": counter,
                "occurred_on": on, "recorded_on": recorded_on, "place": "", "author": str(author), "seq": seq,
            }  # fmt: skip
            types = questions_of(pack.forms[form_id], "")
            said = {k: _typed(v, types[k]) for k, v in orjson.loads(answers).items() if k in types}
            found[form_id].append({**said, **keys})
    return found


def _properties(ids: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for person_id, text in db.current().rows_in("SELECT id, properties FROM person WHERE id IN (?*)", ids):
        known = orjson.loads(text)
        yield person_id, {k: _typed(v, PROPERTIES["person"][k]) for k, v in known.items() if k in PROPERTIES["person"]}


def _typed(value: Any, kind: Type) -> Any:
    if kind == "date":
        return date.fromisoformat(value)
    return Decimal(value) if kind == "decimal" else value


def _copied(connection: Any, name: str, types: Mapping[str, Type], rows: list[dict[str, Any]], copies: int) -> int:
    """A table with these rows for each copy of everybody, clustered by person. Gives its number of rows."""
    schema = pa.schema([(column, _ARROW[kind]) for column, kind in types.items()])
    connection.register("one_copy", pa.Table.from_pylist(rows, schema=schema))
    told = ", ".join(
        f"concat({quoted(column)}, '-', copy) AS {quoted(column)}"
        if column in ("id", "person_id", "instance_id", "root_id")
        else f"CAST({quoted(column)} AS {COLUMN_TYPES[kind]}) AS {quoted(column)}"
        for column, kind in types.items()
    )
    who = "id" if "id" in types else "person_id"
    connection.execute(
        f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT {told} FROM one_copy, range({copies}) AS copies(copy)"
        f" ORDER BY {quoted(who)}"
    )
    connection.unregister("one_copy")
    return int(connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()[0][0])
