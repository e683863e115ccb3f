"""From what a pack declares to answers: the functions by name, and a form's derived answers for one entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from doorstep.engine.derived import who_growth
from doorstep.engine.derived.functions import Argument, DerivedFunction, Tables, Value, Values
from doorstep.engine.model.pack import DerivedDef, TableDef
from doorstep.engine.model.spec import DERIVED, Choice, FormSpec, Question

FUNCTIONS: Mapping[str, DerivedFunction] = {one.name: one for one in who_growth.FUNCTIONS}
"""Every function a pack may name. Adding one is adding a module here."""


class Deriver:
    """The derived answers of one form under one pack's tables: a pure function of an entry's own answers."""

    def __init__(self, definitions: Sequence[DerivedDef], tables: Tables):
        self._work = [(one.id, FUNCTIONS[one.by], one.takes) for one in definitions]
        self._tables = tables

    def of(self, answers: Mapping[str, Any]) -> dict[str, str]:
        """Key → answer as stored, for those that can be worked out."""
        found = {}
        for key, function, takes in self._work:
            value = function.python(arguments(function, takes, answers), self._tables)
            if value is not None:
                found[key] = as_stored(value)
        return found


def arguments(function: DerivedFunction, takes: Mapping[str, str], answers: Mapping[str, Any]) -> Values:
    """The function's arguments: words the pack states, and stored answers by their type."""
    return {
        one.name: takes.get(one.name) if one.options else _typed(one, answers.get(takes.get(one.name, "")))
        for one in function.takes
    }


def _typed(argument: Argument, said: Any) -> Value:
    if said is None or isinstance(said, (list, bool)):
        return None
    try:
        if argument.kind == "decimal":
            return Decimal(str(said))
        return date.fromisoformat(str(said)) if argument.kind == "date" else str(said)
    except (ValueError, InvalidOperation):
        return None


def as_stored(value: Decimal | str) -> str:
    """As an answer is kept: a decimal in its shortest exact form."""
    if isinstance(value, str):
        return value
    shown = f"{value:f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if shown == "-0" else shown


def with_questions(spec: FormSpec, definitions: Sequence[DerivedDef], tags: Mapping[str, str]) -> FormSpec:
    """The form with its derived answers as questions, so that rules, trends, tables and exports know them.
    ``tags``: the data tag of each, by its id."""
    questions = [question_of(one, tags[one.id]) for one in definitions]
    if not questions:
        return spec
    choices = {
        question.list_name: tuple(Choice(name, labels) for name, labels in FUNCTIONS[one.by].choices.items())
        for one, question in zip(definitions, questions, strict=True)
        if question.list_name
    }
    return replace(spec, questions=(*spec.questions, *questions), choices={**spec.choices, **choices})


def question_of(one: DerivedDef, tag: str) -> Question:
    """The question nobody asks. Its calculation names what it reads, as the charter follows it."""
    function = FUNCTIONS[one.by]
    stated = {argument.name for argument in function.takes if argument.options}
    read = ", ".join(
        f"{name}={said}" if name in stated else f"{name}=${{{said}}}" for name, said in sorted(one.takes.items())
    )
    return Question(
        key=one.id,
        name=one.id,
        path=(one.id,),
        type=DERIVED,
        data_type="decimal" if function.gives == "decimal" else "string",
        labels=one.title,
        list_name=f"{DERIVED}.{function.name}" if function.choices else "",
        calculation=f"{function.name}({read})",
        readonly=True,
        tag=tag,
    )


def tables_of(definitions: Iterable[DerivedDef]) -> set[str]:
    """Ids of the tables these answers are worked out with."""
    return {name for one in definitions for name in FUNCTIONS[one.by].tables(one.takes)}


def mark_of(definitions: Sequence[DerivedDef], tables: Tables) -> str:
    """What decides the answers, besides the entry: another mark means other answers to the same entry."""
    total = hashlib.sha256()
    for one in definitions:
        total.update(repr((one.id, one.by, sorted(one.takes.items()))).encode())
    for name in sorted(tables_of(definitions)):
        total.update(_content(tables[name]))
    return total.hexdigest()


def _content(table: TableDef) -> bytes:
    rows = [tuple(map(str, row.values())) for row in table.rows]
    return repr((table.id, sorted(table.columns.items()), rows)).encode()
