"""By when a complaint is acknowledged and answered (charter C19)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from doorstep.feedback.clocks import Clock, by_weekday, clock, working_day
from doorstep.lib import days

NO_HOLIDAYS = by_weekday({})


def at(text: str) -> datetime:
    """A moment where the store is."""
    return datetime.fromisoformat(text).replace(tzinfo=days.zone())


@pytest.mark.parametrize(
    ("came", "acknowledge_by", "answer_by"),
    [
        (
            "2026-06-15T09:00",
            "2026-06-18T00:00",
            "2026-06-30T00:00",
        ),  # a Monday: the end of Wednesday, of Monday in two weeks
        ("2026-06-15T23:59", "2026-06-18T00:00", "2026-06-30T00:00"),
        ("2026-06-19T10:00", "2026-06-24T00:00", "2026-07-04T00:00"),  # a Friday: the weekend does not count
        ("2026-06-20T10:00", "2026-06-24T00:00", "2026-07-04T00:00"),  # on a Saturday, as if on that Friday
    ],
)
def test_working_days(came: str, acknowledge_by: str, answer_by: str) -> None:
    assert clock("service", at(came), NO_HOLIDAYS) == Clock(at(acknowledge_by), at(answer_by))


def test_holidays_and_worked_weekends_are_those_entered() -> None:
    works = by_weekday({date(2026, 10, 1): False, date(2026, 10, 2): False, date(2026, 10, 10): True})
    assert working_day(date(2026, 9, 30), 2, works) == date(2026, 10, 6)
    assert working_day(date(2026, 10, 8), 2, works) == date(2026, 10, 10)
    assert clock("data", at("2026-09-30T12:00"), works).acknowledge_by == at("2026-10-07T00:00")


@pytest.mark.parametrize("came", ["2026-06-19T22:30", "2026-10-01T03:00"])
def test_coercion_is_answered_within_24_hours_also_on_holidays(came: str) -> None:
    works = by_weekday({date(2026, 10, 1): False, date(2026, 10, 2): False})
    by = at(came) + timedelta(hours=24)
    assert clock("coercion", at(came), works) == Clock(by, by)


def test_the_last_moment_is_in_time_and_the_next_is_late() -> None:
    found = clock("service", at("2026-06-15T09:00"), NO_HOLIDAYS)
    second = timedelta(seconds=1)
    assert found.state(None, None, found.acknowledge_by) == "soon"
    assert found.state(None, None, found.acknowledge_by + second) == "overdue"
    assert found.state(None, None, found.acknowledge_by - timedelta(days=1)) == "waits"
    read = found.acknowledge_by
    assert found.state(read, None, found.answer_by - timedelta(days=2)) == "acknowledged"
    assert found.state(read, None, found.answer_by) == "soon"
    assert found.state(read, None, found.answer_by + second) == "overdue"
    assert found.state(read, found.answer_by, found.answer_by + timedelta(days=400)) == "answered"


def test_a_day_is_the_stores_own() -> None:
    """20:00 in London on Friday is Saturday in Shanghai; the clock goes by the place."""
    friday_in_london = datetime(2026, 6, 19, 20, 0, tzinfo=UTC)
    assert clock("other", friday_in_london, NO_HOLIDAYS) == clock("other", at("2026-06-20T04:00"), NO_HOLIDAYS)
