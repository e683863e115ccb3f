"""SQL text for DuckDB, piece by piece. Dates by whole-number arithmetic, decimals by scaled whole numbers:
DuckDB's own ``/`` and ``avg`` go through floating point, and its date differences count boundaries."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from doorstep.engine.rules.functions import Over
from doorstep.engine.rules.tree import Type
from doorstep.engine.warehouse.quoting import quoted as quoted
from doorstep.engine.warehouse.quoting import text as text

COLUMN_TYPES: dict[Type, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,6)",
    "date": "DATE",
    "truth": "BOOLEAN",
    "set": "VARCHAR[]",
}
_WHOLE = "BIGINT"
_EXACT = "DECIMAL(18,6)"


def constant(value: str | int | Decimal | bool | date | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"CAST('{value:f}' AS {_EXACT})"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return text(value)


# Numbers


def arithmetic(symbol: str, a: str, b: str, type: Type) -> str:
    if type == "integer":
        return f"TRY_CAST(CAST({a} AS HUGEINT) {symbol} {b} AS {_WHOLE})"
    wide = "DECIMAL(20,6)" if symbol == "*" else "DECIMAL(38,6)"
    return f"TRY_CAST(CAST({a} AS {wide}) {symbol} {b} AS {_EXACT})"


def negated(a: str, type: Type) -> str:
    if type == "integer" and a.isdigit():
        return f"(-{a})"
    return arithmetic("-", "0", a, type)


def scaled(a: str) -> str:
    """A decimal as a whole number of millionths."""
    return f"CAST(CAST({a} AS DECIMAL(25,6)) * CAST(1000000 AS DECIMAL(7,0)) AS HUGEINT)"


def quotient(above: str, below: str) -> str:
    """Millionths over a whole number, half away from zero; missing by zero or when it does not fit."""
    size = f"((2 * abs({above}) + abs({below})) // nullif(2 * abs({below}), 0))"
    signed = f"(CASE WHEN ({above} < 0) = ({below} < 0) THEN {size} ELSE -{size} END)"
    fitting = f"CAST(TRY_CAST({signed} AS DECIMAL(18,0)) AS DECIMAL(20,0))"
    return f"CAST({fitting} * CAST('0.000001' AS {_EXACT}) AS {_EXACT})"


def divided(a: str, b: str) -> str:
    return quotient(f"({scaled(a)} * 1000000)", scaled(b))


# Dates


def _literal(n: str) -> int | None:
    bare = n.strip("()")
    return int(bare) if bare.lstrip("-").isdigit() else None


def plus_days(day: str, n: str, times: int = 1) -> str:
    steps = _literal(n)
    if steps is None:
        moved = f"({day} - DATE '0001-01-01' + {times} * CAST({n} AS HUGEINT))"
        return f"(CASE WHEN {moved} BETWEEN 0 AND 3652058 THEN DATE '0001-01-01' + TRY_CAST({moved} AS INTEGER) END)"
    steps *= times
    if not -3_652_058 <= steps <= 3_652_058:
        return "CAST(NULL AS DATE)"
    edge = date.max - timedelta(steps) if steps >= 0 else date.min - timedelta(steps)
    side = "<=" if steps >= 0 else ">="
    return f"(CASE WHEN {day} {side} DATE '{edge.isoformat()}' THEN {day} + ({steps}) END)"


def _wide(n: str) -> str:
    return n if _literal(n) is not None else f"CAST({n} AS HUGEINT)"


def plus_months(day: str, n: str) -> str:
    """A number that stands in the rule is added by DuckDB itself, which stops at the end of the month as we do and names
    the day, often a long expression, twice instead of seven times."""
    steps = _literal(n)
    if steps is not None:
        low, high = max(12, 12 - steps), min(119_999, 119_999 - steps)
        if low > high:
            return "CAST(NULL AS DATE)"
        end = date.max if high == 119_999 else _first_of(high + 1) - timedelta(1)
        between = f"DATE '{_first_of(low)}' AND DATE '{end}'"
        return f"(CASE WHEN {day} BETWEEN {between} THEN CAST({day} + to_months({steps}) AS DATE) END)"
    months = f"(year({day}) * 12 + month({day}) - 1 + {_wide(n)})"
    first = f"make_date(CAST({months} // 12 AS BIGINT), CAST({months} % 12 + 1 AS BIGINT), 1)"
    moved = f"{first} + CAST(least(day({day}), day(last_day({first}))) - 1 AS INTEGER)"
    return f"(CASE WHEN {months} BETWEEN 12 AND 119999 THEN {moved} END)"


def _first_of(months: int) -> date:
    """The first day of a month counted from the year 0."""
    return date(months // 12, months % 12 + 1, 1)


def plus_years(day: str, n: str) -> str:
    """From the first of the month, so that 29 February becomes 1 March by itself."""
    year = f"(year({day}) + {_wide(n)})"
    moved = f"make_date(CAST({year} AS BIGINT), month({day}), 1) + CAST(day({day}) - 1 AS INTEGER)"
    return f"(CASE WHEN {year} BETWEEN 1 AND 9999 THEN {moved} END)"


def plus_interval(day: str, n: str, unit: str) -> str:
    """The unit's own rule; a missing or other word falls through to NULL."""
    moves = (plus_days(day, n), plus_days(day, n, 7), plus_months(day, n), plus_years(day, n))
    words = ("day", "week", "month", "year")
    cases = " ".join(f"WHEN {text(word)} THEN {move}" for word, move in zip(words, moves, strict=True))
    return f"(CASE {unit} {cases} END)"


