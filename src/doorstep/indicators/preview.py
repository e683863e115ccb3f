"""What switching a pack version on would change at a place, before it is on: visits added, left out and moved, and
figures that would read otherwise. Nothing is stored, and nobody is named: counts under ten stay hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from doorstep.engine.model.pack import IndicatorDef
from doorstep.engine.model.spec import Text
from doorstep.engine.warehouse.quoting import text
from doorstep.engine.warehouse.run import run
from doorstep.indicators.areas import is_wide
from doorstep.indicators.showing import Shown, shown, shown_count, shown_counts
from doorstep.indicators.values import Value
from doorstep.lib import db
from doorstep.lib.problems import Problem, Problems
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes import feed
from doorstep.programmes.library import Programme, programmes
from doorstep.visits import gate_sql
from doorstep.visits.everybody import service_words_sql

Kind = Literal["added", "left_out", "moved"]
Way = tuple[str, int | None, int | None, int | None]  # month, and by how many days each bound moves
LOOKED_BACK = timedelta(days=365)
"""Figures are compared over the year before the asked day: reports have periods of many lengths."""
MOST_EXAMPLES = 3

_WINDOWS = "person_id, contact, k, episode, from_on, due_on, until_on, ends_on, met_by"
_OPEN = "met_by = '' AND (until_on IS NULL OR until_on >= {day}) AND (ends_on IS NULL OR ends_on > {day})"


@dataclass(frozen=True, slots=True)
class Example:
    """How many visits changed in the very same way. For visits moved, the days each bound moves by (later is more than
    0; None: the bound came, went, or was never there); for others the month in which they are due."""

    count: int
    month: str = ""
    from_days: int | None = None
    due_days: int | None = None
    until_days: int | None = None


@dataclass(frozen=True, slots=True)
class VisitChange:
    """One planned visit's change. ``count`` is None while it is under ten; it has no examples then."""

    contact: str
    title: Text
    kind: Kind
    count: int | None
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """An indicator over the past year, as it reads now and as it would; None where one of the versions lacks it."""

    indicator: str
    title: Text
    now: Shown | None
    then: Shown | None


@dataclass(frozen=True, slots=True)
class Preview:
    """``people``: how many live there, as may be shown. Visits that stay as they are stand nowhere."""

    now: Programme | None
    then: Programme
    area: Node
    people: int | None
    visits: tuple[VisitChange, ...]
    figures: tuple[FigureChange, ...]


def preview(then: Programme, area: Node, today: date) -> Preview:
    """Compare ``then`` with what its programme is at ``area`` now (nothing, when it is off there).

    Visits counted are those not made and not past on ``today``. Raises Problems (``indicators.too_narrow``) for a
    place no figures of every programme may stand for.
    """
    if not is_wide(area):
        raise Problems([Problem("indicators.too_narrow", args={"place": area.code})])
    now = next((one for one in programmes().at(area.id) if one.pack.id == then.pack.id), None)
    with feed.working_connection() as connection:
        at = frozenset(places.tree().below(area.id))
        if now is not None:
            _work_out(connection, now, at, today, "now")
        else:
            _nothing(connection)
        _work_out(connection, then, at, today, "then")
        people = shown_count(int(_value(connection, "SELECT count(*) FROM resident WHERE here")))
        visits = tuple(_visits(connection, now, then))
        figures = tuple(_figures(connection, now, then, area))
    return Preview(now, then, area, people, visits, figures)


def _work_out(connection: Any, programme: Programme, at: frozenset[int], today: date, name: str) -> None:
    """Leave ``windows_<name>`` (those the gate lets through) and ``sums_<name>``."""
    feed.fill(connection, programme, at)
    steps = programme.rules.duckdb_sql(_horizon())
    run((*steps, service_words_sql(programme, at), *gate_sql.STEPS), connection)
    still = _OPEN.format(day=_day(today))
    connection.execute(f"CREATE TABLE windows_{name} AS SELECT {_WINDOWS} FROM passing WHERE {still}")
    if programme.pack.indicators:
        began = _day(today - LOOKED_BACK)
        connection.execute(
            f"CREATE TABLE sums_{name} AS SELECT indicator, part, CAST(sum(value) AS DECIMAL(18, 6)) AS total"
            f' FROM contributions WHERE "on" > {began} AND "on" <= {_day(today)} GROUP BY indicator, part'
        )
    else:
        connection.execute(f"CREATE TABLE sums_{name} (indicator VARCHAR, part VARCHAR, total DECIMAL(18, 6))")


def _nothing(connection: Any) -> None:
    days = ", ".join(f"{name} DATE" for name in ("from_on", "due_on", "until_on", "ends_on"))
    connection.execute(
        "CREATE TABLE windows_now (person_id VARCHAR, contact VARCHAR, k BIGINT, episode VARCHAR,"
        f" {days}, met_by VARCHAR)"
    )
    connection.execute("CREATE TABLE sums_now (indicator VARCHAR, part VARCHAR, total DECIMAL(18, 6))")


