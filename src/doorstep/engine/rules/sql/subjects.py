"""Lives, episodes, and which entry belongs to which, as SQL.

Episodes are walked by a recursive query over the entries that open or close care, a few for each person (or in Python,
see ``rules.spark.episodes``); all other entries then fall into place by one join.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from doorstep.engine.rules.dialect import Dialect
from doorstep.engine.rules.duckdb_text import DUCKDB
from doorstep.engine.rules.program import ReadEpisode
from doorstep.engine.rules.scope import ENTRY_COLUMNS
from doorstep.engine.rules.sql.expressions import Expressions, answers_in, column
from doorstep.engine.rules.sql.step import Step, table
from doorstep.engine.rules.tree import Expr, Property, walk
from doorstep.engine.warehouse.quoting import quoted

_MOST_IN_A_DAY = 100_000  # entries of one form for one subject on one day
ROOT = "coalesce(nullif(e.root_id, ''), e.instance_id)"


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of one subject's tables."""

    place: int

    @property
    def subject(self) -> str:
        return quoted(f"rules_subject_{self.place}")

    @property
    def walk(self) -> str:
        return quoted(f"rules_walk_{self.place}")

    @property
    def facts(self) -> str:
        return quoted(f"rules_facts_{self.place}")

    @property
    def planned(self) -> str:
        return quoted(f"rules_planned_{self.place}")

    def rows(self, form: str) -> str:
        return quoted(f"rules_rows_{self.place}_{form}")

    def step(self, name: str) -> str:
        return quoted(f"rules_{name}_{self.place}")


def entry_table(form: str, repeat: str = "") -> str:
    return quoted(f"entry_{form}__{repeat}" if repeat else f"entry_{form}")


def entry_column(key: str, alias: str = "e") -> str:
    """An answer or entry column; an empty place or author is missing."""
    name = f"{alias}.{quoted(key)}"
    return f"nullif({name}, '')" if ENTRY_COLUMNS.get(key) == "text" else name


def properties_in(trees: Iterable[Expr]) -> list[str]:
    """The register properties ``trees`` name, sorted."""
    return sorted({node.name for tree in trees for node in walk(tree) if isinstance(node, Property)})


def life_step(tables: Tables, register: str, trees: list[Expr], dialect: Dialect) -> Step:
    """Every person (or household) as a subject of its own."""
    span = ("p.birth_date", "p.died_on") if register == "person" else ("CAST(NULL AS DATE)", "CAST(NULL AS DATE)")
    held = "".join(f", p.{quoted(name)} AS {column('p', name)}" for name in properties_in(trees))
    return table(
        tables.subject,
        f"SELECT {dialect.subject_id('p.id')} AS eid, p.id AS person_id, '' AS key, {span[0]} AS opened_on,"
        f" {span[1]} AS closed_on, CAST(NULL AS DATE) AS visit_last, CAST(NULL AS DATE) AS stay_last{held}\n"
        f"FROM {quoted(register)} p",
    )


