"""Reasons: values, the entries and sources they came from, and how they are said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from doorstep.engine.model.history import TraceStep
from doorstep.engine.rules import compile
from doorstep.engine.rules.reasons import shown

from .making import contact, day, entry, history, pack
from .test_differential import world

FACTS = {
    "lmp": "coalesce(last(visit.on where visit.t = 'scan'), first(enrol.start))",
    "edd": "add_days(lmp, number('span', lmp))",
}
BIRTH = contact(
    "birth",
    from_="lmp",
    due="edd",
    until="add_days(edd, 12)",
    source="norm",
    why={"en": "Expected on {edd}, from {lmp}.", "zh": "预产期{edd}，末次月经{lmp}。"},
)
KNOWN = history(
    entry("enrol", "2026-01-05", "e", start="2026-01-01"),
    entry("visit", "2026-02-01", "v", t="scan", on="2026-01-08"),
    entry("visit", "2026-02-02", "w", t="no", on="2026-01-20"),
)


def outline(steps: tuple[TraceStep, ...]) -> list[Any]:
    """(name, value, entry, source, steps below) all the way down."""
    return [(s.name, str(s.value), s.entry, s.source, outline(s.steps)) for s in steps]


def test_each_bound_says_what_it_rests_on_down_to_the_entry_and_the_source():
    compiled = compile(pack(FACTS, contacts=(BIRTH,)))
    lmp = (
        "lmp",
        "2026-01-08",
        "v",
        "",
        [
            ("visit.t", "scan", "v", "", []),
            ("visit.on", "2026-01-08", "v", "", []),
            ("enrol.start", "2026-01-01", "e", "", []),
        ],
    )
    found = outline(compiled.why(KNOWN, "birth", "e", 0))
    assert [step[:4] for step in found] == [
        ("from", "2026-01-08", "", "norm"),
        ("due", "2026-02-17", "", "norm"),
        ("until", "2026-03-01", "", "norm"),
    ]
    (below,) = found[0][4]
    assert below[:2] == lmp[:2]
    assert sorted(below[4]) == sorted(lmp[4])
    ((name, value, _, _, beneath),) = found[1][4]
    assert (name, value) == ("edd", "2026-02-17")
    assert [step[:4] for step in beneath] == [("lmp", "2026-01-08", "", ""), ("span", "40", "", "norm")]


def test_the_rule_is_quoted_and_the_number_is_dated():
    compiled = compile(pack(FACTS, contacts=(BIRTH,)))
    due = compiled.why(KNOWN, "birth", "e", 0)[1]
    (edd,) = due.steps
    assert (due.rule, edd.rule) == ("edd", FACTS["edd"])
    assert edd.steps[1].on == date(1900, 1, 1)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Expected on 17 February 2026, from 8 January 2026."),
        ("zh-hans", "预产期2026年2月17日，末次月经2026年1月8日。"),
    ],
)
def test_the_contacts_own_sentence(language: str, said: str):
    compiled = compile(pack(FACTS, contacts=(BIRTH,)))
    plan = compiled.plan(KNOWN)
    assert compiled.sentence(plan, plan.windows[0], language) == said


def test_without_a_sentence_the_title_stands():
    compiled = compile(pack(FACTS, contacts=(replace(BIRTH, why={}, title={"en": "Birth", "zh": "分娩"}),)))
    plan = compiled.plan(KNOWN)
    assert [compiled.sentence(plan, plan.windows[0], language) for language in ("en", "zh")] == ["Birth", "分娩"]


def test_what_is_not_known_is_said_so():
    compiled = compile(pack(FACTS, contacts=(BIRTH,)))
    plan = compiled.plan(history(entry("enrol", "2026-01-05", "e")))
    assert compiled.sentence(plan, plan.windows[0], "en") == "Expected on not known, from not known."


def test_lines_are_readable_and_nothing_is_said_twice():
    compiled = compile(
        pack({"lmp": "first(enrol.start)"}, contacts=(contact("c", from_="lmp", due="lmp", source="norm"),))
    )
    trace = compiled.why(KNOWN, "c", "e", 0)
    assert compiled.lines(trace, "en") == [
        "From: 1 January 2026 (source: The norm)",
        "lmp: 1 January 2026 (recorded on 5 January 2026)",
        "enrol.start: 1 January 2026 (recorded on 5 January 2026)",
        "Due: 1 January 2026 (source: The norm)",
    ]
    assert compiled.lines(trace, "zh")[0] == "开始：2026年1月1日（依据：规范）"


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (None, "not known", "未知"),
        (True, "yes", "是"),
        (Decimal("60.500000"), "60.5", "60.5"),
        (Decimal("100.000000"), "100", "100"),
        (date(2026, 3, 1), "1 March 2026", "2026年3月1日"),
        (["a", "b"], "a, b", "a、b"),
        (0, "0", "0"),
    ],
)
def test_values_are_shown_as_people_write_them(value: Any, en: str, zh: str):
    assert (shown(value, "en"), shown(value, "zh-hans")) == (en, zh)


def test_a_visit_that_comes_again_says_from_which_entry_it_is_counted():
    follow = contact("c", every="add_months(this.occurred_on, 1)", source="norm")
    compiled = compile(pack(contacts=(follow,)))
    start, due = compiled.why(KNOWN, "c", "e", 1)
    assert outline((start,)) == [
        ("start", "2026-03-01", "", "norm", [("visit.occurred_on", "2026-02-01", "v", "", [])]),
    ]
    assert due.value == day("2026-03-01")


def test_no_such_window_is_a_key_error():
    compiled = compile(pack(FACTS, contacts=(BIRTH,)))
    for wrong in (("birth", "e", 1), ("brith", "e", 0), ("birth", "x", 0)):
        with pytest.raises(KeyError):
            compiled.why(KNOWN, *wrong)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_reasons_give_the_values_of_the_plan(seed: int):
    """The tracer is a third way to work the rules out; it must not tell other values than the plan holds."""
    w = world(seed)
    looked_at = 0
    for person in w.people:
        for window in w.compiled.plan(person, w.asked).windows:
            steps = {s.name: s.value for s in w.compiled.why(person, window.contact, window.episode, window.k)}
            planned = {"from": window.from_on, "due": window.due_on, "until": window.until_on}
            assert {name: steps.get(name) for name in planned} == planned
            looked_at += 1
    assert looked_at > 100
