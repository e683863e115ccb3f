"""``derived:`` and ``curves:`` of pack.yaml: read, checked, and made questions of their forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from doorstep.engine import derived
from doorstep.engine.model.pack import CurveDef, DerivedDef, Pack
from doorstep.engine.model.planned import At
from doorstep.engine.model.spec import DERIVED, FormSpec
from doorstep.engine.outputs.tags import strictest
from doorstep.engine.packs.yaml_file import Found, Item, near

_KINDS = {"decimal": ("int", "decimal"), "date": ("date",), "text": ("string",)}
"""Kind of argument → data types of questions that may be asked for it."""

_NEVER = frozenset({"occurred_on", "recorded_on", "place", "author"})
"""What every entry has besides its answers."""


def definitions(pack: Item) -> dict[str, tuple[DerivedDef, ...]]:
    """By form. What names a function nobody knows is left out, with its problem."""
    found: dict[str, tuple[DerivedDef, ...]] = {}
    outer = pack.item("derived")
    for form in outer.nodes if outer else ():
        assert outer is not None
        read = []
        for key, item in outer.named(form, f"derived {form}.").items():
            item.name = f"derived {form}.{key}"
            one = _definition(item, form, key)
            if one is not None:
                read.append(one)
        found[form] = tuple(read)
    return found


def _definition(item: Item, form: str, key: str) -> DerivedDef | None:
    by, title = item.words("by", required=True), item.text("title", required=True)
    function = derived.FUNCTIONS.get(by)
    if function is None:
        item.problem("derived_function", "by", name=by, near=near(by, list(derived.FUNCTIONS)))
        return None
    takes = {}
    for argument in function.takes:
        if argument.options:
            takes[argument.name] = item.one_of(argument.name, argument.options, argument.options[0], required=True)
        elif said := item.words(argument.name, required=argument.needed):
            takes[argument.name] = said
    item.end()
    return DerivedDef(key, form, by, takes, title, item.at)


def curves(pack: Item) -> tuple[CurveDef, ...]:
    found = []
    for item in pack.items("curves", "curve"):
        found.append(
            CurveDef(item.words("of", required=True), item.text("title", required=True), item.words("unit"), item.at)
        )
        item.end()
    return tuple(found)


def with_derived(forms: Mapping[str, FormSpec], wanted: Mapping[str, tuple[DerivedDef, ...]]) -> dict[str, FormSpec]:
    """The forms, those with derived answers holding them as questions with the strictest tag of what they read."""
    return {
        form: derived.with_questions(spec, wanted[form], {one.id: _tag(one, spec) for one in wanted[form]})
        if form in wanted
        else spec
        for form, spec in forms.items()
    }


def _tag(one: DerivedDef, spec: FormSpec) -> str:
    read = (spec.by_key[key] for key in one.takes.values() if key in spec.by_key)
    return strictest(question.tag for question in read)


def check_derived(pack: Pack, found: Found) -> bool:
    """Add a problem for every name here that leads nowhere, and every table that is not as a function wants it.
    Gives whether there was none."""
    before = len(found.problems)
    for form, answers in pack.derived.items():
        for one in answers:
            item = f"derived {form}.{one.id}"
            _check_tables(one, pack, found, item)
            if form in pack.forms:
                _check_questions(one, pack.forms[form], found, item)
            elif form not in pack.files:  # one that cannot be read says so itself
                found.add("unknown_form", one.at, item, name=form, near=near(form, list(pack.forms)))
    for curve in pack.curves:
        _check_curve(curve, pack, found)
    return len(found.problems) == before


def _check_questions(one: DerivedDef, spec: FormSpec, found: Found, item: str) -> None:
    asked = {q.key: q for q in spec.questions if not q.repeat and q.type != DERIVED}
    taken = {name.casefold() for name in (*asked, *_NEVER)}
    if one.id.casefold() in taken:
        found.add("derived_taken", one.at, item, name=one.id)
    for argument in derived.FUNCTIONS[one.by].takes:
        key = one.takes.get(argument.name)
        if key is None or argument.options:
            continue
        question = asked.get(key)
        if question is None:
            found.add("unknown_question", one.at, item, name=key, near=near(key, list(asked)))
        elif question.data_type not in _KINDS[argument.kind] or question.type.startswith("select_multiple"):
            found.add(
                "derived_kind", one.at, item, name=key, argument=argument.name, kind=argument.kind, said=question.type
            )


def _check_tables(one: DerivedDef, pack: Pack, found: Found, item: str) -> None:
    for name, columns in derived.FUNCTIONS[one.by].tables(one.takes).items():
        table = pack.tables.get(name)
        said = ",".join(f"{column}:{kind}" for column, kind in columns.items())
        if table is None or any(table.columns.get(column) != kind for column, kind in columns.items()):
            found.add("derived_table", one.at, item, name=name, columns=said)
        elif any(len(row) != len(table.columns) for row in table.rows):
            found.add("derived_table_gap", At(f"tables/{name}.csv", 1), item, name=name)


def _check_curve(curve: CurveDef, pack: Pack, found: Found) -> None:
    form, _, key = curve.of.partition(".")
    known = {
        f"{one.form}.{one.id}"
        for answers in pack.derived.values()
        for one in answers
        if derived.FUNCTIONS[one.by].picture is not None
    }
    if curve.of not in known:
        found.add("unknown_curve", curve.at, f"curve {form}.{key}", name=curve.of, near=near(curve.of, sorted(known)))


def finished(pack: Pack) -> Pack:
    """The pack with its derived answers among the questions of its forms."""
    return replace(pack, forms=with_derived(pack.forms, pack.derived)) if pack.derived else pack
