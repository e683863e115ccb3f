"""Series in Python against DuckDB: random series, tables and people, row for row. A failing seed shows it again."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from doorstep.engine.model.history import Entry, History
from doorstep.engine.rules import Compiled, compile
from doorstep.engine.rules.doses import CountedDays, Prior, SeriesWalk

from .everybody import Everybody, in_duckdb, in_python, windows_alone
from .making import entry, history
from .test_series import FROM, RULES, made, plan

SEEDS = range(int(os.environ.get("DOORSTEP_RULES_SEEDS", "2")))
ASKED = date(2026, 1, 1)
_BORN = ["2024-01-31", "2024-02-29", "2023-12-31", "2024-08-15", "2015-03-31", "2012-02-29"]
_SINCE = ["2020-01-01", "2024-06-01", "2025-01-01", "."]


def _table(random: Random) -> Any:
    """Two editions of some chains, some of them with the same days, some asking others."""
    lines = ["chain step id since before age unit gap gunit last lunit sex asks"]
    for chain, asks in (("A", "."), ("B", "A"), ("C", "."), ("D", random.choice(["B", "."]))):
        for step in range(1, random.randint(2, 4)):
            since = random.choice(_SINCE)
            editions = [(since, "2025-01-01"), ("2025-01-01", ".")] if random.random() < 0.6 else [(since, ".")]
            for first, before in editions:
                gap = f"{random.choice([28, 60])} day" if random.random() < 0.7 else "1 month"
                last = f"{random.choice([1, 3])} year" if random.random() < 0.3 else ". ."
                sex = random.choice([".", ".", "female"])
                age = f"{random.choice([0, 1, 2, 6])} {random.choice(['month', 'week', 'day'])}"
                lines.append(f"{chain} {step} {chain}-{step} {first} {before} {age} {gap} {last} {sex} {asks}")
    return plan(tuple(lines))


def _series(random: Random) -> Compiled:
    """The rules of the other tests, each replaced or left out by chance."""
    facts = {
        "person.kept": "any(visit, visit.t = 'no')",
        "person.wait": "last(visit.on)",
        "person.times": "doses_counted(shots, 'A')",
        "person.latest": "last_counted(shots, 'B')",
        "person.more": "add_days(latest, times)",
    }
    late = "last(shot.doses.kind where shot.doses.what = row.chain) = 'live'"
    rules: dict[str, Any] = {
        **RULES,
        "from_": random.choice([FROM, FROM, "greatest(add_interval(person.birth_date, row.age, row.unit), coalesce("
            "add_days(first_valid, 28), person.birth_date), coalesce(add_days(max(card.old.given_on), 1), person.birth_date))"]),
        "due": random.choice(["add_days(from, 28)", "add_months(person.birth_date, 12)", None]),
        "until": random.choice(["add_months(due, 12)" if random.random() < 0.5 else "add_months(from, 2)", None]),
        "while_": random.choice([RULES["while_"], f"({RULES['while_']}) and not coalesce(kept, false)", None]),
        "listed_while": random.choice([None, "not coalesce(kept, false) and row.step > 0", f"not coalesce({late}, false)",
            "coalesce(doses_counted(shots, row.asks), 1) > 0"]),
        "listed_from": random.choice([None, "wait"]),
    }  # fmt: skip
    if rules["due"] is None and rules["until"] == "add_months(due, 12)":
        rules["until"] = "add_months(from, 12)"
    return compile(made(facts, _table(random), **rules))


def _person(random: Random, subject: str) -> History:
    born = date.fromisoformat(random.choice(_BORN))
    entries: list[Entry] = []
    for n in range(random.randint(0, 12)):
        on = born + timedelta(days=random.choice([0, 1, 20, 28, 29, 31, 60, 61, 90, 182, 366, 700, 1200]))
        told: dict[str, Any] = {"counter": random.randint(0, 2), "id_": f"{random.choice('Aaz中')}{subject}-{n}"}
        if random.random() < 0.3:
            told["root"] = f"{random.choice('Bb')}{subject}-{n}"
        kind = random.random()
        if kind < 0.7:
            doses = [
                {"what": random.choice("AABBCDX"), "kind": random.choice(["live", "dead"])}
                for _ in range(random.randint(0, 3))
            ]
            entries.append(entry("shot", str(on), doses=doses, **told))
        elif kind < 0.9:
            old = [{"what": random.choice("ABCD")} for _ in range(2)]
            days = [
                {"given_on": str(on - timedelta(days=random.choice([0, 31])))} if random.random() < 0.8 else {}
                for _ in old
            ]
            entries.append(entry("card", str(on), old=[a | b for a, b in zip(old, days, strict=True)], **told))
        else:
            entries.append(entry("visit", str(on), t=random.choice(["yes", "no"]), on="2026-05-31", **told))
    random.shuffle(entries)
    known = {"birth_date": born, "sex": random.choice(["female", "male"])}
    return history(*entries, subject=subject, **{k: v for k, v in known.items() if random.random() < 0.85})


@cache
def world(seed: int) -> tuple[Compiled, list[History], Everybody]:
    random = Random(seed)
    compiled = _series(random)
    people = [_person(random, f"p{n:03}") for n in range(60)]
    return compiled, people, in_duckdb(compiled, people, ASKED)


@pytest.mark.parametrize("seed", SEEDS)
def test_python_and_duckdb_agree(seed: int):
    compiled, people, everybody = world(seed)
    alone = in_python(compiled, people, ASKED)
    assert [row for row in alone.windows if row not in everybody.windows][:3] == []
    assert alone == everybody


def test_windows_alone_and_one_person_alone_are_the_same():
    compiled, people, everybody = world(0)
    assert windows_alone(compiled, people, ASKED) == everybody.windows
    one = people[1]
    assert in_duckdb(compiled, [one], ASKED).windows == [row for row in everybody.windows if row[0] == one.subject]


@pytest.mark.parametrize("seed", SEEDS)
def test_arrival_changes_nothing(seed: int):
    compiled, people, _ = world(seed)
    random = Random(seed)
    for person in people:
        entries = [replace(e, seq=random.randint(1, 99)) for e in person.entries]
        random.shuffle(entries)
        other = replace(person, entries=tuple(entries))
        assert compiled.plan(other, ASKED) == compiled.plan(person, ASKED)
        assert compiled.judged(other) == compiled.judged(person)


def test_every_verdict_and_every_kind_of_window_happens():
    found: set[str] = set()
    for seed in SEEDS:
        compiled, people, _ = world(seed)
        for person in people:
            found |= {dose.verdict for dose in compiled.judged(person)}
            for window in compiled.plan(person, ASKED).windows:
                found.add("met" if window.met_by else "need" if window.need else "open")
    wanted = {"counted", "too_early_age", "too_early_interval", "too_late", "not_for_person", "complete", "unknown"}
    assert wanted | {"not_in_schedule", "no_day", "met", "need", "open"} <= found


# The suite must notice: each change breaks Python in one place.


def _same_day_seen(self: Prior, form: str, repeat: str) -> Any:
    return iter([])


CHANGES: dict[str, tuple[type, str, Callable[..., Any]]] = {
    "doses of earlier days unseen": (Prior, "doses", _same_day_seen),
    "a chain asked as it stands today": (
        CountedDays, "_before", lambda self, chain, _day: self.days.get(chain, []),
    ),
    "no last day": (
        SeriesWalk, "_by",
        lambda self, bounds, day: "counted" if bounds.applies is not False and bounds.from_on and day >= bounds.from_on else "unknown",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_another_meaning_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch):
    owner, attribute, changed = CHANGES[name]
    expected = [world(seed)[2] for seed in SEEDS]
    monkeypatch.setattr(owner, attribute, changed)
    assert any(in_python(*world(seed)[:2], ASKED) != found for seed, found in zip(SEEDS, expected, strict=True))
