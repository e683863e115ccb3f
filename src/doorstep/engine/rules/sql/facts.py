"""Facts of one subject, in stages: aggregates over rows, then facts, then aggregates that name those facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from doorstep.engine.rules.program import ReadFact, ReadSeries
from doorstep.engine.rules.sql.expressions import Expressions, aggregates_in, column, facts_in, is_of_a_year
from doorstep.engine.rules.sql.step import Step, table
from doorstep.engine.rules.sql.subjects import Tables, entry_table
from doorstep.engine.rules.tree import Aggregate, Counted, Expr, FactRef, Moment, Property, children, walk


class SeriesSteps(Protocol):
    """One series as steps: what must be known before, and what is laid down."""

    series: ReadSeries
    facts: set[str]
    needs: set[Aggregate]
    asked: set[str]

    def steps(self, source: str) -> Iterable[Step]: ...

    def windows_sql(self) -> str: ...


class FactsSql:
    """The steps that leave the subject's table with a column for each aggregate and fact."""

    def __init__(
        self,
        tables: Tables,
        expressions: Expressions,
        facts: Iterable[ReadFact],
        aggregates: dict[Aggregate, int],
        series: Iterable[SeriesSteps] = (),
    ):
        self._series = {one.series.id: one for one in series}
        self._tables = tables
        self._expressions = expressions
        self._facts = list(facts)
        self._own = {fact.id for fact in self._facts}
        self._aggregates = {a: number for a, number in aggregates.items() if not is_of_a_year(a)}

    def steps(self) -> list[Step]:
        steps: list[Step] = []
        known: set[str] = set()
        worked_out: set[Aggregate] = set()
        stage, source = 0, self._tables.subject
        done: set[str] = set()
        while True:
            walked = self._walkable(known, worked_out, done)
            for name in walked:
                steps += self._series[name].steps(source)
            done.update(walked)
            ready = [a for a in self._aggregates if a not in worked_out and self._needs(a) <= known]
            worked_out.update(ready)
            levels = self._levels(known, worked_out, done)
            if not ready and not levels and stage and not walked:
                break
            target = self._tables.step(f"facts_stage_{stage}")
            steps.append(table(target, self._select(source, ready, levels)))
            stage, source = stage + 1, target
        steps.append(Step(self._tables.facts, f"SELECT * FROM {source}", "view"))
        return steps

    def _walkable(self, known: set[str], worked_out: set[Aggregate], done: set[str]) -> list[str]:
        """Series all of whose facts, aggregates and asked series are there."""
        return [
            name
            for name, one in self._series.items()
            if name not in done and one.facts <= known and one.needs <= worked_out and one.asked <= done
        ]

    def _needs(self, aggregate: Aggregate) -> set[str]:
        """The subject's own facts an aggregate looks at."""
        return {name for child in children(aggregate) for name in facts_in(child)} & self._own

    def _levels(self, known: set[str], worked_out: set[Aggregate], done: set[str]) -> list[list[ReadFact]]:
        """Facts that can be worked out now, in levels that each rest on the ones before; they become known."""
        levels: list[list[ReadFact]] = []
        while True:
            level = [
                fact
                for fact in self._facts
                if fact.id not in known
                and set(aggregates_in([fact.tree])) <= worked_out
                and (facts_in(fact.tree) & self._own) <= known
                and {n.series for n in walk(fact.tree) if isinstance(n, Counted)} <= done
            ]
            if not level:
                return levels
            known.update(fact.id for fact in level)
            levels.append(level)

    def _select(self, source: str, ready: list[Aggregate], levels: list[list[ReadFact]]) -> str:
        groups: dict[tuple[str, str, bool], list[Aggregate]] = {}
        for aggregate in ready:
            groups.setdefault((aggregate.form, aggregate.repeat, bool(self._looks_up(aggregate))), []).append(aggregate)
        select = f"SELECT t.*{''.join(self._columns(g) for g in groups.values())}\nFROM {source} t"
        for number, ((form, repeat, looks_up), aggregates) in enumerate(groups.items()):
            grouped = self._grouped(source if looks_up else "", form, repeat, aggregates)
            select += f"\nLEFT JOIN ({grouped}) g{number} ON g{number}.eid = t.eid"
        for level in levels:
            facts = ", ".join(f"{self._expressions.of(fact.tree)} AS {column('f', fact.id)}" for fact in level)
            select = f"SELECT t.*, {facts}\nFROM ({select}) t"
        return select

    def _columns(self, aggregates: list[Aggregate]) -> str:
        return "".join(f", {column('a', self._aggregates[a])}" for a in aggregates)

    def _looks_up(self, aggregate: Aggregate) -> bool:
        """Whether its rows must be seen beside the subject: it names a fact, a property or a day of the care."""
        return any(needs_subject(child) for child in children(aggregate))

    def _grouped(self, source: str, form: str, repeat: str, aggregates: list[Aggregate]) -> str:
        columns = "".join(
            f", {self._expressions.aggregated(a)} AS {column('a', self._aggregates[a])}" for a in aggregates
        )
        rows = f"{self._tables.rows(form)} r"
        if source:
            rows += f" JOIN {source} t ON t.eid = r.eid"
        if repeat:
            rows += f" JOIN {entry_table(form, repeat)} c ON c.instance_id = r.instance_id"
        return f"SELECT r.eid{columns} FROM {rows} GROUP BY r.eid"


def needs_subject(node: Expr) -> bool:
    """Whether an expression names anything but the row itself and numbers."""
    return any(isinstance(part, (FactRef, Property, Moment)) for part in walk(node))
