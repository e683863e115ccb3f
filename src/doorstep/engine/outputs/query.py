"""Query text from a declared output: what is not declared cannot be fetched, filtered or sorted by.

Nothing here runs a query. Placeholders are ``?``; the layer that owns the connection translates them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from doorstep.engine.model.spec import STRICTEST_TAG
from doorstep.engine.outputs.output import Output

Operator = Literal["=", "<", "<=", ">", ">=", "<>", "in", "prefix", "ending", "is null", "is not null"]
# What each declared way of matching lets a reader ask; names are matched on expressions the caller prepares.
_ALLOWS: Mapping[str, frozenset[str]] = {
    "is": frozenset({"=", "<>", "is null", "is not null"}),
    "in": frozenset({"=", "in"}),
    "from": frozenset({">", ">="}),
    "to": frozenset({"<", "<="}),
    "prefix": frozenset({"=", "prefix"}),
    "bigram": frozenset({"="}),
    "pinyin": frozenset({"=", "prefix"}),
    "ending": frozenset({"=", "ending"}),
}
_ESCAPE = "!"


class Undeclared(ValueError):
    """A query asked for something its output does not declare."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter a reader chose: a declared filter source, an operator and its value."""

    source: str
    operator: Operator = "="
    value: Any = None


@dataclass(frozen=True, slots=True)
class Gate:
    """SQL that only removes rows the reader may not see (scope, declines, rights): never a reader's own choice.

    ``up_to`` says that it drops every row with a tag stricter than this one.
    """

    sql: str
    params: tuple[Any, ...] = ()
    up_to: str = STRICTEST_TAG


def select(
    output: Output,
    sources: Mapping[str, str],
    from_sql: str,
    where: Sequence[Condition | Gate] = (),
    order: Sequence[str] = (),
    *,
    limit: int | None = None,
    offset: int = 0,
    reader: str = "",
) -> tuple[str, tuple[Any, ...]]:
    """The query of ``output``: ``(sql, params)``.

    ``sources`` gives the SQL expression of each source; ``from_sql`` the tables and joins; ``order`` are declared
    sorts, a leading '-' for descending. Columns come in the declared order under their declared names.
    An output with ``groups`` is grouped by them. ``reader``: the role that asks; an output of which not everybody gets
    every column is fetched for one role alone, and a column that is not for it is not read at all: it comes empty, and
    nothing can be filtered or sorted by it. Raises Undeclared.
    """
    _is_for(output, reader)
    if output.up_to != STRICTEST_TAG and not any(isinstance(w, Gate) and w.up_to == output.up_to for w in where):
        raise Undeclared(f"{output.id}: shows rows up to '{output.up_to}' but no gate drops the stricter ones")
    shown = ", ".join(
        f"{_expression(output, sources, c.source) if c.is_for(reader) else 'NULL'} AS {_quoted(c.name)}"
        for c in output.columns
    )
    withheld = {c.source for c in output.columns} - {c.source for c in output.columns if c.is_for(reader)}
    asked = {w.source for w in where if isinstance(w, Condition)} | {one.removeprefix("-") for one in order}
    if asked & withheld:
        raise Undeclared(f"{output.id}: '{min(asked & withheld)}' is not for the role '{reader}'")
    text = [f"SELECT {shown} FROM {from_sql}"]
    params: list[Any] = []
    if where:
        pieces = [_condition(output, sources, one) for one in where]
        text.append("WHERE " + " AND ".join(f"({sql})" for sql, _ in pieces))
        params += [value for _, values in pieces for value in values]
    if output.groups:
        text.append("GROUP BY " + ", ".join(_expression(output, sources, g) for g in output.groups))
    if order:
        text.append("ORDER BY " + ", ".join(_ordering(output, sources, one) for one in order))
    if limit is not None:
        text.append("LIMIT ? OFFSET ?")
        params += [limit, offset]
    return " ".join(text), tuple(params)


def _is_for(output: Output, reader: str) -> None:
    if reader and reader not in output.audience:
        raise Undeclared(f"{output.id}: not for the role '{reader}'")
    if output.differs and not reader:
        raise Undeclared(f"{output.id}: some columns are for some roles alone; say for whom it is")


def _expression(output: Output, sources: Mapping[str, str], source: str) -> str:
    if source not in sources:
        raise Undeclared(f"{output.id}: no SQL was given for '{source}'")
    return sources[source]


def _ordering(output: Output, sources: Mapping[str, str], one: str) -> str:
    source = one.removeprefix("-")
    if source not in output.sorts:
        raise Undeclared(f"{output.id}: '{source}' is not a declared sort")
    return _expression(output, sources, source) + (" DESC" if one.startswith("-") else "")


def _condition(output: Output, sources: Mapping[str, str], one: Condition | Gate) -> tuple[str, tuple[Any, ...]]:
    if isinstance(one, Gate):
        return one.sql, one.params
    if not any(f.source == one.source and one.operator in _ALLOWS[f.match] for f in output.filters):
        raise Undeclared(f"{output.id}: '{one.source} {one.operator}' is not a declared filter")
    expression = _expression(output, sources, one.source)
    if one.operator in {"is null", "is not null"}:
        return f"{expression} {one.operator.upper()}", ()
    if one.operator == "in":
        values = tuple(one.value)
        if not values:
            return "1 = 0", ()
        return f"{expression} IN ({', '.join('?' for _ in values)})", values
    if one.operator in {"prefix", "ending"}:
        return f"{expression} LIKE ? ESCAPE '{_ESCAPE}'", (_like(one),)
    return f"{expression} {one.operator} ?", (one.value,)


def _like(one: Condition) -> str:
    """A pattern in which the reader's own %, _ and ! stand for themselves."""
    said = str(one.value)
    if not said:
        raise Undeclared(f"an empty search for '{one.source}' would list everybody")
    for sign in (_ESCAPE, "%", "_"):
        said = said.replace(sign, _ESCAPE + sign)
    return said + "%" if one.operator == "prefix" else "%" + said


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
