"""C5 and C6 on the shipped pack of contraception, bent one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from doorstep.engine.model.methods import PARTS
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.spec import Choice, FormSpec, Group
from doorstep.engine.packs import load

FOLDER = Path(__file__).parents[3] / "packs" / "contraception"
Bent = tuple[str, Pack, set[str]]


@cache
def contraception() -> Pack:
    return load(FOLDER)


def with_method(name: str, **changed: Any) -> Pack:
    pack = contraception()
    return replace(pack, methods={**pack.methods, name: replace(pack.methods[name], **changed)})


def with_form(spec: FormSpec) -> Pack:
    pack = contraception()
    return replace(pack, forms={**pack.forms, spec.form_id: spec})


def offering(*options: Choice) -> Pack:
    spec = choice_form()
    return with_form(replace(spec, choices={**spec.choices, method_list(): options}))


def choice_form() -> FormSpec:
    pack = contraception()
    assert pack.choosing is not None
    return pack.forms[pack.choosing.form]


def method_list() -> str:
    chosen = contraception().choosing
    assert chosen is not None
    return next(q.list_name for q in choice_form().questions if q.name == chosen.method)


def bent_methods() -> list[Bent]:
    pack, spec = contraception(), choice_form()
    assert pack.choosing is not None
    chosen, options = pack.choosing, spec.choices[method_list()]
    found: list[Bent] = []
    names = list(pack.methods)
    for n, part in enumerate(PARTS):
        for language in ("en", "zh"):
            name = names[n % len(names)]
            told = {**getattr(pack.methods[name], part), language: " "}
            found.append((f"{name} without {part} in {language}", with_method(name, **{part: told}), {"method_untold"}))
    for one in options:
        left = tuple(o for o in options if o is not one)
        found.append((f"all but {one.name}", offering(*left), {"range_not_whole"}))
    only = options[:1]
    more = (*options, Choice("other", {"en": "Another", "zh": "别的"}))
    found += [
        (f"only {only[0].name}", offering(*only), {"range_not_whole"}),
        ("one more that nobody describes", offering(*more), {"range_not_whole"}),
        ("nowhere to be had", with_method(names[0], offered="later"), {"method_nowhere"}),
        ("no question offers them", replace(pack, choosing=None), {"range_not_offered", "range_not_whole"}),
        ("a question that is not there", replace(pack, choosing=replace(chosen, method="none")), {"range_not_offered"}),
        ("always in one order", with_form(written("randomize(", "(")), {"range_in_order"}),
        ("already ticked", with_form(written("<method/>", f"<method>{only[0].name}</method>")), {"default_choice"}),
        ("start already ticked", with_form(written("<asked/>", "<asked>start</asked>")), {"default_choice"}),
        ("ticked when opened", with_form(written("</model>", _SET.format(path="/data/choice/method"))), {"default_choice"}),
    ]  # fmt: skip
    found += [(f"{m.id} offered here", with_method(m.id, offered="here"), {"irreversible_here"})
              for m in pack.methods.values() if m.irreversible]  # fmt: skip
    return [*found, *harder_to_stop()]


_SET = '<setvalue ref="{path}" event="odk-instance-first-load" value="\'implant\'"/></model>'


def written(old: str, new: str) -> FormSpec:
    """The form with one thing in it written otherwise."""
    spec = choice_form()
    assert old in spec.xml, old
    return replace(spec, xml=spec.xml.replace(old, new))


def harder_to_stop() -> list[Bent]:
    """What is asked for starting alone is asked for stopping alone instead, or one thing more."""
    spec, chosen = choice_form(), contraception().choosing
    assert chosen is not None
    swapped = [g for g in spec.groups if f"'{chosen.start}'" in g.relevant]
    assert swapped
    turned = tuple(_turned(g, chosen.start, chosen.stop) for g in spec.groups)
    why = replace(next(q for q in spec.questions if q.name == chosen.asked), name="why", path=("wish", "why"),
                  labels={"en": "Why stop?", "zh": "为什么停"}, relevant=f"${{{chosen.asked}}} = '{chosen.stop}'")  # fmt: skip
    return [
        ("asked of those who stop alone", with_form(replace(spec, groups=turned)), {"stopping_harder"}),
        ("a reason when stopping", with_form(replace(spec, questions=(*spec.questions, why))), {"asks_reason"}),
    ]


def _turned(group: Group, start: str, stop: str) -> Group:
    return replace(group, relevant=group.relevant.replace(f"'{start}'", f"'{stop}'"))
