"""Every example of every function, in every engine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from doorstep.engine.model.history import History
from doorstep.engine.rules import compile
from doorstep.engine.rules.functions import Example, Function
from doorstep.engine.rules.tracing import Tracer
from doorstep.engine.rules.vocabulary import VOCABULARY
from doorstep.engine.warehouse.run import connect, run

from .everybody import load
from .making import entry, form, history, pack

_SCALARS = {"a": "date", "b": "date", "n": "integer", "m": "integer", "x": "decimal", "y": "decimal"}
_TYPES = {**_SCALARS, "t": "text", "u": "text", "s": "set"}
_EXAMPLES = [(f, e) for f in VOCABULARY.all() for e in f.examples]


def _value(expected: Any, type_: str) -> Any:
    if expected is None or isinstance(expected, bool):
        return expected
    return {"date": date.fromisoformat, "decimal": Decimal}.get(type_, lambda v: v)(expected)


def _everyday_facts() -> dict[str, str]:
    return {f"person.{name}": f"last(visit.{name})" for name in _TYPES}


def _history(example: Example) -> History:
    return history(
        *(entry("visit", f"2026-01-{n:02}", counter=n, **row) for n, row in enumerate(example.rows, start=1))
    )


def test_every_function_has_help_in_both_languages_and_examples():
    for function in VOCABULARY.all():
        assert sorted(function.help) == ["en", "zh"], function.name
        assert function.examples, function.name
        assert any(e.gives is not None for e in function.examples), function.name


@pytest.mark.parametrize(("function", "example"), _EXAMPLES, ids=lambda v: getattr(v, "rule", None))
def test_example_in_python_and_in_the_tracer(function: Function, example: Example):
    made = pack({**_everyday_facts(), "person.answer": example.rule}, forms=(form("visit", **_TYPES),), episodes=())
    compiled = compile(made)
    type_ = compiled.program.facts["answer"].type
    known = _history(example)
    answer = compiled.plan(known).facts[""]["answer"]
    assert (answer, type(answer)) == (_value(example.gives, type_), type(_value(example.gives, type_)))
    life, _, _ = compiled._planner.subjects(known)
    assert Tracer(compiled.program, life, life).fact("answer").value == answer


def test_all_examples_in_duckdb():
    """All at once: one pack with a fact per example, one person per example."""
    facts = {f"person.answer_{n}": e.rule for n, (_, e) in enumerate(_EXAMPLES)}
    made = pack({**_everyday_facts(), **facts}, forms=(form("visit", **_TYPES),), episodes=())
    compiled = compile(made)
    people = [History(f"p{n:03}", {}, tuple(_entries_of(n, e))) for n, (_, e) in enumerate(_EXAMPLES)]
    connection = connect()
    load(connection, made, people)
    run(compiled.duckdb_sql(date(2026, 12, 31)), connection)
    columns = ", ".join(f'"f:answer_{n}"' for n in range(len(_EXAMPLES)))
    rows = connection.execute(f'SELECT person_id, {columns} FROM "rules_facts_0" ORDER BY person_id').fetchall()
    found = [(e.rule, rows[n][n + 1]) for n, (_, e) in enumerate(_EXAMPLES)]
    expected = [
        (e.rule, _value(e.gives, compiled.program.facts[f"answer_{n}"].type)) for n, (_, e) in enumerate(_EXAMPLES)
    ]
    assert found == expected
    assert [type(f) for _, f in found] == [type(v) for _, v in expected]


def _entries_of(person: int, example: Example) -> list[Any]:
    return [
        entry("visit", f"2026-01-{n:02}", id_=f"{person}-{n}", counter=n, **row)
        for n, row in enumerate(example.rows, start=1)
    ]
