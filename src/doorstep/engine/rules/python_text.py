"""Python text of one expression, for one subject.

Names in the text: ``rows`` (form → entries in order), ``P`` (properties), ``L`` and ``F`` (facts of the person, and of
the episode), the moments, ``e`` (the entry a rule or aggregate looks at), ``r`` (a row of its repeat), ``this`` and
``opened``. Functions are called by the name they have in ``runtime``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from doorstep.engine.model.history import Entry
from doorstep.engine.model.pack import NumberDef, TableDef
from doorstep.engine.model.planned import SeriesDef
from doorstep.engine.rules import runtime
from doorstep.engine.rules.program import LIVES, values_of
from doorstep.engine.rules.scope import ENTRY_COLUMNS
from doorstep.engine.rules.tables import python_lookup
from doorstep.engine.rules.tree import (
    Aggregate,
    Answer,
    Call,
    Case,
    Cell,
    Constant,
    Counted,
    DoseAnswer,
    Expr,
    FactRef,
    Lookup,
    Moment,
    NumberOn,
    Property,
    Type,
)
from doorstep.engine.rules.vocabulary import VOCABULARY

_READ: dict[Type, str] = {"date": "as_date", "decimal": "as_decimal", "integer": "as_integer"}
_ROW = {"row": "e", "this": "this", "opened": "opened"}


def dated(number: NumberDef) -> Callable[[date | None], Any]:
    """The number's value on a day: the latest one not after it; before the first, missing."""
    whole = all(v.value == v.value.to_integral_value() for v in number.values)
    values = [(v.since, int(v.value) if whole else runtime.in_range(v.value)) for v in values_of(number)]

    def on(day: date | None) -> Any:
        if day is not None:
            for since, value in values:
                if since <= day:
                    return value
        return None

    return on


def later(day: date | None, since: date | None) -> date | None:
    """The later of a day worked out and the first day of the row's edition; an unknown day stays unknown."""
    return day if day is None or since is None else max(day, since)


def repeat_rows(entry: Entry, repeat: str) -> Any:
    """The rows of a repeat in the order they were filled."""
    return entry.answers.get(repeat) or ()


class PythonText:
    """Writes expressions; ``names`` collects what the text needs to run."""

    def __init__(self, numbers: Mapping[str, NumberDef], tables: Mapping[str, TableDef]):
        self._numbers, self._tables = numbers, tables
        self.names: dict[str, Any] = {f.python_name: f.python for f in VOCABULARY.all()}
        self.names |= {name: getattr(runtime, name) for name in _READ.values()}
        self.names["repeat_rows"] = repeat_rows
        self.names["later"] = later
        self._number_names: dict[str, str] = {}
        self._table_names: dict[Any, str] = {}
        self._constants: dict[Any, str] = {}

    def of(self, node: Expr) -> str:
        """The text of ``node``."""
        return _WRITERS[type(node)](self, node)

    def constant(self, node: Constant) -> str:
        value = node.value
        if not isinstance(value, (Decimal, date)):
            return repr(value)
        return self._named(self._constants, value, "constant", value)

    def number(self, node: NumberOn) -> str:
        name = self._named(self._number_names, node.id, "number", dated(self._numbers[node.id]))
        return f"{name}({self.of(node.on)})"

    def lookup(self, node: Lookup) -> str:
        name = self._named(self._table_names, node, "table", python_lookup(self._tables[node.table], node))
        parts = [node.at] if node.at is not None else []
        values = [self.of(part) for part in (*parts, *(value for _, value in node.keys))]
        return f"{name}({', '.join([self.of(node.on) if node.on is not None else 'None', *values])})"

    def _named(self, among: dict[Any, str], key: Any, prefix: str, value: Any) -> str:
        if key not in among:
            among[key] = f"{prefix}_{len(among)}"
            self.names[among[key]] = value
        return among[key]

    def fact(self, node: FactRef) -> str:
        return f"{'L' if node.of in LIVES else 'F'}[{node.name!r}]"

    def property(self, node: Property) -> str:
        return self._typed(f"P.get({node.name!r})", node.type)

    def _typed(self, text: str, type_: Type) -> str:
        reader = _READ.get(type_)
        return f"{reader}({text})" if reader else text

    def answer(self, node: Answer) -> str:
        if node.repeat:
            return self._typed(f"r.get({node.key!r})", node.type)
        row = _ROW[node.row]
        if node.key in ENTRY_COLUMNS:
            text = f"{row}.{node.key}" if node.type == "date" else f"({row}.{node.key} or None)"
        else:
            text = self._typed(f"{row}.answers.get({node.key!r})", node.type)
        if node.row == "row":
            return text
        form = f" or {row}.form != {node.form!r}" if node.key not in ENTRY_COLUMNS else ""
        return f"(None if {row} is None{form} else {text})"

    def moment(self, node: Moment) -> str:
        return "from_" if node.name == "from" else node.name

    def call(self, node: Call) -> str:
        return f"{VOCABULARY[node.function].python_name}({', '.join(map(self.of, node.args))})"

    def case(self, node: Case) -> str:
        text = "None" if node.otherwise is None else self.of(node.otherwise)
        for condition, result in reversed(node.branches):
            text = f"({self.of(result)} if {self.of(condition)} is True else {text})"
        return text

    def aggregate(self, node: Aggregate) -> str:
        child = f" for r in repeat_rows(e, {node.repeat!r})" if node.repeat else ""
        kept = f" if {self.of(node.where)} is True" if node.where is not None else ""
        rows = f"rows.get({node.form!r}, ())"
        if node.last and not child and not kept:
            rows += f"[-{node.last}:]"  # only the last ones are looked at: do not work the others out
        values = f"[{self._row_value(node)} for e in {rows}{child}{kept}]"
        last = f"{node.last}, " if node.last else ""
        return f"{VOCABULARY[node.function].python_name}({last}{values})"

    def counted(self, node: Counted) -> str:
        return f"S.{node.function}({node.series!r}, {self.of(node.chain)})"

    def _row_value(self, node: Aggregate) -> str:
        if node.value is not None:
            return self.of(node.value)
        return "1" if node.type == "integer" else "e.occurred_on"


