"""Periods people report by: written as 2026, 2026-Q3 or 2026-10."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])\Z")
_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
_YEAR = re.compile(r"\d{4}\Z")


@dataclass(frozen=True, slots=True)
class Period:
    """``first`` and ``last`` day belong to it. ``kind`` is 'year', 'quarter' or 'month'."""

    id: str
    kind: str
    first: date
    last: date

    def before(self) -> Period:
        """The period just before, of the same kind."""
        day = date.fromordinal(self.first.toordinal() - 1)
        return containing(day, self.kind)


def parse(text: str) -> Period:
    """A period as people write it. Raises ValueError for anything else."""
    if found := _QUARTER.match(text):
        year, quarter = int(found[1]), int(found[2])
        return _months(f"{year}-Q{quarter}", "quarter", year, 3 * quarter - 2, 3 * quarter)
    if (found := _MONTH.match(text)) and 1 <= int(found[2]) <= 12:
        return _months(text, "month", int(found[1]), int(found[2]), int(found[2]))
    if _YEAR.match(text):
        return _months(text, "year", int(text), 1, 12)
    raise ValueError(text)


def containing(day: date, kind: str) -> Period:
    """The period of a kind that a day belongs to."""
    if kind == "year":
        return parse(f"{day.year}")
    if kind == "month":
        return parse(f"{day.year}-{day.month:02}")
    return parse(f"{day.year}-Q{(day.month + 2) // 3}")


def latest(day: date, kind: str, count: int) -> list[Period]:
    """The ``count`` latest periods up to the one of ``day``, oldest first."""
    found = [containing(day, kind)]
    while len(found) < count:
        found.append(found[-1].before())
    return found[::-1]


def _months(id_: str, kind: str, year: int, first: int, last: int) -> Period:
    if not 1900 <= year <= 2200:
        raise ValueError(id_)
    return Period(id_, kind, date(year, first, 1), date(year, last, monthrange(year, last)[1]))
