"""Doses of everybody as SQL, for DuckDB.

A chain goes on by steps, and each step asks only which dose after the last counted one is the first that counts. So
there are as many joins as a chain has steps, each over everybody at once, instead of a walk dose by dose.
"""

from __future__ import annotations

from collections.abc import Iterator

from doorstep.engine.model.planned import DoseSource
from doorstep.engine.rules.duckdb_text import COLUMN_TYPES, DUCKDB, quoted, text
from doorstep.engine.rules.needs import series_roots
from doorstep.engine.rules.program import Program, ReadSeries
from doorstep.engine.rules.scope import questions_of
from doorstep.engine.rules.series_reading import asked_chains
from doorstep.engine.rules.sql.dose_expressions import SeriesExpressions
from doorstep.engine.rules.sql.expressions import column, counted_table
from doorstep.engine.rules.sql.step import Step, table
from doorstep.engine.rules.sql.subjects import ROOT, Tables, entry_column, entry_table
from doorstep.engine.rules.tree import (
    Aggregate,
    Answer,
    Call,
    Cell,
    Counted,
    DoseAnswer,
    Expr,
    FactRef,
    Moment,
    Property,
    walk,
)

_BOUNDS = ("from", "due", "until", "not_after")
_LATER = ("previous", "first_valid", "from", "due", "until")


