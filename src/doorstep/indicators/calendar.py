"""When reports are handed in, and which ones are waited for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from doorstep.engine.model.pack import ReportDef, Status
from doorstep.indicators import handed_in, periods
from doorstep.indicators.areas import is_wide
from doorstep.indicators.hand_in_days import day_by, hand_in_day, in_force
from doorstep.indicators.handed_in import Copy
from doorstep.indicators.periods import Period
from doorstep.indicators.report import reports_at
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes.library import Programme
from doorstep.programmes.queries import on_since

__all__ = ["Come", "State", "ToHandIn", "hand_in_day", "late", "states", "to_hand_in"]

Step = Literal["running", "draft", "late", "checked", "handed_in"]
SHOWN_STATES = 4  # periods
LOOKED_BACK = 6  # periods; a report nobody asked for that long is no longer waited for


@dataclass(frozen=True, slots=True)
class ToHandIn:
    """A report of a period that is over and has not been handed in. ``status``: how sure its day is."""

    programme: Programme
    report: ReportDef
    period: Period
    day: date
    status: Status
    is_late: bool


def to_hand_in(area: Node, today: date) -> list[ToHandIn]:
    """Reports of an area that are over and not handed in, by their day. Only periods that ended since the programme is on."""
    if not is_wide(area):
        return []
    found = [one for programme, _, report in reports_at(area) for one in _waited_for(programme, report, area, today)]
    return sorted(found, key=lambda one: (one.day, one.report.id, one.period.id))


def late(area: Node, today: date) -> list[ToHandIn]:
    """Those of them whose day has passed."""
    return [one for one in to_hand_in(area, today) if one.is_late]


def _waited_for(programme: Programme, report: ReportDef, area: Node, today: date) -> Iterator[ToHandIn]:
    upward = [node.id for node in places.tree().upward(area.id)]
    since = on_since(programme.pack.id, upward)
    if not report.hand_in or since is None:
        return
    kind = periods.kinds_of(report, today)[0]
    over = [p for p in periods.latest(today, kind, LOOKED_BACK + 1) if since <= p.last < today]
    done = {c.key.period for c in handed_in.copies([report.id], area.id) if c.step == handed_in.HANDED_IN}
    for period in over:
        rule = in_force(report, period)
        if rule is not None and period.id not in done:
            day = day_by(rule, period.last)
            yield ToHandIn(programme, report, period, day, rule.status, today > day)


@dataclass(frozen=True, slots=True)
class State:
    """How far the report of one period has come. ``copy``: the number of the copy handed in, 0 before; ``day``: by when."""

    period: Period
    step: Step
    copy: int
    day: date | None


@dataclass(frozen=True, slots=True)
class Come:
    """A report with the state of its latest periods, the latest first."""

    programme: Programme
    report: ReportDef
    states: tuple[State, ...]


def states(area: Node, today: date) -> list[Come]:
    """How far every report of an area has come, for the period that runs and those before it since the programme is on."""
    upward = [node.id for node in places.tree().upward(area.id)]
    found = []
    for programme, report_id, report in reports_at(area):
        since = on_since(programme.pack.id, upward)
        kind = periods.kinds_of(report, today)[0]
        steps = handed_in.copies([report_id], area.id)
        begun = {one.key.period for one in steps}
        asked = reversed(periods.latest(today, kind, SHOWN_STATES))
        latest = [p for p in asked if since is None or since <= p.last or p.id in begun]
        found.append(Come(programme, report, tuple(_state(report, one, steps, today) for one in latest)))
    return found


def _state(report: ReportDef, period: Period, steps: Sequence[Copy], today: date) -> State:
    own = [one for one in steps if one.key.period == period.id]
    handed, day = handed_in.latest(own), hand_in_day(report, period)
    step: Step = "draft"
    if handed_in.waiting(own) is not None:
        step = "checked"
    elif handed is not None:
        step = "handed_in"
    elif period.last >= today:
        step = "running"
    elif day is not None and day < today:
        step = "late"
    return State(period, step, (handed.number or 0) if handed else 0, day)
