"""From a story's YAML to a person's history: given entries become entries in force, each answer of its question's type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from doorstep.engine.derived import Deriver
from doorstep.engine.model.history import Entry, History
from doorstep.engine.model.pack import CaseDef, DatedValue, Pack
from doorstep.engine.model.planned import At
from doorstep.engine.model.spec import DERIVED, FormSpec, Question
from doorstep.engine.model.subjects import HOUSEHOLD_PROPERTIES, PERSON_PROPERTIES
from doorstep.engine.packs.yaml_file import Found, near

SUBJECT = "subject-of-the-story"

_KEYS = ("id", "say", "schedule", "person", "household", "numbers", "given", "when", "then", "soon_days")
_OWN = ("form", "on", "as", "corrects", "learned_on", "at", "by")
_SILENT = (DERIVED, "note", "start", "end", "today", "deviceid", "audit")
_SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Story:
    """A case ready to run. ``then`` holds each sentence with its place; ``names`` gives each entry's ``as``."""

    case: CaseDef
    schedule: str
    history: History
    when: date
    soon_days: int
    then: tuple[tuple[str, At], ...]
    entered: Pack | None = None  # the pack with the numbers the story says a place has entered


def story(case: CaseDef, pack: Pack, found: Found) -> Story | None:
    """Read one case. Everything wrong goes to ``found``; None when there is nothing to run."""
    reader = _Reader(case, pack, found)
    before = len(found.problems)
    result = reader.read()
    return result if len(found.problems) == before else None


