"""Tables asked by rules: a value of the one row that fits, or between the two rows beside a number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from doorstep.engine.model.pack import TableDef
from doorstep.engine.rules import runtime, types
from doorstep.engine.rules.functions import nearest
from doorstep.engine.rules.tree import BROKEN, Expr, Lookup, Type

if TYPE_CHECKING:
    from doorstep.engine.rules.reading import Reader

LOOKING = ("lookup", "lookup_on", "interpolated", "interpolated_on")
SINCE, BEFORE = "since", "before"
"""The date columns that say from which day a row holds, and from which day no longer, for tables asked with a day."""

_NUMBERS = ("integer", "decimal")


# Reading


def looked_up(reader: Reader, name: str, args: list[Any]) -> Expr:
    """``lookup('table', 'column', 'key', value, …)``, or a problem; ``…_on`` takes the day first."""
    complaints = reader.complaints
    if not reader.scope.lookups or reader.aggregate_form:
        return complaints.add("rules.lookup_in_fact", name=name)
    dated, between = name.endswith("_on"), name.startswith("interpolated")
    on = types.fitted(reader.node(args[0]), "date", complaints) if dated and args else None
    rest = args[1:] if dated else args
    words = [*rest[:2], *rest[2::2]]
    if len(rest) < 4 or len(rest) % 2 or not all(isinstance(w, exp.Literal) and w.is_string for w in words):
        return complaints.add("rules.lookup_shape", name=name)
    table = reader.scope.pack.tables.get(str(rest[0].this))
    if table is None:
        known = list(reader.scope.pack.tables)
        return complaints.add("rules.table_unknown", name=str(rest[0].this), nearest=nearest(str(rest[0].this), known))
    columns = [str(w.this) for w in words[1:]]
    wanted = [*columns, *([SINCE] if dated else [])]
    missing = next((c for c in wanted if c not in table.columns), None)
    if missing is not None:
        near = nearest(missing, list(table.columns))
        return complaints.add("rules.column_unknown", name=missing, table=table.id, nearest=near)
    if dated and any(table.columns.get(c, "date") != "date" for c in (SINCE, BEFORE)):
        return complaints.add("rules.column_type", name=SINCE, table=table.id, kind=table.columns[SINCE], wants="date")
    for column in columns[:2] if between else ():
        if table.columns[column] not in _NUMBERS:
            told = table.columns[column]
            return complaints.add("rules.column_type", name=column, table=table.id, kind=told, wants="decimal")
    values = [_fitting(reader, table, c, v) for c, v in zip(columns[1:], rest[3::2], strict=True)]
    if any(v is None or v.type == "unknown" for v in values) or (on is not None and on.type == "unknown"):
        return BROKEN
    keys = tuple((c, v) for c, v in zip(columns[1:], values, strict=True) if v is not None)
    kind: Type = "decimal" if between else table.columns[columns[0]]  # type: ignore[assignment]
    node = Lookup(table.id, columns[0], keys[1:] if between else keys, kind, on=on)
    if between:
        node = Lookup(table.id, columns[0], keys[1:], kind, keys[0][0], types.converted(keys[0][1], "decimal"), on)
    twice = _twice(table, node)
    return complaints.add("rules.table_twice", table=table.id, keys=twice) if twice else node


def _fitting(reader: Reader, table: TableDef, column: str, raw: Any) -> Expr | None:
    value, kind = reader.node(raw), table.columns[column]
    if value.type == kind or value.type == "unknown" or {value.type, kind} <= set(_NUMBERS):
        return value
    reader.complaints.add("rules.column_type", name=column, table=table.id, kind=kind, wants=value.type)
    return None


# Working out


def cell(table: TableDef, row: Any, column: str) -> Any:
    """A cell as a value of its column's type."""
    value, kind = row.get(column), table.columns[column]
    if value is None or value == "":
        return None
    if kind == "decimal":
        return runtime.as_decimal(value if isinstance(value, Decimal) else str(value))
    return int(value) if kind == "integer" else runtime.as_date(value) if kind == "date" else str(value)


_Held = tuple[date | None, date | None]


def _held(table: TableDef, row: Any, dated: bool) -> _Held:
    days = [cell(table, row, c) if c in table.columns else None for c in (SINCE, BEFORE)] if dated else [None, None]
    return days[0], days[1]


def _holds(held: _Held, day: date | None) -> bool:
    since, before = held
    return day is None or ((since is None or since <= day) and (before is None or day < before))


def _rows(table: TableDef, node: Lookup) -> dict[tuple[Any, ...], list[tuple[Any, Any, _Held]]]:
    """Key values → (place along, value, when it holds). Rows that lack a key are nobody's; between two rows, one that
    lacks its place or value is not there."""
    found: dict[tuple[Any, ...], list[tuple[Any, Any, _Held]]] = {}
    for row in table.rows:
        key = tuple(cell(table, row, column) for column, _ in node.keys)
        along = cell(table, row, node.along) if node.along else None
        value = cell(table, row, node.column)
        if None in key or (node.along and (along is None or value is None)):
            continue
        found.setdefault(key, []).append((along, value, _held(table, row, node.on is not None)))
    for rows in found.values():
        rows.sort(key=lambda one: one[0] or 0)
    return found


def _twice(table: TableDef, node: Lookup) -> str:
    """The key of two rows that hold on one day, '' when there are none: then no answer could be told from another."""
    for key, rows in _rows(table, node).items():
        for number, (along, _, held) in enumerate(rows):
            for other_along, _, other in rows[number + 1 :]:
                if other_along != along:
                    break
                if (held[0] or date.min) < (other[1] or date.max) and (other[0] or date.min) < (held[1] or date.max):
                    return ", ".join(map(str, (*key, *((along,) if node.along else ()))))
    return ""


def python_lookup(table: TableDef, node: Lookup) -> Callable[..., Any]:
    """``(day, *keys)``, or ``(day, place, *keys)`` between rows; the day is None for a table asked without one."""
    rows, dated = _rows(table, node), node.on is not None

    def exact(day: date | None, *keys: Any) -> Any:
        if (dated and day is None) or None in keys:
            return None
        return next((value for _, value, held in rows.get(keys, ()) if _holds(held, day)), None)

    def between(day: date | None, place: Decimal | None, *keys: Any) -> Decimal | None:
        if (dated and day is None) or place is None or None in keys:
            return None
        known = [(along, value) for along, value, held in rows.get(keys, ()) if _holds(held, day)]
        above = bisect_left(known, place, key=lambda one: one[0])
        if above < len(known) and known[above][0] == place:
            return Decimal(known[above][1])
        return _between(known[above - 1], known[above], place) if 0 < above < len(known) else None

    return between if node.along else exact


def _between(low: tuple[Any, Any], high: tuple[Any, Any], place: Decimal) -> Decimal | None:
    """On the line between two rows, rounded half away from zero at six places."""
    k0, v0, k1, v1, x = (int(Decimal(n).scaleb(6)) for n in (*low, *high, place))
    return runtime.divide_scaled(v0 * (k1 - k0) + (v1 - v0) * (x - k0), k1 - k0)
