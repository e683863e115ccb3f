"""SQL as DuckDB says it. Its own ``/`` and ``avg`` go through floating point, and its date differences count
boundaries."""

from __future__ import annotations

from collections.abc import Sequence

from doorstep.engine.model.pack import TableDef
from doorstep.engine.rules.dialect import LAST_DAY, Dialect, literal
from doorstep.engine.rules.functions import Over
from doorstep.engine.rules.tree import Type
from doorstep.engine.warehouse.quoting import quoted as quoted
from doorstep.engine.warehouse.quoting import text as text

COLUMN_TYPES: dict[Type, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,6)",
    "date": "DATE",
    "truth": "BOOLEAN",
    "set": "VARCHAR[]",
}
_WHOLE = "BIGINT"
_EXACT = "DECIMAL(18,6)"


class DuckDb(Dialect):
    column_types = COLUMN_TYPES
    folds = False
    excluding = "EXCLUDE"
    anti_join = "ANTI JOIN"
    semi_join = "SEMI JOIN"
    no_words = "CAST([] AS VARCHAR[])"
    no_numbers = "CAST(NULL AS INTEGER[])"
    no_year = "[NULL]"

    def listed_words(self, words: Sequence[str]) -> str:
        return f"list_sort(list_distinct([{', '.join(words)}]))"

    def listed_in_order(self, value: str, order: Sequence[str]) -> str:
        return f"list({value} ORDER BY {', '.join(order)})"

    def holds(self, chosen: str, name: str) -> str:
        return f"list_contains({chosen}, {name})"

    # Numbers

    def arithmetic(self, symbol: str, a: str, b: str, type_: Type) -> str:
        if type_ == "integer":
            return f"TRY_CAST(CAST({a} AS HUGEINT) {symbol} {b} AS {_WHOLE})"
        wide = "DECIMAL(20,6)" if symbol == "*" else "DECIMAL(38,6)"
        return f"TRY_CAST(CAST({a} AS {wide}) {symbol} {b} AS {_EXACT})"

    def to_decimal(self, a: str) -> str:
        return f"TRY_CAST({a} AS {_EXACT})"

    def scaled(self, a: str) -> str:
        return f"CAST(CAST({a} AS DECIMAL(25,6)) * CAST(1000000 AS DECIMAL(7,0)) AS HUGEINT)"

    def quotient(self, above: str, below: str) -> str:
        size = f"((2 * abs({above}) + abs({below})) // nullif(2 * abs({below}), 0))"
        signed = f"(CASE WHEN ({above} < 0) = ({below} < 0) THEN {size} ELSE -{size} END)"
        fitting = f"CAST(TRY_CAST({signed} AS DECIMAL(18,0)) AS DECIMAL(20,0))"
        return f"CAST({fitting} * CAST('0.000001' AS {_EXACT}) AS {_EXACT})"

    # Dates

    def shifted(self, day: str, steps: int) -> str:
        return f"{day} + ({steps})"

    def moved_by(self, day: str, n: str, times: int) -> str:
        moved = f"({self.day_number(day)} + {times} * CAST({n} AS HUGEINT))"
        fits = f"{moved} BETWEEN 0 AND {LAST_DAY}"
        return f"(CASE WHEN {fits} THEN DATE '0001-01-01' + TRY_CAST({moved} AS INTEGER) END)"

    def months_on(self, day: str, steps: int) -> str:
        return f"CAST({day} + to_months({steps}) AS DATE)"

    def months_by(self, day: str, n: str) -> str:
        months = f"(year({day}) * 12 + month({day}) - 1 + {_wide(n)})"
        first = f"make_date(CAST({months} // 12 AS BIGINT), CAST({months} % 12 + 1 AS BIGINT), 1)"
        moved = f"{first} + CAST(least(day({day}), day(last_day({first}))) - 1 AS INTEGER)"
        return f"(CASE WHEN {months} BETWEEN 12 AND 119999 THEN {moved} END)"

    def plus_years(self, day: str, n: str) -> str:
        year = f"(year({day}) + {_wide(n)})"
        moved = f"make_date(CAST({year} AS BIGINT), month({day}), 1) + CAST(day({day}) - 1 AS INTEGER)"
        return f"(CASE WHEN {year} BETWEEN 1 AND 9999 THEN {moved} END)"

    def days_from(self, a: str, b: str) -> str:
        return f"({b} - {a})"

    def weeks_from(self, a: str, b: str) -> str:
        return f"(({b} - {a} + 4200000) // 7 - 600000)"

    # Aggregates

    def earliest_row(self, over: Over) -> str:
        return self._nearest_row("arg_min", over)

    def latest_row(self, over: Over) -> str:
        return self._nearest_row("arg_max", over)

    @staticmethod
    def _nearest_row(function: str, over: Over) -> str:
        return f"{function}({over.value}, {over.order}){over.filtered(f'{over.value} IS NOT NULL')}"

    def summed(self, over: Over) -> str:
        return f"TRY_CAST({self.plain('sum', over)} AS {COLUMN_TYPES[over.type]})"

    def last_rows(self, over: Over) -> str:
        return f"arg_max({self.truth_code(over.value)}, {over.order}, {over.last}){over.filtered()}"

    def all_of_last_rows(self, column: str, last: int) -> str:
        return f"(CASE WHEN len({column}) = {last} THEN {self.truth_of(f'list_min({column})')} ELSE FALSE END)"

    # Rows and tables

    def subject_id(self, person: str, number: str = "") -> str:  # noqa: ARG002
        return "row_number() OVER ()"

    def day_number(self, day: str) -> str:
        return f"({day} - DATE '0001-01-01')"

    def years(self, first: str, last: str) -> str:
        return f"range({first}, {last} + 1)"

    def each_of(self, values: str) -> str:
        return f"unnest({values})"

    def last_before(self, rows: str, alias: str, other: str, day: str) -> str:
        return (
            f"ASOF LEFT JOIN {rows} {alias}"
            f" ON {alias}.person_id = {other}.person_id AND {alias}.day <= {other}.{quoted(day)}"
        )

    def looked_up(self, table: TableDef, value: str, conditions: Sequence[str]) -> str:
        return f"(SELECT min({value}) FROM {lookup_table(table.id)} k WHERE {' AND '.join(conditions)})"

    def between_rows(self, table: TableDef, along: str, value: str, x: str, conditions: Sequence[str]) -> str:
        sides = (
            f"SELECT max({along}) FILTER ({along} <= {x}) AS k0, arg_max({value}, {along}) FILTER ({along} <= {x}) AS v0,"
            f" min({along}) FILTER ({along} >= {x}) AS k1, arg_min({value}, {along}) FILTER ({along} >= {x}) AS v1"
            f" FROM {lookup_table(table.id)} k WHERE {' AND '.join(conditions)}"
        )
        return f"(SELECT {self._on_the_line('z', x)} FROM ({sides}) z)"


def lookup_table(table: str) -> str:
    """Where a table of the pack stands, once ``tables_steps`` has run."""
    return quoted(f"rules_table_{table}")


def _wide(n: str) -> str:
    return n if literal(n) is not None else f"CAST({n} AS HUGEINT)"


DUCKDB = DuckDb()
