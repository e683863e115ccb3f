"""Tables asked by rules: the examples of docs/packs.md in every engine, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from doorstep.engine.model.history import History
from doorstep.engine.model.pack import TableDef
from doorstep.engine.rules import check, compile
from doorstep.engine.rules.tracing import Tracer
from doorstep.engine.warehouse.run import connect, run

from .everybody import load
from .making import codes, contact, day, entry, pack

GROWTH = TableDef(
    "growth",
    {"sex": "text", "month": "integer", "weight": "decimal", "word": "text"},
    (
        {"sex": "f", "month": 0, "weight": Decimal("3.2"), "word": "birth"},
        {"sex": "f", "month": 1, "weight": Decimal("4.2"), "word": "one"},
        {"sex": "f", "month": 4, "weight": Decimal("6.4")},
        {"sex": "m", "month": 0, "weight": Decimal("3.3"), "word": "birth"},
        {"sex": "m", "month": 3, "weight": Decimal("-2.000001")},
        {"sex": "m", "month": 6},
        {"month": 9, "weight": Decimal("9")},
    ),
)
FEES = TableDef(
    "fees",
    {"kind": "text", "yuan": "integer", "since": "date", "before": "date"},
    (
        {"kind": "a", "yuan": 10, "since": day("2020-01-01"), "before": day("2025-01-01")},
        {"kind": "a", "yuan": 12, "since": day("2025-01-01")},
        {"kind": "b", "yuan": 5},
    ),
)

# Rule → what it gives, with x = the decimal, n the whole number, t the text and on the day of one visit.
EXAMPLES: list[tuple[str, Any, dict[str, Any]]] = [
    ("lookup('growth', 'weight', 'sex', t, 'month', n)", "4.200000", {"t": "f", "n": 1}),
    ("lookup('growth', 'word', 'month', n, 'sex', t)", "birth", {"t": "m", "n": 0}),
    ("lookup('growth', 'word', 'month', n, 'sex', t)", None, {"t": "f", "n": 4}),
    ("lookup('growth', 'weight', 'sex', t, 'month', n)", None, {"t": "f", "n": 2}),
    ("lookup('growth', 'weight', 'sex', t, 'month', n)", None, {"n": 1}),
    ("lookup('growth', 'weight', 'sex', 'f', 'month', x)", "4.200000", {"x": "1"}),
    ("interpolated('growth', 'weight', 'month', x, 'sex', t)", "3.700000", {"t": "f", "x": "0.5"}),
    ("interpolated('growth', 'weight', 'month', n, 'sex', t)", "4.933333", {"t": "f", "n": 2}),
    ("interpolated('growth', 'weight', 'month', n, 'sex', t)", "4.200000", {"t": "f", "n": 1}),
    ("interpolated('growth', 'weight', 'month', x, 'sex', t)", "-0.233334", {"t": "m", "x": "2"}),
    ("interpolated('growth', 'weight', 'month', n, 'sex', t)", None, {"t": "f", "n": 5}),
    ("interpolated('growth', 'weight', 'month', n, 'sex', t)", None, {"t": "m", "n": 6}),
    ("interpolated('growth', 'weight', 'month', n, 'sex', t)", None, {"t": "f"}),
    ("lookup_on(on, 'fees', 'yuan', 'kind', t)", 10, {"t": "a", "on": "2024-12-31"}),
    ("lookup_on(on, 'fees', 'yuan', 'kind', t)", 12, {"t": "a", "on": "2025-01-01"}),
    ("lookup_on(on, 'fees', 'yuan', 'kind', t)", None, {"t": "a", "on": "2019-12-31"}),
    ("lookup_on(on, 'fees', 'yuan', 'kind', t)", 5, {"t": "b", "on": "1999-12-31"}),
    ("lookup_on(on, 'fees', 'yuan', 'kind', t)", None, {"t": "b"}),
    ("interpolated_on(on, 'fees', 'yuan', 'yuan', x, 'kind', t)", "12.000000", {"t": "a", "x": "12", "on": "2026-01-01"}),
    ("interpolated_on(on, 'fees', 'yuan', 'yuan', x, 'kind', t)", None, {"t": "a", "x": "11", "on": "2026-01-01"}),
    ("add_days(on, lookup_on(on, 'fees', 'yuan', 'kind', 'b'))", "2026-01-06", {"on": "2026-01-01"}),
]  # fmt: skip
_ANSWERS = {f"person.{name}": f"last(visit.{name})" for name in ("x", "n", "t", "on")}
MADE = pack(
    {**_ANSWERS, **{f"person.answer_{n}": rule for n, (rule, _, _) in enumerate(EXAMPLES)}},
    episodes=(),
    tables=(GROWTH, FEES),
)
COMPILED = compile(MADE)


def _value(number: int, expected: Any) -> Any:
    kind = COMPILED.program.facts[f"answer_{number}"].type
    if expected is None:
        return None
    return {"date": date.fromisoformat, "decimal": Decimal}.get(kind, lambda v: v)(expected)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_each_example_in_python_and_in_the_tracer(number: int):
    _, gives, answers = EXAMPLES[number]
    known = History("p", {}, (entry("visit", "2026-01-01", **answers),))
    answer = COMPILED.plan(known).facts[""][f"answer_{number}"]
    assert (answer, type(answer)) == (_value(number, gives), type(_value(number, gives)))
    life, _, _ = COMPILED._planner.subjects(known)
    assert Tracer(COMPILED.program, life, life).fact(f"answer_{number}").value == answer


def people() -> list[History]:
    """One for each example's own answers, and many with random ones."""
    random = Random(1)
    told = [answers for _, _, answers in EXAMPLES]
    for _ in range(60):
        x = str(random.choice([0, 1, 3, 4, 6, Decimal(random.randint(-1000, 7_000_000)).scaleb(-6)]))
        more = {
            "x": x,
            "n": random.randint(-1, 7),
            "t": random.choice("fmab"),
            "on": f"202{random.randint(3, 6)}-01-01",
        }
        told.append({key: value for key, value in more.items() if random.random() < 0.9})
    return [History(f"p{n:03}", {}, (entry("visit", "2026-01-01", **a),)) for n, a in enumerate(told)]


