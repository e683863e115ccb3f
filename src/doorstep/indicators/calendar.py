"""When reports are handed in, and which ones are waited for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from doorstep.engine.model.pack import HandInDef, ReportDef, Status
from doorstep.indicators import handed_in, periods
from doorstep.indicators.areas import is_wide
from doorstep.indicators.periods import Period
from doorstep.indicators.report import reports_at
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes.library import Programme
from doorstep.programmes.queries import on_since

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


def hand_in_day(report: ReportDef, period: Period) -> date | None:
    """The day by which a report of this period is handed in; None where no day is known for it."""
    rule = _in_force(report, period)
    return _day_by(rule, period.last) if rule is not None else None


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
        rule = _in_force(report, period)
        if rule is not None and period.id not in done:
            day = _day_by(rule, period.last)
            yield ToHandIn(programme, report, period, day, rule.status, today > day)


def _in_force(report: ReportDef, period: Period) -> HandInDef | None:
    return next((rule for rule in reversed(report.hand_in) if rule.since <= period.last), None)


def _day_by(rule: HandInDef, last: date) -> date:
    if rule.days_after is not None:
        return last + timedelta(days=rule.days_after)
    named = (date(year, month, day) for year in (last.year, last.year + 1) for month, day in rule.on)
    return next(day for day in named if day > last)