def _horizon() -> date:
    return date.fromordinal(int(db.current().value("SELECT value FROM counter WHERE name = 'horizon'")))


def _day(day: date) -> str:
    return f"DATE {text(day.isoformat())}"


def _value(connection: Any, sql: str) -> Any:
    return connection.execute(sql).fetchall()[0][0]


# Visits

_CHANGES = """
CREATE TABLE change AS
SELECT coalesce(n.contact, t.contact) AS contact,
  CASE WHEN n.contact IS NULL THEN 'added' WHEN t.contact IS NULL THEN 'left_out' ELSE 'moved' END AS kind,
  date_diff('day', n.from_on, t.from_on) AS from_days,
  date_diff('day', n.due_on, t.due_on) AS due_days,
  date_diff('day', n.until_on, t.until_on) AS until_days,
  CASE WHEN n.contact IS NULL OR t.contact IS NULL
    THEN strftime(coalesce(t.due_on, n.due_on, t.from_on, n.from_on), '%Y-%m') END AS month
FROM windows_now n FULL JOIN windows_then t
  ON n.person_id = t.person_id AND n.contact = t.contact AND n.k = t.k AND n.episode = t.episode
WHERE n.contact IS NULL OR t.contact IS NULL OR n.from_on IS DISTINCT FROM t.from_on
  OR n.due_on IS DISTINCT FROM t.due_on OR n.until_on IS DISTINCT FROM t.until_on
"""
_SAME = "contact, kind, month, from_days, due_days, until_days"


def _visits(connection: Any, now: Programme | None, then: Programme) -> list[VisitChange]:
    connection.execute(_CHANGES)
    titles = {**_titles(now), **_titles(then)}
    groups: dict[tuple[str, Kind], dict[Way, int]] = {}
    rows = connection.execute(
        f"SELECT {_SAME}, count(*) AS n FROM change GROUP BY ALL ORDER BY n DESC, month, from_days, due_days, until_days"
    ).fetchall()
    for contact, kind, month, *days, count in rows:
        groups.setdefault((contact, kind), {})[month or "", *days] = count
    totals = connection.execute(
        "SELECT contact, kind, count(*) FROM change GROUP BY contact, kind ORDER BY contact, kind"
    ).fetchall()
    return [
        VisitChange(
            contact,
            titles.get(contact, {}),
            kind,
            shown_count(count),
            tuple(_examples(groups[contact, kind], count)),
        )
        for contact, kind, count in totals
    ]


def _examples(groups: Mapping[Way, int], whole: int) -> Iterator[Example]:
    """The ways most visits change in, as many as may be told beside the whole."""
    shown = shown_counts(groups, whole)
    told = [(way, count) for way, count in shown.items() if count is not None]
    for (month, from_days, due_days, until_days), count in told[:MOST_EXAMPLES]:
        yield Example(count, month, from_days, due_days, until_days)


def _titles(programme: Programme | None) -> Mapping[str, Text]:
    if programme is None:
        return {}
    return {slot.contact.id: slot.contact.title for slot in programme.rules.program.slots}


# Figures


def _figures(connection: Any, now: Programme | None, then: Programme, area: Node) -> list[FigureChange]:
    """The indicators that read otherwise, or stand in one of the versions alone."""
    before, after = _sums(connection, "now"), _sums(connection, "then")
    known = {**(now.pack.indicators if now else {}), **then.pack.indicators}
    changes = []
    for indicator, definition in known.items():
        old = now.pack.indicators.get(indicator) if now else None
        new = then.pack.indicators.get(indicator)
        first, second = _shown(old, before, area), _shown(new, after, area)
        if (old is None) != (new is None) or first != second:
            changes.append(FigureChange(indicator, definition.title, first, second))
    return changes


def _sums(connection: Any, name: str) -> dict[tuple[str, str], Decimal]:
    rows = connection.execute(f"SELECT indicator, part, total FROM sums_{name}").fetchall()
    return {(indicator, part): total for indicator, part, total in rows}


def _shown(definition: IndicatorDef | None, sums: Mapping[tuple[str, str], Decimal], area: Node) -> Shown | None:
    if definition is None:
        return None
    top = _plain(sums.get((definition.id, "numerator"), Decimal(0)))
    bottom = _plain(sums.get((definition.id, "denominator"), Decimal(0))) if definition.denominator else None
    subset = definition.denominator is not None and definition.denominator.sum is None
    return shown(Value(definition.id, "", area.id, top, bottom, definition.per), subset)


def _plain(total: Decimal) -> int | Decimal:
    return int(total) if total == total.to_integral_value() else total
