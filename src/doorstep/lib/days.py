"""Calendar days in the store's one time zone."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

EARLIEST = date(1900, 1, 1)


@cache
def zone() -> ZoneInfo:
    """The store's time zone: DOORSTEP_TIME_ZONE, else China's."""
    return ZoneInfo(os.environ.get("DOORSTEP_TIME_ZONE", "Asia/Shanghai"))


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's calendar day where the store is. DOORSTEP_TODAY (ISO) sets it, for stories that happen on a day."""
    fixed = os.environ.get("DOORSTEP_TODAY")
    return date.fromisoformat(fixed) if fixed else day_of(now())


def day_of(moment: datetime) -> date:
    """The calendar day of a moment where the store is."""
    return moment.astimezone(zone()).date()


def parse_day(text: str) -> date | None:
    """An ISO day, or the day part of an ISO date-time; None when it is neither."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def say(day: date, language: str) -> str:
    """A day as people there write it: 2026年3月1日, or 1 March 2026."""
    if language.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"
