"""What ``compile`` gives: everything one pack answers under one schedule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from doorstep.engine.model.history import Entry, EpisodeRow, History, JudgedDose, Plan, TraceStep, Window
from doorstep.engine.model.pack import AdviceDef, Pack
from doorstep.engine.rules import answering, reasons
from doorstep.engine.rules.answering import Contribution
from doorstep.engine.rules.building import build
from doorstep.engine.rules.duckdb_text import DUCKDB
from doorstep.engine.rules.lineage import Lineage, Origin
from doorstep.engine.rules.planning import Planner
from doorstep.engine.rules.program import LIVES, Program, Slot
from doorstep.engine.rules.series_reasons import judged_sentence, series_reasons
from doorstep.engine.rules.spark_text import SPARK
from doorstep.engine.rules.sql.step import Step, duckdb_texts
from doorstep.engine.rules.sql.steps import Asked, sql_steps
from doorstep.engine.rules.tracing import Tracer
from doorstep.engine.rules.walking import Subject
from doorstep.lib.problems import Problem, Problems


class Compiled:
    """A pack's rules, ready to run."""

    def __init__(self, program: Program):
        self.program = program
        self.pack_id = program.pack.id
        self.schedule = program.schedule
        self._lineage = Lineage(program)
        self._planner = Planner(program, self.forms)

    @cached_property
    def forms(self) -> frozenset[str]:
        """The forms any rule of the pack rests on: the entries ``plan`` needs."""
        touched = {form for item in self._lineage.items() for form, _ in self.lineage(item)}
        belonging = {form for episode in self.program.episodes.values() for form in episode.forms}
        return frozenset((touched | belonging) - set(LIVES))

    def plan(self, history: History, until: date | None = None) -> Plan:
        """Episodes, windows, unplaced entries and facts of one subject.

        ``until`` is the asked day, needed for ``every: year`` alone; without it, the day of the latest entry.
        """
        return self._planner.plan(history, until)

    def episodes(self, history: History, kind: str) -> tuple[EpisodeRow, ...]:
        """The episodes of one kind alone: those ``plan`` gives, without working out anything else."""
        return self._planner.episodes(history, kind)

    def advice(self, history: History, instance_id: str) -> tuple[AdviceDef, ...]:
        """The pack's advice that holds for one entry, with facts as they stood when it was the latest one."""
        return answering.advice(self._planner, history, instance_id)

    def prefill(self, history: History, form: str, day: date) -> Mapping[str, Any]:
        """What is known beforehand for a form filled on ``day``: question key → answer in its stored shape."""
        return answering.prefill(self._planner, history, form, day)

    def indicator(
        self, indicator_id: str, histories: Iterable[History], until: date | None = None
    ) -> Iterator[Contribution]:
        """What each subject adds to the indicator; callers sum by period and place. What is counted in each year is
        counted up to that of ``until``, and cannot be asked without. Raises KeyError if unknown."""
        return answering.contributions(self._planner, (indicator_id,), histories, answering.Span(until))

    def indicators(
        self, indicator_ids: Sequence[str], histories: Iterable[History], since: date, until: date
    ) -> Iterator[Contribution]:
        """The same for several at once, which need each history worked out but once. What is counted in each year is
        counted from the year of ``since`` on."""
        return answering.contributions(self._planner, indicator_ids, histories, answering.Span(until, since))

    # Reasons

    def why(self, history: History, contact: str, episode: str, k: int) -> tuple[TraceStep, ...]:
        """The reasons for one window: its bounds with their rules, below each the facts, answers (with entry and day)
        and numbers (with source) it came from. Raises KeyError when there is no such window."""
        life, episodes, _ = self._planner.subjects(history)
        series = self.program.series_of_contact(contact)
        if series is not None:
            return series_reasons(Tracer(self.program, life, life), self._planner.walk_of(series.id), contact)
        subject, window, slot = self._find((life, *episodes), contact, episode, k)
        start, this = self._start(subject, window, slot)
        return reasons.reasons(Tracer(self.program, subject, life), slot, window, start, this)

    def sentence(self, plan: Plan, window: Window, language: str) -> str:
        """The contact's own sentence on why this visit, with the values of its facts and bounds."""
        contact = self.program.contact(window.contact)
        facts = {**plan.facts.get("", {}), **plan.facts.get(window.episode, {})}
        return reasons.sentence(contact, facts, window, language)

    def judged(self, history: History) -> tuple[JudgedDose, ...]:
        """Every given dose of every series with the chains it matters to: counted, or why not; in the order given."""
        life, _, _ = self._planner.subjects(history)
        return tuple(life.series.judged()) if life.series is not None else ()

    def judged_words(self, dose: JudgedDose, language: str) -> str:
        """One sentence on how a dose stands: that it counts and as which, or why it does not."""
        return judged_sentence(self.program, dose, language)

    def lines(self, trace: Sequence[TraceStep], language: str) -> list[str]:
        """A trace as readable lines, one per bound, fact, answer and number, dates as people write them."""
        return reasons.lines(self.program.pack, trace, language)

    def _find(self, subjects: Sequence[Subject], contact: str, episode: str, k: int) -> tuple[Subject, Window, Slot]:
        for slot in self.program.slots:
            if slot.contact.id != contact or (slot.kind == "once" and slot.k != k):
                continue
            for subject in subjects:
                if subject.kind == slot.contact.of and subject.key == episode:
                    return subject, self._window(subject, slot, k), slot
        raise KeyError((contact, episode, k))

    def _window(self, subject: Subject, slot: Slot, k: int) -> Window:
        """The window as planned. Years are asked up to the one wanted."""
        asked = date(min(9999, subject.opened_on.year + k), 12, 31) if subject.opened_on else None
        for window in self._planner.windows(subject, asked):
            if (window.contact, window.k) == (slot.contact.id, k):
                return window
        raise KeyError((slot.contact.id, subject.key, k))

    def _start(self, subject: Subject, window: Window, slot: Slot) -> tuple[date | None, Entry | None]:
        if slot.kind == "year" and subject.opened_on is not None:
            return max(subject.opened_on, date(subject.opened_on.year + window.k, 1, 1)), None
        if slot.kind != "recurring":
            return None, None
        return self._planner.recurrence(subject, slot, window.k)

    # Everybody

    def duckdb_sql(self, today: date, only_windows: bool = False) -> list[str]:
        """SQL texts to run in order on one DuckDB connection that holds ``person`` and every ``"entry_<form>"``.

        They leave the tables ``windows`` (person_id and the columns of Window) and, unless ``only_windows``,
        ``episodes`` (person_id and the columns of EpisodeRow) and, when the pack has indicators, ``contributions``.
        ``today`` is the asked day. Temporary tables begin with ``rules_``.
        """
        program = self.program.for_windows() if only_windows else self.program
        return duckdb_texts(sql_steps(Asked(program, self.forms, today, not only_windows, DUCKDB)))

    def spark_steps(self, today: date, only_windows: bool = False) -> list[Step]:
        """The same for Spark, some of it folded in Python; ``rules.spark.run`` runs them."""
        program = self.program.for_windows() if only_windows else self.program
        return sql_steps(Asked(program, self.forms, today, not only_windows, SPARK))

    def figures_sql(self, until: date) -> list[str]:
        """The same for ``contributions`` alone, years counted up to that of ``until``."""
        return duckdb_texts(sql_steps(Asked(self.program.for_figures(), self.forms, until, False, DUCKDB)))

    # Lineage

    def lineage(self, item: str) -> frozenset[Origin]:
        """Every (form, question key) and ('person', property) the item rests on; (form, '') for there being an entry.

        ``item`` is 'fact:lmp', 'contact:anc_2', 'indicator:…', 'advice:0', 'episode:pregnancy', 'prefill:form.key',
        'series:vaccine'.
        Raises KeyError for anything else.
        """
        return self._lineage.of_item(item)

    @property
    def lineage_items(self) -> tuple[str, ...]:
        """Every item ``lineage`` knows."""
        return self._lineage.items()

    def contacts_touched_by(self, form: str) -> frozenset[str]:
        """The contacts that may change when an entry of ``form`` comes in."""
        ids = {slot.contact.id for slot in self.program.slots}
        ids |= {row.contact.id for series in self.program.series.values() for row in series.rows}
        return frozenset(id_ for id_ in ids if any(form == f for f, _ in self.lineage(f"contact:{id_}")))


def compile(pack: Pack, schedule: str | None = None) -> Compiled:
    """The pack's rules under ``schedule`` (its default one when None). Raises Problems, all at once."""
    program, complaints = build(pack, schedule or pack.default_schedule)
    if complaints.found:
        raise Problems(complaints.found)
    return Compiled(program)


def check(pack: Pack) -> list[Problem]:
    """Everything wrong with the pack's rules under every schedule, each problem once, in the order found."""
    problems: list[Problem] = []
    for schedule in pack.schedules or {"": ()}:
        for problem in build(pack, schedule)[1].found:
            if problem not in problems:
                problems.append(problem)
    return problems
