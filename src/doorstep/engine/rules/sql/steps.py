"""All steps of a program, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from doorstep.engine.model.subjects import PERSON
from doorstep.engine.rules.dialect import Dialect
from doorstep.engine.rules.needs import roots
from doorstep.engine.rules.program import LIVES, Program, ReadMeasure, ReadSeries, ranks_of
from doorstep.engine.rules.spark.doses import SeriesFolded
from doorstep.engine.rules.spark.episodes import EpisodesFolded
from doorstep.engine.rules.spark.folding import Rules
from doorstep.engine.rules.sql.counting import contributions_step, measure_sql, places_steps
from doorstep.engine.rules.sql.expressions import Expressions, aggregates_in, answers_in, is_life, tables_steps
from doorstep.engine.rules.sql.facts import FactsSql, SeriesSteps
from doorstep.engine.rules.sql.series import SeriesSql
from doorstep.engine.rules.sql.step import Step
from doorstep.engine.rules.sql.subjects import EpisodesSql, RowsSql, Tables, life_step, properties_in
from doorstep.engine.rules.sql.windows import WindowsSql
from doorstep.engine.rules.tree import Expr, FactRef, Moment, walk

_NO_WINDOWS = (
    "SELECT '' AS person_id, '' AS contact, 0 AS k, '' AS episode, '' AS form, '' AS service,"
    " CAST(NULL AS DATE) AS from_on, CAST(NULL AS DATE) AS due_on, CAST(NULL AS DATE) AS until_on, '' AS met_by,"
    " CAST(NULL AS DATE) AS met_on, {no_words} AS need, FALSE AS recurring, 0 AS priority,"
    " CAST(NULL AS DATE) AS ends_on WHERE FALSE"
)
_NO_EPISODES = (
    "SELECT '' AS person_id, '' AS kind, '' AS key, CAST(NULL AS DATE) AS opened_on, CAST(NULL AS DATE) AS closed_on,"
    " CAST(NULL AS DATE) AS ended_on, {no_words} AS entries WHERE FALSE"
)


class SubjectSql:
    """Everything one subject (a life or a kind of episode) needs."""

    def __init__(self, asked: Asked, subject: str):
        program, ranks, dialect = asked.program, asked.ranks, asked.dialect
        self.program, self.subject, self.ranks = program, subject, ranks
        self._rules, self._dialect = asked.rules, dialect
        self.tables = Tables([*LIVES, *program.episodes].index(subject))
        self.facts = program.facts_of(subject)
        self.slots = [(n, s) for n, s in enumerate(program.slots) if s.contact.of == subject]
        self.measures = [
            (indicator.definition.id, part, measure)
            for indicator in program.indicators.values()
            for part, measure in indicator.measures
            if measure.subject == subject
        ]
        self.trees: list[Expr] = [fact.tree for fact in self.facts]
        self.trees += [tree for _, slot in self.slots for tree in slot.rules]
        self.trees += [tree for _, _, measure in self.measures for tree in measure.rules]
        series = list(program.series.values()) if subject == PERSON else []
        self.trees += [tree for one in series for tree in one.rules]
        doses = {source.form for one in series for source in one.definition.doses}
        beside = [a for one in series for a in aggregates_in(one.rules) if a.form in doses]
        own = aggregates_in([fact.tree for fact in self.facts] + [t for _, slot in self.slots for t in slot.rules])
        own += aggregates_in([tree for _, _, measure in self.measures for tree in measure.rules])
        wanted = [a for a in aggregates_in(self.trees) if a in own or a not in beside]
        self.aggregates = {a: number for number, a in enumerate(wanted)}
        self._beside = beside
        self.expressions = Expressions(program, subject, dialect, self.aggregates)
        self.series = [self._series(one, n) for n, one in enumerate(series)]
        self.episode = program.episodes.get(subject)
        stays = self.episode.definition.stays_open_forms if self.episode else ()
        self._windows = WindowsSql(
            subject, self.tables, self.expressions, program.facts, self.slots, stays, ranks, asked.rules
        )
        listed = self.episode.forms if self.episode and asked.with_episodes else self._touched()
        self.forms = [form for form in listed if form in asked.forms]

    def _series(self, series: ReadSeries, number: int) -> SeriesSteps:
        if self._dialect.folds:
            return SeriesFolded(self._rules, series, number, self.tables, self.expressions)
        return SeriesSql(self.program, series, number, self.tables, self.aggregates, self.ranks)

    def _touched(self) -> list[str]:
        used = [a.form for a in (*self.aggregates, *self._beside)]
        used += [slot.contact.form for _, slot in self.slots]
        used += [measure.form for _, _, measure in self.measures if measure.form]
        return list(dict.fromkeys(used))

    @property
    def used(self) -> bool:
        """A life no rule is about needs no table of its own."""
        return bool(self.trees) or not is_life(self.subject)

    def steps(self, today: date, life: SubjectSql | None) -> Iterator[Step]:
        yield from self._subject_steps(life)
        for form in self.forms:
            yield self._rows(form)
        yield from FactsSql(self.tables, self.expressions, self.facts, self.aggregates, self.series).steps()
        yield from self._windows.steps(today)

    def windows_sql(self) -> list[str]:
        """The subject's windows in the columns of Window, those of its series apart."""
        return [sql for sql in (self._windows.select(), *(one.windows_sql() for one in self.series)) if sql]

    def _subject_steps(self, life: SubjectSql | None) -> list[Step]:
        if self.episode is None:
            return [life_step(self.tables, self.subject, self._with_roots(), self._dialect)]
        names = sorted(
            {n.name for t in self._with_roots() for n in walk(t) if isinstance(n, FactRef) and n.of in LIVES}
        )
        facts = life.tables.facts if life is not None else ""
        made: EpisodesSql | EpisodesFolded
        if self._dialect.folds:
            made = EpisodesFolded(self._rules, self.tables, self.episode, self.expressions)
        else:
            made = EpisodesSql(self.tables, self.episode, self.expressions, self.ranks)
        return made.steps(properties_in(self._with_roots()), (facts, names))

    def _with_roots(self) -> list[Expr]:
        """The subject's rules and the roots of its bounds, which may lie in facts of the person."""
        found = list(self.trees)
        for _, slot in self.slots:
            for tree in slot.rules:
                found += roots(tree, self.program.facts).values()
        return found

    def _rows(self, form: str) -> Step:
        keys = answers_in(self._with_roots(), form) | {"occurred_on"}
        rows = RowsSql(self.tables, form, tuple(sorted(keys)), self.ranks[form], self._ordered(form), self._dialect)
        if self.episode is None:
            return rows.of_life()
        definition = self.episode.definition
        if form == definition.opens or form in definition.closes:
            return rows.of_turns()
        return rows.of_visits(form in definition.stays_open_forms)

    def _ordered(self, form: str) -> bool:
        """Whether any rule asks which of the form's entries comes first."""
        asking = {"first", "last", "all_of_last"}
        if any(a.form == form and a.function in asking for a in (*self.aggregates, *self._beside)):
            return True
        if any(s.kind == "recurring" and s.contact.form == form for _, s in self.slots):
            return True
        return any(m.form == form and self._looks_ahead(m) for _, _, m in self.measures)

    @staticmethod
    def _looks_ahead(measure: ReadMeasure) -> bool:
        return any(isinstance(n, Moment) and n.name == "next_on" for t in measure.rules for n in walk(t))

    def episodes_sql(self) -> str:
        """The subject's episodes in the columns of EpisodeRow."""
        entries = " UNION ALL ".join(
            f"SELECT eid, instance_id, day, {self.ranks[f]} AS rank, counter, root FROM {self.tables.rows(f)}"
            for f in self.forms
        )
        ids = self._dialect.listed_in_order("instance_id", ("day", "rank", "counter", "root", "instance_id"))
        listed = f"SELECT eid, {ids} AS entries FROM ({entries}) GROUP BY eid"
        return (
            f"SELECT s.person_id, {self._dialect.text(self.subject)} AS kind, s.key, s.opened_on, s.closed_on, s.ended_on, e.entries"
            f" FROM {self.tables.subject} s LEFT JOIN ({listed}) e ON e.eid = s.eid"
        )

    def measures_sql(self, today: date) -> list[str]:
        return [measure_sql(id_, part, m, self.tables, self.expressions, today) for id_, part, m in self.measures]


