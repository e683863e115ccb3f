"""Judging the doses of a series for one person, and finding what is due next.

Doses are walked by the day they were given, then in the order of their entries, then by their row in the repeat. In
each chain a dose is judged by the row of the next step in the edition in force on its day; what does not count is kept
with its reason and the chain stays where it is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from doorstep.engine.model.history import Entry, JudgedDose, Verdict, Window
from doorstep.engine.model.planned import DoseSource
from doorstep.engine.rules.program import Program, ReadSeries, SeriesRow
from doorstep.engine.rules.python_program import PythonProgram
from doorstep.engine.rules.python_text import repeat_rows
from doorstep.engine.rules.runtime import add_days, as_date
from doorstep.engine.rules.scope import questions_of
from doorstep.engine.rules.tree import Moment
from doorstep.engine.rules.tree import walk as nodes_of
from doorstep.engine.rules.walking import Subject

_FITTING_BUT: tuple[Verdict, ...] = ("too_early_age", "too_early_interval", "too_late", "unknown", "not_for_person")
"""Why a dose that fits a row does not count, the most telling first: that of the row that came nearest is given."""


@dataclass(frozen=True, slots=True, eq=False)
class Dose:
    """One given dose. ``place`` is its row in the repeat; ``order`` its place among all doses of the person."""

    source: DoseSource
    entry: Entry
    child: Mapping[str, Any] | None
    place: int
    day: date
    inner: frozenset[str]

    def get(self, key: str) -> Any:
        """An answer of the dose: of its row in the repeat, or of its entry."""
        if key in self.inner:
            return (self.child or {}).get(key)
        return self.entry.answers.get(key)


class Prior:
    """The doses given before a day; with no day, all."""

    def __init__(self, doses: Sequence[Dose], day: date | None):
        self._doses = doses
        self.day = day

    def doses(self, form: str, repeat: str) -> Iterator[tuple[Entry, Any]]:
        for dose in self._doses:
            if (dose.source.form, dose.source.repeat) == (form, repeat):
                yield dose.entry, dose.child

    def entries(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        return entries if self.day is None else [e for e in entries if e.occurred_on < self.day]


_NONE_BEFORE = Prior((), date.min)


@dataclass(slots=True)
class CountedDays:
    """The days of the counted doses of each chain, in order."""

    days: dict[str, list[date]] = field(default_factory=dict)

    def doses_counted(self, chain: str | None, day: date | None = None) -> int | None:
        return None if chain is None else len(self._before(chain, day))

    def last_counted(self, chain: str | None, day: date | None = None) -> date | None:
        known = self._before(chain, day) if chain is not None else []
        return known[-1] if known else None

    def _before(self, chain: str, day: date | None) -> list[date]:
        known = self.days.get(chain, [])
        return known if day is None else known[: bisect_left(known, day)]


@dataclass(frozen=True, slots=True)
class Bounds:
    applies: bool | None
    from_on: date | None
    due_on: date | None
    until_on: date | None
    not_after: date | None


_NOT_YET = Bounds(None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Placed:
    """A window of one chain with all it was worked out from; ``dose`` is the one that met it."""

    row: SeriesRow
    bounds: Bounds
    previous: Dose | None
    first: Dose | None
    prior: Prior
    dose: Dose | None = None


@dataclass(slots=True)
class Walked:
    """What one series says of one person."""

    judged: list[JudgedDose] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    counted: CountedDays = field(default_factory=CountedDays)


class SeriesWalk:
    """Walks one series for any person, by the functions generated for it."""

    def __init__(self, program: Program, number: int, series: ReadSeries, python: PythonProgram):
        self.series = series
        self._fits = python[f"fits_{number}"]
        self._bounds = python[f"dose_{number}"]
        self._listed = python.get(f"listed_{number}")
        named = (
            {node.name for node in nodes_of(series.listed_while) if isinstance(node, Moment)}
            if series.listed_while
            else set()
        )
        self._listed_first = named.isdisjoint(("from", "due", "until"))
        self._need = python[f"dose_need_{number}"]
        self._from_stated = series.from_ is not None
        self._rows: dict[tuple[str, int], list[SeriesRow]] = {}
        self._of_chain: dict[str, list[SeriesRow]] = {}
        for row in series.rows:
            self._rows.setdefault((row.chain, row.step), []).append(row)
            self._of_chain.setdefault(row.chain, []).append(row)
        forms = program.pack.forms
        self._sources = [
            (source, frozenset(questions_of(forms[source.form], source.repeat)) if source.repeat else frozenset[str]())
            for source in series.definition.doses
        ]

    def any_doses(self, life: Subject) -> bool:
        """Whether anything is on record that may hold a dose."""
        return any(source.form in life.rows for source, _ in self._sources)

    def walk(self, life: Subject) -> Walked:
        """All doses judged, the windows they met, and each chain's next window."""
        walked = Walked()
        doses = self._doses(life, walked)
        days = [dose.day for dose in doses]
        priors = {day: Prior(doses[: bisect_left(days, day)], day) for day in dict.fromkeys(days)}
        verdicts: dict[int, list[JudgedDose]] = {number: [] for number in range(len(doses))}
        for chain in self.series.chains:
            self._chain(chain, life, doses, priors, walked, verdicts)
        for number, dose in enumerate(doses):
            walked.judged += verdicts[number] or [self._verdict(dose, "", None, "not_in_schedule")]
        return walked

    def _doses(self, life: Subject, walked: Walked) -> list[Dose]:
        """The doses in the order they are walked; those without a day are told and left out."""
        found: list[tuple[date, int, int, Dose]] = []
        places = {id(entry): number for number, entry in enumerate(life.entries)}
        for source, inner in self._sources:
            for entry in life.rows.get(source.form, ()):
                for place, child in enumerate(repeat_rows(entry, source.repeat) if source.repeat else (None,)):
                    said = (child or {}).get(source.on) if source.on_repeat else entry.answers.get(source.on)
                    day = as_date(said) if source.on else entry.occurred_on
                    dose = Dose(source, entry, child, place, day or entry.occurred_on, inner)
                    if day is None:
                        walked.judged.append(self._verdict(dose, "", None, "no_day", day=None))
                    else:
                        found.append((day, places[id(entry)], place, dose))
        found.sort(key=lambda one: one[:3])
        return [dose for *_, dose in found]

    def _chain(
        self,
        chain: str,
        life: Subject,
        doses: Sequence[Dose],
        priors: Mapping[date, Prior],
        walked: Walked,
        verdicts: dict[int, list[JudgedDose]],
    ) -> None:
        step, previous, first = 1, None, None
        for number, dose in enumerate(doses):
            verdict, placed = self._judge(chain, step, life, dose, previous, first, priors[dose.day], walked.counted)
            if verdict is not None:
                verdicts[number].append(verdict)
            if placed is not None:
                walked.placed.append(placed)
                walked.counted.days.setdefault(chain, []).append(dose.day)
                step, previous, first = step + 1, dose, first or dose
        following = self._next(chain, step, life, previous, first, Prior(doses, None), walked.counted)
        if following is not None:
            walked.placed.append(following)

    def _judge(
        self,
        chain: str,
        step: int,
        life: Subject,
        dose: Dose,
        previous: Dose | None,
        first: Dose | None,
        prior: Prior,
        counted: CountedDays,
    ) -> tuple[JudgedDose | None, Placed | None]:
        """The dose by the rows of the next step in force on its day; (None, None) when it is no matter of this chain."""
        failed: list[JudgedDose] = []
        due = [row for row in self._rows.get((chain, step), ()) if row.in_force(dose.day)]
        for row in due:
            if self._fits(life, dose, row.cells) is not True:
                continue
            bounds = self._bounds_of(row, life, previous, first, prior, dose.day, counted)
            verdict = self._by(bounds, dose.day)
            if verdict == "counted":
                told = self._verdict(dose, chain, row, verdict, bounds)
                return told, Placed(row, bounds, previous, first, prior, dose)
            if verdict == "too_early_interval":
                alone = self._bounds_of(row, life, None, None, _NONE_BEFORE, dose.day, CountedDays())
                if alone.from_on is not None and dose.day < alone.from_on:
                    verdict = "too_early_age"
            failed.append(self._verdict(dose, chain, row, verdict, bounds))
        if failed:
            return min(failed, key=lambda one: _FITTING_BUT.index(one.verdict)), None
        others = (row for row in self._of_chain[chain] if row.in_force(dose.day) and row not in due)
        if any(self._fits(life, dose, row.cells) is True for row in others):
            return self._verdict(dose, chain, None, "other_product" if due else "complete"), None
        return None, None

    def _by(self, bounds: Bounds, day: date) -> Verdict:
        if bounds.applies is False:
            return "not_for_person"
        if bounds.from_on is None and self._from_stated:
            return "unknown"
        if bounds.from_on is not None and day < bounds.from_on:
            return "too_early_interval"
        return "too_late" if bounds.not_after is not None and day > bounds.not_after else "counted"

    def _bounds_of(
        self,
        row: SeriesRow,
        life: Subject,
        previous: Dose | None,
        first: Dose | None,
        prior: Prior,
        day: date | None,
        counted: CountedDays,
    ) -> Bounds:
        before, began = previous.day if previous else None, first.day if first else None
        return Bounds(*self._bounds(life, row.cells, row.since, before, began, prior, day, counted))

    def _verdict(
        self,
        dose: Dose,
        chain: str,
        row: SeriesRow | None,
        verdict: Verdict,
        bounds: Bounds | None = None,
        **known: Any,
    ) -> JudgedDose:
        day = known.get("day", dose.day)
        edge = None
        if bounds is not None:
            edge = bounds.not_after if verdict == "too_late" else bounds.from_on
        days = abs((edge - dose.day).days) if edge is not None and verdict.startswith("too_") else 0
        from_on = bounds.from_on if bounds is not None else None
        source, entry = dose.source, dose.entry
        return JudgedDose(
            self.series.id, entry.instance_id, source.form, dose.place, day, chain, row.id if row else "", verdict, days, from_on
        )  # fmt: skip

    def _next(
        self,
        chain: str,
        step: int,
        life: Subject,
        previous: Dose | None,
        first: Dose | None,
        prior: Prior,
        counted: CountedDays,
    ) -> Placed | None:
        """Among the rows of the next step, over all editions, the one that begins earliest and can still begin."""
        best: tuple[tuple[bool, date, int, int], Placed] | None = None
        for row in self._rows.get((chain, step), ()):
            # asked first where it can be: nobody without a card has bounds worked out
            if self._listed_first and not self._stays_listed(
                Placed(row, _NOT_YET, previous, first, prior), life, counted
            ):
                continue
            bounds = self._bounds_of(row, life, previous, first, prior, None, counted)
            placed = Placed(row, bounds, previous, first, prior)
            if bounds.applies is False or not (self._listed_first or self._stays_listed(placed, life, counted)):
                continue
            unknown = bounds.from_on is None and self._from_stated
            begins = date.min if bounds.from_on is None else bounds.from_on
            if not unknown and (
                (row.before is not None and begins >= row.before)
                or (bounds.not_after is not None and begins > bounds.not_after)
            ):
                continue
            latest_first = -(row.since.toordinal() if row.since else 0)
            order = (unknown, begins, latest_first, row.place)
            if best is None or order < best[0]:
                best = (order, placed)
        return best[1] if best is not None else None

    def _stays_listed(self, placed: Placed, life: Subject, counted: CountedDays) -> bool:
        return self._listed is None or self._listed(*self._arguments(placed, life, counted)) is not False

    @staticmethod
    def _arguments(placed: Placed, life: Subject, counted: CountedDays) -> tuple[Any, ...]:
        before = placed.previous.day if placed.previous else None
        began = placed.first.day if placed.first else None
        day = placed.dose.day if placed.dose else None
        b = placed.bounds
        return (life, placed.row.cells, before, began, placed.prior, day, counted, b.from_on, b.due_on, b.until_on)

    def window(self, placed: Placed, life: Subject, counted: CountedDays) -> Window:
        """The window as every other planned visit; past ``until`` it stays overdue, past ``not_after`` it is missed."""
        contact, bounds, dose = placed.row.contact, placed.bounds, placed.dose
        need = self._need(*self._arguments(placed, life, counted)) if dose is None else ()
        return Window(
            contact.id,
            0,
            "",
            contact.form,
            contact.service,
            bounds.from_on,
            bounds.due_on,
            bounds.until_on,
            dose.entry.instance_id if dose else "",
            dose.day if dose else None,
            need,
            recurring=True,
            priority=contact.priority,
            ends_on=add_days(bounds.not_after, 1),  # its last day is still a day to give it
        )


class Book:
    """The series of one person, each walked when first asked: a fact may ask one while facts are worked out."""

    def __init__(self, walks: Mapping[str, SeriesWalk], life: Subject):
        self._walks = walks
        self._life = life
        self._walked: dict[str, Walked] = {}

    def walked(self, series: str) -> Walked:
        if series not in self._walked:
            self._walked[series] = self._walks[series].walk(self._life)
        return self._walked[series]

    def doses_counted(self, series: str, chain: str | None, day: date | None = None) -> int | None:
        return self._counted(series).doses_counted(chain, day)

    def last_counted(self, series: str, chain: str | None, day: date | None = None) -> date | None:
        return self._counted(series).last_counted(chain, day)

    def _counted(self, series: str) -> CountedDays:
        """Without a record of doses nothing need be walked to know that none counts."""
        return self.walked(series).counted if self._walks[series].any_doses(self._life) else CountedDays()

    def windows(self) -> Iterator[Window]:
        for name, walk in self._walks.items():
            walked = self.walked(name)
            for placed in walked.placed:
                yield walk.window(placed, self._life, walked.counted)

    def judged(self) -> Iterator[JudgedDose]:
        for name in self._walks:
            yield from self.walked(name).judged
