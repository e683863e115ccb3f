"""What a phone works out by itself, it works out as the server does: one table of cases, made here, read by front/test."""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from doorstep.engine.model.history import Entry, Window, state_on
from doorstep.engine.model.planned import ContactDef
from doorstep.engine.rules.program import Slot
from doorstep.engine.rules.settling import Planned, settle
from doorstep.register import search
from doorstep.visits import queries
from doorstep.web import said
from tests.front.site_for_front import ROOT

TABLE = ROOT / "front/test/cases/visits.json"
TODAY = date(2026, 11, 22)
LANGUAGES = {"zh": "zh-hans", "en": "en"}
MEETS = "anc_visit"


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", TODAY.isoformat())


def test_the_table_of_cases_is_what_the_server_says() -> None:
    """After a change of the server's own words the table is written anew with DOORSTEP_WRITE_CASES=1."""
    made = {
        "today": TODAY.isoformat(),
        "windows": list(windows()),
        "order": list(orders()),
        "days": list(day_words()),
        "ages": list(ages()),
        "settling": list(settlings()),
        "plain": [
            [text, search.plain(text)] for text in ("张 秀英 ", "ＬＩ ming", "José", "１３９", "阿依古丽·买买提")
        ],
    }
    if os.environ.get("DOORSTEP_WRITE_CASES"):
        TABLE.write_text(text_of(made), encoding="utf-8")
    assert json.loads(TABLE.read_text(encoding="utf-8")) == made


def text_of(made: Mapping[str, Any]) -> str:
    """One case to a line, so that a change of one is seen as one."""
    lines = []
    for name, cases in made.items():
        told = [json.dumps(one, ensure_ascii=False) for one in cases] if isinstance(cases, list) else []
        body = "[\n" + ",\n".join(told) + "\n]" if isinstance(cases, list) else json.dumps(cases)
        lines.append(f"{json.dumps(name)}: {body}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def in_words(say: Any) -> dict[str, str]:
    found = {}
    for short, code in LANGUAGES.items():
        with translation.override(code):
            found[short] = str(say())
    return found


def iso(on: date | None) -> str | None:
    return on.isoformat() if on else None


def around(chance: random.Random, share: float = 0.3) -> date | None:
    """A day near today, often on one of the edges that matter, or none."""
    if chance.random() < share:
        return None
    edges = (-1, 0, 1, 6, 7, 8, 27, 28, 29, -40, 400)
    return TODAY + timedelta(days=chance.choice((*edges, chance.randint(-60, 60))))


def window_of(chance: random.Random, number: int) -> Window:
    from_on, due_on, until_on = around(chance), around(chance), around(chance)
    return Window(
        f"c{chance.randint(1, 4)}", number, "", MEETS, "anc", from_on, due_on, until_on, recurring=chance.random() < 0.3,
        priority=chance.choice((0, 0, 1)), ends_on=around(chance, 0.8),
    )  # fmt: skip


def as_visit(window: Window, number: int) -> dict[str, Any]:
    return {
        "key": f"{number:06}", "pack": "maternal", "contact": window.contact, "from": iso(window.from_on),
        "due": iso(window.due_on), "until": iso(window.until_on), "ends": iso(window.ends_on),
        "recurring": window.recurring, "priority": window.priority, "met": None,
    }  # fmt: skip


def sections(found: list[Window]) -> list[tuple[int, str]]:
    """The server's own query of Today over these windows: their numbers in its order, each with its section."""
    store = sqlite3.connect(":memory:")
    columns = "id, person_id, from_on, due_on, until_on, ends_on, recurring, priority, met_by"
    store.execute(f"CREATE TABLE due_visit ({columns})")
    for number, w in enumerate(found):
        days = [iso(w.from_on), iso(w.due_on), iso(w.until_on), iso(w.ends_on)]
        store.execute(
            f"INSERT INTO due_visit ({columns}) VALUES (?, 'p', ?, ?, ?, ?, ?, ?, '')",
            [number, *days, w.recurring, w.priority],
        )
    lines = f"{queries._LINE} FROM due_visit v WHERE v.met_by = ''"
    soon, coming = (iso(TODAY + timedelta(days=n)) for n in (queries.SOON_DAYS, queries.COMING_DAYS))
    asked = [iso(TODAY)] * 3 + [soon, coming]
    rows = store.execute(queries._PAGE.format(lines=lines), [*asked, len(found) + 1, 0]).fetchall()
    return [(number, queries.SECTIONS[section]) for number, _, section, _ in rows]


def windows() -> Iterator[dict[str, Any]]:
    chance = random.Random(5)
    found = [window_of(chance, number) for number in range(160)]
    under = dict(sections(found))
    for number, window in enumerate(found):
        yield {
            **as_visit(window, number),
            "state": state_on(window, TODAY, queries.SOON_DAYS),
            "section": under.get(number),
            "when": in_words(lambda w=window: said.when(w, TODAY)),
            "said": in_words(lambda w=window: said.state(w, TODAY)),
        }


def orders() -> Iterator[dict[str, Any]]:
    chance = random.Random(6)
    for _ in range(4):
        found = [window_of(chance, number) for number in range(25)]
        yield {
            "visits": [as_visit(window, number) for number, window in enumerate(found)],
            "order": [f"{number:06}" for number, _ in sections(found)],
        }


def day_words() -> Iterator[dict[str, Any]]:
    for text in ("2026-11-22", "2026-01-01", "2025-12-31", "2026-12-09", "2030-02-28", "1959-07-01"):
        on = date.fromisoformat(text)
        yield {"on": text, "day": in_words(lambda d=on: said.day(d)), "whole": in_words(lambda d=on: said.whole_day(d))}


def ages() -> Iterator[dict[str, Any]]:
    chance = random.Random(7)
    told = [0, 1, 2, 30, 31, 32, 61, 364, 365, 1095, 1096, -1] + [chance.randint(0, 36000) for _ in range(40)]
    for days in told:
        born = TODAY - timedelta(days=days)
        yield {"born": iso(born), "age": in_words(lambda b=born: said.age(b, TODAY))}


def settlings() -> Iterator[dict[str, Any]]:
    """Windows of one programme, none coming back, and records of their form: which record meets which window."""
    chance = random.Random(8)
    for _ in range(60):
        found = [window_of(chance, number) for number in range(chance.randint(1, 5))]
        found = [w for w in found if w.from_on or w.due_on or w.until_on]
        planned = [Planned(slot_of(w, number), w.k, w.from_on, w.due_on, w.until_on) for number, w in enumerate(found)]
        days = sorted(d for _ in range(chance.randint(1, 4)) if (d := around(chance, 0.0)))
        entries = [Entry(MEETS, f"e{n}", on, on, {}) for n, on in enumerate(days)]
        settle(planned, entries)
        yield {
            "visits": [
                as_visit(w, number) | {"contact": f"c{number}", "ends": None, "recurring": False}
                for number, w in enumerate(found)
            ],
            "records": [{"id": e.instance_id, "on": iso(e.occurred_on)} for e in entries],
            "met": {f"{number:06}": p.met.instance_id for number, p in enumerate(planned) if p.met},
        }


def slot_of(window: Window, number: int) -> Slot:
    contact = ContactDef(f"c{number}", "s", {}, MEETS, "person", "anc")
    return Slot(contact, "once", 0, None, None, None, None, None, None)