def weeks_from(a: str, b: str) -> str:
    """Whole weeks, downwards. 600,000 weeks is longer than all years together: ``//`` cuts towards zero."""
    return f"(({b} - {a} + 4200000) // 7 - 600000)"


def months_from(a: str, b: str) -> str:
    reached = f"CASE WHEN day({b}) >= least(day({a}), day(last_day({b}))) THEN 0 ELSE 1 END"
    return f"((year({b}) - year({a})) * 12 + month({b}) - month({a}) - {reached})"


def years_from(a: str, b: str) -> str:
    """29 February needs nothing special: in other years every day after 28 February is past it."""
    reached = f"CASE WHEN month({b}) * 100 + day({b}) >= month({a}) * 100 + day({a}) THEN 0 ELSE 1 END"
    return f"(year({b}) - year({a}) - {reached})"


def first_of(unit: str, day: str) -> str:
    month = {"year": "1", "quarter": f"month({day}) - (month({day}) - 1) % 3", "month": f"month({day})"}[unit]
    return f"make_date(year({day}), {month}, 1)"


def strict(name: str, *args: str) -> str:
    """least or greatest, missing as soon as one part is: DuckDB's own skip NULL."""
    known = " AND ".join(f"{a} IS NOT NULL" for a in args)
    return f"(CASE WHEN {known} THEN {name}({', '.join(args)}) END)"


# Aggregates


def truth_code(value: str) -> str:
    """0 no, 1 unknown, 2 yes: the greatest of these is three-valued OR, the smallest AND."""
    return f"(CASE WHEN {value} THEN 2 WHEN {value} IS NULL THEN 1 ELSE 0 END)"


def truth_of(code: str) -> str:
    return f"(CASE {code} WHEN 2 THEN TRUE WHEN 1 THEN NULL ELSE FALSE END)"


def nearest_row(function: str, over: Over) -> str:
    return f"{function}({over.value}, {over.order}){over.filtered(f'{over.value} IS NOT NULL')}"


def plain(function: str, over: Over) -> str:
    return f"{function}({over.value}){over.filtered()}"


def summed(over: Over) -> str:
    return f"TRY_CAST({plain('sum', over)} AS {COLUMN_TYPES[over.type]})"


def averaged(over: Over) -> str:
    known = f"{over.value} IS NOT NULL"
    total = f"(sum({scaled(over.value)}){over.filtered(known)})"
    return quotient(total, f"(count(*){over.filtered(known)})")


def any_row(over: Over) -> str:
    return f"max({truth_code(over.value)}){over.filtered()}"


def last_rows(over: Over) -> str:
    return f"arg_max({truth_code(over.value)}, {over.order}, {over.last}){over.filtered()}"


def all_of_last_rows(column: str, last: int) -> str:
    return f"(CASE WHEN len({column}) = {last} THEN {truth_of(f'list_min({column})')} ELSE FALSE END)"
