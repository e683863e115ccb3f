"""Periods people report by. Each has an id that is typed easily and sorts in order of time among its kind:

| written | the period | its kind |
|---|---|---|
| 2026 | the calendar year | year |
| 2026-S10 | the statistical year that ends in 2026 and begins in month 10 | statistical-10 |
| 2026-H2 | a half-year | half |
| 2026-Q3 | a quarter | quarter |
| 2026-10 | a month | month |
| 2026-10-T2 | ten days: T1 to the 10th, T2 to the 20th, T3 to the month's end | ten_day |
| 2026-10-18W | the week whose last day is 18 October | week-7 |
| 2026-to-2026-10 | the year up to the end of October, added up | to_month |
| 2026-S10-to-2026-03 | the statistical year up to the end of March | to_month-10 |
| 2026-to-2026-10-T2 | the year up to 20 October | to_ten_day |

A kind holds what is chosen in a place's content: the last weekday of a week (1 is Monday), the first month of the
statistical year. ``family`` is a kind without that choice.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from doorstep.engine.model.pack import DatedValue, ReportDef

WEEK, YEAR_OF_WEEKS = timedelta(days=7), timedelta(days=364)
JANUARY = 1
EXAMPLES: Final = ("2026", "2026-S10", "2026-H2", "2026-Q3", "2026-10", "2026-10-T2", "2026-10-18W", "2026-to-2026-10")


@dataclass(frozen=True, slots=True)
class Period:
    """``first`` and ``last`` day belong to it. ``kind``: see the table above."""

    id: str
    kind: str
    first: date
    last: date

    @property
    def family(self) -> str:
        return family(self.kind)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def before(self) -> Period:
        """The period just before, of the same kind; of a year so far, the one that ends a step earlier."""
        step = _STEPS.get(self.family)
        first = containing(self.last, step).first if step else self.first
        return containing(first - timedelta(days=1), self.kind)

    def same_last_year(self) -> Period:
        """The same period a year earlier; for a week, 52 weeks earlier, so that it has the same weekdays."""
        if self.family == "week":
            return containing(self.last - YEAR_OF_WEEKS, self.kind)
        last = date(self.last.year - 1, self.last.month, 1)
        if self.family not in ("ten_day", "to_ten_day"):
            return containing(last, self.kind)
        return containing(last.replace(day=min(self.last.day, 28)), self.kind)


def family(kind: str) -> str:
    """A kind without what a place chose: 'week-7' gives 'week'."""
    return kind.partition("-")[0]


def containing(day: date, kind: str) -> Period:
    """The period of a kind that a day belongs to; of a year so far, the one whose last step holds the day."""
    name, _, chosen = kind.partition("-")
    return _CONTAINING[name](day, int(chosen or JANUARY))


def latest(day: date, kind: str, count: int) -> list[Period]:
    """The ``count`` latest periods up to the one of ``day``, oldest first."""
    found = [containing(day, kind)]
    while len(found) < count:
        found.append(found[-1].before())
    return found[::-1]


def parse(text: str) -> Period:
    """A period as people write it, in any case and width of letters. Raises ValueError for anything else."""
    typed = unicodedata.normalize("NFKC", text).strip().upper()
    for pattern, read in _WRITTEN:
        if found := re.fullmatch(pattern, typed, re.ASCII):
            return read(found)
    raise ValueError(text)


def kinds_of(report: ReportDef, on: date) -> tuple[str, ...]:
    """The kinds of period a report may be asked for, its own first, as its content stands on a day."""
    return tuple(dict.fromkeys(kind_of(report, name, on) for name in (report.period, *report.also)))


def kind_of(report: ReportDef, name: str, on: date) -> str:
    """A period as a report names it, with what its content chooses for that day."""
    if name == "week":
        return f"week-{_in_force(report.week_ends, on, 7)}"
    if name == "statistical" or name.startswith("statistical_"):
        month = _in_force(report.year_starts, on, JANUARY)
        plain = name.removeprefix("statistical_")
        return f"{plain}-{month}" if month != JANUARY else "year" if plain == "statistical" else plain
    return name


def _in_force(values: tuple[DatedValue, ...], on: date, otherwise: int) -> int:
    """A dated value on a day; before its first day that one, so that old periods can be asked for as well."""
    found = [v for v in values if v.since <= on] or list(values[:1])
    return int(found[-1].value) if found else otherwise


# Each kind from a day


def _year(day: date, _: int) -> Period:
    return _months(f"{day.year:04}", "year", day.year, 1, 12)


def _statistical(day: date, month: int) -> Period:
    if month == JANUARY:
        return _year(day, month)
    ends_in = day.year + (day.month >= month)
    first, last = date(ends_in - 1, month, 1), date(ends_in, month, 1) - timedelta(days=1)
    return Period(f"{ends_in:04}-S{month:02}", f"statistical-{month}", first, last)


def _half(day: date, _: int) -> Period:
    half = 1 if day.month <= 6 else 2
    return _months(f"{day.year:04}-H{half}", "half", day.year, 6 * half - 5, 6 * half)


def _quarter(day: date, _: int) -> Period:
    quarter = (day.month + 2) // 3
    return _months(f"{day.year:04}-Q{quarter}", "quarter", day.year, 3 * quarter - 2, 3 * quarter)


def _month(day: date, _: int) -> Period:
    return _months(f"{day.year:04}-{day.month:02}", "month", day.year, day.month, day.month)


def _ten_day(day: date, _: int) -> Period:
    third = min((day.day - 1) // 10, 2) + 1
    last = 10 * third if third < 3 else monthrange(day.year, day.month)[1]
    id_ = f"{day.year:04}-{day.month:02}-T{third}"
    return Period(id_, "ten_day", day.replace(day=10 * third - 9), day.replace(day=last))


def _week(day: date, last_weekday: int) -> Period:
    last = day + timedelta(days=(last_weekday - day.isoweekday()) % 7)
    return Period(f"{last.isoformat()}W", f"week-{last_weekday}", last - WEEK + timedelta(days=1), last)


def _to_month(day: date, month: int) -> Period:
    return _so_far(_month(day, JANUARY), "to_month", month)


def _to_ten_day(day: date, month: int) -> Period:
    return _so_far(_ten_day(day, JANUARY), "to_ten_day", month)


def _so_far(step: Period, name: str, month: int) -> Period:
    year = _statistical(step.last, month)
    kind = name if month == JANUARY else f"{name}-{month}"
    return Period(f"{year.id}-to-{step.id}", kind, year.first, step.last)


def _months(id_: str, kind: str, year: int, first: int, last: int) -> Period:
    return Period(id_, kind, date(year, first, 1), date(year, last, monthrange(year, last)[1]))


_STEPS: Final = {"to_month": "month", "to_ten_day": "ten_day"}
_CONTAINING: Final[dict[str, Callable[[date, int], Period]]] = {
    "year": _year,
    "statistical": _statistical,
    "half": _half,
    "quarter": _quarter,
    "month": _month,
    "ten_day": _ten_day,
    "week": _week,
    "to_month": _to_month,
    "to_ten_day": _to_ten_day,
}


# Each kind from what is typed


def _typed_week(found: re.Match[str]) -> Period:
    last = date(*map(int, found.groups()))
    return _week(last, last.isoweekday())


def _typed_so_far(found: re.Match[str]) -> Period:
    """'2026-TO-2026-10', or '2026-TO-10': without a year, the month of that name within the year begun with."""
    year, start, step_year, month, third = found.groups()
    begins = int(start or JANUARY)
    if not JANUARY <= begins <= 12:
        raise ValueError(found[0])
    whole = parse(f"{year}-S{begins:02}" if begins != JANUARY else year)
    named = int(step_year) if step_year else int(year) - (begins != JANUARY and int(month) >= begins)
    day = date(named, int(month), 10 * int(third or 1) - 9)
    if not whole.holds(day):
        raise ValueError(found[0])
    kind = "to_ten_day" if third else "to_month"
    return containing(day, f"{kind}-{begins}")


def _typed_statistical(found: re.Match[str]) -> Period:
    if not 2 <= int(found[2]) <= 12:
        raise ValueError(found[0])
    return _statistical(date(int(found[1]), 1, 1), int(found[2]))


_YEAR = r"(19\d\d|20\d\d|21\d\d)"
_WRITTEN: Final[tuple[tuple[str, Callable[[re.Match[str]], Period]], ...]] = (
    (_YEAR, lambda f: _year(date(int(f[1]), 1, 1), JANUARY)),
    (rf"{_YEAR}-?S(\d\d?)", _typed_statistical),
    (rf"{_YEAR}-?H([12])", lambda f: _half(date(int(f[1]), 6 * int(f[2]), 1), JANUARY)),
    (rf"{_YEAR}-?Q([1-4])", lambda f: _quarter(date(int(f[1]), 3 * int(f[2]), 1), JANUARY)),
    (rf"{_YEAR}-(\d\d?)", lambda f: _month(date(int(f[1]), int(f[2]), 1), JANUARY)),
    (rf"{_YEAR}-(\d\d?)-?T([123])", lambda f: _ten_day(date(int(f[1]), int(f[2]), 10 * int(f[3]) - 9), JANUARY)),
    (rf"{_YEAR}-(\d\d?)-(\d\d?)-?W", _typed_week),
    (rf"{_YEAR}(?:-?S(\d\d?))?-TO-(?:{_YEAR}-)?(\d\d?)(?:-?T([123]))?", _typed_so_far),
)
