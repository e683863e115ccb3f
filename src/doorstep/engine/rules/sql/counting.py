"""Contributions to indicators as SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from doorstep.engine.rules.dialect import Dialect
from doorstep.engine.rules.program import ReadMeasure
from doorstep.engine.rules.sql.expressions import Expressions, aggregates_in, is_of_a_year
from doorstep.engine.rules.sql.step import Step, table
from doorstep.engine.rules.sql.subjects import ROOT, Tables, entry_table
from doorstep.engine.rules.tree import Aggregate
from doorstep.engine.warehouse.quoting import quoted

PLACES = '"rules_places"'
FIRST_PLACES = '"rules_first_places"'


def places_steps(forms: Iterable[str], ranks: dict[str, int]) -> list[Step]:
    """Where each person was on each day she has an entry with a place, and on the first of these."""
    parts = " UNION ALL ".join(
        f"SELECT e.person_id, e.occurred_on AS day, {ranks[form]} AS rank, e.counter, {ROOT} AS root, e.instance_id,"
        f" e.place FROM {entry_table(form)} e WHERE coalesce(e.place, '') <> ''"
        for form in forms
    )
    latest = "e.rank DESC, e.counter DESC, e.root DESC, e.instance_id DESC"
    earliest = "e.day, e.rank, e.counter, e.root, e.instance_id"
    return [
        table(
            PLACES,
            f"SELECT e.person_id, e.day, e.place, row_number() OVER (PARTITION BY e.person_id ORDER BY {earliest}) = 1 AS first,"
            f" row_number() OVER (PARTITION BY e.person_id, e.day ORDER BY {latest}) = 1 AS last FROM ({parts}) e",
        ),
        table(FIRST_PLACES, f"SELECT person_id, place FROM {PLACES} WHERE first"),
    ]


def measure_sql(
    indicator: str, part: str, measure: ReadMeasure, tables: Tables, expressions: Expressions, today: date
) -> str:
    """What each subject, each entry or each year adds to one side of an indicator; places are added later."""
    source, row, text = f"{tables.facts} t", "t", expressions.dialect.text
    if measure.each_year:
        last = f"least({today.year}, coalesce(year(x.closed_on), {today.year}))"
        each = expressions.dialect.each_of(expressions.dialect.years("year(x.opened_on)", last))
        years = (
            "(SELECT x.*, y.n, make_date(y.n, 1, 1) AS start, make_date(y.n, 12, 31) AS until"
            f" FROM {tables.facts} x, {each} AS y(n)) t"
        )
        source = _with_entries_of_years(years, measure, tables, expressions)
    if measure.form:
        following = "lead(r.day) OVER (PARTITION BY r.eid ORDER BY r.ord)"
        source += f" JOIN (SELECT r.*, {following} AS next_on FROM {tables.rows(measure.form)} r) r ON r.eid = t.eid"
        row = "r"
    value = expressions.of(measure.value, "t", row) if measure.value is not None else "1"
    where = f" WHERE ({expressions.of(measure.where, 't', row)}) IS TRUE" if measure.where is not None else ""
    return (
        f"SELECT {text(indicator)} AS indicator, {text(part)} AS part, t.person_id, t.key AS episode,"
        f' {expressions.of(measure.by, "t", row)} AS "on", CAST({value} AS DECIMAL(18,6)) AS value FROM {source}{where}'
    )


def _with_entries_of_years(years: str, measure: ReadMeasure, tables: Tables, expressions: Expressions) -> str:
    """``years`` with a column for each aggregate that looks at the entries of one year."""
    groups: dict[tuple[str, str], list[Aggregate]] = {}
    for aggregate in filter(is_of_a_year, aggregates_in(measure.rules)):
        groups.setdefault((aggregate.form, aggregate.repeat), []).append(aggregate)
    columns, joins = "", ""
    for number, ((form, repeat), aggregates) in enumerate(groups.items()):
        names = [expressions.column_of(a) for a in aggregates]
        columns += "".join(f", y{number}.{name}" for name in names)
        worked = "".join(f", {expressions.aggregated(a)} AS {n}" for a, n in zip(aggregates, names, strict=True))
        rows = f"{years} JOIN {tables.rows(form)} r ON r.eid = t.eid"
        if repeat:
            rows += f" JOIN {entry_table(form, repeat)} c ON c.instance_id = r.instance_id"
        grouped = f"SELECT t.eid, t.n{worked} FROM {rows} GROUP BY t.eid, t.n"
        joins += f" LEFT JOIN ({grouped}) y{number} ON y{number}.eid = t.eid AND y{number}.n = t.n"
    return f"(SELECT t.*{columns} FROM {years}{joins}) t" if groups else years


def contributions_step(measures: list[str], registers: list[str], dialect: Dialect) -> Step:
    """All contributions that have a day and a value, with the place of the person (or household) on that day."""
    stated = "".join(f"nullif({quoted(name)}.place, ''), " for name in registers)
    joins = "".join(f"\nLEFT JOIN {quoted(name)} ON {quoted(name)}.id = m.person_id" for name in registers)
    placed = dialect.last_before(f"(SELECT * FROM {PLACES} WHERE last)", "d", "m", "on")
    select = (
        'SELECT m.indicator, m.part, m.person_id, m.episode, m."on",'
        f" coalesce(d.place, f.place, {stated}'') AS place, m.value\n"
        f"FROM ({' UNION ALL '.join(measures)}) m\n"
        f"{placed}\n"
        f"LEFT JOIN {FIRST_PLACES} f ON f.person_id = m.person_id{joins}\n"
        'WHERE m."on" IS NOT NULL AND m.value IS NOT NULL'
    )
    return Step('"contributions"', select, "lasting")