class SeriesText(PythonText):
    """Writes the rules of a series: aggregates over its doses look at those of ``prior`` alone, in the order given,
    and ``counted`` holds the doses that counted in its own chains."""

    def __init__(self, numbers: Mapping[str, NumberDef], beside: PythonText, series: SeriesDef):
        super().__init__(numbers, beside._tables)
        self.names, self._number_names, self._constants = beside.names, beside._number_names, beside._constants
        self._table_names = beside._table_names
        self._series = series
        self._doses = {(source.form, source.repeat) for source in series.doses}

    def aggregate(self, node: Aggregate) -> str:
        if node.form not in {form for form, _ in self._doses}:
            return super().aggregate(node)
        child = ""
        if (node.form, node.repeat) in self._doses:
            rows = f"for e, r in prior.doses({node.form!r}, {node.repeat!r})"
        else:
            rows = f"for e in prior.entries(rows.get({node.form!r}, ()))"
            child = f" for r in repeat_rows(e, {node.repeat!r})" if node.repeat else ""
        kept = f" if {self.of(node.where)} is True" if node.where is not None else ""
        last = f"{node.last}, " if node.last else ""
        return f"{VOCABULARY[node.function].python_name}({last}[{self._row_value(node)} {rows}{child}{kept}])"

    def counted(self, node: Counted) -> str:
        if node.series == self._series.id:
            return f"counted.{node.function}({self.of(node.chain)}, day)"
        return f"S.{node.function}({node.series!r}, {self.of(node.chain)}, day)"


_WRITERS: dict[type, Callable[[PythonText, Any], str]] = {
    Constant: PythonText.constant,
    NumberOn: PythonText.number,
    FactRef: PythonText.fact,
    Property: PythonText.property,
    Answer: PythonText.answer,
    Moment: PythonText.moment,
    Call: PythonText.call,
    Case: PythonText.case,
    Aggregate: lambda text, node: text.aggregate(node),
    Cell: lambda _text, node: f"row[{node.name!r}]",
    DoseAnswer: lambda text, node: text._typed(f"d.get({node.key!r})", node.type),
    Counted: lambda text, node: text.counted(node),
    Lookup: PythonText.lookup,
}
