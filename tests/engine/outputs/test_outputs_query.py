"""Declared outputs and the query text made from them, run on a real SQLite."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.engine.outputs import Column, Condition, Filter, Gate, Output, Registry, Undeclared, select
from doorstep.lib.problems import Problems

PEOPLE = Output(
    id="people", kind="list", title={"en": "People", "zh": "名单"}, audience=frozenset({"worker"}), scope="catchment", grain="person",
    columns=(Column("name", "person.name"), Column('the "place"', "household.place")),
    filters=(Filter("person.name", "prefix"), Filter("household.place", "in"), Filter("person.birth_date", "from"), Filter("person.phone", "ending")),
    sorts=("person.name", "person.birth_date"), logged=True,
)  # fmt: skip
SOURCES = {
    "person.name": "p.name", "household.place": "p.place", "person.birth_date": "p.born", "person.phone": "p.phone", "person.id_number": "p.id_number",
}  # fmt: skip
ROWS = [
    ("An", "v1", "1990-01-01", "111", "x1"),
    ("Bo", "v1", "2000-01-01", "222", "x2"),
    ("B%", "v2", "2010-01-01", "123", "x3"),
    ("B_o", "v2", "2020-01-01", "1%3", "x4"),
]


@pytest.fixture(scope="module")
def store() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE p (name TEXT, place TEXT, born TEXT, phone TEXT, id_number TEXT)")
    connection.executemany("INSERT INTO p VALUES (?, ?, ?, ?, ?)", ROWS)
    return connection


def names(
    store: sqlite3.Connection,
    where: list[Condition | Gate],
    order: tuple[str, ...] = ("person.birth_date",),
    **more: int,
) -> list[str]:
    sql, params = select(PEOPLE, SOURCES, "p", where, order, **more)
    return [row[0] for row in store.execute(sql, params)]


def test_only_declared_columns_come_back_under_their_names(store: sqlite3.Connection) -> None:
    sql, params = select(PEOPLE, SOURCES, "p", order=("person.name",))
    cursor = store.execute(sql, params)
    assert [d[0] for d in cursor.description] == ["name", 'the "place"']
    assert cursor.fetchall() == [("An", "v1"), ("B%", "v2"), ("B_o", "v2"), ("Bo", "v1")]


@pytest.mark.parametrize(("where", "found"), [
    ([], ["An", "Bo", "B%", "B_o"]),
    ([Condition("person.name", "prefix", "B")], ["Bo", "B%", "B_o"]),
    ([Condition("person.name", "prefix", "B%")], ["B%"]),
    ([Condition("person.name", "prefix", "B_")], ["B_o"]),
    ([Condition("person.name", "=", "Bo")], ["Bo"]),
    ([Condition("person.phone", "ending", "%3")], ["B_o"]),
    ([Condition("person.phone", "ending", "3")], ["B%", "B_o"]),
    ([Condition("household.place", "in", ["v2"])], ["B%", "B_o"]),
    ([Condition("household.place", "in", [])], []),
    ([Condition("household.place", "=", "v1")], ["An", "Bo"]),
    ([Condition("person.birth_date", ">=", "2010-01-01")], ["B%", "B_o"]),
    ([Gate("p.place = ? OR p.name = ?", ("v2", "An")), Condition("person.birth_date", ">", "1990-01-01")], ["B%", "B_o"]),
])  # fmt: skip
def test_conditions_and_gates(store: sqlite3.Connection, where: list[Condition | Gate], found: list[str]) -> None:
    assert names(store, where) == found


def test_order_and_pages(store: sqlite3.Connection) -> None:
    assert names(store, [], ("-person.birth_date",)) == ["B_o", "B%", "Bo", "An"]
    assert names(store, [], limit=2, offset=1) == ["Bo", "B%"]


@pytest.mark.parametrize("ask", [
    lambda: select(PEOPLE, SOURCES, "p", [Condition("person.id_number", "=", "x1")]),
    lambda: select(PEOPLE, SOURCES, "p", [Condition("person.name", "ending", "x")]),
    lambda: select(PEOPLE, SOURCES, "p", [Condition("person.birth_date", "=", "2000-01-01")]),
    lambda: select(PEOPLE, SOURCES, "p", [Condition("person.name", "like", "%")]),  # type: ignore[arg-type]
    lambda: select(PEOPLE, SOURCES, "p", [Condition("person.name", "prefix", "")]),
    lambda: select(PEOPLE, SOURCES, "p", order=("household.place",)),
    lambda: select(PEOPLE, SOURCES, "p", order=("person.name; DROP TABLE p",)),
    lambda: select(PEOPLE, {"person.name": "p.name"}, "p"),
])  # fmt: skip
def test_what_is_not_declared_cannot_be_asked(ask: object) -> None:
    with pytest.raises(Undeclared):
        ask()  # type: ignore[operator]


def test_limited_rows_need_the_gate_that_limits_them() -> None:
    limited = replace(PEOPLE, up_to="service")
    for where in ([], [Gate("1 = 1")], [Gate("1 = 1", (), "sensitive.health")]):
        with pytest.raises(Undeclared):
            select(limited, SOURCES, "p", where)
    assert select(limited, SOURCES, "p", [Gate("tag = ?", ("service",), "service")])[1] == ("service",)


def test_groups_are_grouped_by(store: sqlite3.Connection) -> None:
    counted = replace(
        PEOPLE,
        grain="aggregate",
        columns=(Column("place", "household.place"), Column("n", "person.name")),
        groups=("household.place",),
    )
    sql, params = select(counted, {**SOURCES, "person.name": "count(p.name)"}, "p", order=())
    assert sorted(store.execute(sql, params)) == [("v1", 2), ("v2", 2)]


@given(st.text(min_size=1))
def test_whatever_is_typed_stays_a_value(said: str) -> None:
    sql, params = select(PEOPLE, SOURCES, "p", [Condition("person.name", "prefix", said)])
    assert sql == 'SELECT p.name AS "name", p.place AS "the ""place""" FROM p WHERE (p.name LIKE ? ESCAPE \'!\')'
    assert len(params) == 1


def test_where_it_is_declared_is_known() -> None:
    assert PEOPLE.where().file == "test_outputs_query.py"
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert PEOPLE.at.line == lines.index("PEOPLE = Output(") + 1


@pytest.mark.parametrize(("changes", "many"), [
    ({}, True), ({"single": True}, False), ({"single": True, "kind": "search"}, True), ({"single": True, "kind": "report"}, True),
    ({"single": True, "grain": "household"}, True), ({"single": True, "grain": "aggregate"}, True), ({"grain": "place"}, False),
])  # fmt: skip
def test_one_person_or_many(changes: dict[str, object], many: bool) -> None:
    assert replace(PEOPLE, **changes).shows_many is many  # type: ignore[arg-type]


@pytest.mark.parametrize(("outputs", "codes"), [
    ((PEOPLE, PEOPLE), ["outputs.id_twice"]),
    ((replace(PEOPLE, columns=(Column("a", "person.name"), Column("a", "person.id"))),), ["outputs.column_twice"]),
    ((replace(PEOPLE, title={"en": "People"}),), ["outputs.no_title"]),
    ((replace(PEOPLE, title={"en": "People", "zh": ""}),), ["outputs.no_title"]),
    ((replace(PEOPLE, audience=frozenset()),), ["outputs.no_audience"]),
])  # fmt: skip
def test_registry_refuses(outputs: tuple[Output, ...], codes: list[str]) -> None:
    with pytest.raises(Problems) as raised:
        Registry(outputs)
    assert [p.code for p in raised.value.problems] == codes


def test_registry_is_a_mapping_by_id() -> None:
    other = replace(PEOPLE, id="other")
    registry = Registry([PEOPLE, other])
    assert (list(registry), len(registry), registry["other"]) == (["people", "other"], 2, other)
