"""Python against DuckDB: random packs, random people, several asked days, row for row.

``DOORSTEP_RULES_SEEDS=500`` runs more. A failing seed is all one needs to see it again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN
from functools import cache
from random import Random
from typing import Any

import pytest

from doorstep.engine.model.history import EpisodeRow, History
from doorstep.engine.rules import Compiled, compile, runtime, settling, walking
from doorstep.engine.rules.vocabulary import VOCABULARY

from .everybody import Everybody, in_duckdb, in_python, windows_alone
from .generating import make_people, write_pack

SEEDS = range(int(os.environ.get("DOORSTEP_RULES_SEEDS", "6")))
ASKED = (date(2024, 12, 31), date(2026, 3, 1))
PEOPLE = 40
PARTS = ("numerator", "denominator")


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
    for name in ("episodes", "facts", "windows", "contributions"):
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


@pytest.mark.parametrize("seed", SEEDS)
def test_windows_are_the_same_when_nothing_else_is_asked_for(seed: int):
    w = world(seed)
    assert windows_alone(w.compiled, w.people, w.asked) == everybody(seed).windows


# The suite must be able to notice. Each control breaks Python in one place; DuckDB's rows stay as they are.


def _keyed(key: Callable[[Any, dict[str, int]], Any]) -> Callable[..., Any]:
    return lambda entries, ranks: sorted((e for e in entries if e.form in ranks), key=lambda e: key(e, ranks))


def _holds_before(self: walking.Walk, episode: walking.Subject, form: str, day: date) -> bool:
    last = self.last_day(episode, form)
    return last is None or day < last


def _leap_to_february(day: date | None, n: int | None) -> date | None:
    moved = runtime.add_years(day, n)
    return date(moved.year, 2, 28) if moved and day and (day.month, day.day, moved.month) == (2, 29, 3) else moved


def _months_by_day(a: date | None, b: date | None) -> int | None:
    if a is None or b is None:
        return None
    return (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day)


def _half_to_even(a: Any, b: Any) -> Any:
    if a is None or b is None or isinstance(a, int):
        return runtime.multiply(a, b)
    exact = runtime._EXACT.multiply(a, b)
    return runtime.in_range(exact.quantize(runtime.MICRO, ROUND_HALF_EVEN, runtime._EXACT))


ORDERS: dict[str, Callable[[Any, dict[str, int]], Any]] = {
    "arrival": lambda e, r: e.seq,
    "arrival breaks ties": lambda e, r: (e.occurred_on, r[e.form], e.seq),
    "no rank": lambda e, r: (e.occurred_on, e.counter, walking.root_of(e), e.instance_id),
    "a correction takes its own place": lambda e, r: (e.occurred_on, r[e.form], e.counter, e.instance_id),
    "root before counter": lambda e, r: (e.occurred_on, r[e.form], walking.root_of(e), e.counter, e.instance_id),
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add_years": _leap_to_february,
    "months_between": _months_by_day,
    "multiply": _half_to_even,
    "any_of": lambda values: True in values,
    "all_of_last": lambda n, values: runtime.and_(*values[-n:]),
    "and_": lambda *parts: all(parts),
    "least": lambda *values: min((v for v in values if v is not None), default=None),
    "in_": lambda value, *among: value in among,
    "count": len,
    "total": lambda values: runtime.total(values) or 0,
}
PREFERENCES: dict[str, Callable[[settling.Planned], Any]] = {
    "from before until": lambda p: (p.from_on or date.min, p.until_on or date.max, p.slot.contact.id, p.k),
    "none is first": lambda p: (p.until_on or date.min, p.from_on or date.min, p.slot.contact.id, p.k),
    "id turned round": lambda p: (
        p.until_on or date.max,
        p.from_on or date.min,
        [-ord(c) for c in p.slot.contact.id],
        p.k,
    ),
}


def _noticed(change: Callable[[Compiled], None] = lambda _: None) -> bool:
    """Whether some seed tells the changed Python from DuckDB."""
    for seed in SEEDS:
        w = world(seed)
        compiled = Compiled(w.compiled.program)
        change(compiled)
        if in_python(compiled, w.people, w.asked) != everybody(seed):
            return True
    return False


def test_nothing_is_noticed_when_nothing_is_changed():
    assert not _noticed()


@pytest.mark.parametrize("name", ORDERS)
def test_another_order_of_entries_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("doorstep.engine.rules.planning.in_order", _keyed(ORDERS[name]))
    assert _noticed()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_another_meaning_of_a_function_is_noticed(name: str):
    assert _noticed(lambda compiled: compiled._planner.python._names.update({name: FUNCTIONS[name]}))


@pytest.mark.parametrize("name", PREFERENCES)
def test_another_choice_among_windows_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settling.Planned, "preference", property(PREFERENCES[name]))
    assert _noticed()


def test_a_closing_day_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(walking.Walk, "holds", _holds_before)
    assert _noticed()


def test_superseding_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "doorstep.engine.rules.planning.settle",
        lambda planned, entries: settling.settle(
            [replace(p, slot=replace(p.slot, contact=replace(p.slot.contact, supersedes=()))) for p in planned], entries
        ),
    )
    assert _noticed()


# Every kind of rule must have fired.


def _fired(seed: int) -> set[str]:
    """What happened in one world: functions that gave an answer, kinds of windows, episodes and contributions."""
    w = world(seed)
    compiled = Compiled(w.compiled.program)
    fired: set[str] = set()
    names = compiled._planner.python._names
    for function in VOCABULARY.all():
        names[function.python_name] = _watched(names[function.python_name], function.python_name, fired)
    in_python(compiled, w.people, w.asked)
    kinds = {slot.contact.id: slot for slot in compiled.program.slots}
    for person in w.people:
        plan = compiled.plan(person, w.asked)
        fired |= {"unplaced"} if plan.unplaced else set()
        for window in plan.windows:
            slot = kinds[window.contact]
            kind = "for_each" if slot.contact.for_each else slot.kind
            fired |= {f"{kind} {'met' if window.met_by else 'unmet'}", f"{kind} k={min(window.k, 2)}"}
            fired |= {"need"} if window.need else set()
            fired |= {"settled_by"} if slot.settled_by is not None and window.met_by else set()
        fired |= _episode_kinds(plan.episodes)
    fired |= {
        f"{c.indicator} {c.part}"
        for id_ in compiled.program.indicators
        for c in compiled.indicator(id_, w.people, w.asked)
    }
    return fired


def _episode_kinds(episodes: tuple[EpisodeRow, ...]) -> set[str]:
    found: set[str] = set()
    for number, e in enumerate(episodes):
        found.add("closed" if e.closed_on else "ends by itself" if e.ended_on else "never ends")
        if e.closed_on and e.ended_on and e.ended_on > e.closed_on:
            found.add("stays open")
        earlier = [b for b in episodes[:number] if b.kind == e.kind]
        found |= {"second"} if earlier else set()
        found |= {"cut by the next"} if earlier and earlier[-1].ended_on == e.opened_on else set()
    return found


def _watched(function: Callable[..., Any], name: str, fired: set[str]) -> Callable[..., Any]:
    def watched(*args: Any) -> Any:
        value = function(*args)
        if value is not None:
            fired.add(name)
        return value

    return watched


def test_every_kind_of_rule_fires():
    fired = set().union(*(_fired(seed) for seed in SEEDS))
    kinds = {f"{kind} {how}" for kind in ("once", "for_each", "year", "recurring") for how in ("met", "unmet")}
    kinds |= {f"{kind} k={k}" for kind in ("for_each", "year", "recurring") for k in (0, 1, 2)}
    kinds |= {"unplaced", "need", "settled_by", "closed", "ends by itself", "never ends", "stays open", "second"}
    kinds |= {"cut by the next", *(f"{i} {part}" for i in ("of_care", "of_visits", "of_checks") for part in PARTS)}
    kinds |= {"of_people numerator", "of_years numerator", "of_years denominator"}
    kinds |= {"in_years numerator", "in_years denominator", "babies_in_years numerator"} | {
        function.python_name for function in VOCABULARY.all()
    }
    assert sorted(kinds - fired) == []


# One and all, and arrival.


def test_one_person_alone_gets_the_rows_she_gets_among_all():
    w, all_of_them = world(0), everybody(0)
    for person in w.people[:3]:
        alone = in_duckdb(w.compiled, [person], w.asked)
        assert alone.windows == [row for row in all_of_them.windows if row[0] == person.subject]
        assert alone.episodes == [row for row in all_of_them.episodes if row[0] == person.subject]


@pytest.mark.parametrize("seed", list(SEEDS)[:6])
def test_arrival_changes_nothing(seed: int):
    w, random = world(seed), Random(seed)
    for person in w.people:
        entries = [replace(e, seq=random.randint(1, 99)) for e in person.entries]
        random.shuffle(entries)
        assert w.compiled.plan(replace(person, entries=tuple(entries)), w.asked) == w.compiled.plan(person, w.asked)
