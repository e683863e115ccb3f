"""Spark = DuckDB = Python, row for row, on the adversarial data of the other engines' own tests.

``DOORSTEP_SPARK_SEEDS=20`` runs more generated worlds. A failing seed is all one needs to see it again.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from doorstep.engine.model.history import History
from doorstep.engine.rules import compile
from doorstep.engine.rules.spark.episodes import EpisodeFold
from doorstep.engine.rules.spark.folding import Rules
from doorstep.engine.rules.spark.settlement import SettlementFold
from tests.engine.rules import test_functions as functions
from tests.engine.rules import test_tables as tables
from tests.engine.rules.everybody import WINDOW_COLUMNS, Everybody, in_duckdb, in_python
from tests.engine.rules.making import contact, form, pack
from tests.engine.rules.test_differential import differences, world
from tests.engine.rules.test_series_everybody import ASKED, _person, _series

from .everybody import in_spark, normal, on_spark, rows

SEEDS = range(int(os.environ.get("DOORSTEP_SPARK_SEEDS", "1")))


def same(found: Everybody, expected: Everybody) -> None:
    assert differences(normal(found), normal(expected))[:4] == []
    assert normal(found) == normal(expected)


def test_all_examples_of_every_function(spark: Any, tmp_path: Path) -> None:
    """And those of looking into tables, all at once: one pack with a fact for each, one person for each."""
    examples = functions._EXAMPLES
    facts = {f"person.answer_{n}": e.rule for n, (_, e) in enumerate(examples)}
    made = pack({**functions._everyday_facts(), **facts}, forms=(form("visit", **functions._TYPES),), episodes=())
    compiled = compile(made)
    people = [History(f"p{n:03}", {}, tuple(functions._entries_of(n, e))) for n, (_, e) in enumerate(examples)]
    told = on_spark(spark, compiled, people, date(2026, 12, 31), tmp_path)
    columns = ", ".join(f'"f:answer_{n}"' for n in range(len(examples)))
    found = rows(told, f'SELECT person_id, {columns} FROM "rules_facts_0" ORDER BY person_id')
    expected = [
        (e.rule, functions._value(e.gives, compiled.program.facts[f"answer_{n}"].type))
        for n, (_, e) in enumerate(examples)
    ]
    answers = [(e.rule, found[n][n + 1]) for n, (_, e) in enumerate(examples)]
    assert answers == expected
    assert [type(value) for _, value in answers] == [type(value) for _, value in expected]


def test_looking_into_tables(spark: Any, tmp_path: Path) -> None:
    people = tables.people()
    told = on_spark(spark, tables.COMPILED, people, date(2026, 12, 31), tmp_path)
    names = [f"answer_{n}" for n in range(len(tables.EXAMPLES))]
    columns = ", ".join(f'"f:{name}"' for name in names)
    found = rows(told, f'SELECT {columns} FROM "rules_facts_0" ORDER BY person_id')
    assert found == [tuple(tables.COMPILED.plan(p).facts[""][name] for name in names) for p in people]


@pytest.mark.parametrize("seed", SEEDS)
def test_generated_packs_and_people(spark: Any, tmp_path: Path, seed: int) -> None:
    w = world(seed)
    found = in_spark(spark, w.compiled, w.people, w.asked, tmp_path)
    same(found, in_duckdb(w.compiled, w.people, w.asked))
    same(found, in_python(w.compiled, w.people, w.asked))
    assert len(found.windows) > 100
    assert found.contributions


@pytest.mark.parametrize("seed", SEEDS)
def test_series_of_doses(spark: Any, tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    compiled = _series(random)
    people = [_person(random, f"p{n:03}") for n in range(60)]
    found = in_spark(spark, compiled, people, ASKED, tmp_path)
    same(found, in_duckdb(compiled, people, ASKED))
    same(found, in_python(compiled, people, ASKED))
    met_by = 1 + WINDOW_COLUMNS.index("met_by")
    assert any(row[met_by] for row in found.windows)


# The folds alone, without a cluster: rows of one person that do not come together are told as another person's.


class _Row(dict[str, Any]):
    def asDict(self, recursive: bool) -> dict[str, Any]:
        return dict(self)


_COMPILED = compile(pack(contacts=(contact("first", until="add_days(opened_on, 12)"),)))
_RULES = Rules.of(_COMPILED.program, _COMPILED.forms)


def _day(day: str, **told: Any) -> _Row:
    on = date.fromisoformat(day)
    return _Row({"day": on, "counter": 0, "root": told["instance_id"], **told})


def test_an_episode_is_folded_from_all_its_turns() -> None:
    beside = {"person_id": "p", "root_id": "", "recorded_on": None, "place": None, "author": None}
    turns = [
        _day("2026-01-01", form="enrol", instance_id="a", **beside),
        _day("2026-02-01", form="leave", instance_id="b", **beside),
    ]
    fold = EpisodeFold(_RULES, "care", {"enrol": (), "leave": ()}, ())
    care = (1, "a", "a", date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 1), False)
    assert list(fold(turns)) == [("p", "a", True, True, *care), ("p", "b", True, False, *care)]
    assert [row[1] for turn in turns for row in fold([turn])] == ["a"]


def test_a_window_is_met_once() -> None:
    window = {"eid": "p/1", "rank": 1, "code": 0, "contact": 0, "from_day": date(1, 1, 1), "until_day": date.max}
    pairs = [
        _day("2026-01-03", instance_id="b", **window),
        _day("2026-01-02", instance_id="a", **window),
    ]
    fold = SettlementFold(_RULES, {0: (4,)})
    assert list(fold(pairs)) == [("p/1", 0, "a", date(2026, 1, 2), [4])]
    assert [row[2] for pair in pairs for row in fold([pair])] == ["b", "a"]
