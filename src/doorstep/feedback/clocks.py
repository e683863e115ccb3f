"""By when a complaint has to be acknowledged and answered. Pure: the moment, and which days are worked, are passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from doorstep.lib import days

KINDS = ("service", "conduct", "coercion", "data", "other")
URGENT = frozenset({"coercion"})
SATURDAY = 5
Works = Callable[[date], bool]
State = Literal["waits", "soon", "overdue", "acknowledged", "answered"]


@cache
def _numbers() -> dict[str, Any]:
    known: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("clocks.yaml").read_text(encoding="utf-8"))
    return known


def number(name: str, on: date) -> int:
    """A dated number as it held on a day. Raises LookupError before its first day."""
    held = [value["value"] for value in _numbers()[name] if value["since"] <= on]
    if not held:
        raise LookupError(f"{name} on {on}")
    return int(held[-1])


@dataclass(frozen=True, slots=True)
class Clock:
    """The last moments. What is done at that very moment is in time."""

    acknowledge_by: datetime
    answer_by: datetime

    def state(self, acknowledged_at: datetime | None, answered_at: datetime | None, now: datetime) -> State:
        """How a complaint stands now; 'soon' on the last day before it is late."""
        if answered_at is not None:
            return "answered"
        by = self.answer_by if acknowledged_at is not None else self.acknowledge_by
        if now > by or now > self.answer_by:
            return "overdue"
        if by - now < timedelta(days=1):
            return "soon"
        return "acknowledged" if acknowledged_at is not None else "waits"


def clock(kind: str, received_at: datetime, works: Works) -> Clock:
    """The clock of a complaint of this kind that came at this moment."""
    on = days.day_of(received_at)
    if kind in URGENT:
        by = received_at + timedelta(hours=number("urgent_hours", on))
        return Clock(by, by)
    return Clock(
        _end_of(working_day(on, number("acknowledge_days", on), works)),
        _end_of(working_day(on, number("answer_days", on), works)),
    )


def working_day(after: date, count: int, works: Works) -> date:
    """The ``count``-th working day after a day."""
    day = after
    while count:
        day += timedelta(days=1)
        count -= works(day)
    return day


def by_weekday(differs: dict[date, bool]) -> Works:
    """Monday to Friday, but for the days entered as different."""
    return lambda day: differs.get(day, day.weekday() < SATURDAY)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), days.zone())
