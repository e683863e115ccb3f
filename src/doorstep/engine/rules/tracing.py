"""Reasons: the same trees worked out one by one, noting what each value came from.

Slower than the generated Python and used for one window at a time; both call the same functions, and a test holds
them to the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from doorstep.engine.model.history import Entry, TraceStep
from doorstep.engine.model.pack import Pack
from doorstep.engine.rules.program import Program, values_of
from doorstep.engine.rules.python_text import repeat_rows
from doorstep.engine.rules.runtime import as_date, as_decimal, as_integer
from doorstep.engine.rules.scope import ENTRY_COLUMNS
from doorstep.engine.rules.tables import python_lookup
from doorstep.engine.rules.tree import (
    Aggregate,
    Answer,
    Call,
    Case,
    Cell,
    Constant,
    Counted,
    DoseAnswer,
    Expr,
    FactRef,
    Lookup,
    Moment,
    NumberOn,
    Property,
    Type,
)
from doorstep.engine.rules.vocabulary import VOCABULARY
from doorstep.engine.rules.walking import Subject

_FROM_ONE_ENTRY = frozenset({"first", "last", "min", "max", "first_date", "last_date"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule may look at besides its subject: moments by name, and the entries and rows in view."""

    moments: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Entry | None] = field(default_factory=dict)
    child: Mapping[str, Any] | None = None
    # Of a series' rule: reasons for its moments, the row it is worked out for, the doses its aggregates look at
    # (None: all entries), and what its chains say.
    told: Mapping[str, TraceStep] = field(default_factory=dict)
    cells: Mapping[str, Any] = field(default_factory=dict)
    rows_of: Callable[[Aggregate], Iterable[tuple[Entry, Any]] | None] = lambda _node: None
    counted: Callable[[str, str, str | None], Any] | None = None

    def at(self, entry: Entry, child: Mapping[str, Any] | None) -> Seen:
        return replace(self, rows={**self.rows, "row": entry}, child=child)


def read_answer(raw: Any, type_: Type) -> Any:
    """A stored answer as a value of its type."""
    if type_ == "date":
        return as_date(raw)
    if type_ == "decimal":
        return as_decimal(raw)
    return as_integer(raw) if type_ == "integer" else raw


