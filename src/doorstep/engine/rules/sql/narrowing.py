"""Whom a contact cannot concern, told from one date they already have, before any bound is worked out for them.

A contact that stands only while ``not is_missing(number('listed', until))`` has no window for somebody whose six months
were over long before the number's first day. Working out three days and their reasons for everybody ever born, only to leave nearly all of them
out, was half the cost of a list of children. What is told here is never more than the condition itself says: those it
leaves out, the condition leaves out as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from doorstep.engine.model.pack import NumberDef
from doorstep.engine.rules.program import values_of
from doorstep.engine.rules.tree import Call, Constant, Expr, FactRef, Moment, NumberOn, Property

_LONGEST = {"add_days": 1, "add_weeks": 7, "add_months": 31, "add_years": 366}
"""Days that one of each moves a day on, at most."""
_FURTHEST_BACK = 400  # days
_SURELY_KNOWN = date(100, 1, 1)
"""From here on no step of a bound leaves the calendar, so that none of them is missing."""

Bound = tuple[Expr, date]


def too_early(while_: Expr, bounds: Mapping[str, Expr | None], numbers: Mapping[str, NumberDef]) -> list[Bound]:
    """Dates of a subject, each with a day: whoever has the date before that day (and after the year 100) makes
    ``while_`` false. ``bounds``: what ``from``, ``due`` and ``until`` are worked out by."""
    return [found for day, first in _firsts(while_, numbers) if (found := _before(day, first, bounds)) is not None]


def left_out_sql(found: list[Bound], text_of: Callable[[Expr], str]) -> str:
    """A condition that is true for those who may be left out; '' when nobody may."""
    return " OR ".join(
        f"coalesce({text_of(day)} >= {text_of(Constant(_SURELY_KNOWN, 'date'))}"
        f" AND {text_of(day)} < {text_of(Constant(first, 'date'))}, FALSE)"
        for day, first in found
    )


def _firsts(condition: Expr, numbers: Mapping[str, NumberDef]) -> Iterator[Bound]:
    """Days a dated number is asked for that must not be missing, and that number's first day: before it, or when the day
    itself is missing, the condition is false."""
    if not isinstance(condition, Call):
        return
    if condition.function == "and":
        for part in condition.args:
            yield from _firsts(part, numbers)
    elif condition.function == "not":
        asked = condition.args[0]
        if isinstance(asked, Call) and asked.function == "is_missing" and isinstance(asked.args[0], NumberOn):
            number = asked.args[0]
            since = [value.since for value in values_of(numbers[number.id])]
            if since:
                yield number.on, min(since)


def _before(day: Expr, first: date, bounds: Mapping[str, Expr | None]) -> Bound | None:
    """The date ``day`` is worked out from, and the day before which it makes ``day`` fall before ``first``."""
    if isinstance(day, (FactRef, Property)):
        return (day, first) if first.year > _SURELY_KNOWN.year + 1 else None
    if isinstance(day, Moment):
        tree = bounds.get(day.name)
        return _before(tree, first, bounds) if tree is not None and tree != day else None
    if not isinstance(day, Call) or day.function not in _LONGEST:
        return None
    start, count = day.args[0], _whole(day.args[1])
    if count is None:
        return None
    moved = count * _LONGEST[day.function]
    if not -_FURTHEST_BACK <= moved <= (first - _SURELY_KNOWN).days:
        return None
    return _before(start, first - timedelta(days=max(0, moved)), bounds)


def _whole(count: Expr) -> int | None:
    if isinstance(count, Call) and count.function == "negative":
        below = _whole(count.args[0])
        return None if below is None else -below
    return count.value if isinstance(count, Constant) and isinstance(count.value, int) else None