@dataclass(frozen=True)
class Asked:
    """What is to be worked out of a program, from the entries of ``forms``, in which engine's words."""

    program: Program
    forms: frozenset[str]
    today: date
    with_episodes: bool
    dialect: Dialect

    @cached_property
    def ranks(self) -> dict[str, int]:
        return ranks_of(self.program.pack)

    @cached_property
    def rules(self) -> Rules:
        return Rules.of(self.program, self.forms)


def sql_steps(asked: Asked) -> list[Step]:
    """The steps that leave ``windows``, ``episodes`` and ``contributions``. See Compiled.duckdb_sql."""
    program, dialect = asked.program, asked.dialect
    every = {name: SubjectSql(asked, name) for name in (*LIVES, *program.episodes)}
    lives = {name: every[name] for name in LIVES}
    carrying = {fact.of for fact in program.facts.values()}
    subjects = [s for s in every.values() if s.used or s.subject in carrying]
    steps = [] if dialect.folds else tables_steps(program, [tree for subject in subjects for tree in subject.trees])
    for subject in subjects:
        steps += subject.steps(asked.today, lives.get(program.life_of(subject.subject)))
    windows = [sql for subject in subjects for sql in subject.windows_sql()]
    none = _NO_WINDOWS.format(no_words=dialect.no_words)
    steps.append(Step('"windows"', "\nUNION ALL ".join([*windows, none]), "lasting"))
    if asked.with_episodes:
        episodes = [s.episodes_sql() for s in subjects if s.episode is not None]
        none = _NO_EPISODES.format(no_words=dialect.no_words)
        steps.append(Step('"episodes"', "\nUNION ALL ".join([*episodes, none]), "lasting"))
    return steps + _counting_steps(subjects, asked)


def _counting_steps(subjects: list[SubjectSql], asked: Asked) -> list[Step]:
    measures = [sql for subject in subjects for sql in subject.measures_sql(asked.today)]
    if not measures:
        return []
    registers = sorted({s.program.life_of(s.subject) for s in subjects if s.measures})
    places = places_steps(sorted(asked.forms), asked.ranks)
    return [*places, contributions_step(measures, registers, asked.dialect)]
