"""The day by which a report of a period is handed in, as its content states it."""

from __future__ import annotations

from datetime import date, timedelta

from doorstep.engine.model.pack import HandInDef, ReportDef
from doorstep.indicators.periods import Period


def hand_in_day(report: ReportDef, period: Period) -> date | None:
    """The day by which a report of this period is handed in; None where no day is known for it."""
    rule = in_force(report, period)
    return day_by(rule, period.last) if rule is not None else None


def in_force(report: ReportDef, period: Period) -> HandInDef | None:
    """What the content says of the day, for a period."""
    return next((rule for rule in reversed(report.hand_in) if rule.since <= period.last), None)


def day_by(rule: HandInDef, last: date) -> date:
    """The day itself, for a period that ends on ``last``."""
    if rule.days_after is not None:
        return last + timedelta(days=rule.days_after)
    named = (date(year, month, day) for year in (last.year, last.year + 1) for month, day in rule.on)
    return next(day for day in named if day > last)
