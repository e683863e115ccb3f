"""What people type for a past moment, and what had been decided by then."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from doorstep.lib import db
from doorstep.lib.problems import Problems
from doorstep.places import counters
from doorstep.programmes import actions, moment
from doorstep.programmes.library import programmes
from tests.cast import Township


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-06-01")


@pytest.fixture
def begun(township: Township) -> Township:
    township.household(on=date(2026, 1, 6))
    return township


def refused(text: str) -> str:
    with pytest.raises(Problems) as told:
        moment.parse(text)
    (problem,) = told.value.problems
    assert problem.text("zh") != problem.text("en")
    assert "{" not in problem.text("zh") + problem.text("en")
    return problem.code


def test_a_day_is_its_end_and_an_instant_itself_where_the_store_is(begun: Township) -> None:
    assert moment.parse("2026-05-05").at == datetime(2026, 5, 5, 15, 59, 59, 999999, UTC)
    assert moment.parse("2026-05-05T09:30").at == datetime(2026, 5, 5, 1, 30, tzinfo=UTC)
    for text in ("2026-05-05", "2026-05-05T09:30", "2026-05-05T09:30:07"):
        assert moment.parse(text).written == text
        assert moment.parse(text).day == date(2026, 5, 5)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-02-30", "2026-5-5", "20260505", "2026-05-05T25:00", "9999-12-31"]
)
def test_what_is_no_moment_is_refused(begun: Township, text: str) -> None:
    assert refused(text) == ("programmes.moment_to_come" if text == "9999-12-31" else "programmes.not_a_moment")


def test_days_to_come_and_before_the_store_are_refused(begun: Township) -> None:
    assert refused("2026-06-02") == "programmes.moment_to_come"
    assert refused("2026-01-05") == "programmes.moment_before_store"
    assert moment.parse("2026-01-06").day == date(2026, 1, 6)
    assert moment.parse("2026-06-01").day == date(2026, 6, 1)


def test_what_was_decided_before_the_first_record_holds_from_the_beginning(begun: Township) -> None:
    assert {p.pack.id for p in programmes(moment.parse("2026-01-06")).all_on()} == {
        "register",
        "maternal",
        "hypertension",
    }


def test_a_later_decision_is_not_known(begun: Township) -> None:
    east, by = begun.places["east"], begun.users["installer"]
    version = {p.pack.id: p.pack.version for p in programmes().at(east)}["maternal"]
    seq = actions.switch(east, "maternal", version, is_on=False, by=by)
    db.current().run("UPDATE pack_switch SET at = ? WHERE seq = ?", [datetime(2026, 3, 1, 4, tzinfo=UTC), seq])
    counters.settings_changed(db.current())
    begun.household(on=date(2026, 4, 1))
    assert "maternal" not in {p.pack.id for p in programmes().at(east)}
    assert "maternal" in {p.pack.id for p in programmes(moment.parse("2026-02-28")).at(east)}
    assert "maternal" not in {p.pack.id for p in programmes(moment.parse("2026-03-01")).at(east)}


def test_a_store_where_nobody_wrote_yet_begins_with_its_first_decision(township: Township) -> None:
    db.current().run("UPDATE pack_switch SET at = ?", [datetime(2026, 3, 1, 4, tzinfo=UTC)])
    assert refused("2026-02-28") == "programmes.moment_before_store"
    assert moment.parse("2026-03-01").day == date(2026, 3, 1)
