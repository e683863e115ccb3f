"""What the generated Python calls: three-valued logic, calendar dates, exact decimals.

Missing is ``None`` everywhere, and every function here is total: it gives a value or ``None``, never an exception.
Dates outside the years 1 to 9999 and numbers that do not fit (BIGINT, DECIMAL(18,6)) are missing.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

Truth = bool | None
Number = int | Decimal

MICRO = Decimal("0.000001")
DECIMAL_LIMIT = 10**12  # DECIMAL(18,6) holds 12 digits before the point
_LARGEST_INTEGER = 2**63 - 1
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


# Answers as stored, to values


@lru_cache(maxsize=65536)
def as_date(said: str | date | None) -> date | None:
    """A stored date. lru_cache: the same few thousand days come again and again."""
    if said is None or isinstance(said, date):
        return said
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def as_decimal(said: str | int | Decimal | None) -> Decimal | None:
    """A stored decimal, rounded to six places."""
    if said is None:
        return None
    try:
        return in_range(Decimal(str(said)))
    except InvalidOperation:
        return None


def as_integer(said: Any) -> int | None:
    """A stored whole number."""
    if said is None or isinstance(said, int):
        return said
    try:
        return whole_in_range(int(said))
    except ValueError:
        return None


def in_range(value: Decimal) -> Decimal | None:
    """``value`` as a DECIMAL(18,6), half away from zero; missing when it does not fit."""
    if not value.is_finite():
        return None
    rounded = _EXACT.quantize(value, MICRO) if abs(value) < 10 * DECIMAL_LIMIT else value
    return rounded if abs(rounded) < DECIMAL_LIMIT else None


def whole_in_range(value: int) -> int | None:
    """``value`` as a BIGINT; missing when it does not fit."""
    return value if -_LARGEST_INTEGER - 1 <= value <= _LARGEST_INTEGER else None


def to_decimal(value: int | None) -> Decimal | None:
    """A whole number where a decimal is wanted."""
    return None if value is None or abs(value) >= DECIMAL_LIMIT else Decimal(value)


# Three-valued logic


def and_(*parts: Truth) -> Truth:
    """False wins, then unknown."""
    if False in parts:
        return False
    return None if None in parts else True


def or_(*parts: Truth) -> Truth:
    """True wins, then unknown."""
    if True in parts:
        return True
    return None if None in parts else False


def not_(value: Truth) -> Truth:
    return None if value is None else not value


def eq(a: Any, b: Any) -> Any:
    return None if a is None or b is None else a == b


def ne(a: Any, b: Any) -> Any:
    return None if a is None or b is None else a != b


def lt(a: Any, b: Any) -> Any:
    return None if a is None or b is None else a < b


def le(a: Any, b: Any) -> Any:
    return None if a is None or b is None else a <= b


def gt(a: Any, b: Any) -> Any:
    return None if a is None or b is None else a > b


def ge(a: Any, b: Any) -> Any:
    return None if a is None or b is None else a >= b


def between(value: Any, low: Any, high: Any) -> Truth:
    return and_(ge(value, low), le(value, high))


def in_(value: Any, *among: Any) -> Truth:
    return or_(*[eq(value, one) for one in among])


def has(chosen: Sequence[str] | None, name: str | None) -> Truth:
    return None if chosen is None or name is None else name in chosen


def is_missing(value: Any) -> bool:
    return value is None


def coalesce(*values: Any) -> Any:
    for value in values:
        if value is not None:
            return value
    return None


def least(*values: Any) -> Any:
    return None if None in values else min(values)


def greatest(*values: Any) -> Any:
    return None if None in values else max(values)


# Numbers


def add(a: Number | None, b: Number | None) -> Number | None:
    return None if a is None or b is None else _fit(a + b)


def subtract(a: Number | None, b: Number | None) -> Number | None:
    return None if a is None or b is None else _fit(a - b)


def multiply(a: Any, b: Any) -> Number | None:
    if a is None or b is None:
        return None
    return whole_in_range(a * b) if isinstance(a, int) else in_range(_EXACT.multiply(a, b))


def divide(a: Decimal | None, b: Decimal | None) -> Decimal | None:
    """Rounded half away from zero at six places; by zero is missing."""
    if a is None or b is None or b == 0:
        return None
    return divide_scaled(_scaled(a) * 10**6, _scaled(b))


def divide_scaled(above: int, below: int) -> Decimal | None:
    """``above / below`` to the nearest millionth, when ``above`` counts millionths."""
    quotient = (2 * abs(above) + abs(below)) // (2 * abs(below))
    if quotient >= DECIMAL_LIMIT * 10**6:
        return None
    return Decimal(quotient if (above < 0) == (below < 0) else -quotient).scaleb(-6)


def negative(a: Number | None) -> Number | None:
    return None if a is None else _fit(-a)


def _scaled(value: Decimal) -> int:
    return int(value.scaleb(6))


def _fit(value: Number) -> Number | None:
    return whole_in_range(value) if isinstance(value, int) else in_range(value)


# Calendar dates, by whole-number arithmetic


def add_days(day: date | None, n: int | None) -> date | None:
    if day is None or n is None:
        return None
    try:
        return date.fromordinal(day.toordinal() + n)
    except (ValueError, OverflowError):
        return None


def add_weeks(day: date | None, n: int | None) -> date | None:
    if day is None or n is None:
        return None
    try:
        return date.fromordinal(day.toordinal() + 7 * n)
    except (ValueError, OverflowError):
        return None


def add_interval(day: date | None, n: int | None, unit: str | None) -> date | None:
    """So many days, weeks, months or years later, by the word in ``unit``."""
    move = _MOVES.get(unit or "")
    return move(day, n) if move is not None else None


def days_in_month(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else _DAYS_IN_MONTH[month - 1]


def add_months(day: date | None, n: int | None) -> date | None:
    """Clamped to the end of the month."""
    if day is None or n is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def add_years(day: date | None, n: int | None) -> date | None:
    """29 February becomes 1 March in a year without one."""
    if day is None or n is None:
        return None
    year = day.year + n
    if not 1 <= year <= 9999:
        return None
    if day.month == 2 and day.day == 29 and not isleap(year):
        return date(year, 3, 1)
    return date(year, day.month, day.day)


_MOVES = {"day": add_days, "week": add_weeks, "month": add_months, "year": add_years}


def days_between(a: date | None, b: date | None) -> int | None:
    return None if a is None or b is None else b.toordinal() - a.toordinal()


def weeks_between(a: date | None, b: date | None) -> int | None:
    return None if a is None or b is None else (b.toordinal() - a.toordinal()) // 7


def months_between(a: date | None, b: date | None) -> int | None:
    """The greatest n with add_months(a, n) <= b."""
    if a is None or b is None:
        return None
    n = (b.year - a.year) * 12 + b.month - a.month
    return n if b.day >= min(a.day, days_in_month(b.year, b.month)) else n - 1


def years_between(a: date | None, b: date | None) -> int | None:
    """The greatest n with add_years(a, n) <= b."""
    if a is None or b is None:
        return None
    turned = (3, 1) if (a.month, a.day) == (2, 29) and not isleap(b.year) else (a.month, a.day)
    return b.year - a.year - (0 if (b.month, b.day) >= turned else 1)


def year(day: date | None) -> int | None:
    return None if day is None else day.year


def start_of_year(day: date | None) -> date | None:
    return None if day is None else date(day.year, 1, 1)


def start_of_quarter(day: date | None) -> date | None:
    return None if day is None else date(day.year, day.month - (day.month - 1) % 3, 1)


def start_of_month(day: date | None) -> date | None:
    return None if day is None else date(day.year, day.month, 1)


# Aggregates, over the values of rows in order


def count(values: Sequence[Any]) -> int:
    return sum(1 for value in values if value is not None)


def first(values: Sequence[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def last(values: Sequence[Any]) -> Any:
    return next((value for value in reversed(values) if value is not None), None)


def smallest(values: Sequence[Any]) -> Any:
    return min((value for value in values if value is not None), default=None)


def largest(values: Sequence[Any]) -> Any:
    return max((value for value in values if value is not None), default=None)


def total(values: Sequence[Any]) -> Number | None:
    known = [value for value in values if value is not None]
    return _fit(sum(known)) if known else None


def average(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [_scaled(value) for value in values if value is not None]
    return divide_scaled(sum(known), len(known)) if known else None


def any_of(values: Sequence[Truth]) -> Truth:
    return or_(*values)


def all_of_last(n: int, values: Sequence[Truth]) -> Truth:
    """False when there are fewer than ``n`` rows."""
    return and_(*values[-n:]) if len(values) >= n else False
