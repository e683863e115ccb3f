"""Truths, comparisons, choosing, missing."""

from __future__ import annotations

from collections.abc import Callable

from doorstep.engine.rules import runtime
from doorstep.engine.rules.functions import Example, Function


def _joined(symbol: str) -> Callable[..., str]:
    return lambda _d, *args, **_: "(" + f" {symbol} ".join(args) + ")"


LOGIC = (
    Function(
        "and",
        "operator",
        ("truth", "…"),
        "truth",
        runtime.and_,
        _joined("AND"),
        {
            "en": "True when every part is. Unknown when one is missing and none is false.",
            "zh": "各部分都成立才成立；有缺失且没有不成立的，结果未知。",
        },
        (
            Example("a < b and t = 'x'", True, ({"a": "2026-01-01", "b": "2026-01-02", "t": "x"},)),
            Example("a < b and t = 'x'", False, ({"t": "y"},)),
            Example("a < b and t = 'x'", None, ({"t": "x"},)),
        ),
    ),
    Function(
        "or",
        "operator",
        ("truth", "…"),
        "truth",
        runtime.or_,
        _joined("OR"),
        {
            "en": "True when one part is. Unknown when one is missing and none is true.",
            "zh": "有一部分成立就成立；有缺失且没有成立的，结果未知。",
        },
        (
            Example("a < b or t = 'x'", True, ({"t": "x"},)),
            Example("a < b or t = 'x'", None, ({"t": "y"},)),
        ),
    ),
    Function(
        "not",
        "operator",
        ("truth",),
        "truth",
        runtime.not_,
        lambda _d, a, **_: f"(NOT {a})",
        {"en": "The opposite. Of a missing one: unknown.", "zh": "相反；缺失则未知。"},
        (Example("not t = 'x'", True, ({"t": "y"},)), Example("not t = 'x'", None, ({},))),
    ),
    Function(
        "=",
        "operator",
        ("any", "any"),
        "truth",
        runtime.eq,
        _joined("="),
        {"en": "Is the same as. With something missing: unknown.", "zh": "等于；有缺失则未知。"},
        (
            Example("t = 'x'", True, ({"t": "x"},)),
            Example("n = x", True, ({"n": 2, "x": "2.000000"},)),
            Example("t = 'x'", None, ({},)),
        ),
    ),
    Function(
        "<>",
        "operator",
        ("any", "any"),
        "truth",
        runtime.ne,
        _joined("<>"),
        {"en": "Is not the same as.", "zh": "不等于。"},
        (Example("t <> 'x'", True, ({"t": "y"},)), Example("t <> 'x'", None, ({},))),
    ),
    Function(
        "<",
        "operator",
        ("any", "any"),
        "truth",
        runtime.lt,
        _joined("<"),
        {"en": "Is less than, or earlier than.", "zh": "小于，或早于。"},
        (
            Example("a < b", True, ({"a": "2026-01-31", "b": "2026-02-01"},)),
            Example("n < m", None, ({"n": 1},)),
            Example("t < u", True, ({"t": "Z", "u": "a"},)),
        ),
    ),
    Function(
        "<=",
        "operator",
        ("any", "any"),
        "truth",
        runtime.le,
        _joined("<="),
        {"en": "Is at most, or not later than.", "zh": "小于等于，或不晚于。"},
        (Example("n <= m", True, ({"n": 2, "m": 2},)),),
    ),
    Function(
        ">",
        "operator",
        ("any", "any"),
        "truth",
        runtime.gt,
        _joined(">"),
        {"en": "Is more than, or later than.", "zh": "大于，或晚于。"},
        (Example("n > m", False, ({"n": 2, "m": 2},)),),
    ),
    Function(
        ">=",
        "operator",
        ("any", "any"),
        "truth",
        runtime.ge,
        _joined(">="),
        {"en": "Is at least, or not earlier than.", "zh": "大于等于，或不早于。"},
        (Example("n >= m", True, ({"n": 2, "m": 2},)),),
    ),
    Function(
        "between",
        "operator",
        ("any", "any", "any"),
        "truth",
        runtime.between,
        lambda _d, value, low, high, **_: f"({value} >= {low} AND {value} <= {high})",
        {"en": "From the first to the second, both included.", "zh": "在两者之间，含两端。"},
        (
            Example("n between 1 and 12", True, ({"n": 12},)),
            Example("n between m and 12", False, ({"n": 13},)),
            Example("n between m and 12", None, ({"n": 11},)),
        ),
    ),
    Function(
        "in",
        "operator",
        ("any", "any", "…"),
        "truth",
        runtime.in_,
        lambda _d, value, *among, **_: f"({value} IN ({', '.join(among)}))",
        {"en": "Is one of those listed.", "zh": "是所列之一。"},
        (
            Example("t in ('x', 'y')", True, ({"t": "y"},)),
            Example("t in (u, 'y')", None, ({"t": "x"},)),
            Example("t not in ('x', 'y')", True, ({"t": "z"},)),
        ),
    ),
    Function(
        "has",
        "scalar",
        ("set", "text"),
        "truth",
        runtime.has,
        lambda d, chosen, name, **_: d.holds(chosen, name),
        {
            "en": "Whether a choice was ticked in a question with several answers. Not answered: unknown.",
            "zh": "多选题里是否勾选了某一项；没有回答则未知。",
        },
        (
            Example("has(s, 'fever')", True, ({"s": ["cough", "fever"]},)),
            Example("has(s, 'fever')", False, ({"s": []},)),
            Example("has(s, 'fever')", None, ({},)),
        ),
    ),
    Function(
        "is_missing",
        "scalar",
        ("one",),
        "truth",
        runtime.is_missing,
        lambda _d, a, **_: f"({a} IS NULL)",
        {"en": "Whether it is not known. Never unknown itself.", "zh": "是否缺失；本身不会未知。"},
        (Example("is_missing(a)", True, ({},)), Example("is_missing(s)", False, ({"s": []},))),
    ),
    Function(
        "coalesce",
        "scalar",
        ("any", "any", "…"),
        "same",
        runtime.coalesce,
        lambda _d, *args, **_: f"coalesce({', '.join(args)})",
        {"en": "The first of these that is not missing.", "zh": "取第一个不缺失的。"},
        (
            Example("coalesce(a, b)", "2026-02-01", ({"b": "2026-02-01"},)),
            Example("coalesce(n, x)", "1.500000", ({"x": "1.5"},)),
            Example("coalesce(a, b)", None, ({},)),
        ),
    ),
    Function(
        "least",
        "scalar",
        ("any", "any", "…"),
        "same",
        runtime.least,
        lambda d, *args, **_: d.strict("least", *args),
        {
            "en": "The smallest or earliest. Missing as soon as one is missing.",
            "zh": "最小或最早的；有一个缺失就缺失。",
        },
        (
            Example("least(a, b)", "2026-01-31", ({"a": "2026-01-31", "b": "2026-02-01"},)),
            Example("least(n, m)", None, ({"n": 1},)),
        ),
    ),
    Function(
        "greatest",
        "scalar",
        ("any", "any", "…"),
        "same",
        runtime.greatest,
        lambda d, *args, **_: d.strict("greatest", *args),
        {"en": "The largest or latest. Missing as soon as one is missing.", "zh": "最大或最晚的；有一个缺失就缺失。"},
        (Example("greatest(n, m, 1)", 3, ({"n": 3, "m": 2},)), Example("greatest(a, b)", None, ({"b": "2026-02-01"},))),
    ),
)
