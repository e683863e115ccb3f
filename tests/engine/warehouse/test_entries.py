"""Entries as relations: every type of answer, repeats, names DuckDB reserves, what is special about an entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from doorstep.engine.warehouse.entries import EntryTables, FormTable
from doorstep.engine.warehouse.run import connect, run

VISIT = FormTable(
    "visit",
    {"weight": "DECIMAL(18,6)", "n": "BIGINT", "on": "DATE", "signs": "VARCHAR[]", "at": "VARCHAR", "a/b's": "VARCHAR"},
    {"babies": {"sex": "VARCHAR", "birth weight": "BIGINT"}},
)
NOTE = FormTable("note", {})


@pytest.fixture
def connection() -> Iterator[Any]:
    made = connect()
    run(
        (
            "CREATE TABLE resident (person_id VARCHAR, place VARCHAR)",
            "INSERT INTO resident VALUES ('p', 'home'), ('q', 'there')",
            "CREATE TABLE special (seq BIGINT, root_id VARCHAR, counter BIGINT, place VARCHAR)",
        ),
        made,
    )
    yield made
    made.close()


def batch(*entries: tuple[int, str, str, dict[str, Any]]) -> pa.RecordBatch:
    """(seq, form, person, answers) each, made on day ``seq`` of January."""
    return pa.RecordBatch.from_pylist(
        [
            {
                "seq": seq, "form_id": form, "person_id": person, "instance_id": f"i{seq}", "counter": 5,
                "occurred_on": f"2026-01-{seq:02}", "recorded_on": "2026-02-01", "author": "3",
                "answers": json.dumps(answers),
            }
            for seq, form, person, answers in entries
        ]
    )  # fmt: skip


def filled(connection: Any, *batches: pa.RecordBatch) -> None:
    tables = EntryTables(connection, [VISIT, NOTE])
    for one in batches:
        tables.take(one)
    tables.finish()


def answers(connection: Any) -> list[Any]:
    return connection.execute('SELECT weight, n, "on", signs, "at", "a/b\'s" FROM entry_visit ORDER BY seq').fetchall()


def test_every_type_is_read_exactly_and_what_was_not_answered_is_missing(connection: Any) -> None:
    most = 2**63 - 1
    told = {
        "weight": "999999999999.999999",
        "n": most,
        "on": "2024-02-29",
        "signs": ["b", "a"],
        "at": "床",
        "a/b's": "x'",
    }
    filled(
        connection, batch((1, "visit", "p", told), (2, "visit", "p", {"signs": [], "at": ""}), (3, "visit", "p", {}))
    )
    assert answers(connection) == [
        (Decimal("999999999999.999999"), most, date(2024, 2, 29), ["b", "a"], "床", "x'"),
        (None, None, None, [], "", None),
        (None, None, None, None, None, None),
    ]


def test_each_round_of_a_repeat_is_a_row(connection: Any) -> None:
    twins = {"babies": [{"sex": "f", "birth weight": 2500}, {"sex": "m"}]}
    filled(connection, batch((1, "visit", "p", twins)), batch((2, "visit", "q", {"babies": []}), (3, "visit", "q", {})))
    assert connection.execute("SELECT * FROM entry_visit__babies ORDER BY ord").fetchall() == [
        ("i1", 0, "f", 2500),
        ("i1", 1, "m", None),
    ]


def test_entries_come_as_usual_or_with_what_is_special(connection: Any) -> None:
    connection.execute("INSERT INTO special VALUES (2, 'first', 1, NULL), (3, NULL, NULL, 'elsewhere')")
    filled(connection, batch(*((seq, "note", "q", {}) for seq in (1, 2, 3))))
    columns = "person_id, instance_id, root_id, counter, occurred_on, recorded_on, place, author, seq"
    told = date(2026, 2, 1)
    assert connection.execute(f"SELECT {columns} FROM entry_note ORDER BY seq").fetchall() == [
        ("q", "i1", "i1", 5, date(2026, 1, 1), told, "there", "3", 1),
        ("q", "i2", "first", 1, date(2026, 1, 2), told, "there", "3", 2),
        ("q", "i3", "i3", 5, date(2026, 1, 3), told, "elsewhere", "3", 3),
    ]


def test_other_forms_and_people_are_left_out(connection: Any) -> None:
    filled(connection, batch((1, "other", "p", {}), (2, "note", "stranger", {}), (3, "note", "p", {})))
    assert connection.execute(
        "SELECT instance_id FROM entry_note UNION ALL SELECT instance_id FROM entry_visit"
    ).fetchall() == [("i3",)]


def test_the_days_of_everything_taken_are_known_before_the_end(connection: Any) -> None:
    tables = EntryTables(connection, [VISIT, NOTE])
    tables.take(batch((1, "visit", "p", {}), (2, "note", "q", {})))
    assert sorted(connection.execute(tables.raw_days()).fetchall()) == [
        ("p", date(2026, 1, 1), 1),
        ("q", date(2026, 1, 2), 2),
    ]