def test_all_examples_and_random_ones_in_duckdb():
    """Each rule over all these answers, for everybody at once."""
    connection, everybody = connect(), people()
    load(connection, MADE, everybody)
    run(COMPILED.duckdb_sql(date(2026, 12, 31)), connection)
    names = [f"answer_{n}" for n in range(len(EXAMPLES))]
    columns = ", ".join(f'"f:{name}"' for name in names)
    rows = connection.execute(f'SELECT {columns} FROM "rules_facts_0" ORDER BY person_id').fetchall()
    alone = [tuple(COMPILED.plan(p).facts[""][name] for name in names) for p in everybody]
    assert rows == alone
    assert sum(value is not None for row in rows for value in row) > 200


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("lookup('growth', 'weight')", "rules.lookup_shape"),
        ("lookup('growth', 'weight', 'sex', 'f', 'month')", "rules.lookup_shape"),
        ("lookup('growth', 'weight', t, 'f')", "rules.lookup_shape"),
        ("lookup('grwth', 'weight', 'sex', 'f')", "rules.table_unknown"),
        ("lookup('growth', 'wight', 'sex', 'f', 'month', 1)", "rules.column_unknown"),
        ("lookup('growth', 'weight', 'sex', 1, 'month', 1)", "rules.column_type"),
        ("interpolated('growth', 'word', 'month', 1, 'sex', 'f')", "rules.column_type"),
        ("interpolated('growth', 'weight', 'sex', 'f')", "rules.column_type"),
        ("lookup_on(on, 'growth', 'weight', 'sex', 'f', 'month', 1)", "rules.column_unknown"),
        ("lookup_on(t, 'fees', 'yuan', 'kind', 'a')", "rules.wrong_result"),
        ("lookup('growth', 'weight', 'sex', 'f')", "rules.table_twice"),
        ("lookup('fees', 'yuan', 'kind', 'a')", "rules.table_twice"),
        ("interpolated('growth', 'weight', 'month', 1)", "rules.table_twice"),
        ("count(visit where lookup('growth', 'month', 'sex', 'f', 'month', 1) = 1)", "rules.lookup_in_fact"),
    ],
)
def test_what_is_wrong_is_told_at_load(rule: str, code: str):
    made = pack({**_ANSWERS, "person.bad": rule}, episodes=(), tables=(GROWTH, FEES))
    assert codes(check(made)) == [code]


def test_a_visit_names_the_fact_that_asks():
    due = contact("c", due="add_days(opened_on, lookup_on(opened_on, 'fees', 'yuan', 'kind', 'b'))")
    assert codes(check(pack(contacts=(due,), tables=(FEES,)))) == ["rules.lookup_in_fact"]