class Tracer:
    """Works out trees for one subject of one program; facts of the person are seen over her whole ``life``."""

    def __init__(self, program: Program, subject: Subject, life: Subject):
        self.program = program
        self.life = life
        self.pack: Pack = program.pack
        self.subject = subject

    def value(self, node: Expr, seen: Seen, steps: list[TraceStep]) -> Any:
        """The value of ``node``; its reasons are added to ``steps``, each once."""
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Call):
            return VOCABULARY[node.function].python(*[self.value(arg, seen, steps) for arg in node.args])
        if isinstance(node, Case):
            return self._case(node, seen, steps)
        if isinstance(node, Aggregate):
            return self._aggregate(node, seen, steps)
        if isinstance(node, Moment):
            if node.name in seen.told and seen.told[node.name] not in steps:
                steps.append(seen.told[node.name])
            return self._moment(node, seen)
        if isinstance(node, Cell):
            return seen.cells.get(node.name)
        if isinstance(node, Counted):
            return self._counted(node, seen, steps)
        if isinstance(node, Lookup):
            return self._lookup(node, seen, steps)
        assert not isinstance(node, DoseAnswer)
        step = self._leaf(node, seen)
        if step not in steps:
            steps.append(step)
        return step.value

    def _lookup(self, node: Lookup, seen: Seen, steps: list[TraceStep]) -> Any:
        parts = [node.on, *([node.at] if node.at is not None else []), *(value for _, value in node.keys)]
        values = [None if part is None else self.value(part, seen, steps) for part in parts]
        return python_lookup(self.pack.tables[node.table], node)(*values)

    def _counted(self, node: Counted, seen: Seen, steps: list[TraceStep]) -> Any:
        """What a series says of a chain; the doses that counted are its reasons."""
        chain = self.value(node.chain, seen, steps)
        if seen.counted is not None:
            return seen.counted(node.series, node.function, chain)
        book = self.life.series
        for dose in book.walked(node.series).judged if chain is not None else ():
            if dose.chain == chain and dose.counted:
                label = next(r.contact.title for r in self.program.series[node.series].rows if r.id == dose.row_id)
                step = TraceStep(dose.row_id, "", dose.on, label, dose.instance_id, dose.on)
                steps += [step] if step not in steps else []
        return getattr(book, node.function)(node.series, chain)

    def _case(self, node: Case, seen: Seen, steps: list[TraceStep]) -> Any:
        """Only what decided is a reason: the conditions looked at, and the branch taken."""
        for condition, result in node.branches:
            if self.value(condition, seen, steps) is True:
                return self.value(result, seen, steps)
        return None if node.otherwise is None else self.value(node.otherwise, seen, steps)

    def _moment(self, node: Moment, seen: Seen) -> Any:
        if node.name in seen.moments:
            return seen.moments[node.name]
        return {"opened_on": self.subject.opened_on, "closed_on": self.subject.closed_on}.get(node.name)

    def _leaf(self, node: FactRef | Property | Answer | NumberOn, seen: Seen) -> TraceStep:
        if isinstance(node, FactRef):
            return self.fact(node.name)
        if isinstance(node, Property):
            value = read_answer(self.subject.person.get(node.name), node.type)
            return TraceStep(f"{node.list_name}.{node.name}", "", value)
        if isinstance(node, NumberOn):
            return self._number(node, seen)
        return self._answer(node, seen)

    def fact(self, name: str) -> TraceStep:
        """A fact with its value and everything it rests on."""
        fact = self.program.facts[name]
        if fact.of != self.subject.kind:
            return Tracer(self.program, self.life, self.life).fact(name)
        steps: list[TraceStep] = []
        value = self.value(fact.tree, Seen(), steps)
        entry = steps[0] if len(steps) == 1 and steps[0].entry and steps[0].value == value else None
        return TraceStep(
            name,
            fact.definition.rule.text,
            value,
            fact.definition.title,
            entry.entry if entry else "",
            entry.on if entry else None,
            steps=tuple(steps),
        )

    def _number(self, node: NumberOn, seen: Seen) -> TraceStep:
        below: list[TraceStep] = []
        day = self.value(node.on, seen, below)
        number = self.pack.numbers[node.id]
        chosen = next((v for v in values_of(number) if day is not None and v.since <= day), None)
        value = None if chosen is None else (int(chosen.value) if node.type == "integer" else as_decimal(chosen.value))
        source, since = (chosen.source, chosen.since) if chosen else ("", None)
        return TraceStep(node.id, "number", value, number.title, on=since, source=source, steps=tuple(below))

    def _answer(self, node: Answer, seen: Seen) -> TraceStep:
        entry = seen.rows.get(node.row)
        name = f"{node.form}.{node.key}"
        if entry is None or (entry.form != node.form and node.key not in ENTRY_COLUMNS):
            return TraceStep(name, "", None)
        if node.repeat:
            raw = (seen.child or {}).get(node.key)
        elif node.key in ENTRY_COLUMNS:
            raw = getattr(entry, node.key) or None
        else:
            raw = entry.answers.get(node.key)
        label = self._label(node)
        return TraceStep(name, "", read_answer(raw, node.type), label, entry.instance_id, entry.occurred_on)

    def _label(self, node: Answer) -> Mapping[str, str]:
        questions = self.pack.forms[node.form].questions
        return next((q.labels for q in questions if q.key == node.key and bool(q.repeat) == bool(node.repeat)), {})

    def _aggregate(self, node: Aggregate, seen: Seen, steps: list[TraceStep]) -> Any:
        """Its reasons are the entries that made the answer; for a count or a sum, all that were counted."""
        kept: list[tuple[Any, Entry, list[TraceStep]]] = []
        rows = seen.rows_of(node)
        if rows is None:
            entries = self.subject.rows.get(node.form, ())
            rows = ((e, child) for e in entries for child in (repeat_rows(e, node.repeat) if node.repeat else (None,)))
        for entry, child in rows:
            own: list[TraceStep] = []
            within = seen.at(entry, child)
            if node.where is None or self.value(node.where, within, own) is True:
                kept.append((self._row_value(node, within, own), entry, own))
        values = [value for value, _, _ in kept]
        function = VOCABULARY[node.function].python
        result = function(node.last, values) if node.last else function(values)
        for entry, own in self._deciding(node, kept, result):
            day = TraceStep(f"{node.form}.occurred_on", "", entry.occurred_on, {}, entry.instance_id, entry.occurred_on)
            steps += [step for step in (own or [day]) if step not in steps]
        return result

    def _row_value(self, node: Aggregate, seen: Seen, own: list[TraceStep]) -> Any:
        if node.value is not None:
            return self.value(node.value, seen, own)
        entry = seen.rows["row"]
        return 1 if node.type == "integer" or entry is None else entry.occurred_on

    @staticmethod
    def _deciding(
        node: Aggregate, kept: list[tuple[Any, Entry, list[TraceStep]]], result: Any
    ) -> list[tuple[Entry, list[TraceStep]]]:
        if node.function in _FROM_ONE_ENTRY:
            equal = [(entry, own) for value, entry, own in kept if value == result and result is not None]
            return equal[-1:] if node.function in ("last", "last_date") else equal[:1]
        if node.function == "any" and result is True:
            return [(entry, own) for value, entry, own in kept if value is True][:1]
        chosen = kept[-node.last :] if node.last else kept
        return [(entry, own) for value, entry, own in chosen if value is not None or node.type == "truth"]
