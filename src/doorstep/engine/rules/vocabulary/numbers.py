"""Arithmetic on whole numbers and exact decimals of six places."""

from __future__ import annotations

from collections.abc import Callable

from doorstep.engine.rules import runtime
from doorstep.engine.rules.dialect import Dialect
from doorstep.engine.rules.functions import Example, Function
from doorstep.engine.rules.tree import Type


def _exactly(symbol: str) -> Callable[..., str]:
    def emit(d: Dialect, a: str, b: str, type: Type) -> str:
        return d.arithmetic(symbol, a, b, type)

    return emit


NUMBERS = (
    Function(
        "+",
        "operator",
        ("number", "number"),
        "same",
        runtime.add,
        _exactly("+"),
        {"en": "Added. A number too large to hold is missing.", "zh": "相加；大到存不下则缺失。"},
        (
            Example("n + m", 5, ({"n": 2, "m": 3},)),
            Example("n + x", "2.500000", ({"n": 2, "x": "0.5"},)),
            Example("n + m", None, ({"n": 9223372036854775807, "m": 1},)),
        ),
    ),
    Function(
        "-",
        "operator",
        ("number", "number"),
        "same",
        runtime.subtract,
        _exactly("-"),
        {"en": "Taken away.", "zh": "相减。"},
        (Example("n - x", "1.500000", ({"n": 2, "x": "0.5"},)), Example("n - m", None, ({"n": 2},))),
    ),
    Function(
        "*",
        "operator",
        ("number", "number"),
        "same",
        runtime.multiply,
        _exactly("*"),
        {
            "en": "Multiplied; six decimal places, halves away from zero.",
            "zh": "相乘；保留六位小数，四舍五入（负数同理）。",
        },
        (
            Example("x * y", "-0.000001", ({"x": "0.000001", "y": "-0.5"},)),
            Example("x * y", "6000000.000000", ({"x": "2000", "y": "3000"},)),
            Example("x * y", None, ({"x": "2000000", "y": "2000000"},)),
            Example("n * 2", 14, ({"n": 7},)),
        ),
    ),
    Function(
        "/",
        "operator",
        ("decimal", "decimal"),
        "decimal",
        runtime.divide,
        lambda d, a, b, **_: d.divided(a, b),
        {
            "en": "Divided; six decimal places, halves away from zero. By zero: missing.",
            "zh": "相除；保留六位小数，四舍五入。除以零则缺失。",
        },
        (
            Example("n / m", "0.666667", ({"n": 2, "m": 3},)),
            Example("n / m", "-0.666667", ({"n": -2, "m": 3},)),
            Example("x / y", "0.000001", ({"x": "0.000001", "y": "2"},)),
            Example("n / m", None, ({"n": 1, "m": 0},)),
        ),
    ),
    Function(
        "negative",
        "operator",
        ("number",),
        "same",
        runtime.negative,
        lambda d, a, type: d.negated(a, type),
        {"en": "With the other sign: -x.", "zh": "变号：-x。"},
        (Example("-x", "-1.500000", ({"x": "1.5"},)), Example("-n", -2, ({"n": 2},))),
    ),
    Function(
        "to_decimal",
        "operator",
        ("integer",),
        "decimal",
        runtime.to_decimal,
        lambda d, a, **_: d.to_decimal(a),
        {
            "en": "A whole number where a decimal one is needed. Added by itself.",
            "zh": "在需要小数处使用整数；自动完成。",
        },
        (Example("coalesce(x, n)", "2.000000", ({"n": 2},)), Example("coalesce(x, n)", None, ({"n": 1000000000000},))),
    ),
)