class SeriesSql:
    """The steps of one series. ``place`` is the number its tables bear; ``aggregates`` those of the person's table."""

    def __init__(
        self,
        program: Program,
        series: ReadSeries,
        place: int,
        tables: Tables,
        aggregates: dict[Aggregate, int],
        ranks: dict[str, int],
    ):
        self._program, self.series, self._tables, self._ranks = program, series, tables, ranks
        self._aggregates = aggregates
        self._name = f"series_{place}"
        self._expressions = SeriesExpressions(program, "person", aggregates, self._sources(), self._doses, tables)
        own = [node for tree in series.rules for node in walk(tree)]
        self.facts = {node.name for node in own if isinstance(node, FactRef)}
        self.asked = {node.series for node in own if isinstance(node, Counted)} - {series.id}
        self.needs = {n for n in own if isinstance(n, Aggregate) and not self._expressions.over_doses(n)}
        columns = [column("f", name) for name in sorted(self.facts)]
        columns += sorted({column("p", node.name) for node in self._with_roots() if isinstance(node, Property)})
        columns += [column("a", aggregates[a]) for a in self.needs]
        self._known = "".join(f", t.{name}" for name in (*columns, "opened_on", "closed_on"))

    @property
    def _doses(self) -> str:
        return self._tables.step(f"{self._name}_doses")

    @property
    def _rows(self) -> str:
        return self._tables.step(f"{self._name}_rows")

    @property
    def _fitting(self) -> str:
        return self._tables.step(f"{self._name}_fitting")

    @property
    def _counted(self) -> str:
        return counted_table(self._program, self.series.id)

    @property
    def _next(self) -> str:
        return self._tables.step(f"{self._name}_next")

    def _sources(self) -> tuple[tuple[DoseSource, int], ...]:
        return tuple((source, number) for number, source in enumerate(self.series.definition.doses))

    def _with_roots(self) -> Iterator[Expr]:
        for tree in self.series.rules:
            yield from walk(tree)
            for root in series_roots(self.series, tree, self._program.facts).values():
                yield from walk(root)

    def steps(self, source: str) -> Iterator[Step]:
        """``source`` holds a row for every person with all facts and aggregates the series rests on."""
        yield table(self._rows, self._plan())
        yield table(self._doses, self._given())
        yield table(self._fitting, self._pairs())
        yield table(self._counted, self._nothing_counted())
        for chains in self._levels():
            last = max(row.step for row in self.series.rows if row.chain in chains)
            for step in range(1, last + 1):
                yield Step(self._counted, self._step(source, chains, step), "rows added")
        yield table(self._next, self._following(source))

    def _levels(self) -> list[set[str]]:
        """Chains in rounds: those of one round ask only chains of earlier ones."""
        asked_by = {row.place: asked_chains(self.series, row) for row in self.series.rows}
        level: dict[str, int] = {}
        for chain in self.series.chains:
            asked = {other for r in self.series.rows if r.chain == chain for other in asked_by[r.place]}
            below = [level[other] for other in asked if other in level]
            level[chain] = 1 + max(below, default=-1)
        return [{c for c, n in level.items() if n == number} for number in sorted(set(level.values()))]

    # The table's rows, the doses, and which may be which

    def _plan(self) -> str:
        cells = self._program.pack.tables[self.series.definition.table].columns
        header = ", ".join(["place", "chain", "step", "since", "before", *(column("row", name) for name in cells)])
        rows = []
        for row in self.series.rows:
            typed = [DUCKDB.typed(row.cells.get(n), k) for n, k in cells.items()]  # type: ignore[arg-type]
            days = [DUCKDB.typed(day, "date") for day in (row.since, row.before)]
            rows.append(f"({', '.join([str(row.place), text(row.chain), str(row.step), *days, *typed])})")
        return f"SELECT * FROM (VALUES {', '.join(rows)}) p({header})"

    def _given(self) -> str:
        parts = [self._source(source, number) for source, number in self._sources()]
        order = "g.day, g.occurred_on, g.rank, g.counter, g.root, g.instance_id, g.ord, g.src"
        return (
            f"SELECT g.*, row_number() OVER (PARTITION BY g.eid ORDER BY {order}) AS n\n"
            f"FROM ({' UNION ALL BY NAME '.join(parts)}) g WHERE g.day IS NOT NULL"
        )

    def _source(self, source: DoseSource, number: int) -> str:
        form = self._program.pack.forms[source.form]
        inner = questions_of(form, source.repeat) if source.repeat else {}
        outer = questions_of(form, "")
        day = f"c.{quoted(source.on)}" if source.on_repeat else f"e.{quoted(source.on or 'occurred_on')}"
        columns = [
            *("s.eid", "e.instance_id", f"{number} AS src", f"{day} AS day", "e.occurred_on"),
            *(f"{self._ranks[source.form]} AS rank", "e.counter", f"{ROOT} AS root"),
            f"{'c.ord' if source.repeat else '0'} AS ord",
        ]
        for key, kind in sorted({(n.key, n.type) for n in walk(self.series.fits) if isinstance(n, DoseAnswer)}):
            said = f"c.{quoted(key)}" if key in inner else entry_column(key) if key in outer else "NULL"
            columns.append(f"CAST({said} AS {COLUMN_TYPES[kind]}) AS {column('d', key)}")
        for node in self._answers(source):
            said = f"c.{quoted(node.key)}" if node.repeat else entry_column(node.key)
            columns.append(f"{said} AS {self._expressions.held(number, node)}")
        joined = (
            f" JOIN {entry_table(source.form, source.repeat)} c ON c.instance_id = e.instance_id"
            if source.repeat
            else ""
        )
        return (
            f"SELECT {', '.join(columns)} FROM {entry_table(source.form)} e"
            f" JOIN {self._tables.subject} s ON s.person_id = e.person_id{joined}"
        )

    def _answers(self, source: DoseSource) -> list[Answer]:
        """What the aggregates over these doses look at."""
        found: dict[Answer, None] = {}
        for tree in self.series.rules:
            for node in walk(tree):
                if isinstance(node, Aggregate) and (node.form, node.repeat) == (source.form, source.repeat):
                    found |= {n: None for n in walk(node) if isinstance(n, Answer)}
        return list(found)

    def _pairs(self) -> str:
        """Each dose with the rows in force on its day that it fits: worked out once for each different answer."""
        keys = sorted({column("d", n.key) for n in walk(self.series.fits) if isinstance(n, DoseAnswer)})
        fits = f"({self._expressions.of(self.series.fits)}) IS TRUE"
        said = f"SELECT DISTINCT {', '.join(keys)} FROM {self._doses}" if keys else "SELECT 1"
        kinds = f"SELECT t.* FROM (SELECT t.*, p.* FROM ({said}) t, {self._rows} p) t WHERE {fits}"
        same = " AND ".join(f"k.{key} IS NOT DISTINCT FROM g.{key}" for key in keys) or "TRUE"
        return (
            f"SELECT g.eid, g.n, g.day, g.instance_id, k.place, k.chain, k.step FROM {self._doses} g"
            f" JOIN ({kinds}) k ON {same} AND coalesce(k.since <= g.day, TRUE) AND coalesce(g.day < k.before, TRUE)"
        )

    # Counting

    @staticmethod
    def _nothing_counted() -> str:
        days = "".join(f", CAST(NULL AS DATE) AS {quoted(name)}" for name in ("day", "first_valid", *_BOUNDS))
        return (
            "SELECT CAST(0 AS BIGINT) AS eid, '' AS chain, 0 AS step, 0 AS place, CAST(0 AS BIGINT) AS n,"
            f" '' AS instance_id{days} WHERE FALSE"
        )

    def _bounded(self, candidates: str, following: bool = False) -> str:
        """``candidates`` (alias t) with its bounds, each of which may name those before it."""
        series, of = self.series, self._expressions.of
        trees = [series.from_, series.due, series.until, series.not_after, series.while_]
        trees += [series.listed_while, series.listed_from] if following else []
        found = self._expressions.looked_up([tree for tree in trees if tree is not None], following)
        looked_up = "".join(f", {query} AS {name}" for name, query in found.items())
        self._expressions.begin()
        select = f"SELECT t.*{looked_up} FROM ({candidates}) t"
        select = self._staged(
            select, [tree for tree in (series.from_, series.listed_from if following else None) if tree is not None]
        )
        raw = of(series.from_) if series.from_ is not None else "t.since"
        begins = "CASE WHEN t.raw IS NOT NULL THEN greatest(t.raw, t.since) END"
        if following and series.listed_from is not None:
            begins = f"CASE WHEN t.raw IS NOT NULL THEN greatest(t.raw, t.since, {of(series.listed_from)}) END"
        select = f"SELECT t.*, {raw} AS raw FROM ({select}) t"
        select = f'SELECT t.*, {begins} AS "from" FROM ({select}) t'
        for name, tree in (("due", series.due), ("until", series.until), ("not_after", series.not_after)):
            select = self._staged(select, [tree]) if tree is not None else select
            bound = of(tree) if tree is not None else "CAST(NULL AS DATE)"
            select = f"SELECT t.*, {bound} AS {quoted(name)} FROM ({select}) t"
        select = self._staged(select, [series.while_]) if series.while_ is not None else select
        applies = f" WHERE ({of(series.while_)}) IS NOT FALSE" if series.while_ is not None else ""
        return f"SELECT t.* FROM ({select}) t{applies}"

    def _staged(self, select: str, trees: list[Expr]) -> str:
        for columns in self._expressions.stages(trees):
            select = f"SELECT t.*{''.join(f', {query} AS {name}' for name, query in columns.items())} FROM ({select}) t"
        return select

    def _step(self, source: str, chains: set[str], step: int) -> str:
        """For everyone in these chains the first dose after the last counted one that counts for this step."""
        wanted = f"f.step = {step} AND f.chain IN ({', '.join(text(chain) for chain in sorted(chains))})"
        if step == 1:
            known, before = "CAST(NULL AS DATE) AS previous, CAST(NULL AS DATE) AS first_valid", ""
        else:
            known = "b.day AS previous, b.first_valid"
            before = (
                f" JOIN {self._counted} b ON b.eid = f.eid AND b.chain = f.chain AND b.step = {step - 1} AND f.n > b.n"
            )
        cells = self._cells()
        candidates = (
            f"SELECT f.eid, f.n, f.day, f.instance_id, f.place, f.chain, f.step, p.since, {known}{cells}{self._known}\n"
            f"FROM {self._fitting} f JOIN {self._rows} p ON p.place = f.place{before}"
            f" JOIN {source} t ON t.eid = f.eid WHERE {wanted}"
        )
        counts = ["coalesce(x.day <= x.not_after, TRUE)"]
        counts.append('x.day >= x."from"' if self.series.from_ is not None else 'coalesce(x.day >= x."from", TRUE)')
        bounds = ", ".join(f"x.{quoted(name)}" for name in _BOUNDS)
        return (
            f"SELECT x.eid, x.chain, x.step, x.place, x.n, x.instance_id, x.day, coalesce(x.first_valid, x.day), {bounds}\n"
            f"FROM ({self._bounded(candidates)}) x WHERE {' AND '.join(counts)}\n"
            "QUALIFY row_number() OVER (PARTITION BY x.eid, x.chain ORDER BY x.n, x.place) = 1"
        )

    def _cells(self) -> str:
        names = {n.name for tree in self.series.rules for n in walk(tree) if isinstance(n, Cell)}
        return "".join(f", p.{column('row', name)}" for name in sorted(names))

    # What comes next

    def _following(self, source: str) -> str:
        """Each chain's next window: the rows of its next step in all editions, the one that begins earliest."""
        self._expressions.begin()
        early, late = self._conditions()
        people = f"(SELECT t.* FROM {source} t{_where(early)}) t"
        cells = self._cells()
        known = "CAST(NULL AS DATE) AS day, p.place, p.chain, p.step, p.since, p.before"
        counted = f"SELECT eid, chain, step FROM {self._counted}"
        first = (
            f"SELECT t.eid, {known}, CAST(NULL AS DATE) AS previous, CAST(NULL AS DATE) AS first_valid{cells}{self._known}\n"
            f"FROM {people} CROSS JOIN {self._rows} p ANTI JOIN ({counted}) b"
            " ON b.eid = t.eid AND b.chain = p.chain AND b.step = p.step WHERE p.step = 1"
        )
        later = (
            f"SELECT t.eid, {known}, b.day AS previous, b.first_valid{cells}{self._known}\n"
            f"FROM {self._counted} b JOIN {self._rows} p ON p.chain = b.chain AND p.step = b.step + 1"
            f" JOIN {people} ON t.eid = b.eid ANTI JOIN ({counted}) a"
            " ON a.eid = b.eid AND a.chain = b.chain AND a.step = b.step + 1"
        )
        rows = f"{first}\nUNION ALL {later}"
        middle = [c for c in late if not any(isinstance(n, Moment) and n.name in _LATER for n in walk(c))]
        if middle:
            found = self._expressions.looked_up(middle, following=True)
            looked_up = "".join(f", {query} AS {name}" for name, query in found.items())
            kept = _where([self._expressions.of(c) for c in middle])
            gone = f" EXCLUDE ({', '.join(found)})" if found else ""
            rows = f"SELECT t.*{gone} FROM (SELECT t.*{looked_up} FROM ({rows}) t) t{kept}"
        bounded = self._bounded(rows, following=True)
        end = [self._expressions.of(c) for c in late if c not in middle]
        begins = "coalesce(t.\"from\", DATE '0001-01-01')"
        unknown = 't."from" IS NULL' if self.series.from_ is not None else "FALSE"
        possible = f"coalesce({begins} < t.before, TRUE) AND coalesce({begins} <= t.not_after, TRUE)"
        order = f"{unknown}, {begins}, t.since DESC NULLS LAST, t.place"
        conditions = [f"({unknown} OR ({possible}))", *(f"({c}) IS NOT FALSE" for c in end)]
        return (
            f'SELECT t.eid, t.place, t."from", t."due", t."until", t.not_after, {self._need()} AS need\n'
            f"FROM ({bounded}) t WHERE {' AND '.join(conditions)}\n"
            f"QUALIFY row_number() OVER (PARTITION BY t.eid, t.chain ORDER BY {order}) = 1"
        )

    def _conditions(self) -> tuple[list[str], list[Expr]]:
        """The parts of ``while`` and ``listed_while`` that look at the person alone, and those of ``listed_while`` that
        look at the row as well. Of 'a and b' neither part may be false."""
        early: list[str] = []
        late: list[Expr] = []
        for tree in (self.series.while_, self.series.listed_while):
            for part in _conjuncts(tree) if tree is not None else ():
                if all(self._of_person(node) for node in walk(part)):
                    early.append(self._expressions.of(part))
                elif tree is self.series.listed_while:
                    late.append(part)
        return early, late

    def _of_person(self, node: Expr) -> bool:
        if isinstance(node, (Cell, Counted)):
            return False
        if isinstance(node, Moment):
            return node.name not in _LATER
        return not (isinstance(node, Aggregate) and self._expressions.over_doses(node))

    def _need(self) -> str:
        """The names to ask for when a bound is missing; see PythonProgram."""
        asked: dict[tuple[str, str], list[str]] = {}
        told = []
        for name, tree in (("from", self.series.from_), ("due", self.series.due), ("until", self.series.until)):
            if tree is None:
                continue
            unknown = f"t.{quoted(name)} IS NULL"
            known = [unknown]
            for root, node in series_roots(self.series, tree, self._program.facts).items():
                value = self._expressions.of(node)
                asked.setdefault((root, value), []).append(unknown)
                known.append(f"{value} IS NOT NULL")
            if name == "from":
                told.append(f"CASE WHEN {' AND '.join(known)} THEN 'from' END")
        for (root, value), bounds in asked.items():
            told.append(f"CASE WHEN ({' OR '.join(bounds)}) AND {value} IS NULL THEN {text(root)} END")
        return f"list_sort(list_distinct([{', '.join(told)}]))" if told else "CAST([] AS VARCHAR[])"

    def windows_sql(self) -> str:
        """The series' windows in the columns of Window."""
        contacts = ", ".join(
            f"({row.place}, {text(row.contact.id)}, {text(row.contact.form)}, {text(row.contact.service)},"
            f" {row.contact.priority})"
            for row in self.series.rows
        )
        both = (
            f'SELECT eid, place, "from", "due", "until", not_after, instance_id AS met_by, day AS met_on,'
            f" CAST([] AS VARCHAR[]) AS need FROM {self._counted} UNION ALL\n"
            f'SELECT eid, place, "from", "due", "until", not_after, \'\', NULL, need FROM {self._next}'
        )
        return (
            "SELECT s.person_id, c.contact, 0 AS k, '' AS episode, c.form, c.service, w.\"from\" AS from_on,"
            ' w."due" AS due_on, w."until" AS until_on, w.met_by, w.met_on, w.need, TRUE AS recurring, c.priority,'
            f" CAST(w.not_after + 1 AS DATE) AS ends_on\nFROM ({both}) w\n"
            f"JOIN (VALUES {contacts}) c(place, contact, form, service, priority) ON c.place = w.place\n"
            f"JOIN {self._tables.subject} s ON s.eid = w.eid"
        )


def _conjuncts(tree: Expr) -> list[Expr]:
    if isinstance(tree, Call) and tree.function == "and":
        return [part for arg in tree.args for part in _conjuncts(arg)]
    return [tree]


def _where(conditions: list[str]) -> str:
    return " WHERE " + " AND ".join(f"({c}) IS NOT FALSE" for c in conditions) if conditions else ""
