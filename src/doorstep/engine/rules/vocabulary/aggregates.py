"""Looking over a subject's entries of one form, in their order."""

from __future__ import annotations

from doorstep.engine.rules import runtime
from doorstep.engine.rules.functions import Example, Function

Rows = tuple[dict[str, object], ...]

_WEIGHTS: Rows = ({"x": "60.5"}, {}, {"x": "58"})
_TEXTS: Rows = ({"t": "x", "a": "2026-01-01"}, {"t": "y", "a": "2026-02-01"}, {})

AGGREGATES = (
    Function(
        "first",
        "aggregate",
        ("one",),
        "same",
        runtime.first,
        lambda d, over: d.earliest_row(over),
        {"en": "The first answer given to a question; of none: missing.", "zh": "某一题的第一个回答；没有则缺失。"},
        (
            Example("first(visit.x)", "60.500000", _WEIGHTS),
            Example("first(visit.a where visit.t = 'y')", "2026-02-01", _TEXTS),
            Example("first(visit.x)", None),
        ),
    ),
    Function(
        "last",
        "aggregate",
        ("one",),
        "same",
        runtime.last,
        lambda d, over: d.latest_row(over),
        {"en": "The latest answer given to a question; of none: missing.", "zh": "某一题最近的回答；没有则缺失。"},
        (Example("last(visit.x)", "58.000000", _WEIGHTS), Example("last(visit.t)", "y", _TEXTS)),
    ),
    Function(
        "first_date",
        "aggregate",
        ("form",),
        "date",
        runtime.first,
        lambda d, over: d.plain("min", over),
        {"en": "The day of the first entry of a form.", "zh": "某表单第一次记录的日期。"},
        (
            Example("first_date(visit)", "2026-01-01", _TEXTS),
            Example("first_date(visit where visit.t = 'y')", "2026-01-02", _TEXTS),
            Example("first_date(visit)", None),
        ),
    ),
    Function(
        "last_date",
        "aggregate",
        ("form",),
        "date",
        runtime.last,
        lambda d, over: d.plain("max", over),
        {"en": "The day of the latest entry of a form.", "zh": "某表单最近一次记录的日期。"},
        (
            Example("last_date(visit)", "2026-01-03", _TEXTS),
            Example("last_date(visit where visit.t = 'x')", "2026-01-01", _TEXTS),
        ),
    ),
    Function(
        "count",
        "aggregate",
        ("form or one",),
        "integer",
        runtime.count,
        lambda d, over: d.plain("count", over),
        {
            "en": "How many entries of a form, rows of a repeat, or answers to a question; of none: 0.",
            "zh": "表单记录数、重复组行数，或某题的回答数；没有则为0。",
        },
        (
            Example("count(visit)", 3, _WEIGHTS),
            Example("count(visit.x)", 2, _WEIGHTS),
            Example("count(visit where visit.t = 'x')", 1, _TEXTS),
            Example("count(visit)", 0),
        ),
        after=lambda _d, column, _last: f"coalesce({column}, 0)",
    ),
    Function(
        "min",
        "aggregate",
        ("any",),
        "same",
        runtime.smallest,
        lambda d, over: d.plain("min", over),
        {"en": "The smallest or earliest answer.", "zh": "最小或最早的回答。"},
        (Example("min(visit.x)", "58.000000", _WEIGHTS), Example("min(visit.x)", None)),
    ),
    Function(
        "max",
        "aggregate",
        ("any",),
        "same",
        runtime.largest,
        lambda d, over: d.plain("max", over),
        {"en": "The largest or latest answer.", "zh": "最大或最晚的回答。"},
        (Example("max(visit.a)", "2026-02-01", _TEXTS),),
    ),
    Function(
        "sum",
        "aggregate",
        ("number",),
        "same",
        runtime.total,
        lambda d, over: d.summed(over),
        {"en": "All answers added; of none: missing.", "zh": "各回答之和；没有则缺失。"},
        (
            Example("sum(visit.x)", "118.500000", _WEIGHTS),
            Example("sum(visit.n)", 3, ({"n": 1}, {"n": 2})),
            Example("sum(visit.x)", None),
        ),
    ),
    Function(
        "avg",
        "aggregate",
        ("decimal",),
        "decimal",
        runtime.average,
        lambda d, over: d.averaged(over),
        {
            "en": "The mean of the answers given; six decimal places, halves away from zero.",
            "zh": "各回答的平均数；保留六位小数，四舍五入。",
        },
        (
            Example("avg(visit.x)", "59.250000", _WEIGHTS),
            Example("avg(visit.n)", "1.666667", ({"n": 1}, {"n": 2}, {"n": 2})),
            Example("avg(visit.x)", None),
        ),
    ),
    Function(
        "any",
        "aggregate",
        ("truth",),
        "truth",
        runtime.any_of,
        lambda d, over: d.any_row(over),
        {
            "en": "Whether it holds for one entry at least. Only unknowns: unknown; no entry: false.",
            "zh": "是否至少有一次成立；全部未知则未知，没有记录则不成立。",
        },
        (
            Example("any(visit.t = 'x')", True, _TEXTS),
            Example("any(visit, visit.t = 'z')", None, _TEXTS),
            Example("any(visit.t = 'z')", False, ({"t": "x"},)),
            Example("any(visit.t = 'z')", False),
        ),
        after=lambda d, column, _last: d.truth_of(column),
    ),
    Function(
        "all_of_last",
        "aggregate",
        ("how many", "truth"),
        "truth",
        runtime.all_of_last,
        lambda d, over: d.last_rows(over),
        {
            "en": "Whether it holds for each of the latest so many entries; fewer entries: false.",
            "zh": "最近若干次记录是否每次都成立；不足次数则不成立。",
        },
        (
            Example("all_of_last(2, visit.t = 'no')", True, ({"t": "yes"}, {"t": "no"}, {"t": "no"})),
            Example("all_of_last(2, visit.t = 'no')", False, ({"t": "no"},)),
            Example("all_of_last(2, visit.t = 'no')", None, ({"t": "no"}, {})),
            Example(
                "all_of_last(2, visit.t = 'no' where visit.n > 0)",
                True,
                ({"t": "no", "n": 1}, {"t": "yes"}, {"t": "no", "n": 2}),
            ),
        ),
        after=lambda d, column, last: d.all_of_last_rows(column, last),
    ),
)
