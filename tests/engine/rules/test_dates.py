"""Calendar arithmetic: what it means, and that both engines mean it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doorstep.engine.rules import runtime
from doorstep.engine.rules.duckdb_text import DUCKDB
from doorstep.engine.rules.vocabulary.dates import DATES
from doorstep.engine.warehouse.run import connect

_UNITS = ["days", "weeks", "months", "years"]
_EDGES = [date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29), date(2000, 2, 29), date(1900, 2, 28), date(2023, 3, 1)]
_days = st.one_of(st.dates(), st.sampled_from(_EDGES), st.dates(date(2023, 1, 1), date(2025, 12, 31)))
_steps = st.one_of(st.integers(-50, 50), st.integers(-(10**7), 10**7), st.just(2**63 - 1), st.just(-(2**63)))


def _word(row: int) -> str | None:
    return ["day", "week", "month", "year", "decade", None][row % 6]


@pytest.mark.parametrize("unit", _UNITS)
@given(a=_days, b=_days)
@example(a=date(2024, 2, 29), b=date(2025, 2, 28))
@example(a=date(2024, 1, 31), b=date(2024, 2, 29))
@settings(deadline=None, derandomize=True, max_examples=150)
def test_between_is_the_greatest_number_of_steps_that_does_not_pass(unit: str, a: date, b: date):
    add, between = getattr(runtime, f"add_{unit}"), getattr(runtime, f"{unit}_between")
    n = between(a, b)
    reached, passed = add(a, n), add(a, n + 1)
    assert reached is None or reached <= b
    assert passed is None or passed > b


@given(a=_days, n=st.integers(-2000, 2000))
@settings(deadline=None, derandomize=True, max_examples=150)
def test_months_clamp_and_leap_days_move_on(a: date, n: int):
    later = runtime.add_months(a, n)
    if later is not None:
        assert (later.year * 12 + later.month) - (a.year * 12 + a.month) == n
        assert later.day == a.day or (later + timedelta(1)).day == 1
    year = runtime.add_years(a, n)
    if year is not None:
        assert (year.month, year.day) in ((a.month, a.day), (3, 1))


@given(rows=st.lists(st.tuples(_days, _days, _steps), min_size=60, max_size=60))
@settings(deadline=None, derandomize=True, max_examples=12)
def test_duckdb_means_the_same(rows: list[tuple[date, date, int]]):
    connection = connect()
    values = ", ".join(
        f"({n}, {DUCKDB.constant(a)}, {DUCKDB.constant(b)}, CAST('{s}' AS BIGINT), {DUCKDB.constant(_word(n))})"
        for n, (a, b, s) in enumerate(rows)
    )
    arguments = {("date", "integer"): ("v.a", "v.n"), ("date", "date"): ("v.a", "v.b"), ("date",): ("v.a",)}
    arguments[("date", "integer", "text")] = ("v.a", "v.n", "v.u")
    columns = ", ".join(f.sql(DUCKDB, *arguments[f.takes], type=f.gives) for f in DATES)
    found = connection.execute(f"SELECT {columns} FROM (VALUES {values}) v(i, a, b, n, u) ORDER BY v.i").fetchall()
    connection.close()

    def expected(row: int, a: date, b: date, n: int) -> tuple[Any, ...]:
        given_: dict[tuple[str, ...], tuple[Any, ...]]
        given_ = {("date", "integer"): (a, n), ("date", "date"): (a, b), ("date",): (a,)}
        given_[("date", "integer", "text")] = (a, n, _word(row))
        return tuple(f.python(*given_[f.takes]) for f in DATES)

    assert found == [expected(n, *row) for n, row in enumerate(rows)]
