"""SQL as Spark says it, in ANSI mode, where what goes wrong is an error and never a silent other answer.

Names stand in double quotes as everywhere (``spark.sql.ansi.doubleQuotedIdentifiers``). Spark has no whole number
wider than BIGINT, so wide ones are DECIMAL(38,0); no row before another by time; and no query that looks into a table
from inside an aggregate, so a pack's table stands in the text as a list.
"""

from __future__ import annotations

from collections.abc import Sequence

from doorstep.engine.model.pack import TableDef
from doorstep.engine.rules.dialect import LAST_DAY, Dialect
from doorstep.engine.rules.functions import Over
from doorstep.engine.rules.tables import cell
from doorstep.engine.rules.tree import Type
from doorstep.engine.warehouse.quoting import quoted

_WIDE = "DECIMAL(20,0)"  # any BIGINT
_EXACT = "DECIMAL(18,6)"
_LIMIT = f"CAST({10**18} AS DECIMAL(19,0))"


class Spark(Dialect):
    column_types = {
        "text": "STRING",
        "integer": "BIGINT",
        "decimal": _EXACT,
        "date": "DATE",
        "truth": "BOOLEAN",
        "set": "ARRAY<STRING>",
    }
    folds = True
    excluding = "EXCEPT"
    anti_join = "LEFT ANTI JOIN"
    semi_join = "LEFT SEMI JOIN"
    no_words = "CAST(array() AS ARRAY<STRING>)"
    no_numbers = "CAST(NULL AS ARRAY<INT>)"
    no_year = "array(CAST(NULL AS INT))"

    def text(self, value: str) -> str:
        """A backslash escapes in Spark's texts, and quotes may not double in all of its versions."""
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def listed_words(self, words: Sequence[str]) -> str:
        return f"array_sort(array_distinct(array_compact(array({', '.join(words)}))))"

    def listed_in_order(self, value: str, order: Sequence[str]) -> str:
        return f"transform(array_sort(collect_list(struct({', '.join(order)}))), z -> z.{value})"

    def holds(self, chosen: str, name: str) -> str:
        return f"array_contains({chosen}, {name})"

    # Numbers

    def arithmetic(self, symbol: str, a: str, b: str, type_: Type) -> str:
        if type_ == "integer":
            function = {"+": "try_add", "-": "try_subtract", "*": "try_multiply"}[symbol]
            return f"{function}(CAST({a} AS BIGINT), CAST({b} AS BIGINT))"
        return f"try_cast(CAST({a} AS {_EXACT}) {symbol} CAST({b} AS {_EXACT}) AS {_EXACT})"

    def to_decimal(self, a: str) -> str:
        return f"try_cast({a} AS {_EXACT})"

    def scaled(self, a: str) -> str:
        return f"CAST(CAST({a} AS {_EXACT}) * 1000000 AS DECIMAL(18,0))"

    def quotient(self, above: str, below: str) -> str:
        """Each part is named once: written out, a division of divisions would grow beyond all measure."""
        twice = "(2 * abs(z.b))"
        above_all = "(2 * abs(z.a) + abs(z.b))"
        fits = f"z.b <> 0 AND {above_all} < {twice} * {_LIMIT}"
        size = f"CAST({above_all} div {twice} AS DECIMAL(18,0))"
        signed = f"(CASE WHEN (z.a < 0) = (z.b < 0) THEN {size} ELSE -{size} END)"
        value = f"CAST({signed} * CAST('0.000001' AS DECIMAL(6,6)) AS {_EXACT})"
        wide = f"CAST({above} AS DECIMAL(37,0)) AS a, CAST({below} AS {_WIDE}) AS b"
        return f"transform(array(struct({wide})), z -> CASE WHEN {fits} THEN {value} END)[0]"

    # Dates

    def shifted(self, day: str, steps: int) -> str:
        return f"date_add({day}, {steps})"

    def moved_by(self, day: str, n: str, times: int) -> str:
        moved = f"({self.day_number(day)} + {times} * CAST({n} AS {_WIDE}))"
        fits = f"{moved} BETWEEN 0 AND {LAST_DAY}"
        return f"(CASE WHEN {fits} THEN date_add(DATE '0001-01-01', CAST({moved} AS INT)) END)"

    def months_on(self, day: str, steps: int) -> str:
        return f"add_months({day}, {steps})"

    def months_by(self, day: str, n: str) -> str:
        fits = f"(year({day}) * 12 + month({day}) - 1 + CAST({n} AS {_WIDE})) BETWEEN 12 AND 119999"
        return f"(CASE WHEN {fits} THEN add_months({day}, CAST({n} AS INT)) END)"

    def plus_years(self, day: str, n: str) -> str:
        fits = f"(year({day}) + CAST({n} AS {_WIDE})) BETWEEN 1 AND 9999"
        first = f"make_date(year({day}) + CAST({n} AS INT), month({day}), 1)"
        return f"(CASE WHEN {fits} THEN date_add({first}, day({day}) - 1) END)"

    def days_from(self, a: str, b: str) -> str:
        return f"datediff({b}, {a})"

    def weeks_from(self, a: str, b: str) -> str:
        return f"((datediff({b}, {a}) + 4200000) div 7 - 600000)"

    # Aggregates

    def earliest_row(self, over: Over) -> str:
        return self._nearest_row("min_by", over)

    def latest_row(self, over: Over) -> str:
        return self._nearest_row("max_by", over)

    @staticmethod
    def _nearest_row(function: str, over: Over) -> str:
        return f"{function}({over.value}, {over.order}){over.filtered(f'{over.value} IS NOT NULL')}"

    def summed(self, over: Over) -> str:
        wide = _WIDE if over.type == "integer" else _EXACT
        return f"try_cast(sum(CAST({over.value} AS {wide})){over.filtered()} AS {self.column_types[over.type]})"

    def last_rows(self, over: Over) -> str:
        rows = f"collect_list(struct({over.order} AS o, {self.truth_code(over.value)} AS c)){over.filtered()}"
        return f"transform(slice(array_sort({rows}), -{over.last}, {over.last}), z -> z.c)"

    def all_of_last_rows(self, column: str, last: int) -> str:
        return f"(CASE WHEN size({column}) = {last} THEN {self.truth_of(f'array_min({column})')} ELSE FALSE END)"

    # Rows and tables

    def subject_id(self, person: str, number: str = "") -> str:
        """A number over all rows would need them all in one place."""
        return f"concat({person}, '/', {number})" if number else person

    def day_number(self, day: str) -> str:
        return f"CAST(datediff({day}, DATE '0001-01-01') AS BIGINT)"

    def years(self, first: str, last: str) -> str:
        """``sequence`` would count backwards."""
        return f"(CASE WHEN {first} <= {last} THEN sequence({first}, {last}) END)"

    def each_of(self, values: str) -> str:
        return f"LATERAL explode({values})"

    def last_before(self, rows: str, alias: str, other: str, day: str) -> str:
        """Each row holds until the next one of the same person."""
        until = "lead(w.day) OVER (PARTITION BY w.person_id ORDER BY w.day)"
        held = f"(SELECT w.*, {until} AS held_until FROM {rows} w)"
        on = f"{other}.{quoted(day)}"
        return (
            f"LEFT JOIN {held} {alias} ON {alias}.person_id = {other}.person_id AND {alias}.day <= {on}"
            f" AND ({alias}.held_until IS NULL OR {on} < {alias}.held_until)"
        )

    def looked_up(self, table: TableDef, value: str, conditions: Sequence[str]) -> str:
        return f"get(filter({self._rows(table)}, k -> {' AND '.join(conditions)}), 0).{value.removeprefix('k.')}"

    def between_rows(self, table: TableDef, along: str, value: str, x: str, conditions: Sequence[str]) -> str:
        pairs = (
            f"transform(filter({self._rows(table)}, k -> {' AND '.join(conditions)}),"
            f" k -> struct({along} AS k, {value} AS v))"
        )
        low = "array_max(filter(y.pairs, p -> p.k <= y.x))"
        high = "array_min(filter(y.pairs, p -> p.k >= y.x))"
        sides = f"struct({low}.k AS k0, {low}.v AS v0, {high}.k AS k1, {high}.v AS v1, y.x AS x)"
        beside = f"transform(array(struct({pairs} AS pairs, CAST({x} AS {_EXACT}) AS x)), y -> {sides})"
        return f"transform({beside}, s -> {self._on_the_line('s', 's.x')})[0]"

    def _rows(self, table: TableDef) -> str:
        def row(cells: object) -> str:
            typed = (
                f"{self.text(name)}, {self.typed(cell(table, cells, name), type_)}"  # type: ignore[arg-type]
                for name, type_ in table.columns.items()
            )
            return f"named_struct({', '.join(typed)})"

        return f"array({', '.join(row(cells) for cells in table.rows)})"


SPARK = Spark()
