"""SQL text of one expression, in the dialect of one engine.

Columns are named by what they hold: ``f:`` fact, ``l:`` fact of the person an episode is about, ``p:`` property,
``a:`` aggregate, ``q:`` answer of a row, ``c:`` answer in a repeat, ``this:`` and ``o:`` answers of the entry that
settled the last visit and of the one that opened the care; moments under their own names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from doorstep.engine.model.pack import NumberDef
from doorstep.engine.rules.dialect import Dialect
from doorstep.engine.rules.duckdb_text import DUCKDB, lookup_table
from doorstep.engine.rules.functions import Over
from doorstep.engine.rules.program import LIVES, Program, values_of
from doorstep.engine.rules.runtime import in_range
from doorstep.engine.rules.sql.step import Step, table
from doorstep.engine.rules.tables import BEFORE, SINCE, cell
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
    walk,
)
from doorstep.engine.rules.vocabulary import VOCABULARY
from doorstep.engine.warehouse.quoting import quoted

_ROW_PREFIX = {"row": "q", "this": "this", "opened": "o"}


def column(prefix: str, name: str | int) -> str:
    return quoted(f"{prefix}:{name}")


def tables_steps(program: Program, trees: Iterable[Expr]) -> list[Step]:
    """Steps that lay down the tables these rules ask, for an engine that looks into them."""
    steps = []
    for name in sorted({node.table for tree in trees for node in walk(tree) if isinstance(node, Lookup)}):
        known = program.pack.tables[name]
        rows = [
            f"({', '.join(DUCKDB.typed(cell(known, row, c), k) for c, k in known.columns.items())})"  # type: ignore[arg-type]
            for row in known.rows
        ]
        header = ", ".join(map(quoted, known.columns))
        steps.append(table(lookup_table(name), f"SELECT * FROM (VALUES {', '.join(rows)}) p({header})"))
    return steps


def counted_table(program: Program, series: str) -> str:
    """Where the counted doses of a series stand."""
    return quoted(f"rules_counted_{list(program.series).index(series)}")


class Expressions:
    """Writes expressions of one subject. ``aggregates`` numbers the distinct aggregates its rules use."""

    def __init__(
        self, program: Program, subject: str, dialect: Dialect, aggregates: Mapping[Aggregate, int] | None = None
    ):
        self._program = program
        self.dialect = dialect
        self._numbers: Mapping[str, NumberDef] = program.pack.numbers
        self._subject = subject
        self._aggregates = aggregates or {}

    @property
    def program(self) -> Program:
        return self._program

    def of(self, node: Expr, subject: str = "t", row: str = "r") -> str:
        """The text of ``node``; ``subject`` and ``row`` are the aliases of the subject's and the entry's relation."""
        return _WRITERS[type(node)](self, node, subject, row)

    def _constant(self, node: Constant, _t: str, _r: str) -> str:
        if node.value is None:
            return f"CAST(NULL AS {self.dialect.column_types.get(node.type, self.dialect.column_types['text'])})"
        return self.dialect.constant(node.value)

    def _fact(self, node: FactRef, t: str, _r: str) -> str:
        own = node.of == self._subject
        return f"{t}.{column('f' if own else 'l', node.name)}"

    def _property(self, node: Property, t: str, _r: str) -> str:
        return f"{t}.{column('p', node.name)}"

    def _answer(self, node: Answer, t: str, r: str) -> str:
        if node.repeat:
            return f"c.{quoted(node.key)}"
        return f"{r if node.row == 'row' else t}.{column(_ROW_PREFIX[node.row], node.key)}"

    def _moment(self, node: Moment, t: str, r: str) -> str:
        if node.name == "next_on":
            return f'{r}."next_on"'
        return f"{t}.{quoted('k' if node.name == 'times_met' else node.name)}"

    def _number(self, node: NumberOn, t: str, r: str) -> str:
        day = self.of(node.on, t, r)
        whole, constant = node.type == "integer", self.dialect.constant
        values = values_of(self._numbers[node.id])
        cases = " ".join(
            f"WHEN {day} >= {constant(v.since)} THEN {constant(int(v.value) if whole else in_range(v.value))}"
            for v in values
        )
        return f"(CASE {cases} END)" if cases else f"CAST(NULL AS {self.dialect.column_types[node.type]})"

    def _call(self, node: Call, t: str, r: str) -> str:
        args = [self.of(arg, t, r) for arg in node.args]
        return VOCABULARY[node.function].sql(self.dialect, *args, type=node.type)

    def _case(self, node: Case, t: str, r: str) -> str:
        branches = " ".join(f"WHEN {self.of(c, t, r)} THEN {self.of(v, t, r)}" for c, v in node.branches)
        otherwise = f" ELSE {self.of(node.otherwise, t, r)}" if node.otherwise is not None else ""
        return f"(CASE {branches}{otherwise} END)"

    def column_of(self, aggregate: Aggregate) -> str:
        """The column it stands in, once worked out."""
        return column("a", self._aggregates[aggregate])

    def _aggregate(self, node: Aggregate, t: str, _r: str) -> str:
        held = f"{t}.{self.column_of(node)}"
        return VOCABULARY[node.function].after(self.dialect, held, node.last)

    def aggregated(self, node: Aggregate) -> str:
        """The SQL aggregate itself, over rows ``r`` (and ``c`` in a repeat) of subject ``t``."""
        value = (
            self.of(node.value) if node.value is not None else "1" if node.type == "integer" else 'r."q:occurred_on"'
        )
        order = "r.ord * 1000000 + c.ord" if node.repeat else "r.ord"
        where = self.of(node.where) if node.where is not None else ""
        type_ = node.value.type if node.value is not None else node.type
        return VOCABULARY[node.function].sql(self.dialect, Over(value, order, where, node.last, type_))

    def _lookup(self, node: Lookup, t: str, r: str) -> str:
        """The one row that fits, or the line between the two rows beside a place: at most one of each (see tables)."""
        table = self._program.pack.tables[node.table]
        conditions = [f"k.{quoted(name)} = {self.of(value, t, r)}" for name, value in node.keys]
        if node.on is not None:
            day = self.of(node.on, t, r)
            before = f" AND coalesce({day} < k.{quoted(BEFORE)}, TRUE)" if BEFORE in table.columns else ""
            conditions.append(f"{day} IS NOT NULL AND coalesce(k.{quoted(SINCE)} <= {day}, TRUE){before}")
        if node.at is None:
            return self.dialect.looked_up(table, f"k.{quoted(node.column)}", conditions)
        exact = self.dialect.column_types["decimal"]
        along, value = (f"CAST(k.{quoted(name)} AS {exact})" for name in (node.along, node.column))
        conditions += [f"k.{quoted(name)} IS NOT NULL" for name in (node.along, node.column)]
        return self.dialect.between_rows(table, along, value, self.of(node.at, t, r), conditions)

    def _counted(self, node: Counted, t: str, r: str, seen: str = "") -> str:
        """What a series says of a chain: of all its counted doses, or those ``seen`` (a condition) narrows them to."""
        chain = self.of(node.chain, t, r)
        value = "count(*)" if node.function == "doses_counted" else "max(b.day)"
        rows = counted_table(self._program, node.series)
        found = f"(SELECT {value} FROM {rows} b WHERE b.eid = {t}.eid AND b.chain = {chain}{seen})"
        return found if isinstance(node.chain, Constant) else f"(CASE WHEN {chain} IS NOT NULL THEN {found} END)"


_WRITERS: dict[type, Callable[[Expressions, Any, str, str], str]] = {
    Constant: Expressions._constant,
    FactRef: Expressions._fact,
    Property: Expressions._property,
    Answer: lambda e, node, t, r: e._answer(node, t, r),
    Moment: Expressions._moment,
    NumberOn: Expressions._number,
    Call: Expressions._call,
    Case: Expressions._case,
    Aggregate: lambda e, node, t, r: e._aggregate(node, t, r),
    Cell: lambda _e, node, t, _r: f"{t}.{column('row', node.name)}",
    DoseAnswer: lambda _e, node, t, _r: f"{t}.{column('d', node.key)}",
    Counted: lambda e, node, t, r: e._counted(node, t, r),
    Lookup: lambda e, node, t, r: e._lookup(node, t, r),
}


def is_life(subject: str) -> bool:
    return subject in LIVES


def aggregates_in(trees: Iterable[Expr]) -> list[Aggregate]:
    """The distinct aggregates ``trees`` use, in the order met."""
    return list(dict.fromkeys(node for tree in trees for node in walk(tree) if isinstance(node, Aggregate)))


def is_of_a_year(aggregate: Aggregate) -> bool:
    """Whether it looks at one calendar year, so that it differs from year to year: only figures of each year do."""
    return any(isinstance(node, Moment) and node.name in ("start", "until") for node in walk(aggregate))


def answers_in(trees: Iterable[Expr], form: str) -> set[str]:
    """The question keys of ``form``, outside repeats, that ``trees`` look at."""
    nodes = (node for tree in trees for node in walk(tree))
    return {node.key for node in nodes if isinstance(node, Answer) and node.form == form and not node.repeat}


def facts_in(tree: Expr) -> set[str]:
    return {node.name for node in walk(tree) if isinstance(node, FactRef)}
