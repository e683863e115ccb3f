"""Calendar dates."""

from __future__ import annotations

from doorstep.engine.rules import duckdb_text as duck
from doorstep.engine.rules import runtime
from doorstep.engine.rules.functions import Example, Function

_MOVES = ("date", "integer")
_SPANS = ("date", "date")

DATES = (
    Function(
        "add_days",
        "scalar",
        _MOVES,
        "date",
        runtime.add_days,
        lambda day, n, **_: duck.plus_days(day, n),
        {"en": "So many days later; earlier when negative.", "zh": "若干天之后；负数为之前。"},
        (
            Example("add_days(a, -1)", "2026-02-28", ({"a": "2026-03-01"},)),
            Example("add_days(a, n)", "2024-02-29", ({"a": "2024-02-28", "n": 1},)),
            Example("add_days(a, n)", None, ({"a": "2024-02-28"},)),
            Example("add_days(a, 1)", None, ({"a": "9999-12-31"},)),
            Example("add_days(a, n)", None, ({"a": "2024-02-28", "n": 9223372036854775807},)),
        ),
    ),
    Function(
        "add_weeks",
        "scalar",
        _MOVES,
        "date",
        runtime.add_weeks,
        lambda day, n, **_: duck.plus_days(day, n, 7),
        {"en": "So many weeks later.", "zh": "若干周之后。"},
        (
            Example("add_weeks(a, 12)", "2026-03-30", ({"a": "2026-01-05"},)),
            Example("add_weeks(a, n)", "2025-12-29", ({"a": "2026-01-05", "n": -1},)),
        ),
    ),
    Function(
        "add_months",
        "scalar",
        _MOVES,
        "date",
        runtime.add_months,
        lambda day, n, **_: duck.plus_months(day, n),
        {"en": "So many months later, at most the last day of that month.", "zh": "若干个月之后；超过月底取月底。"},
        (
            Example("add_months(a, 1)", "2026-02-28", ({"a": "2026-01-31"},)),
            Example("add_months(a, n)", "2024-02-29", ({"a": "2024-03-31", "n": -1},)),
            Example("add_months(a, n)", None, ({"a": "2024-03-31", "n": 9223372036854775807},)),
        ),
    ),
    Function(
        "add_years",
        "scalar",
        _MOVES,
        "date",
        runtime.add_years,
        lambda day, n, **_: duck.plus_years(day, n),
        {
            "en": "So many years later. 29 February becomes 1 March in a year without one.",
            "zh": "若干年之后；2月29日在平年为3月1日。",
        },
        (
            Example("add_years(a, 1)", "2025-03-01", ({"a": "2024-02-29"},)),
            Example("add_years(a, n)", "2028-02-29", ({"a": "2024-02-29", "n": 4},)),
            Example("add_years(a, n)", None, ({"a": "2024-02-29", "n": 9223372036854775807},)),
        ),
    ),
    Function(
        "add_interval",
        "scalar",
        ("date", "integer", "text"),
        "date",
        runtime.add_interval,
        lambda day, n, unit, **_: duck.plus_interval(day, n, unit),
        {
            "en": "So many of a unit later: 'day', 'week', 'month' or 'year', often from a table. Another word: missing.",
            "zh": "若干个单位之后；单位为 'day'、'week'、'month' 或 'year'，常取自表格；其他词则缺失。",
        },
        (
            Example("add_interval(a, 1, t)", "2026-02-28", ({"a": "2026-01-31", "t": "month"},)),
            Example("add_interval(a, n, t)", "2026-02-10", ({"a": "2026-01-31", "n": 10, "t": "day"},)),
            Example("add_interval(a, n, t)", "2026-01-17", ({"a": "2026-01-31", "n": -2, "t": "week"},)),
            Example("add_interval(a, 1, t)", "2025-03-01", ({"a": "2024-02-29", "t": "year"},)),
            Example("add_interval(a, 1, 'fortnight')", None, ({"a": "2024-02-29"},)),
            Example("add_interval(a, 1, t)", None, ({"a": "2024-02-29"},)),
            Example("add_interval(a, n, 'day')", None, ({"a": "2024-02-29"},)),
        ),
    ),
    Function(
        "days_between",
        "scalar",
        _SPANS,
        "integer",
        runtime.days_between,
        lambda a, b, **_: f"({b} - {a})",
        {"en": "Days from the first to the second.", "zh": "从前一日到后一日的天数。"},
        (
            Example("days_between(a, b)", 2, ({"a": "2024-02-28", "b": "2024-03-01"},)),
            Example("days_between(a, b)", -1, ({"a": "2026-01-02", "b": "2026-01-01"},)),
        ),
    ),
    Function(
        "weeks_between",
        "scalar",
        _SPANS,
        "integer",
        runtime.weeks_between,
        lambda a, b, **_: duck.weeks_from(a, b),
        {"en": "Full weeks from the first to the second.", "zh": "从前一日到后一日的满周数。"},
        (
            Example("weeks_between(a, b)", 1, ({"a": "2026-01-01", "b": "2026-01-14"},)),
            Example("weeks_between(a, b)", -1, ({"a": "2026-01-02", "b": "2026-01-01"},)),
        ),
    ),
    Function(
        "months_between",
        "scalar",
        _SPANS,
        "integer",
        runtime.months_between,
        lambda a, b, **_: duck.months_from(a, b),
        {"en": "Full months from the first to the second.", "zh": "从前一日到后一日的满月数。"},
        (
            Example("months_between(a, b)", 1, ({"a": "2026-01-31", "b": "2026-02-28"},)),
            Example("months_between(a, b)", 0, ({"a": "2026-01-31", "b": "2026-02-27"},)),
            Example("months_between(a, b)", -1, ({"a": "2026-01-02", "b": "2026-01-01"},)),
        ),
    ),
    Function(
        "years_between",
        "scalar",
        _SPANS,
        "integer",
        runtime.years_between,
        lambda a, b, **_: duck.years_from(a, b),
        {"en": "Full years from the first to the second: an age.", "zh": "从前一日到后一日的满年数，即周岁。"},
        (
            Example("years_between(a, b)", 18, ({"a": "2008-02-29", "b": "2026-03-01"},)),
            Example("years_between(a, b)", 17, ({"a": "2008-02-29", "b": "2026-02-28"},)),
        ),
    ),
    Function(
        "year",
        "scalar",
        ("date",),
        "integer",
        runtime.year,
        lambda day, **_: f"year({day})",
        {"en": "The calendar year.", "zh": "公历年份。"},
        (Example("year(a)", 2026, ({"a": "2026-12-31"},)), Example("year(a)", None, ({},))),
    ),
    Function(
        "start_of_year",
        "scalar",
        ("date",),
        "date",
        runtime.start_of_year,
        lambda day, **_: duck.first_of("year", day),
        {"en": "1 January of that year.", "zh": "当年1月1日。"},
        (Example("start_of_year(a)", "2026-01-01", ({"a": "2026-12-31"},)),),
    ),
    Function(
        "start_of_quarter",
        "scalar",
        ("date",),
        "date",
        runtime.start_of_quarter,
        lambda day, **_: duck.first_of("quarter", day),
        {"en": "The first day of that quarter.", "zh": "当季第一天。"},
        (Example("start_of_quarter(a)", "2026-04-01", ({"a": "2026-06-30"},)),),
    ),
    Function(
        "start_of_month",
        "scalar",
        ("date",),
        "date",
        runtime.start_of_month,
        lambda day, **_: duck.first_of("month", day),
        {"en": "The first day of that month.", "zh": "当月第一天。"},
        (Example("start_of_month(a)", "2024-02-01", ({"a": "2024-02-29"},)),),
    ),
)
