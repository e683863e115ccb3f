"""The day a report is handed in, and what is waited for."""

from __future__ import annotations

import json
from datetime import date

import pytest

from doorstep.engine.model.pack import HandInDef, ReportDef
from doorstep.indicators import calendar, handed_in, periods
from doorstep.indicators.handed_in import Key
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.site import command, commands
from tests.cast import Township, at_noon
from tests.indicators.test_handed_in import manager

QUARTERS = ((1, 10), (4, 10), (7, 10), (10, 12))
SINCE = date(2015, 1, 1)


def report(*rules: HandInDef) -> ReportDef:
    return ReportDef("r", {}, (), hand_in=rules)


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2025-Q4", "2026-01-10"),
        ("2026-Q1", "2026-04-10"),
        ("2026-Q2", "2026-07-10"),
        ("2026-Q3", "2026-10-12"),
        ("2026-S10", "2026-10-12"),
        ("2026", "2027-01-10"),
        ("2014-Q4", None),
    ],
)
def test_days_of_the_year(period: str, day: str | None) -> None:
    one = report(HandInDef(SINCE, "s", "verified", on=QUARTERS))
    assert calendar.hand_in_day(one, periods.parse(period)) == (None if day is None else date.fromisoformat(day))


@pytest.mark.parametrize(
    ("period", "day"),
    [("2026-02", "2026-03-10"), ("2026-10-T1", "2026-10-20"), ("2026-10-18W", "2026-10-28"), ("2027-01", "2027-02-05")],
)
def test_days_after_the_end_by_the_rule_of_that_time(period: str, day: str) -> None:
    rules = HandInDef(SINCE, "s", "verified", 10), HandInDef(date(2027, 1, 1), "s", "verified", 5)
    assert calendar.hand_in_day(report(*rules), periods.parse(period)) == date.fromisoformat(day)


def switched_on(day: date) -> None:
    db.current().run("UPDATE pack_switch SET at = ?", [at_noon(day)])


def asked(today: date, code: str = "c1-t1") -> list[tuple[str, str, str, bool]]:
    found = calendar.to_hand_in(places.tree().by_code[code], today)
    return [(o.report.id, o.period.id, str(o.day), o.is_late) for o in found if o.report.id == "maternal_quarter"]


def test_what_is_waited_for(township: Township) -> None:
    switched_on(date(2025, 12, 31))
    assert asked(date(2026, 1, 10)) == [("maternal_quarter", "2025-Q4", "2026-01-10", False)]
    assert asked(date(2026, 1, 11)) == [("maternal_quarter", "2025-Q4", "2026-01-10", True)]
    assert [(p, late) for _, p, _, late in asked(date(2026, 7, 1))] == [
        ("2025-Q4", True), ("2026-Q1", True), ("2026-Q2", False)
    ]  # fmt: skip
    assert asked(date(2026, 7, 1), "c1-t1-v1") == []
    area = places.tree().by_code["c1-t1"]
    late = [o.period.id for o in calendar.late(area, date(2026, 7, 1)) if o.report.id == "maternal_quarter"]
    assert late == ["2025-Q4", "2026-Q1"]


def test_what_was_handed_in_is_no_longer_waited_for(township: Township) -> None:
    switched_on(date(2026, 2, 1))
    key = Key("maternal_quarter", township.places["township"], "2026-Q1")
    checked = handed_in.check(manager(township), key, {"cells": []})
    assert [p for _, p, _, _ in asked(date(2026, 7, 1))] == ["2026-Q1", "2026-Q2"]
    handed_in.hand_in(manager(township), checked.seq)
    assert [p for _, p, _, _ in asked(date(2026, 7, 1))] == ["2026-Q2"]


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-07-11")
    command.speak("en")


def test_the_command_names_what_is_late(township: Township, english: None, capsys: pytest.CaptureFixture[str]) -> None:
    switched_on(date(2026, 4, 2))
    assert commands.run(["report", "late", "--place", "c1-t1", "--json"]) == 0
    rows = [row for row in json.loads(capsys.readouterr().out) if row["report"] == "maternal_quarter"]
    assert rows == [
        {
            "place": "c1-t1", "report": "maternal_quarter", "title": "Maternal care, by quarter", "period": "2026-Q2",
            "period_name": "2026, quarter 2", "hand_in_by": "2026-07-10", "late": True, "day_status": "check locally",
        }
    ]  # fmt: skip


def test_the_command_says_what_a_figure_counts(
    township: Township, english: None, capsys: pytest.CaptureFixture[str]
) -> None:
    asked_for = ["report", "maternal_quarter", "--place", "c1-t1", "--explain"]
    assert commands.run([*asked_for, "postpartum_visit_rate", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["above"] == (
        "each “Pregnancy” counts one, by: Day of birth."
        " first_home_visit <= add_days(visit_clock, number('postpartum_visit_days', delivered_on))"
    )
    assert told["below"] == "“Babies born alive” of each “Pregnancy”, added up, by: Day of birth"
    assert (told["formula"], told["status"]) == ("above ÷ below × 100 %", "secondary")
    assert told["names"]["first_home_visit"] == "First home visit after birth"
    assert commands.run([*asked_for, "early_registration_rate"]) == 0
    assert "Above the line: each “Pregnancy” counts one" in capsys.readouterr().out
    assert commands.run([*asked_for, "nothing"]) == 1
    assert "“nothing” is no figure of this report. It has: early_registration_rate," in capsys.readouterr().err
