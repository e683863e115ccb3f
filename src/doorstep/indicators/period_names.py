"""Periods in words, as people write them in a report: a text by language, long for headings and short for pictures."""

from __future__ import annotations

from datetime import date

from doorstep.engine.model.spec import Text
from doorstep.indicators.periods import Period

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_THIRDS = ("上旬", "中旬", "下旬")
_QUARTERS = "一二三四"


def name(period: Period) -> Text:
    """'2026年10月上旬', '1–10 October 2026'."""
    first, last, year = period.first, period.last, period.last.year
    if period.family == "year":
        return {"zh": f"{year}年", "en": f"{year}"}
    if period.family == "statistical":
        zh, en = _span(first, last)
        return {"zh": f"{year}统计年度（{zh}）", "en": f"Statistical year {year} ({en})"}
    if period.family == "half":
        zh, en = ("上半年", "First") if first.month == 1 else ("下半年", "Second")
        return {"zh": f"{year}年{zh}", "en": f"{en} half of {year}"}
    if period.family == "quarter":
        number = (first.month + 2) // 3
        return {"zh": f"{year}年第{_QUARTERS[number - 1]}季度", "en": f"{year}, quarter {number}"}
    if period.family == "month":
        return {"zh": f"{year}年{first.month}月", "en": f"{_MONTHS[first.month - 1]} {year}"}
    if period.family == "ten_day":
        return {"zh": f"{year}年{first.month}月{_third(period)}", "en": f"{_days(first, last)}"}
    if period.family == "week":
        return {"zh": f"{_day(first)}至{_day(last, first)}（一周）", "en": f"Week of {_days(first, last)}"}
    return _so_far(period)


def brief(period: Period) -> Text:
    """As it fits under a picture: '10月上旬', '2026-10-T1'."""
    if period.family == "quarter":
        number = (period.first.month + 2) // 3
        return {"zh": f"{period.first.year}年{number}季", "en": f"{period.first.year} Q{number}"}
    if period.family == "half":
        half = "上" if period.first.month == 1 else "下"
        return {"zh": f"{period.first.year}年{half}半年", "en": period.id.replace("-", " ")}
    if period.family == "statistical":
        return {"zh": f"{period.last.year}年度", "en": f"{period.last.year - 1}/{period.last.year % 100:02}"}
    if period.family == "ten_day":
        month, days = period.first.month, f"{period.first.day}–{period.last.day}"
        return {"zh": f"{month}月{_third(period)}", "en": f"{days} {_MONTHS[month - 1][:3]}"}
    if period.family in ("week", "to_month", "to_ten_day"):
        until = period.last
        return {"zh": f"至{until.month}月{until.day}日", "en": f"to {until.day} {_MONTHS[until.month - 1][:3]}"}
    return {"zh": period.id, "en": period.id}


def _so_far(period: Period) -> Text:
    first, last = period.first, period.last
    zh, en = _span(first, last)
    if period.family == "to_ten_day":
        zh = f"{first.year}年{first.month}月至{_year_if_other(last, first)}{last.month}月{_third(period)}"
        en = f"1 {_MONTHS[first.month - 1]}{_said_year(first, last)} – {last.day} {_MONTHS[last.month - 1]} {last.year}"
    if first.month != 1:
        return {"zh": f"统计年度累计（{zh}）", "en": f"{en}, statistical year so far"}
    return {"zh": f"{zh}累计", "en": f"{en}, added up"}


def _span(first: date, last: date) -> tuple[str, str]:
    """From month to month, the year said once where it can be."""
    one, other = _MONTHS[first.month - 1], _MONTHS[last.month - 1]
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.year}年{first.month}月", f"{one} {first.year}"
    if first.year == last.year:
        return f"{first.year}年{first.month}—{last.month}月", f"{one}–{other} {last.year}"
    zh = f"{first.year}年{first.month}月—{last.year}年{last.month}月"
    return zh, f"{one} {first.year} – {other} {last.year}"


def _days(first: date, last: date) -> str:
    end = f"{last.day} {_MONTHS[last.month - 1]} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    return f"{first.day} {_MONTHS[first.month - 1]}{_said_year(first, last)} – {end}"


def _said_year(day: date, other: date) -> str:
    return "" if day.year == other.year else f" {day.year}"


def _year_if_other(day: date, other: date) -> str:
    return "" if day.year == other.year else f"{day.year}年"


def _day(day: date, after: date | None = None) -> str:
    if after is not None and (after.year, after.month) == (day.year, day.month):
        return f"{day.day}日"
    year = f"{day.year}年" if after is None or after.year != day.year else ""
    return f"{year}{day.month}月{day.day}日"


def _third(period: Period) -> str:
    return _THIRDS[min((period.last.day - 1) // 10, 2)]