class EpisodesSql:
    """The steps that make one kind of episode, for DuckDB."""

    def __init__(
        self,
        tables: Tables,
        episode: ReadEpisode,
        expressions: Expressions,
        ranks: dict[str, int],
    ):
        self._tables = tables
        self._episode = episode
        self._definition = episode.definition
        self._expressions = expressions
        self._ranks = ranks
        self._trees = [
            tree for tree in (episode.ends_by_itself, episode.new_one_if, episode.stays_open_days) if tree is not None
        ]
        self._kept = sorted(answers_in(self._trees, self._definition.opens))

    def steps(self, properties: list[str], life: tuple[str, list[str]]) -> list[Step]:
        """``properties`` and columns of the table of the life's facts are carried to each episode."""
        turns = self._tables.step("turns")
        return [
            table(turns, self._turns()),
            table(self._tables.walk, self._walk(turns)),
            table(self._tables.subject, subjects_sql(self._ended(), self._definition.of, properties, life, DUCKDB)),
        ]

    def _turns(self) -> str:
        """The entries that open or close care, numbered in order for each person."""
        d = self._definition
        parts = [self._turn(form) for form in (d.opens, *d.closes)]
        order = "e.day, e.rank, e.counter, e.root, e.instance_id"
        held = "".join(f", p.{quoted(name)} AS {column('p', name)}" for name in properties_in(self._trees))
        person = f"LEFT JOIN {quoted(d.of)} p ON p.id = e.person_id" if held else ""
        numbered = (
            f"SELECT e.*, e.day AS opened_on, row_number() OVER (PARTITION BY e.person_id ORDER BY {order}) AS n{held}\n"
            f"FROM ({' UNION ALL BY NAME '.join(parts)}) e {person}"
        )
        end = self._episode.ends_by_itself
        own_end = self._expressions.of(end, "t", "t") if end is not None else "CAST(NULL AS DATE)"
        return f"SELECT t.*, CASE WHEN t.opening THEN {own_end} END AS own_end FROM ({numbered}) t"

    def _turn(self, form: str) -> str:
        d = self._definition
        opening = form == d.opens
        closing_keys = answers_in(self._trees, form)
        kept = self._kept if opening else sorted(closing_keys)
        answers = "".join(f", {entry_column(key)} AS {column('q', key)}" for key in kept)
        if opening:
            answers += "".join(f", {entry_column(key)} AS {column('o', key)}" for key in self._kept)
        return (
            f"SELECT e.person_id, e.instance_id, e.occurred_on AS day, e.counter, {ROOT} AS root,"
            f" {self._ranks[form]} AS rank, {opening} AS opening, {form in d.stays_open_forms} AS staying{answers}"
            f" FROM {entry_table(form)} e"
        )

    def _walk(self, turns: str) -> str:
        """One row for each turn with the care as it stands after it. Whoever opens care for the first time begins it,
        so only those with more turns are walked on."""
        kept = "".join(f", {column('o', key)}" for key in self._kept)
        return (
            "WITH RECURSIVE walk AS (\n"
            "SELECT person_id, n, CASE WHEN opening THEN 1 ELSE 0 END AS no, opening AS placed, instance_id AS turn,"
            " CASE WHEN opening THEN root END AS key, CASE WHEN opening THEN instance_id END AS opened_by,"
            " CASE WHEN opening THEN day END AS opened_on, CAST(NULL AS DATE) AS closed_on, own_end AS ended_on,"
            f" CAST(NULL AS DATE) AS cut_on{kept}\n"
            f"FROM {turns} WHERE n = 1\nUNION ALL\n{self._step(turns)}\n)\n"
            f"SELECT person_id, n, no, placed, turn, key, opened_by, opened_on, closed_on, ended_on, cut_on{kept} FROM walk"
        )

    def _step(self, turns: str) -> str:
        """One more turn for each person: it begins another episode, or belongs to the latest one if that holds it."""
        met = (
            "SELECT w.person_id, t.n, w.no, t.instance_id, t.root, t.day, t.opening, t.own_end, w.key, w.opened_by,"
            " w.opened_on, w.closed_on AS was_closed, w.ended_on, t.day AS closed_on,"
            " w.no > 0 AND coalesce(t.day <= CASE WHEN w.closed_on IS NULL OR t.staying THEN w.ended_on"
            f" ELSE w.closed_on END, TRUE) AS holds{self._carried()}\n"
            f"FROM walk w JOIN (SELECT * FROM {turns} WHERE n > 1) t ON t.person_id = w.person_id AND t.n = w.n + 1"
        )
        new_one = self._episode.new_one_if
        another = f"({self._expressions.of(new_one, 'x', 'x')}) IS TRUE" if new_one is not None else "FALSE"
        decided = f"SELECT x.*, x.opening AND (NOT x.holds OR {another}) AS begins FROM ({met}) x"
        days = self._episode.stays_open_days
        later = self._later(self._expressions.of(days, "y", "y")) if days is not None else "y.day"
        closes = "NOT y.opening AND y.holds AND y.was_closed IS NULL"
        kept = "".join(
            f", CASE WHEN y.begins THEN y.{column('new', key)} ELSE y.{column('o', key)} END" for key in self._kept
        )
        return (
            "SELECT y.person_id, y.n, y.no + CASE WHEN y.begins THEN 1 ELSE 0 END, y.begins OR y.holds, y.instance_id,"
            " CASE WHEN y.begins THEN y.root ELSE y.key END,"
            " CASE WHEN y.begins THEN y.instance_id ELSE y.opened_by END,"
            " CASE WHEN y.begins THEN y.day ELSE y.opened_on END,"
            f" CASE WHEN y.begins THEN NULL WHEN {closes} THEN y.day ELSE y.was_closed END,"
            f" CASE WHEN y.begins THEN y.own_end WHEN {closes} THEN {later} ELSE y.ended_on END,"
            f" CASE WHEN y.begins AND y.holds THEN y.day END{kept}\nFROM ({decided}) y"
        )

    def _carried(self) -> str:
        """Columns the rules of the walk look at: of the opening entry, of this one, and of the person."""
        opened = "".join(f", w.{column('o', k)}, t.{column('o', k)} AS {column('new', k)}" for k in self._kept)
        keys = set(self._kept).union(*(answers_in(self._trees, form) for form in self._definition.closes))
        row = "".join(f", t.{column('q', key)}" for key in sorted(keys))
        return opened + row + "".join(f", t.{column('p', name)}" for name in properties_in(self._trees))

    @staticmethod
    def _later(days: str) -> str:
        """The closing day plus so many days, never before it; missing days add none."""
        moved = (
            f"CASE WHEN {days} BETWEEN 0 AND 4000000 AND y.day - DATE '0001-01-01' + {days} <= 3652058"
            f" THEN y.day + TRY_CAST({days} AS INTEGER) END"
        )
        return f"coalesce({moved}, y.day)"

    def _ended(self) -> str:
        """The care as it stands after each person's last turn in it."""
        last = (
            "SELECT w.*, lead(w.no) OVER o AS next_no, lead(w.cut_on) OVER o AS next_cut FROM "
            f"{self._tables.walk} w WINDOW o AS (PARTITION BY w.person_id ORDER BY w.n)"
            " QUALIFY w.no > 0 AND next_no IS DISTINCT FROM w.no"
        )
        return (
            "SELECT d.person_id, d.no, d.key, d.opened_by, d.opened_on, d.closed_on,"
            " coalesce(d.next_cut, d.ended_on) AS ended_on, count(*) OVER (PARTITION BY d.person_id) > 1 AS several"
            f" FROM ({last}) d"
        )


