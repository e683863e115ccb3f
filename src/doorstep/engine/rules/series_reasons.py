"""Why the next dose stands as it does, and why a given dose counts or does not, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from doorstep.engine.model.history import Entry, JudgedDose, TraceStep, Verdict
from doorstep.engine.model.planned import Rule
from doorstep.engine.rules.doses import Book, Dose, Placed, SeriesWalk, Walked
from doorstep.engine.rules.program import Program
from doorstep.engine.rules.python_text import repeat_rows
from doorstep.engine.rules.reasons import in_language, shown
from doorstep.engine.rules.tracing import Seen, Tracer
from doorstep.engine.rules.tree import Aggregate, Expr

_LABELS = {
    "previous": {"en": "The dose before that counted", "zh": "上一剂有效的日期"},
    "first_valid": {"en": "The first dose that counted", "zh": "第一剂有效的日期"},
    "edition": {"en": "This schedule holds since", "zh": "本版程序开始实施"},
}
_VERDICTS: dict[Verdict, dict[str, str]] = {
    "counted": {"en": "It counts: {dose}.", "zh": "有效，算作{dose}。"},
    "too_early_age": {
        "en": "It does not count as {dose}: given {days} days too early for the age. Valid from {day}.",
        "zh": "不算作{dose}：早于规定月龄 {days} 天，{day}起接种才有效。",
    },
    "too_early_interval": {
        "en": "It does not count as {dose}: {days} days too soon after an earlier dose. Valid from {day}.",
        "zh": "不算作{dose}：离前面的接种还差 {days} 天，{day}起接种才有效。",
    },
    "too_late": {
        "en": "It does not count as {dose}: given {days} days after the last day for it.",
        "zh": "不算作{dose}：超过最晚日期 {days} 天。",
    },
    "not_for_person": {
        "en": "It does not count as {dose}: on what is recorded, it was not meant to be given to this person.",
        "zh": "不算作{dose}：按记录，此人不用接种这一剂。",
    },
    "other_product": {
        "en": "It does not count: another vaccine was next in this series.",
        "zh": "不算：这个系列当时该打的不是这种疫苗。",
    },
    "complete": {"en": "It is kept. This series was already complete.", "zh": "照记。这个系列已经种全。"},
    "not_in_schedule": {
        "en": "It is kept. The schedule of that day has no such vaccine.",
        "zh": "照记。当时的程序里没有这种疫苗。",
    },
    "unknown": {
        "en": "Whether it counts as {dose} cannot be told yet: something is not known, such as the date of birth.",
        "zh": "是否算作{dose}还不能判断：有的情况不清楚，例如出生日期。",
    },
    "no_day": {"en": "It is kept. The day it was given is not known.", "zh": "照记。接种日期不清楚。"},
}


def judged_sentence(program: Program, dose: JudgedDose, language: str) -> str:
    """One sentence on how a dose stands."""
    title = next((r.contact.title for r in program.series[dose.series].rows if r.id == dose.row_id), {})
    said = in_language(_VERDICTS[dose.verdict], language)
    if dose.days == 1:
        said = said.replace("{days} days", "1 day")
    return said.format(dose=in_language(title, language), days=dose.days, day=shown(dose.from_on, language))


def series_reasons(tracer: Tracer, walk: SeriesWalk, contact: str) -> tuple[TraceStep, ...]:
    """One step per stated bound of a dose's window, below each what it rests on. Raises KeyError without such a window."""
    book: Book = tracer.life.series
    walked = book.walked(walk.series.id)
    placed = next((p for p in walked.placed if p.row.contact.id == contact), None)
    if placed is None:
        raise KeyError(contact)
    return _Reasons(tracer, walk, walked, placed).steps()


class _Reasons:
    def __init__(self, tracer: Tracer, walk: SeriesWalk, walked: Walked, placed: Placed):
        self._tracer, self._walk, self._walked, self._placed = tracer, walk, walked, placed
        self._day = placed.dose.day if placed.dose else None

    def steps(self) -> tuple[TraceStep, ...]:
        series, definition = self._walk.series, self._walk.series.definition
        bounds = self._placed.bounds
        found = [
            self._step("from", definition.from_, series.from_, bounds.from_on, self._edition()),
            self._step("due", definition.due, series.due, bounds.due_on),
            self._step("until", definition.until, series.until, bounds.until_on),
            self._step("while", definition.while_, series.while_, bounds.applies),
        ]
        return tuple(step for step in found if step is not None)

    def _step(
        self, name: str, rule: Rule | None, tree: Expr | None, value: Any, also: tuple[TraceStep, ...] = ()
    ) -> TraceStep | None:
        if tree is None and not (name == "from" and value is not None):
            return None
        below: list[TraceStep] = []
        for stated in (tree, self._walk.series.listed_from if name == "from" and self._day is None else None):
            if stated is not None:
                self._tracer.value(stated, self._seen(), below)
        source = self._walk.series.definition.source
        return TraceStep(name, rule.text if rule else "", value, {}, source=source, steps=(*below, *also))

    def _edition(self) -> tuple[TraceStep, ...]:
        """The edition's first day, when that is what the window waits for."""
        since = self._placed.row.since
        if since is None or self._placed.bounds.from_on != since:
            return ()
        return (TraceStep("edition", "", since, _LABELS["edition"]),)

    def _seen(self) -> Seen:
        placed = self._placed
        bounds = placed.bounds
        moments = {"from": bounds.from_on, "due": bounds.due_on, "until": bounds.until_on}
        told = {
            name: self._told(name, dose)
            for name, dose in (("previous", placed.previous), ("first_valid", placed.first))
        }
        return Seen(
            moments | {name: step.value for name, step in told.items()},
            told={name: step for name, step in told.items() if step.value is not None},
            cells=placed.row.cells,
            rows_of=self._rows_of,
            counted=self._counted,
        )

    @staticmethod
    def _told(name: str, dose: Dose | None) -> TraceStep:
        if dose is None:
            return TraceStep(name, "", None)
        return TraceStep(name, "", dose.day, _LABELS[name], dose.entry.instance_id, dose.entry.occurred_on)

    def _rows_of(self, node: Aggregate) -> Iterable[tuple[Entry, Any]] | None:
        """The rows an aggregate of a series' rule looks at; None when it looks at no doses."""
        sources = self._walk.series.definition.doses
        if node.form not in {source.form for source in sources}:
            return None
        if any((source.form, source.repeat) == (node.form, node.repeat) for source in sources):
            return list(self._placed.prior.doses(node.form, node.repeat))
        entries = self._placed.prior.entries(self._tracer.life.rows.get(node.form, ()))
        return [(e, child) for e in entries for child in (repeat_rows(e, node.repeat) if node.repeat else (None,))]

    def _counted(self, series: str, function: str, chain: str | None) -> Any:
        if series == self._walk.series.id:
            return getattr(self._walked.counted, function)(chain, self._day)
        return getattr(self._tracer.life.series, function)(series, chain, self._day)
