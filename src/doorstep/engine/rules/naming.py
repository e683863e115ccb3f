"""What a name in a rule stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from doorstep.engine.model.spec import FormSpec
from doorstep.engine.rules.functions import nearest
from doorstep.engine.rules.scope import (
    HIDDEN_FORMS,
    MOMENTS,
    PROPERTIES,
    is_question,
    questions_of,
    repeats_of,
)
from doorstep.engine.rules.tree import BROKEN, Answer, Expr, Moment, Property, Row

if TYPE_CHECKING:
    from doorstep.engine.rules.reading import Reader


def named(reader: Reader, parts: list[str]) -> Expr:
    """A fact, moment, property, table cell, or an answer of the one entry the rule looks at."""
    head, scope = parts[0], reader.scope
    if len(parts) == 1:
        return _bare(reader, head)
    if head in PROPERTIES:
        return _property(reader, parts)
    if head == "row":
        return _cell(reader, parts, reader.scope.cells)
    if head == "dose" and not (head in reader.scope.pack.forms and not reader.scope.dose):
        return _cell(reader, parts, {} if reader.aggregate_form else reader.scope.dose)
    if head in ("this", "opened"):
        form = "" if reader.aggregate_form else scope.this_form if head == "this" else scope.opened_form
        if not form:
            return reader.complaints.add("rules.name_not_here", name=head)
        return _answer(reader, form, parts, "this" if head == "this" else "opened")
    if known_form(reader, head) is None:
        return BROKEN
    if reader.aggregate_form:
        return _answer_in_aggregate(reader, parts)
    if head != scope.row_form:
        return reader.complaints.add("rules.needs_aggregate", name=".".join(parts))
    return _answer(reader, head, parts, "row")


def known_form(reader: Reader, name: str) -> FormSpec | None:
    """The form called ``name``, or None after saying why a rule may not name it."""
    forms = reader.scope.pack.forms
    if name in HIDDEN_FORMS:
        reader.complaints.add("rules.hidden_form", name=name)
        return None
    if name not in forms:
        reader.complaints.add("rules.unknown_form", name=name, nearest=nearest(name, list(forms)))
        return None
    return forms[name]


def _bare(reader: Reader, name: str) -> Expr:
    scope = reader.scope
    if reader.aggregate_form and name in MOMENTS and name not in reader.scope.inner_moments:
        return reader.complaints.add("rules.name_not_here", name=name)
    if name in scope.moments:
        return Moment(name, MOMENTS[name])
    if name in scope.bounds:
        return scope.bounds[name]
    found = scope.fact(name)
    if found is not None:
        return found
    if name in MOMENTS:
        return reader.complaints.add("rules.name_not_here", name=name)
    if name in scope.pack.facts:
        return reader.complaints.add("rules.other_subject", name=name, of=scope.pack.facts[name].of)
    if name in scope.pack.forms or name in HIDDEN_FORMS:
        known_form(reader, name)
        return reader.complaints.add("rules.form_as_value", name=name) if name not in HIDDEN_FORMS else BROKEN
    return reader.complaints.add("rules.unknown_name", name=name, nearest=nearest(name, scope.known_names()))


def _property(reader: Reader, parts: list[str]) -> Expr:
    list_name, known = parts[0], PROPERTIES[parts[0]]
    if list_name != reader.scope.register:
        return reader.complaints.add("rules.name_not_here", name=list_name)
    type_ = known.get(parts[1])
    if type_ is None or len(parts) != 2:
        return reader.complaints.add(
            "rules.unknown_question", form=list_name, name=".".join(parts[1:]), nearest=nearest(parts[1], list(known))
        )
    return Property(list_name, parts[1], type_)


def _cell(reader: Reader, parts: list[str], cells: Mapping[str, Expr]) -> Expr:
    """A column of the table row, or an answer of the dose being judged."""
    if not cells:
        return reader.complaints.add("rules.name_not_here", name=parts[0])
    if parts[1] not in cells or len(parts) != 2:
        return reader.complaints.add("rules.unknown_name", name=".".join(parts), nearest=nearest(parts[1], list(cells)))
    return cells[parts[1]]


def _answer(reader: Reader, form_id: str, parts: list[str], row: Row, repeat: str = "") -> Expr:
    form = known_form(reader, form_id)
    if form is None:
        return BROKEN
    key = parts[-1] if repeat else ".".join(parts[1:])
    known = questions_of(form, repeat)
    if key in known:
        return Answer(form_id, key, known[key], row, repeat)
    if not repeat and parts[1] in repeats_of(form):
        return reader.complaints.add("rules.needs_aggregate", name=".".join(parts))
    name = f"{form_id}.{repeat}" if repeat else form_id
    if is_question(form, repeat, key):
        return reader.complaints.add("rules.question_without_column", form=name, name=key)
    return reader.complaints.add("rules.unknown_question", form=name, name=key, nearest=nearest(key, list(known)))


def _answer_in_aggregate(reader: Reader, parts: list[str]) -> Expr:
    if parts[0] != reader.aggregate_form:
        return reader.complaints.add("rules.two_forms", name=".".join(parts), form=reader.aggregate_form)
    in_repeat = len(parts) == 3 and parts[1] == reader.aggregate_repeat
    return _answer(reader, parts[0], parts, "row", reader.aggregate_repeat if in_repeat else "")
