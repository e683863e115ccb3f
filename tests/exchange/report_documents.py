"""A report as it may read in a township: numbers, hidden ones, figures that are not there, and a name made to do harm."""

from __future__ import annotations

from datetime import UTC, datetime

from doorstep.indicators.documents.model import (
    Block,
    Definition,
    Document,
    Figure,
    Head,
    Line,
    Made,
    Place,
    Row,
    Table,
)
from doorstep.indicators.documents.spoken import Stamp

HIDDEN, NONE = Figure("hidden"), Figure("none")
TITLES = {
    "early": {"en": "Early registration rate", "zh": "早孕建册率"},
    "opened": {"en": "Health records opened", "zh": "新建健康档案数"},
    "deaths": {"en": "Infant deaths", "zh": "婴儿死亡率"},
}


def count(value: str) -> Figure:
    return Figure("number", value)


def rate(value: str, per: int = 100) -> Figure:
    return Figure("number", value, per)


LINES = (
    Line("c1-t1", "early", count("1132"), count("1314"), rate("86.1")),
    Line("c1-t1", "opened", count("1205"), NONE, NONE),
    Line("c1-t1", "deaths", count("15"), count("4762"), rate("3.15", 1000)),
    Line("c1-t1-v1", "early", HIDDEN, HIDDEN, HIDDEN),
    Line("c1-t1-v1", "opened", count("20"), NONE, NONE),
    Line("c1-t1-v1", "deaths", HIDDEN, count("1000"), HIDDEN),
)
BY_INDICATOR = Table(
    {"en": "All figures", "zh": "各项指标"},
    "indicators",
    tuple(Head({}, part) for part in ("numerator", "denominator", "rate", "last_year")),
    (
        Row(TITLES["early"], (count("1132"), count("1314"), rate("86.1"), rate("85.0"))),
        Row(TITLES["opened"], (count("1205"), NONE, NONE, count("980"))),
        Row(TITLES["deaths"], (count("15"), count("4762"), rate("3.15", 1000), HIDDEN)),
    ),
)
BY_PLACE = Table(
    {"en": "By place", "zh": "分地方情况"},
    "places",
    (Head(TITLES["early"], "numerator"), Head(TITLES["early"], "rate"), Head(TITLES["opened"], "numerator")),
    (
        Row({"en": "=1+1 village", "zh": "=1+1村"}, (HIDDEN, HIDDEN, count("20"))),
        Row({"en": "Liulin", "zh": "柳林乡"}, (count("1132"), rate("86.1"), count("1205"))),
    ),
)
DOCUMENT = Document(
    report="maternal_quarter",
    title={"en": "Maternal care, by quarter", "zh": "孕产妇健康管理季度报表"},
    programme={"en": "Maternal care", "zh": "孕产妇健康管理"},
    place=Place("c1-t1", {"en": "Liulin", "zh": "柳林乡"}),
    places=(Place("c1-t1-v1", {"en": "=1+1 village", "zh": "=1+1村"}),),
    period="2026-Q3",
    period_name={"en": "2026, quarter 3", "zh": "2026年第三季度"},
    first="2026-07-01",
    last="2026-09-30",
    unfinished=False,
    blocks=(
        Block(heading={"en": "Early care", "zh": "早孕建册"}),
        Block(
            paragraph={
                "en": "In Liulin, 2026, quarter 3: 1,132 women signed up before 13 weeks, for 1,314 babies: 86.1 %.",
                "zh": "柳林乡2026年第三季度生产的妇女中，孕13周前建册并做了第一次产前检查的有1,132人，同期活产1,314人，早孕建册率为86.1%。",
            }
        ),
        Block(table=BY_INDICATOR),
        Block(heading={"en": "By place", "zh": "分地方情况"}),
        Block(table=BY_PLACE),
    ),
    lines=LINES,
    definitions=tuple(
        Definition(
            i, title, {"en": "What it counts.", "zh": "数的是什么。"}, {"en": "Norm 2017", "zh": "规范2017"}, "verified"
        )
        for i, title in TITLES.items()
    ),
    made=Made(
        day="2026-10-08",
        pack="maternal",
        version="2026.11.2",
        digest="d" * 64,
        charter="c" * 64,
        demonstration=True,
        program="0.1.0",
        at="2026-10-08T03:20:00+00:00",
        seq=4711,
    ),
)
STAMP = Stamp(
    "李芳",
    datetime(2026, 10, 8, 3, 20, tzinfo=UTC),
    "王强",
    datetime(2026, 10, 9, 1, 5, tzinfo=UTC),
    1,
    "a" * 64,
)
