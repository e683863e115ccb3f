"""What switching a pack version on would change at a place, before it is on: visits added, left out and moved, and
figures that would read otherwise. Nothing is stored, and nobody is named: counts under ten stay hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from doorstep.engine.model.pack import ReportDef
from doorstep.engine.model.spec import Text
from doorstep.engine.rules import Contribution
from doorstep.engine.warehouse.quoting import text
from doorstep.engine.warehouse.run import run
from doorstep.indicators.areas import is_wide
from doorstep.indicators.board import PEOPLE, register_page
from doorstep.indicators.periods import Period
from doorstep.indicators.showing import Shown, shown_count, shown_counts, shown_table
from doorstep.indicators.values import CHUNK, Number, Table, counted_by, table
from doorstep.lib import db
from doorstep.lib.problems import Problem, Problems
from doorstep.places import queries as places
from doorstep.places.queries import Node
from doorstep.programmes import feed
from doorstep.programmes.histories import histories
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.moment import Moment
from doorstep.visits import gate_sql
from doorstep.visits.everybody import service_words_sql

Kind = Literal["added", "left_out", "moved"]
Way = tuple[str, int | None, int | None, int | None]  # month, and by how many days each bound moves
PAST_YEAR = "past_year"
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
        people = register_page(area, today).shown(area.id, PEOPLE)
        visits = tuple(_visits(connection, now, then))
        figures = tuple(_figures(connection, now, then, area, today))
    return Preview(now, then, area, people, visits, figures)


def _work_out(connection: Any, programme: Programme, at: frozenset[int], today: date, name: str) -> None:
    """Leave ``windows_<name>`` (those the gate lets through) and ``sums_<name>``."""
    feed.fill(connection, programme, at)
    steps = programme.rules.duckdb_sql(_horizon())
    run((*steps, service_words_sql(programme, at), *gate_sql.STEPS), connection)
    still = _OPEN.format(day=_day(today))
    connection.execute(f"CREATE TABLE windows_{name} AS SELECT {_WINDOWS} FROM passing WHERE {still}")
    if programme.pack.indicators:
        columns = 'indicator, part, person_id, episode, "on", place, value'
        connection.execute(f"CREATE TABLE added_{name} AS SELECT {columns} FROM contributions")


def _nothing(connection: Any) -> None:
    days = ", ".join(f"{name} DATE" for name in ("from_on", "due_on", "until_on", "ends_on"))
    connection.execute(
        "CREATE TABLE windows_now (person_id VARCHAR, contact VARCHAR, k BIGINT, episode VARCHAR,"
        f" {days}, met_by VARCHAR)"
    )


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


def _figures(
    connection: Any, now: Programme | None, then: Programme, area: Node, today: date
) -> Iterator[FigureChange]:
    """The indicators that read otherwise, or stand in one of the versions alone."""
    year = _past_year(today)
    with _counting(connection, "now"):
        before = _Side(now, area, year, "")
    with _counting(connection, "then"):
        # kept apart from the figures people report, which a draft must not hide for ever
        after = _Side(then, area, year, f"{then.pack.id}:{then.pack.digest[:16]}")
    known = {**(now.pack.indicators if now else {}), **then.pack.indicators}
    for indicator, definition in known.items():
        first, second = before.shown(indicator), after.shown(indicator)
        if first is not None and before.pair(indicator) == after.pair(indicator):
            second = first  # one number is not shown in two ways
        if first != second:
            yield FigureChange(indicator, definition.title, first, second)


def _past_year(today: date) -> Period:
    """The last twelve months that are over: figures of a year that moves by a day would tell of single days."""
    last = today.replace(day=1) - timedelta(days=1)
    first = date(last.year - 1, last.month, 28) + timedelta(days=4)
    return Period(PAST_YEAR, "year", first.replace(day=1), last)


class _Side:
    """The indicators of one version over a year, raw and as they may be shown."""

    def __init__(self, programme: Programme | None, area: Node, year: Period, apart: str):
        self.key = (year.id, area.id)
        indicators = tuple(programme.pack.indicators) if programme else ()
        self.worked: Table | None = None
        if programme is not None and indicators:
            report = ReportDef(PAST_YEAR, {}, indicators, "year")
            self.worked = table(programme, report, [year], [area.id])
            self.cells = shown_table(self.worked, apart=apart)

    def shown(self, indicator: str) -> Shown | None:
        return self.cells.get((indicator, *self.key)) if self.worked else None

    def pair(self, indicator: str) -> tuple[Number, Number | None] | None:
        value = self.worked.values.get((indicator, *self.key)) if self.worked else None
        return (value.numerator, value.denominator) if value else None


@contextmanager
def _counting(connection: Any, name: str) -> Iterator[None]:
    """Within it figures are counted from what ``_work_out`` left under a name."""

    def added(
        programme: Programme, asked: Sequence[str], people: Sequence[str], since: date, until: date, _: Moment | None
    ) -> Iterator[Contribution]:
        among = frozenset(people)
        fed = {person for (person,) in connection.execute("SELECT person_id FROM resident").fetchall()}
        rows = connection.execute(
            f"SELECT * FROM added_{name} WHERE indicator IN ({', '.join(map(text, asked))})"
            f' AND "on" >= {_day(since)} AND "on" <= {_day(until)}'
        ).fetchall()
        for indicator, part, person, episode, on, place, value in rows:
            if person in among:
                yield Contribution(indicator, part, person, episode, on, place, _plain(value))
        rest = sorted(among - fed)  # they live elsewhere by now
        for start in range(0, len(rest), CHUNK):
            some = list(histories(rest[start : start + CHUNK], programme).values())
            yield from programme.rules.indicators(asked, some, since, until)

    with counted_by(added):
        yield


def _plain(total: Decimal) -> Number:
    return int(total) if total == total.to_integral_value() else total
