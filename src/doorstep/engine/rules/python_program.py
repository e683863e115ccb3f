"""The Python made from a pack: one module's worth of small functions, compiled once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doorstep.engine.rules.needs import roots
from doorstep.engine.rules.program import Program, Slot
from doorstep.engine.rules.python_text import PythonText
from doorstep.engine.rules.tree import Expr

Function = Callable[..., Any]
_SUBJECT = (
    "    rows = s.rows; P = s.person; L = s.life_facts; F = s.facts\n"
    "    opened_on = s.opened_on; closed_on = s.closed_on; opened = s.opened"
)
# What a slot's function takes besides the subject. Unused ones are None.
_SLOT_EXTRAS = "start, this, times_met"


class PythonProgram:
    """Generated functions by what they work out.

    ``facts[subject](s)`` gives facts by name; ``bounds[i](s, start, this, times_met)`` of slot i gives
    (while, from, due, until); ``needs[i]`` takes these bounds too and gives the missing roots; ``settles[i]`` takes an
    entry; ``starts[i](s, this, times_met)`` is the start of a recurring window. ``rules`` holds single expressions.
    """

    def __init__(self, program: Program):
        self.program = program
        self._text = PythonText(program.pack.numbers)
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
        for subject in ("person", "household", *program.episodes):
            self._facts(subject)
        for number, slot in enumerate(program.slots):
            self._slot(number, slot)
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
                        self._function(f"{side}_{part}_{place}", "s, e, next_on", tree)

    def _place(self, episode: str) -> int:
        return list(self.program.episodes).index(episode)

    def _facts(self, subject: str) -> None:
        life = subject in ("person", "household")
        lines = [f"def facts_{subject_place(self.program, subject)}(s):", _SUBJECT, "    F = {}"]
        if life:
            lines.append("    L = F")
        lines += [f"    F[{fact.id!r}] = {self._text.of(fact.tree)}" for fact in self.program.facts_of(subject)]
        self._source += [*lines, "    return F"]

    def _function(self, name: str, takes: str, tree: Expr) -> None:
        self._source += [f"def {name}({takes}):", _SUBJECT, f"    return {self._text.of(tree)}"]

    def _slot(self, number: int, slot: Slot) -> None:
        text = self._text
        bounds = [
            f"    {'from_' if name == 'from' else name} = {text.of(tree) if tree is not None else 'None'}"
            for name, tree in slot.bounds
        ]
        while_ = text.of(slot.while_) if slot.while_ is not None else "True"
        self._source += [
            f"def bounds_{number}(s, {_SLOT_EXTRAS}):",
            _SUBJECT,
            *bounds,
            f"    return {while_}, from_, due, until",
        ]
        if slot.every is not None:
            self._function(f"start_{number}", "s, this, times_met", slot.every)
        if slot.settled_by is not None:
            self._function(f"settles_{number}", f"s, e, {_SLOT_EXTRAS}, from_, due, until", slot.settled_by)
        self._need(number, slot)

    def _need(self, number: int, slot: Slot) -> None:
        lines = [f"def need_{number}(s, {_SLOT_EXTRAS}, from_, due, until):", _SUBJECT, "    names = set()"]
        for name, tree in slot.bounds:
            if tree is None:
                continue
            variable = "from_" if name == "from" else name
            every = slot.every if slot.every is not None else None
            known = {**roots(tree, self.program.facts), **(roots(every, self.program.facts) if every else {})}
            pairs = "".join(f"({root!r}, {self._text.of(node)}), " for root, node in known.items())
            lines += [
                f"    if {variable} is None:",
                f"        names |= {{n for n, v in ({pairs}) if v is None}} or {{{name!r}}}",
            ]
        self._source += [*lines, "    return tuple(sorted(names))"]


def subject_place(program: Program, subject: str) -> int:
    """A number for the subject, to name its functions and tables by."""
    return ["person", "household", *program.episodes].index(subject)


def prefill_place(program: Program, form: str, question: str) -> int:
    """A number for one prefilled question."""
    pairs = [(f, q) for f, questions in program.prefill.items() for q in questions]
    return pairs.index((form, question))
