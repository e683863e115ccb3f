"""The Python made from a pack: one module's worth of small functions, compiled once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from doorstep.engine.rules.needs import roots, series_roots
from doorstep.engine.rules.program import LIVES, Program, ReadSeries, Slot
from doorstep.engine.rules.python_text import PythonText, SeriesText
from doorstep.engine.rules.tree import Expr

Function = Callable[..., Any]
_SUBJECT = {
    "rows": "rows",
    "P": "person",
    "L": "life_facts",
    "F": "facts",
    "opened_on": "opened_on",
    "closed_on": "closed_on",
    "opened": "opened",
    "S": "series",
}
"""The names a rule's text uses, and where a subject holds them."""
# What a slot's function takes besides the subject. Unused ones are None.
_WORD = re.compile(r"[A-Za-z_]+")
_SLOT_EXTRAS = "start, this, times_met"
_DOSE_EXTRAS = "s, row, previous, first_valid, prior, day, counted, from_, due, until"


class PythonProgram:
    """Generated functions by what they work out.

    ``facts[subject](s)`` gives facts by name; ``bounds[i](s, start, this, times_met)`` of slot i gives
    (while, from, due, until, whether a stated one is missing); ``needs[i]`` takes these bounds too and gives the missing roots; ``settles[i]`` takes an
    entry; ``starts[i](s, this, times_met)`` is the start of a recurring window. ``rules`` holds single expressions.
    """

    def __init__(self, program: Program):
        self.program = program
        self._text = PythonText(program.pack.numbers, program.pack.tables)
        self._source: list[str] = []
        self._write_all()
        self.source = "\n".join(self._source)
        names = dict(self._text.names)
        # The source is written above from checked trees alone: names come from a closed list, texts by repr().
        exec(compile(self.source, f"<rules of {program.pack.id}>", "exec"), names)  # noqa: S102
        self._names = names

    def __getitem__(self, name: str) -> Function:
        function: Function = self._names[name]
        return function

    def get(self, name: str) -> Function | None:
        """The function called ``name``, None when the pack states no such rule."""
        return self._names.get(name)

    def _write_all(self) -> None:
        program = self.program
        for subject in (*LIVES, *program.episodes):
            self._facts(subject)
        for number, slot in enumerate(program.slots):
            self._slot(number, slot)
        for number, series in enumerate(program.series.values()):
            self._series(number, series)
        for id_, episode in program.episodes.items():
            for part in ("stays_open_days", "ends_by_itself", "new_one_if"):
                tree = getattr(episode, part)
                if tree is not None:
                    self._function(f"{part}_{self._place(id_)}", "s, e", tree)
        for place, advice in enumerate(program.advice):
            self._function(f"advice_{place}", "s, e", advice.when)
        for form, questions in program.prefill.items():
            for question, tree in questions.items():
                self._function(f"prefill_{prefill_place(program, form, question)}", "s", tree)
        for place, indicator in enumerate(program.indicators.values()):
            for side, measure in indicator.measures:
                for part, tree in (("value", measure.value), ("where", measure.where), ("by", measure.by)):
                    if tree is not None:
                        self._function(f"{side}_{part}_{place}", "s, e, next_on, start, until", tree)

    def _place(self, episode: str) -> int:
        return list(self.program.episodes).index(episode)

    def _facts(self, subject: str) -> None:
        # A life's facts are seen while they are worked out: a series may be asked by one and rest on others.
        own = "F = L = s.facts = s.life_facts = {}" if subject in LIVES else "F = {}"
        facts = [f"F[{fact.id!r}] = {self._text.of(fact.tree)}" for fact in self.program.facts_of(subject)]
        self._define(f"facts_{subject_place(self.program, subject)}", "s", [own, *facts, "return F"])

    def _function(self, name: str, takes: str, tree: Expr, text: PythonText | None = None) -> None:
        self._define(name, takes, [f"return {(text or self._text).of(tree)}"])

    def _define(self, name: str, takes: str, body: list[str]) -> None:
        """Writes a function that first takes from its subject what its body names."""
        named = set(_WORD.findall(" ".join(body)))
        unpacked = [f"{short} = s.{long}" for short, long in _SUBJECT.items() if short in named]
        self._source.append(f"def {name}({takes}):")
        self._source += [f"    {line}" for line in (*unpacked, *body)]

    def _slot(self, number: int, slot: Slot) -> None:
        text = self._text
        bounds = [f"{_variable(name)} = {text.of(tree) if tree else 'None'}" for name, tree in slot.bounds]
        lacking = " or ".join(f"{_variable(name)} is None" for name, tree in slot.bounds if tree) or "False"
        while_ = text.of(slot.while_) if slot.while_ is not None else "True"
        result = f"return {while_}, from_, due, until, {lacking}"
        self._define(f"bounds_{number}", f"s, {_SLOT_EXTRAS}", [*bounds, result])
        if slot.every is not None:
            self._function(f"start_{number}", "s, this, times_met", slot.every)
        if slot.settled_by is not None:
            self._function(f"settles_{number}", f"s, e, {_SLOT_EXTRAS}, from_, due, until", slot.settled_by)
        self._need(number, slot)

    def _need(self, number: int, slot: Slot) -> None:
        body = ["names = set()"]
        below_every = roots(slot.every, self.program.facts) if slot.every is not None else {}
        for name, tree in slot.bounds:
            if tree is None:
                continue
            known = roots(tree, self.program.facts) | below_every
            pairs = "".join(f"({root!r}, {self._text.of(node)}), " for root, node in known.items())
            body += [
                f"if {_variable(name)} is None:",
                f"    names |= {{n for n, v in ({pairs}) if v is None}} or {{{name!r}}}",
            ]
        takes = f"s, {_SLOT_EXTRAS}, from_, due, until"
        self._define(f"need_{number}", takes, [*body, "return tuple(sorted(names))"])

    def _series(self, number: int, series: ReadSeries) -> None:
        text = SeriesText(self.program.pack.numbers, self._text, series.definition)
        self._function(f"fits_{number}", "s, d, row", series.fits, text)
        from_ = f"later({text.of(series.from_)}, since)" if series.from_ is not None else "since"
        body = [f"from_ = {from_}"]
        if series.listed_from is not None:
            body.append(f"if day is None: from_ = later(from_, {text.of(series.listed_from)})")
        for name, tree in (("due", series.due), ("until", series.until), ("not_after", series.not_after)):
            body.append(f"{name} = {text.of(tree) if tree is not None else 'None'}")
        applies = text.of(series.while_) if series.while_ is not None else "True"
        body.append(f"return {applies}, from_, due, until, not_after")
        self._define(f"dose_{number}", "s, row, since, previous, first_valid, prior, day, counted", body)
        if series.listed_while is not None:
            self._function(f"listed_{number}", _DOSE_EXTRAS, series.listed_while, text)
        self._series_need(number, series, text)

    def _series_need(self, number: int, series: ReadSeries, text: SeriesText) -> None:
        """Only what may still become known is asked for: a row without a bound simply has none."""
        body = ["names = set()"]
        for name, tree in (("from", series.from_), ("due", series.due), ("until", series.until)):
            if tree is not None:
                known = series_roots(series, tree, self.program.facts)
                pairs = "".join(f"({root!r}, {text.of(node)}), " for root, node in known.items())
                fallback = " or {'from'}" if name == "from" else ""
                body += [
                    f"if {_variable(name)} is None:",
                    f"    names |= {{n for n, v in ({pairs}) if v is None}}{fallback}",
                ]
        self._define(f"dose_need_{number}", _DOSE_EXTRAS, [*body, "return tuple(sorted(names))"])


def _variable(bound: str) -> str:
    """'from' is a word of Python."""
    return "from_" if bound == "from" else bound


def subject_place(program: Program, subject: str) -> int:
    """A number for the subject, to name its functions and tables by."""
    return [*LIVES, *program.episodes].index(subject)


def prefill_place(program: Program, form: str, question: str) -> int:
    """A number for one prefilled question."""
    pairs = [(f, q) for f, questions in program.prefill.items() for q in questions]
    return pairs.index((form, question))
