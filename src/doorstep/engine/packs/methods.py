"""Methods to choose from, the tables of what is safe for whom, and the form a choice is written on."""

from __future__ import annotations

import re

import yaml

from doorstep.engine.model.methods import OFFERED, Category, Choosing, Condition, Figures, MethodDef, SafetyDef
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import At
from doorstep.engine.packs.yaml_file import Found, Item, near

_CATEGORIES = ("1", "2", "3", "4")
_RANGE = re.compile(r"([1-4])\s*[-–]\s*([1-4])")


def method(item: Item, key: str) -> MethodDef:
    figures = item.item("figures", f"method {key}, figures")
    found = MethodDef(
        id=key,
        title=item.text("title", required=True),
        how=item.text("how", required=True),
        benefit=item.text("benefit", required=True),
        risk=item.text("risk", required=True),
        not_advised=item.text("not_advised", required=True),
        side_effects=item.text("side_effects", required=True),
        stopping=item.text("stopping", required=True),
        fertility_after=item.text("fertility_after", required=True),
        offered=item.one_of("offered", OFFERED, "referral", required=True),
        irreversible=item.flag("irreversible"),
        figures=_figures(figures) if figures else None,
        safety=item.words("safety"),
        file=item.file,
        line=item.at.line,
    )
    if found.irreversible and found.offered != "referral":
        item.problem("irreversible_here", "offered")
    return found


def _figures(item: Item) -> Figures:
    found = Figures(
        usual=item.words("usual", required=True),
        correct=item.words("correct"),
        source=item.words("source", required=True),
        note=item.text("note"),
    )
    item.end()
    return found


def safety(item: Item, key: str) -> SafetyDef:
    conditions = []
    for one in item.items("conditions", "condition", required=True):
        conditions.append(Condition(one.words("id", required=True), one.text("title", required=True), _categories(one)))
        one.end()
    return SafetyDef(key, item.text("title", required=True), item.words("source", required=True), tuple(conditions))


def _categories(condition: Item) -> dict[str, Category]:
    groups = condition.item("groups", required=True)
    found = {}
    for group, node in groups.nodes.items() if groups else ():
        assert groups is not None
        if isinstance(node, yaml.MappingNode):
            both = Item(node, groups.file, groups.found, groups.name)
            begin, go_on = _category(both, "begin"), _category(both, "go_on")
            groups.item(group)
            both.end()
        else:
            begin = go_on = _category(groups, group)
        found[group] = Category(begin[0], go_on[1], begin[1])
    if groups:
        groups.end()
    return found


def _category(item: Item, key: str) -> tuple[int, int]:
    """'3' is (3, 3); '2–3', which depends on how strong the condition is, is (2, 3)."""
    said = item.words(key, required=True)
    if match := _RANGE.fullmatch(said):
        return int(match[1]), int(match[2])
    if said not in _CATEGORIES:
        item.problem("not_one_of", key, said=said, options=", ".join(_CATEGORIES))
        return 4, 4
    return int(said), int(said)


def choosing(pack: Item) -> Choosing | None:
    item = pack.item("choosing", "choosing")
    if item is None:
        return None
    keys = ("form", "asked", "start", "stop", "method", "shown", "care", "again", "referral", "where")
    found = Choosing(**{key: item.words(key, required=True) for key in keys})
    item.end()
    return found


def check_methods(pack: Pack, found: Found) -> None:
    """Add a problem for what the methods, the tables and the form of choosing name and is not there."""
    for word in pack.leaflet:
        if word not in pack.words:
            found.add("unknown_word", At("pack.yaml", 1), "leaflet", name=word, near=near(word, list(pack.words)))
    groups = {group for table in pack.safety.values() for c in table.conditions for group in c.groups}
    sources = list(pack.sources)
    for one in pack.methods.values():
        at, item = At(one.file, one.line), f"method {one.id}"
        if one.safety and one.safety not in groups:
            found.add("unknown_group", at, item, name=one.safety, near=near(one.safety, sorted(groups)))
        if one.figures and one.figures.source not in sources:
            found.add("unknown_source", at, item, name=one.figures.source, near=near(one.figures.source, sources))
    for table in pack.safety.values():
        if table.source not in sources:
            at = At(f"safety/{table.id}.yaml", 1)
            found.add("unknown_source", at, f"safety {table.id}", name=table.source, near=near(table.source, sources))
    _check_editions(pack, found)
    _check_choosing(pack, found)


def _check_editions(pack: Pack, found: Found) -> None:
    """One edition of the figures, one of the tables: what two editions say may not be read side by side."""
    figures = sorted({m.figures.source for m in pack.methods.values() if m.figures})
    for kind, editions in (("methods", figures), ("safety", sorted(pack.safety))):
        if len(editions) > 1:
            found.add("editions_mixed", At(kind), kind, names=", ".join(editions))


def _check_choosing(pack: Pack, found: Found) -> None:
    own, at = pack.choosing, At("pack.yaml", 1)
    if own is None:
        if pack.methods:
            found.add("methods_without_form", at, "choosing")
        return
    for form in (own.form, own.referral):
        if form not in {**pack.forms, **pack.files}:
            found.add("unknown_form", at, "choosing", name=form, near=near(form, list(pack.forms)))
    for form, keys in (
        (own.form, (own.asked, own.method, own.shown, own.care, own.again)),
        (own.referral, (own.asked, own.where, own.care)),
    ):
        known = pack.forms[form].by_key if form in pack.forms else {}
        missing = [key for key in keys if known and key not in known]
        for key in missing:
            found.add("unknown_question", at, "choosing", name=key, near=near(key, list(known)))
        if missing:
            return
    spec = pack.forms.get(own.form)
    if spec is None:
        return
    answers = {choice.name for choice in spec.choices.get(spec.by_key[own.method].list_name, ())}
    choosable = {one.id for one in pack.methods.values() if not one.irreversible}
    for name in sorted(answers ^ choosable):
        found.add("method_one_sided", At(pack.files.get(own.form, "")), f"method {name}", name=name)
    wishes = {choice.name for choice in spec.choices.get(spec.by_key[own.asked].list_name, ())}
    for name in sorted({own.start, own.stop} - wishes):
        found.add("unknown_word", at, "choosing", name=name, near=near(name, sorted(wishes)))
