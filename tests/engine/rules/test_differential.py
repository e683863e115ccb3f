"""Python against DuckDB: random packs, random people, several asked days, row for row.

``DOORSTEP_RULES_SEEDS=500`` runs more. A failing seed is all one needs to see it again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

import pytest

from doorstep.engine.model.history import History
from doorstep.engine.rules import Compiled, compile

from .everybody import Everybody, in_duckdb, in_python
from .generating import make_people, write_pack

SEEDS = range(int(os.environ.get("DOORSTEP_RULES_SEEDS", "16")))
ASKED = (date(2024, 12, 31), date(2026, 3, 1))
PEOPLE = 40


@dataclass(frozen=True)
class World:
    compiled: Compiled
    people: list[History]
    asked: date


@cache
def world(seed: int) -> World:
    random = Random(seed)
    return World(compile(write_pack(random)), make_people(random, PEOPLE), ASKED[seed % len(ASKED)])


@cache
def everybody(seed: int) -> Everybody:
    w = world(seed)
    return in_duckdb(w.compiled, w.people, w.asked)


def differences(found: Everybody, expected: Everybody) -> list[tuple[str, Any]]:
    """Rows only one side has, for a readable failure."""
    told = []
    for name in ("episodes", "windows", "contributions"):
        here, there = getattr(found, name), getattr(expected, name)
        told += [(f"only python {name}", row) for row in here if row not in there]
        told += [(f"only duckdb {name}", row) for row in there if row not in here]
    return told


@pytest.mark.parametrize("seed", SEEDS)
def test_python_and_duckdb_agree(seed: int):
    w = world(seed)
    alone = in_python(w.compiled, w.people, w.asked)
    assert differences(alone, everybody(seed))[:4] == []
    assert alone == everybody(seed)
