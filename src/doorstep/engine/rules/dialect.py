"""What engines that speak SQL differ in. Everything else about a rule is written once, in ``sql`` and ``vocabulary``.

The base holds what they say alike. Dates by whole-number arithmetic and decimals by scaled whole numbers everywhere: an
engine's own ``/``, ``avg`` and date differences disagree with another's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from doorstep.engine.rules.functions import Over
from doorstep.engine.rules.tree import Type
from doorstep.engine.warehouse import quoting

if TYPE_CHECKING:
    from doorstep.engine.model.pack import TableDef

LAST_DAY = 3_652_058
"""9999-12-31, counted from 0001-01-01."""
MOST_DAYS = "DATE '9999-12-31'"


class Dialect(ABC):
    """SQL text, piece by piece."""

    column_types: ClassVar[dict[Type, str]]
    folds: ClassVar[bool]
    """Whether what must be walked in order is handed to Python, group by group, instead of to a recursive query."""
    excluding: ClassVar[str]
    anti_join: ClassVar[str]
    semi_join: ClassVar[str]
    no_words: ClassVar[str]
    """A list of texts with nothing in it."""
    no_numbers: ClassVar[str]
    """No list of whole numbers."""

    # Words

    def text(self, value: str) -> str:
        return quoting.text(value)

    def constant(self, value: str | int | Decimal | bool | date | None) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, Decimal):
            return f"CAST('{value:f}' AS {self.column_types['decimal']})"
        if isinstance(value, date):
            return f"DATE '{value.isoformat()}'"
        return self.text(value)

    def typed(self, value: Any, type_: Type) -> str:
        """A constant in a column of its own type."""
        return f"CAST({self.constant(value)} AS {self.column_types[type_]})"

    @abstractmethod
    def listed_words(self, words: Sequence[str]) -> str:
        """The words, some of them NULL, as a sorted list of each once."""

    @abstractmethod
    def listed_in_order(self, value: str, order: Sequence[str]) -> str:
        """An aggregate: the values of a group as a list, in the order of these columns, of which it is one."""

    @abstractmethod
    def holds(self, chosen: str, name: str) -> str:
        """Whether a list holds a text."""

    # Numbers

    @abstractmethod
    def arithmetic(self, symbol: str, a: str, b: str, type_: Type) -> str:
        """``a + b``, ``a - b`` or ``a * b``; missing when it does not fit."""

    def negated(self, a: str, type_: Type) -> str:
        if type_ == "integer" and a.isdigit():
            return f"(-{a})"
        return self.arithmetic("-", "0", a, type_)

    @abstractmethod
    def to_decimal(self, a: str) -> str:
        """A whole number as a decimal; missing when it does not fit."""

    @abstractmethod
    def scaled(self, a: str) -> str:
        """A decimal as a whole number of millionths."""

    @abstractmethod
    def quotient(self, above: str, below: str) -> str:
        """Millionths over a whole number, half away from zero; missing by zero or when it does not fit."""

    def divided(self, a: str, b: str) -> str:
        return self.quotient(f"({self.scaled(a)} * 1000000)", self.scaled(b))

    def strict(self, name: str, *args: str) -> str:
        """least or greatest, missing as soon as one part is: an engine's own skip NULL."""
        known = " AND ".join(f"{a} IS NOT NULL" for a in args)
        return f"(CASE WHEN {known} THEN {name}({', '.join(args)}) END)"

    # Dates

    def plus_days(self, day: str, n: str, times: int = 1) -> str:
        steps = literal(n)
        if steps is None:
            return self.moved_by(day, n, times)
        steps *= times
        if not -LAST_DAY <= steps <= LAST_DAY:
            return "CAST(NULL AS DATE)"
        edge = date.max - timedelta(steps) if steps >= 0 else date.min - timedelta(steps)
        side = "<=" if steps >= 0 else ">="
        return f"(CASE WHEN {day} {side} DATE '{edge.isoformat()}' THEN {self.shifted(day, steps)} END)"

    @abstractmethod
    def shifted(self, day: str, steps: int) -> str:
        """So many days later, known to be a day there is."""

    @abstractmethod
    def moved_by(self, day: str, n: str, times: int) -> str:
        """``plus_days`` by a number that is worked out."""

    def plus_months(self, day: str, n: str) -> str:
        """A number that stands in the rule is added by the engine itself, which stops at the end of the month as we do
        and names the day, often a long expression, twice instead of seven times."""
        steps = literal(n)
        if steps is None:
            return self.months_by(day, n)
        low, high = max(12, 12 - steps), min(119_999, 119_999 - steps)
        if low > high:
            return "CAST(NULL AS DATE)"
        end = date.max if high == 119_999 else _first_of(high + 1) - timedelta(1)
        between = f"DATE '{_first_of(low)}' AND DATE '{end}'"
        return f"(CASE WHEN {day} BETWEEN {between} THEN {self.months_on(day, steps)} END)"

    @abstractmethod
    def months_on(self, day: str, steps: int) -> str:
        """So many months later, known to be a day there is."""

    @abstractmethod
    def months_by(self, day: str, n: str) -> str:
        """``plus_months`` by a number that is worked out."""

    @abstractmethod
    def plus_years(self, day: str, n: str) -> str:
        """From the first of the month, so that 29 February becomes 1 March by itself."""

    def plus_interval(self, day: str, n: str, unit: str) -> str:
        """The unit's own rule; a missing or other word falls through to NULL."""
        moves = (
            self.plus_days(day, n),
            self.plus_days(day, n, 7),
            self.plus_months(day, n),
            self.plus_years(day, n),
        )
        words = ("day", "week", "month", "year")
        cases = " ".join(f"WHEN {self.text(word)} THEN {move}" for word, move in zip(words, moves, strict=True))
        return f"(CASE {unit} {cases} END)"

    @abstractmethod
    def days_from(self, a: str, b: str) -> str:
        """Days from ``a`` to ``b``."""

    @abstractmethod
    def weeks_from(self, a: str, b: str) -> str:
        """Whole weeks, downwards. 600,000 weeks is longer than all years together: division cuts towards zero."""

    def months_from(self, a: str, b: str) -> str:
        reached = f"CASE WHEN day({b}) >= least(day({a}), day(last_day({b}))) THEN 0 ELSE 1 END"
        return f"((year({b}) - year({a})) * 12 + month({b}) - month({a}) - {reached})"

    def years_from(self, a: str, b: str) -> str:
        """29 February needs nothing special: in other years every day after 28 February is past it."""
        reached = f"CASE WHEN month({b}) * 100 + day({b}) >= month({a}) * 100 + day({a}) THEN 0 ELSE 1 END"
        return f"(year({b}) - year({a}) - {reached})"

    def first_of(self, unit: str, day: str) -> str:
        month = {"year": "1", "quarter": f"month({day}) - (month({day}) - 1) % 3", "month": f"month({day})"}[unit]
        return f"make_date(year({day}), {month}, 1)"

    # Aggregates

    def truth_code(self, value: str) -> str:
        """0 no, 1 unknown, 2 yes: the greatest of these is three-valued OR, the smallest AND."""
        return f"(CASE WHEN {value} THEN 2 WHEN {value} IS NULL THEN 1 ELSE 0 END)"

    def truth_of(self, code: str) -> str:
        return f"(CASE {code} WHEN 2 THEN TRUE WHEN 1 THEN NULL ELSE FALSE END)"

    @abstractmethod
    def earliest_row(self, over: Over) -> str: ...

    @abstractmethod
    def latest_row(self, over: Over) -> str: ...

    def plain(self, function: str, over: Over) -> str:
        return f"{function}({over.value}){over.filtered()}"

    @abstractmethod
    def summed(self, over: Over) -> str: ...

    def averaged(self, over: Over) -> str:
        known = f"{over.value} IS NOT NULL"
        total = f"(sum({self.scaled(over.value)}){over.filtered(known)})"
        return self.quotient(total, f"(count(*){over.filtered(known)})")

    def any_row(self, over: Over) -> str:
        return f"max({self.truth_code(over.value)}){over.filtered()}"

    @abstractmethod
    def last_rows(self, over: Over) -> str:
        """The truths of the last rows, as a list of codes."""

    @abstractmethod
    def all_of_last_rows(self, column: str, last: int) -> str: ...

    # Rows and tables

    @abstractmethod
    def subject_id(self, person: str, number: str = "") -> str:
        """What tells one row of a query from all others: it may be the person, or the person and ``number``."""

    @abstractmethod
    def day_number(self, day: str) -> str:
        """Days since 0001-01-01."""

    @abstractmethod
    def years(self, first: str, last: str) -> str:
        """The years from ``first`` to ``last`` as a list, empty when there are none."""

    no_year: ClassVar[str]
    """A list that holds one year that is not known."""

    @abstractmethod
    def each_of(self, values: str) -> str:
        """A list as rows, to stand in FROM behind what it names."""

    @abstractmethod
    def last_before(self, rows: str, alias: str, other: str, day: str) -> str:
        """A LEFT JOIN of the latest row of ``rows`` (person_id, day) that is not after ``day`` of ``other``."""

    @abstractmethod
    def looked_up(self, table: TableDef, value: str, conditions: Sequence[str]) -> str:
        """``value`` of the one row ``k`` of a pack's table that meets the conditions; NULL when there is none."""

    @abstractmethod
    def between_rows(self, table: TableDef, along: str, value: str, x: str, conditions: Sequence[str]) -> str:
        """On the line between the two rows ``k`` beside ``x``, ``value`` at ``along``."""

    def _on_the_line(self, row: str, x: str) -> str:
        """``row`` has k0, v0 and k1, v1."""
        s = self.scaled
        wide = f"{s(f'{row}.k1')} - {s(f'{row}.k0')}"
        line = f"({s(f'{row}.v0')} * ({wide}) + ({s(f'{row}.v1')} - {s(f'{row}.v0')}) * ({s(x)} - {s(f'{row}.k0')}))"
        return f"CASE WHEN {row}.k0 = {row}.k1 THEN {row}.v0 ELSE {self.quotient(line, f'({wide})')} END"


def literal(n: str) -> int | None:
    """The whole number that stands in a text, None when it is worked out."""
    bare = n.strip("()")
    return int(bare) if bare.lstrip("-").isdigit() else None


def _first_of(months: int) -> date:
    """The first day of a month counted from the year 0."""
    return date(months // 12, months % 12 + 1, 1)
