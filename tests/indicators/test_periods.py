"""Periods people report by: their ids, first and last days, neighbours and names."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.engine.model.pack import DatedValue, ReportDef
from doorstep.indicators import period_names
from doorstep.indicators.periods import EXAMPLES, containing, family, kinds_of, latest, parse

KINDS = (
    "year", "statistical-10", "half", "quarter", "month", "ten_day", "week-7", "week-5",
    "to_month", "to_month-10", "to_ten_day", "to_ten_day-4",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "id_", "kind", "first", "last"),
    [
        ("2026", "2026", "year", "2026-01-01", "2026-12-31"),
        ("2026-s10", "2026-S10", "statistical-10", "2025-10-01", "2026-09-30"),
        ("2024S3", "2024-S03", "statistical-3", "2023-03-01", "2024-02-29"),
        ("2026h2", "2026-H2", "half", "2026-07-01", "2026-12-31"),
        ("2026-H1", "2026-H1", "half", "2026-01-01", "2026-06-30"),
        ("2026-Q3", "2026-Q3", "quarter", "2026-07-01", "2026-09-30"),
        ("２０２６Q1", "2026-Q1", "quarter", "2026-01-01", "2026-03-31"),
        ("2026-2", "2026-02", "month", "2026-02-01", "2026-02-28"),
        ("2026-10-T1", "2026-10-T1", "ten_day", "2026-10-01", "2026-10-10"),
        ("2026-10-t2", "2026-10-T2", "ten_day", "2026-10-11", "2026-10-20"),
        ("2024-02-T3", "2024-02-T3", "ten_day", "2024-02-21", "2024-02-29"),
        ("2026-10-18W", "2026-10-18W", "week-7", "2026-10-12", "2026-10-18"),
        ("2026-01-02-w", "2026-01-02W", "week-5", "2025-12-27", "2026-01-02"),
        ("2026-to-10", "2026-to-2026-10", "to_month", "2026-01-01", "2026-10-31"),
        ("2026-to-2026-10", "2026-to-2026-10", "to_month", "2026-01-01", "2026-10-31"),
        ("2026-S10-to-11", "2026-S10-to-2025-11", "to_month-10", "2025-10-01", "2025-11-30"),
        ("2026-S10-to-2026-03", "2026-S10-to-2026-03", "to_month-10", "2025-10-01", "2026-03-31"),
        ("2026-to-02-T3", "2026-to-2026-02-T3", "to_ten_day", "2026-01-01", "2026-02-28"),
        ("2024-S10-to-2023-12-T1", "2024-S10-to-2023-12-T1", "to_ten_day-10", "2023-10-01", "2023-12-10"),
    ],
)
def test_what_is_typed(typed: str, id_: str, kind: str, first: str, last: str) -> None:
    found = parse(typed)
    assert (found.id, found.kind, str(found.first), str(found.last)) == (id_, kind, first, last)
    assert parse(found.id) == found


@pytest.mark.parametrize(
    "typed",
    [
        "", "x", "26", "2026-13", "2026-00", "2026-Q5", "2026-H3", "2026-S01", "2026-S13", "2026-10-T4", "2026-13-T1",
        "2026-02-30W", "2026-W42", "1899", "2200", "2026-to-13", "2026-to-2025-10", "2026-S10-to-2026-10", "2026-S99-to-01",
        "2026-10\n2026", "2026-S10-to-2024-11", "٢٠٢٦",
    ],
)  # fmt: skip
def test_what_cannot_be_read(typed: str) -> None:
    with pytest.raises(ValueError):
        parse(typed)


@pytest.mark.parametrize(
    ("typed", "before", "last_year"),
    [
        ("2026", "2025", "2025"),
        ("2026-S10", "2025-S10", "2025-S10"),
        ("2026-H1", "2025-H2", "2025-H1"),
        ("2026-Q1", "2025-Q4", "2025-Q1"),
        ("2026-01", "2025-12", "2025-01"),
        ("2024-03-T1", "2024-02-T3", "2023-03-T1"),
        ("2024-02-T3", "2024-02-T2", "2023-02-T3"),
        ("2026-10-18W", "2026-10-11W", "2025-10-19W"),
        ("2026-to-01", "2025-to-2025-12", "2025-to-2025-01"),
        ("2026-to-03", "2026-to-2026-02", "2025-to-2025-03"),
        ("2026-S10-to-10", "2025-S10-to-2025-09", "2025-S10-to-2024-10"),
        ("2026-to-01-T1", "2025-to-2025-12-T3", "2025-to-2025-01-T1"),
    ],
)
def test_the_one_before_and_the_same_of_last_year(typed: str, before: str, last_year: str) -> None:
    found = parse(typed)
    assert (found.before().id, found.same_last_year().id) == (before, last_year)


@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)), st.sampled_from(KINDS))
def test_periods_of_a_kind_follow_one_another(day: date, kind: str) -> None:
    one = containing(day, kind)
    assert one.kind == kind and one.holds(day) and parse(one.id) == one
    earlier, now = latest(day, kind, 2)
    assert now == one and earlier.kind == kind
    if not family(kind).startswith("to_"):
        assert earlier.last == one.first - timedelta(days=1)
    assert earlier.last < one.last and (earlier.last.year < one.last.year or earlier.id < one.id)
    assert one.same_last_year().kind == kind


@pytest.mark.parametrize(
    ("id_", "zh", "en", "brief_zh", "brief_en"),
    [
        ("2026", "2026年", "2026", "2026", "2026"),
        ("2026-S10", "2026统计年度（2025年10月—2026年9月）", "Statistical year 2026 (October 2025 – September 2026)", "2026年度", "2025/26"),
        ("2026-H2", "2026年下半年", "Second half of 2026", "2026年下半年", "2026 H2"),
        ("2026-Q3", "2026年第三季度", "2026, quarter 3", "2026年3季", "2026 Q3"),
        ("2026-10", "2026年10月", "October 2026", "2026-10", "2026-10"),
        ("2026-10-T1", "2026年10月上旬", "1–10 October 2026", "10月上旬", "1–10 Oct"),
        ("2026-10-T2", "2026年10月中旬", "11–20 October 2026", "10月中旬", "11–20 Oct"),
        ("2026-02-T3", "2026年2月下旬", "21–28 February 2026", "2月下旬", "21–28 Feb"),
        ("2026-10-18W", "2026年10月12日至18日（一周）", "Week of 12–18 October 2026", "至10月18日", "to 18 Oct"),
        ("2026-01-02W", "2025年12月27日至2026年1月2日（一周）", "Week of 27 December 2025 – 2 January 2026", "至1月2日", "to 2 Jan"),
        ("2026-to-10", "2026年1—10月累计", "January–October 2026, added up", "至10月31日", "to 31 Oct"),
        ("2026-to-01", "2026年1月累计", "January 2026, added up", "至1月31日", "to 31 Jan"),
        ("2026-to-10-T2", "2026年1月至10月中旬累计", "1 January – 20 October 2026, added up", "至10月20日", "to 20 Oct"),
        ("2026-S10-to-03", "统计年度累计（2025年10月—2026年3月）", "October 2025 – March 2026, statistical year so far", "至3月31日", "to 31 Mar"),
        ("2026-S10-to-03-T1", "统计年度累计（2025年10月至2026年3月上旬）", "1 October 2025 – 10 March 2026, statistical year so far", "至3月10日", "to 10 Mar"),
    ],
)  # fmt: skip
def test_how_people_write_them(id_: str, zh: str, en: str, brief_zh: str, brief_en: str) -> None:
    period = parse(id_)
    assert period_names.name(period) == {"zh": zh, "en": en}
    assert period_names.brief(period) == {"zh": brief_zh, "en": brief_en}


def test_what_a_report_may_be_asked_for_follows_its_content_on_the_day() -> None:
    def dated(*values: tuple[str, str]) -> tuple[DatedValue, ...]:
        return tuple(DatedValue(Decimal(v), date.fromisoformat(since), "s", "verified") for v, since in values)

    report = ReportDef(
        "r", {}, (), "statistical", also=("week", "to_month", "statistical_to_month"),
        year_starts=dated(("1", "2000-01-01"), ("10", "2012-10-01")), week_ends=dated(("5", "2026-01-01")),
    )  # fmt: skip
    assert kinds_of(report, date(2026, 5, 1)) == ("statistical-10", "week-5", "to_month", "to_month-10")
    assert kinds_of(report, date(2012, 9, 30)) == ("year", "week-5", "to_month")
    assert kinds_of(ReportDef("r", {}, (), "week"), date(2026, 5, 1)) == ("week-7",)


def test_the_examples_shown_can_be_read() -> None:
    assert [parse(one).id for one in EXAMPLES] == list(EXAMPLES)
