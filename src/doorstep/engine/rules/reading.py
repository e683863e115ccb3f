"""From a rule's text to the typed tree, refusing whatever the vocabulary does not hold.

Every mistake becomes a Problem with file, line and item; a broken part gets the type 'unknown', so that one mistake
is told once and the rest of the rule is still read.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlglot import exp

from doorstep.engine.model.planned import Rule
from doorstep.engine.rules import naming, types
from doorstep.engine.rules.aggregating import read_aggregate
from doorstep.engine.rules.asking import ASKING, asked
from doorstep.engine.rules.complaints import Complaints
from doorstep.engine.rules.functions import Function, nearest
from doorstep.engine.rules.grammar import Malformed, parse
from doorstep.engine.rules.scope import Scope
from doorstep.engine.rules.tables import LOOKING, looked_up
from doorstep.engine.rules.tree import BROKEN, Case, Constant, Expr, NumberOn, Type
from doorstep.engine.rules.vocabulary import VOCABULARY

FREE_LITERALS = frozenset({Decimal(0), Decimal(1), Decimal(2), Decimal(12)})
_OPERATORS: dict[type[exp.Expression], str] = {
    exp.And: "and",
    exp.Or: "or",
    exp.Not: "not",
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.Neg: "negative",
}
_INSTEAD: dict[type[exp.Expression], str] = {
    exp.Is: "is_missing(x)",
    exp.Null: "is_missing(x)",
    exp.Like: "x in ('a', 'b')",
    exp.Star: "count(form)",
}


def read(rule: Rule, scope: Scope, complaints: Complaints, wants: Type | None = None) -> Expr:
    """The typed tree of ``rule``; ``wants`` is the type the place needs (None = any)."""
    try:
        raw = parse(rule.text)
    except Malformed as error:
        return complaints.add("rules.syntax", detail=error.detail)
    node = Reader(scope, complaints).node(raw)
    return types.fitted(node, wants, complaints) if wants else node


class Reader:
    """Reads one rule. ``aggregate_form`` and ``aggregate_repeat`` name the rows looked at inside an aggregate."""

    def __init__(self, scope: Scope, complaints: Complaints, form: str = "", repeat: str = ""):
        self.scope = scope
        self.complaints = complaints
        self.aggregate_form = form
        self.aggregate_repeat = repeat

    def node(self, raw: Any) -> Expr:
        for kind, reader in _READERS.items():
            if isinstance(raw, kind):
                return reader(self, raw)
        operator = _OPERATORS.get(type(raw))
        if operator:
            parts = [raw.this] if isinstance(raw, exp.Unary) else [raw.this, raw.expression]
            return self.call(VOCABULARY[operator], [self.node(part) for part in parts])
        return self.refused(raw)

    def refused(self, raw: Any) -> Expr:
        shown = raw.sql()[:40] if isinstance(raw, exp.Expression) else str(raw)
        instead = _INSTEAD.get(type(raw), "")
        return self.complaints.add(
            "rules.not_in_language" if not instead else "rules.write_instead", text=shown, instead=instead
        )

    def call(self, function: Function, args: list[Expr]) -> Expr:
        return types.checked_call(function, args, self.complaints)

    def column(self, raw: exp.Column) -> Expr:
        if isinstance(raw.this, exp.Star):
            return self.refused(raw.this)
        return naming.named(self, [part.name for part in raw.parts])

    def literal(self, raw: exp.Literal) -> Expr:
        if raw.is_string:
            return Constant(str(raw.this), "text")
        try:
            value = Decimal(str(raw.this))
        except ArithmeticError:
            return self.complaints.add("rules.syntax", detail=str(raw.this))
        if value not in FREE_LITERALS and not self.scope.literals:
            return self.complaints.add("rules.bare_literal", value=str(raw.this))
        whole = value == value.to_integral_value()
        return Constant(int(value), "integer") if whole else Constant(value, "decimal")

    def boolean(self, raw: exp.Boolean) -> Expr:
        return Constant(bool(raw.this), "truth")

    def paren(self, raw: exp.Paren) -> Expr:
        return self.node(raw.this)

    def between(self, raw: exp.Between) -> Expr:
        return self.call(
            VOCABULARY["between"], [self.node(raw.this), self.node(raw.args["low"]), self.node(raw.args["high"])]
        )

    def among(self, raw: exp.In) -> Expr:
        if not raw.expressions:
            return self.refused(raw)
        return self.call(VOCABULARY["in"], [self.node(raw.this), *map(self.node, raw.expressions)])

    def case(self, raw: exp.Case) -> Expr:
        if raw.this is not None:
            return self.complaints.add("rules.write_instead", text="case x when", instead="case when x = 'a' then …")
        conditions = [types.fitted(self.node(part.this), "truth", self.complaints) for part in raw.args["ifs"]]
        results = [self.node(part.args["true"]) for part in raw.args["ifs"]]
        default = raw.args.get("default")
        if default is not None:
            results.append(self.node(default))
        shared = types.shared_type(results)
        if shared is None:
            return self.complaints.add("rules.case_types", types=types.listed(results))
        results = [types.converted(result, shared) for result in results]
        otherwise = results.pop() if default is not None else None
        return Case(tuple(zip(conditions, results, strict=True)), otherwise, shared)

    def filtered(self, raw: exp.Filter) -> Expr:
        """``aggregate(…) where …``: allowed when the whole rule is that one aggregate."""
        call = raw.this
        if not isinstance(call, exp.Anonymous) or not self.is_aggregate(call) or raw.parent is not None:
            return self.complaints.add("rules.where_outside")
        moved = call.copy()
        moved.expressions[-1].replace(exp.Filter(this=moved.expressions[-1].copy(), expression=raw.expression.copy()))
        return self.function(moved)

    @staticmethod
    def is_aggregate(raw: exp.Anonymous) -> bool:
        function = VOCABULARY.find(str(raw.this))
        return function is not None and function.kind == "aggregate"

    def function(self, raw: exp.Anonymous) -> Expr:
        name = str(raw.this)
        if name == "number":
            return self.number(raw)
        if name in ASKING:
            return asked(self, name, list(raw.expressions))
        if name in LOOKING:
            return looked_up(self, name, list(raw.expressions))
        function = VOCABULARY.find(name)
        if function is None:
            return self.complaints.add("rules.unknown_function", name=name, nearest=VOCABULARY.nearest(name))
        if function.kind == "aggregate":
            return read_aggregate(self, function, list(raw.expressions))
        return self.call(function, [self.node(arg) for arg in raw.expressions])

    def number(self, raw: exp.Anonymous) -> Expr:
        args = list(raw.expressions)
        if len(args) != 2 or not (isinstance(args[0], exp.Literal) and args[0].is_string):
            return self.complaints.add("rules.number_shape")
        id_, numbers = str(args[0].this), self.scope.pack.numbers
        on = types.fitted(self.node(args[1]), "date", self.complaints)
        if id_ not in numbers:
            return self.complaints.add("rules.unknown_number", name=id_, nearest=nearest(id_, list(numbers)))
        whole = all(v.value == v.value.to_integral_value() for v in numbers[id_].values)
        return BROKEN if on.type == "unknown" else NumberOn(id_, on, "integer" if whole else "decimal")


_READERS: dict[type[exp.Expression], Callable[[Reader, Any], Expr]] = {
    exp.Column: Reader.column,
    exp.Literal: Reader.literal,
    exp.Boolean: Reader.boolean,
    exp.Paren: Reader.paren,
    exp.Between: Reader.between,
    exp.In: Reader.among,
    exp.Case: Reader.case,
    exp.Filter: Reader.filtered,
    exp.Anonymous: Reader.function,
}
