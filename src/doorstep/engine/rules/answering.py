"""What follows from a history besides its plan: advice, answers known beforehand, contributions to indicators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from doorstep.engine.model.history import Entry, History
from doorstep.engine.model.pack import AdviceDef
from doorstep.engine.rules.planning import Planner
from doorstep.engine.rules.program import LIVES, ReadMeasure
from doorstep.engine.rules.python_program import prefill_place
from doorstep.engine.rules.tree import Moment
from doorstep.engine.rules.walking import Subject, in_order


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one subject (or one entry) adds to one side of an indicator, on the day it is counted by.

    ``place`` is the person's on that day: that of the latest entry not after it, else of the first one, else the
    register's; '' when none is known.
    """

    indicator: str
    part: Literal["numerator", "denominator"]
    subject: str
    episode: str
    on: date
    place: str
    value: int | Decimal


def advice(planner: Planner, history: History, instance_id: str) -> tuple[AdviceDef, ...]:
    """The pack's advice that holds for one entry, in the pack's order, with facts as they stood at that entry."""
    entries = in_order(history.entries, planner.ranks)
    place = next((i for i, e in enumerate(entries) if e.instance_id == instance_id), None)
    if place is None:
        return ()
    entry = entries[place]
    then = replace(history, entries=tuple(entries[: place + 1]))
    life, episodes, _ = planner.subjects(then)
    found = []
    for number, rule in enumerate(planner.program.advice):
        if rule.definition.form != entry.form:
            continue
        own = (e for e in reversed(episodes) if e.kind == rule.subject and entry in e.entries)
        subject = life if rule.subject in LIVES else next(own, planner.nothing_of(rule.subject, life))
        if planner.python[f"advice_{number}"](subject, entry) is True:
            found.append(rule.definition)
    return tuple(found)


def prefill(planner: Planner, history: History, form: str, day: date) -> dict[str, Any]:
    """What is already known for a form to be filled on ``day``, in the shape of stored answers; unknowns left out."""
    questions = planner.program.prefill.get(form)
    if not questions:
        return {}
    subject = planner.subject_on(history, form, day)
    found: dict[str, Any] = {}
    for question in questions:
        value = planner.python[f"prefill_{prefill_place(planner.program, form, question)}"](subject)
        if value is not None:
            found[question] = _as_answer(value)
    return found


def _as_answer(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return list(value) if isinstance(value, (list, tuple)) else value


@dataclass(frozen=True, slots=True)
class Span:
    """Of which years a figure of each year is wanted: up to that of ``until``, from that of ``since`` if stated."""

    until: date | None
    since: date | None = None


def contributions(
    planner: Planner, indicator_ids: Sequence[str], histories: Iterable[History], span: Span
) -> Iterator[Contribution]:
    """Every contribution to these indicators, one history after the other. Raises KeyError for an unknown one."""
    places = {name: place for place, name in enumerate(planner.program.indicators)}
    sides = [
        (id_, part, measure.subject, Counting(planner, f"{part}_{{}}_{places[id_]}", measure, span))
        for id_ in indicator_ids
        for part, measure in planner.program.indicators[id_].measures
    ]
    for history in histories:
        life, episodes, _ = planner.subjects(history)
        for id_, part, kind, counting in sides:
            for subject in (life, *episodes):
                if subject.kind == kind:
                    for on, value in counting.of(subject):
                        yield Contribution(id_, part, history.subject, subject.key, on, place_on(life, on), value)


_END_OF_YEAR = Moment("until", "date")
Unit = tuple[Entry | None, date | None, date | None, date | None]
"""What a measure looks at: an entry and the day of the next one, or the first and the last day of a year."""


class Counting:
    """One side of an indicator over one subject."""

    def __init__(self, planner: Planner, name: str, measure: ReadMeasure, span: Span):
        self._form, self._each_year, self._until = measure.form, measure.each_year, span.until
        # A day of its own may lie in another year, so then every year is gone through.
        self._since = span.since if measure.by == _END_OF_YEAR else None
        self._by = planner.python[name.format("by")]
        self._value = planner.python.get(name.format("value"))
        self._where = planner.python.get(name.format("where"))

    def of(self, subject: Subject) -> Iterator[tuple[date, int | Decimal]]:
        """The day and value of each contribution; none where the day or value is missing or ``where`` is not true."""
        for unit in self._units(subject):
            if self._where is not None and self._where(subject, *unit) is not True:
                continue
            on = self._by(subject, *unit)
            value = 1 if self._value is None else self._value(subject, *unit)
            if on is not None and value is not None:
                yield on, value

    def _units(self, subject: Subject) -> Sequence[Unit]:
        """The entries gone over, each with the day of the next one; the calendar years; else the subject itself."""
        if self._each_year:
            return [(None, None, date(year, 1, 1), date(year, 12, 31)) for year in self._years(subject)]
        if not self._form:
            return ((None, None, None, None),)
        entries = subject.rows.get(self._form, [])
        following: list[date | None] = [e.occurred_on for e in entries[1:]]
        return [(e, on, None, None) for e, on in zip(entries, [*following, None], strict=True)] if entries else ()

    def _years(self, subject: Subject) -> range:
        """From the year it began to the year asked about, or in which it ended."""
        if self._until is None:
            raise ValueError("a figure of each year must be asked up to a day")
        if subject.opened_on is None:
            return range(0)
        last = self._until if subject.closed_on is None else min(self._until, subject.closed_on)
        first = subject.opened_on if self._since is None else max(self._since, subject.opened_on)
        return range(first.year, last.year + 1)


def place_on(life: Subject, day: date) -> str:
    """The person's place on a day, from her entries in order."""
    placed = [entry for entry in life.entries if entry.place]
    before = [entry for entry in placed if entry.occurred_on <= day]
    if before:
        return before[-1].place
    return placed[0].place if placed else str(life.person.get("place") or "")