class _Reader:
    def __init__(self, case: CaseDef, pack: Pack, found: Found):
        self.case = case
        self.pack = pack
        self.found = found
        self.raw: Mapping[str, Any] = case.raw
        self.lines: Mapping[str, list[int]] = case.raw.get("_lines", {})
        self.item = f"case {case.id}"

    def _add(self, code: str, at: At | None = None, **args: Any) -> None:
        self.found.add(code, at or self.case.at, self.item, **args)

    def _at(self, key: str, index: int) -> At:
        lines = self.lines.get(key, [])
        return At(self.case.at.file, lines[index] if index < len(lines) else self.case.at.line)

    def read(self) -> Story | None:
        for key in self.raw:
            if key not in _KEYS and not key.startswith("_"):
                self._add("key_unknown", key=key, near=near(key, _KEYS))
        schedule = str(self.raw.get("schedule") or self.pack.default_schedule)
        if schedule and schedule not in self.pack.schedules:
            self._add("unknown_schedule", name=schedule, near=near(schedule, list(self.pack.schedules)))
        when = self._day(self.raw.get("when"), self.case.at, "when")
        then = self.raw.get("then")
        if not isinstance(then, list) or not then or not all(isinstance(s, str) for s in then):
            self._add("case_says_nothing")
            return None
        soon = str(self.raw.get("soon_days") or _SOON_DAYS)
        history = History(SUBJECT, self._properties(), self._entries())
        entered = self._entered()
        if when is None or not soon.isdecimal():
            return None
        sentences = tuple((text, self._at("then", i)) for i, text in enumerate(then))
        return Story(self.case, schedule, history, when, int(soon), sentences, entered)

    def _entered(self) -> Pack | None:
        """The pack as a place has it that entered these numbers: only those each place enters for itself."""
        raw = self.raw.get("numbers") or {}
        numbers = dict(self.pack.numbers)
        local = [n.id for n in numbers.values() if n.local]
        for name, value in raw.items() if isinstance(raw, dict) else ():
            if name not in local:
                self._add("unknown_number", name=name, near=near(name, local))
                continue
            try:
                said = Decimal(str(value))
            except InvalidOperation:
                self._add("not_number", key=name, said=value)
                continue
            given = DatedValue(said, date.min, "", "local entry")
            numbers[name] = replace(numbers[name], values=(given,))
        return replace(self.pack, numbers=numbers) if raw else None

    def _properties(self) -> dict[str, Any]:
        known = PERSON_PROPERTIES if "household" not in self.raw else HOUSEHOLD_PROPERTIES
        raw = self.raw.get("person") or self.raw.get("household") or {}
        values: dict[str, Any] = {}
        for key, value in raw.items() if isinstance(raw, dict) else ():
            if key not in known:
                self._add("unknown_property", name=key, near=near(key, list(known)))
            elif value is not None:
                values[key] = self._day(value, self.case.at, key) if known[key][0] == "date" else value
        return values

    def _day(self, said: Any, at: At, key: str) -> date | None:
        try:
            return date.fromisoformat(str(said))
        except ValueError:
            self._add("not_date", at, key=key, said=said)
            return None

    def _entries(self) -> tuple[Entry, ...]:
        raw = self.raw.get("given") or []
        if not isinstance(raw, list):
            self._add("not_list", key="given")
            return ()
        entries: list[Entry] = []
        for index, given in enumerate(raw):
            at = self._at("given", index)
            entry = self._entry(given, index, at) if isinstance(given, dict) else None
            if not isinstance(given, dict):
                self._add("not_mapping", at, key="given")
            if entry is not None:
                entries = self._placed(entries, entry, str(given.get("corrects") or ""), at)
        return tuple(entries)

    def _placed(self, entries: list[Entry], entry: Entry, corrects: str, at: At) -> list[Entry]:
        """The entries with this one; a correction takes the place of the one it corrects."""
        if not corrects:
            return [*entries, entry]
        old = next((e for e in entries if e.instance_id == corrects), None)
        if old is None:
            self._add("corrects_nothing", at, name=corrects, near=near(corrects, [e.instance_id for e in entries]))
            return entries
        corrected = replace(entry, root_id=old.root_id, counter=old.counter)
        return [corrected if e is old else e for e in entries]

    def _entry(self, given: Mapping[str, Any], index: int, at: At) -> Entry | None:
        form = str(given.get("form") or "")
        spec = self.pack.forms.get(form)
        if spec is None:
            self._add("unknown_form", at, name=form, near=near(form, list(self.pack.forms)))
            return None
        on = self._day(given.get("on"), at, "on")
        if on is None:
            return None
        name = str(given.get("as") or f"{form}-{index + 1}")
        learned = self._day(given["learned_on"], at, "learned_on") if given.get("learned_on") else on
        return Entry(
            form=form,
            instance_id=name,
            occurred_on=on,
            recorded_on=learned or on,
            answers=self._answers(spec, form, given, on, at),
            root_id=name,
            counter=index + 1,
            place=str(given.get("at") or ""),
            author=str(given.get("by") or ""),
            seq=index + 1,
        )

    def _answers(self, spec: FormSpec, form: str, given: Mapping[str, Any], on: date, at: At) -> dict[str, Any]:
        """The answers as stored; whom it is about and the day are filled in when the story leaves them out."""
        said = {k: v for k, v in given.items() if k not in _OWN}
        use = self.pack.uses.get(form)
        answers: dict[str, Any] = {}
        if use is not None and use.occurred_on in spec.by_key:
            answers[use.occurred_on] = on.isoformat()
        if use is not None and use.who in spec.by_key:
            answers[use.who] = SUBJECT
        answers |= self._level(spec, (), said, at)
        return answers | Deriver(self.pack.derived.get(form, ()), self.pack.tables).of(answers)

    def _level(self, spec: FormSpec, repeat: tuple[str, ...], said: Mapping[str, Any], at: At) -> dict[str, Any]:
        """The answers at one level: the form, or one round of a repeat."""
        questions = {q.key: q for q in spec.in_repeat(repeat)}
        inner = {r[-1]: r for r in spec.repeats if _holder(r, spec) == repeat}
        answers: dict[str, Any] = {}
        for key, value in said.items():
            if value is None:
                continue
            if key in inner and isinstance(value, list) and all(isinstance(v, dict) for v in value):
                answers[key] = [self._level(spec, inner[key], one, at) for one in value]
            elif key in questions and questions[key].type not in _SILENT:
                answer = self._answer(spec, questions[key], value, at)
                if answer is not None:
                    answers[key] = answer
            else:
                self._add("unknown_question", at, name=key, near=near(key, [*questions, *inner]))
        return answers

    def _answer(self, spec: FormSpec, question: Question, value: Any, at: At) -> Any:
        """One answer in its stored shape, or None with a problem."""
        several = question.type in ("select_multiple", "select_multiple_from_file", "rank")
        if isinstance(value, list) != several or isinstance(value, dict):
            self._add("answer_shape", at, name=question.key, kind=question.type)
            return None
        choices = [c.name for c in spec.choices.get(question.list_name, ())]
        for one in value if several else [value]:
            if choices and question.type in ("select_one", "select_multiple", "rank") and one not in choices:
                self._add("unknown_choice", at, name=question.key, said=one, near=near(str(one), choices))
                return None
        if several:
            return list(value)
        try:
            return _typed(question, str(value))
        except (ValueError, InvalidOperation):
            self._add("answer_type", at, name=question.key, said=value, kind=question.type)
            return None


def _typed(question: Question, said: str) -> Any:
    if question.data_type == "int":
        return int(said)
    if question.data_type == "decimal":
        if not Decimal(said).is_finite():
            raise ValueError(said)
        return said
    if question.data_type == "date":
        return date.fromisoformat(said).isoformat()
    return said


def _holder(repeat: tuple[str, ...], spec: FormSpec) -> tuple[str, ...]:
    above = [r for r in spec.repeats if len(r) < len(repeat) and repeat[: len(r)] == r]
    return max(above, key=len, default=())
