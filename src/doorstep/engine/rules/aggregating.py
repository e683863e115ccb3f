"""Reading aggregates: which form's rows they look at, the value they take, and their ``where``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from doorstep.engine.rules import naming, types
from doorstep.engine.rules.functions import Function
from doorstep.engine.rules.scope import HIDDEN_FORMS, repeats_of
from doorstep.engine.rules.tree import BROKEN, Aggregate, Expr, Type

if TYPE_CHECKING:
    from doorstep.engine.rules.reading import Reader


def read_aggregate(reader: Reader, function: Function, args: list[Any]) -> Expr:
    """The aggregate ``function(args)``, or a problem."""
    complaints = reader.complaints
    if reader.aggregate_form:
        return complaints.add("rules.nested_aggregate", name=function.name)
    if not reader.scope.aggregates:
        return complaints.add("rules.aggregate_here", name=function.name)
    where = None
    if args and isinstance(args[-1], exp.Filter):
        where = args[-1].expression.this
        args = [*args[:-1], args[-1].this]
    star = next((arg for arg in args if isinstance(arg, exp.Star)), None)
    if star is not None:
        return reader.refused(star)
    last, args = _how_many(reader, function, args)
    rows = _rows(reader, function, [*args, *([where] if where is not None else [])])
    if last is None or rows is None:
        return BROKEN
    form, repeat = rows
    inner = type(reader)(reader.scope, complaints, form, repeat)
    value, gives = _value(inner, function, args)
    kept = types.fitted(inner.node(where), "truth", complaints) if where is not None else None
    if gives is None or (kept is not None and kept.type == "unknown"):
        return BROKEN
    return Aggregate(function.name, form, repeat, value, kept, gives, last)


def _how_many(reader: Reader, function: Function, args: list[Any]) -> tuple[int | None, list[Any]]:
    """Takes the leading count of all_of_last off; None when it is no plain number."""
    if function.takes[0] != "how many":
        return 0, args
    if not args or not isinstance(args[0], exp.Literal) or not str(args[0].this).isdigit() or int(args[0].this) < 1:
        reader.complaints.add("rules.how_many", name=function.name)
        return None, args
    reader.literal(args[0])
    return int(args[0].this), args[1:]


def _rows(reader: Reader, function: Function, parts: list[Any]) -> tuple[str, str] | None:
    """The form and repeat all named questions stand in."""
    forms: dict[str, None] = {}
    repeats: dict[str, None] = {}
    for part in parts:
        for column in part.find_all(exp.Column):
            names = [p.name for p in column.parts]
            if _names_rows(reader, names):
                forms[names[0]] = None
                if len(names) > 1 and _is_repeat(reader, names):
                    repeats[names[1]] = None
    if not forms:
        reader.complaints.add("rules.no_form", name=function.name)
        return None
    form, repeat = next(iter(forms)), next(iter(repeats), "")
    if len(forms) > 1 or len(repeats) > 1:
        reader.complaints.add("rules.two_forms", name=[*forms, *repeats][-1], form=form)
        return None
    return (form, repeat) if naming.known_form(reader, form) is not None and _belongs(reader, form) else None


def _names_rows(reader: Reader, names: list[str]) -> bool:
    """Whether a dotted name starts with a form. A single word is a form only when no fact bears it."""
    scope = reader.scope
    if len(names) == 1:
        return names[0] in {*scope.pack.forms, *HIDDEN_FORMS} and names[0] not in scope.fact_names
    return names[0] not in ("person", "household", "this", "opened", "row", "dose")


def _is_repeat(reader: Reader, names: list[str]) -> bool:
    form = reader.scope.pack.forms.get(names[0])
    return form is not None and names[1] in repeats_of(form)


def _belongs(reader: Reader, form: str) -> bool:
    belonging = reader.scope.forms_of_subject()
    if belonging is None or form in belonging:
        return True
    reader.complaints.add("rules.form_outside_episode", form=form, episode=reader.scope.subject)
    return False


def _value(inner: Reader, function: Function, args: list[Any]) -> tuple[Expr | None, Type | None]:
    """What is taken from each row (None: the row itself), and the type the aggregate gives (None: refused)."""
    takes, complaints = function.takes[-1], inner.complaints
    if len(args) == 2 and takes == "truth" and _whole_rows(inner, args[0]):
        args = args[1:]
    if len(args) != 1:
        complaints.add("rules.argument_count", name=function.name, takes=", ".join(function.takes), given=len(args))
        return None, None
    if _whole_rows(inner, args[0]):
        if "form" in takes and (not inner.aggregate_repeat or function.name == "count"):
            return None, "integer" if function.gives == "integer" else "date"
        complaints.add("rules.form_as_value", name=inner.aggregate_form)
        return None, None
    if takes == "form":
        complaints.add("rules.wants_form", name=function.name)
        return None, None
    return _fitting(inner, function, inner.node(args[0]))


def _fitting(inner: Reader, function: Function, value: Expr) -> tuple[Expr | None, Type | None]:
    takes, complaints = function.takes[-1], inner.complaints
    if value.type == "unknown":
        return None, None
    if takes in ("decimal", "truth"):
        value = types.converted(value, "decimal") if takes == "decimal" else value
        allowed = value.type == takes
    elif takes == "number":
        allowed = value.type in ("integer", "decimal")
    else:
        allowed = takes != "any" or value.type != "set"
    if not allowed:
        complaints.add("rules.wrong_argument", name=function.name, place=1, gives=value.type, wants=takes)
        return None, None
    return value, value.type if function.gives == "same" else function.gives


def _whole_rows(inner: Reader, raw: Any) -> bool:
    """Whether ``raw`` names the form, or its repeat, itself."""
    if not isinstance(raw, exp.Column):
        return False
    names = [part.name for part in raw.parts]
    return names in ([inner.aggregate_form], [inner.aggregate_form, inner.aggregate_repeat])