def subjects_sql(
    ended: str, register: str, properties: list[str], life: tuple[str, list[str]], dialect: Dialect
) -> str:
    """Episodes with what their rules look at: ``properties`` and some columns of the table of their person's facts."""
    life_facts, life_columns = life
    held = "".join(f", p.{quoted(name)} AS {column('p', name)}" for name in properties)
    known = "".join(f", l.{column('f', name)} AS {column('l', name)}" for name in life_columns)
    joins = f" LEFT JOIN {quoted(register)} p ON p.id = s.person_id" if held else ""
    joins += f" LEFT JOIN {life_facts} l ON l.person_id = s.person_id" if known else ""
    return (
        f"SELECT {dialect.subject_id('s.person_id', 's.no')} AS eid, s.*, s.ended_on AS stay_last,"
        f" CASE WHEN s.closed_on IS NULL THEN s.ended_on ELSE s.closed_on END AS visit_last{held}{known}\n"
        f"FROM ({ended}) s{joins}"
    )


@dataclass(frozen=True, slots=True)
class RowsSql:
    """The entries of one form placed with their subjects: eid, instance_id, day, counter, root, ``ord`` among the
    subject's entries of this form, and the answers asked for."""

    tables: Tables
    form: str
    keys: tuple[str, ...]
    rank: int
    ordered: bool
    dialect: Dialect

    def _placed(self, source: str) -> str:
        """The entries of ``source`` (aliases e and s), not yet numbered."""
        answers = "".join(f", {entry_column(key)} AS {column('q', key)}" for key in self.keys)
        return f"SELECT s.eid, e.instance_id, e.occurred_on AS day, e.counter, {ROOT} AS root{answers}\nFROM {source}"

    def _made(self, placed: str) -> Step:
        """``ord`` grows with the order of entries. Few share a day, so only those are sorted by their ids."""
        if not self.ordered:
            return table(self.tables.rows(self.form), f"SELECT r.*, CAST(0 AS BIGINT) AS ord FROM ({placed}) r")
        days = f"{self.dialect.day_number('r.day')} * {_MOST_IN_A_DAY}"
        within = "row_number() OVER (PARTITION BY r.eid, r.day ORDER BY r.counter, r.root, r.instance_id)"
        if self.dialect.folds:  # no rows are kept there to be read twice
            return table(self.tables.rows(self.form), f"SELECT r.*, {days} + {within} AS ord FROM ({placed}) r")
        return table(
            self.tables.rows(self.form),
            f"WITH placed AS MATERIALIZED ({placed}),\n"
            "shared AS MATERIALIZED (SELECT eid, day FROM placed GROUP BY eid, day HAVING count(*) > 1)\n"
            f"SELECT r.*, {days} AS ord FROM placed r ANTI JOIN shared h ON h.eid = r.eid AND h.day = r.day\n"
            f"UNION ALL SELECT r.*, {days} + {within} FROM placed r SEMI JOIN shared h ON h.eid = r.eid AND h.day = r.day",
        )

    def of_life(self) -> Step:
        source = f"{entry_table(self.form)} e JOIN {self.tables.subject} s ON s.person_id = e.person_id"
        return self._made(self._placed(source))

    def of_turns(self) -> Step:
        """Entries that open or close care belong where the walk put them."""
        source = (
            f"{entry_table(self.form)} e JOIN {self.tables.walk} w ON w.turn = e.instance_id"
            f" AND w.person_id = e.person_id AND w.placed\n"
            f"JOIN {self.tables.subject} s ON s.person_id = w.person_id AND s.no = w.no"
        )
        return self._made(self._placed(source))

    def of_visits(self, stays: bool) -> Step:
        """All others belong to the latest begun episode that can hold them; most people have only one."""
        last = "s.stay_last" if stays else "s.visit_last"
        began = "e.occurred_on >= s.opened_on"
        source = f"{entry_table(self.form)} e JOIN {self.tables.subject} s ON s.person_id = e.person_id"
        if self.rank == 0:  # opens another kind of care: on one day it may stand before this one's opening
            began = (
                f"(e.occurred_on > s.opened_on OR (e.occurred_on = s.opened_on AND (e.counter > b.counter"
                f" OR (e.counter = b.counter AND ({ROOT} > b.root"
                f" OR ({ROOT} = b.root AND e.instance_id > b.instance_id))))))"
            )
            source += f" JOIN {self.tables.step('turns')} b ON b.instance_id = s.opened_by"
        fitting = self._placed(f"{source} AND {began} AND coalesce(e.occurred_on <= {last}, TRUE)")
        latest = "row_number() OVER (PARTITION BY e.instance_id ORDER BY s.no DESC) = 1"
        return self._made(f"{fitting} WHERE NOT s.several UNION ALL {fitting} WHERE s.several QUALIFY {latest}")
