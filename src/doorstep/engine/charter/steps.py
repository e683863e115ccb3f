"""How much a form asks of somebody: questions, those that must be answered, and pages; for one answer, or in all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from doorstep.engine.model.spec import FormSpec, Question
from doorstep.engine.xlsform.nodes import Element, local, parse, path_of

_ASKS_NOTHING = frozenset({"note", "calculate", "hidden", "start", "end", "today", "deviceid", "username", "audit"})


@dataclass(frozen=True, slots=True)
class Steps:
    """What stands between somebody and what she wants."""

    questions: int
    required: int
    pages: int

    def harder_than(self, other: Steps) -> bool:
        return self.questions > other.questions or self.required > other.required or self.pages > other.pages


def asked(spec: FormSpec) -> list[Question]:
    """The questions somebody has to look at."""
    return [q for q in spec.questions if q.type not in _ASKS_NOTHING and not q.calculation and not q.readonly]


def shown_for(spec: FormSpec, switch: str, answer: str) -> list[Question]:
    """The questions looked at when the question ``switch`` is answered with ``answer``."""
    return [q for q in asked(spec) if all(_holds(rule, switch, answer) for rule in _relevance(spec, q))]


def steps(spec: FormSpec, questions: list[Question]) -> Steps:
    """The steps over ``questions`` of the form."""
    must = required_in(spec)
    return Steps(len(questions), sum(q.required or q.path in must for q in questions), _pages(spec, questions))


def default_of(spec: FormSpec, question: Question) -> bool:
    """Whether the form answers the question before anybody has."""
    root = _root(spec)
    if root is None:
        return False
    named = {path_of(e.get("ref", "")) for e in root.iter() if local(e) == "setvalue"}
    data = next((e for e in root.iter() if local(e) == "instance"), None)
    node = data[0] if data is not None and len(data) else None
    for step in question.path:
        node = next((e for e in node if local(e) == step), None) if node is not None else None
    return question.path in named or (node is not None and bool((node.text or "").strip()))


def is_shuffled(spec: FormSpec, question: Question) -> bool:
    """Whether its choices come in a new order each time (``parameters: randomize=true``)."""
    root = _root(spec)
    if root is None:
        return False
    for control in root.iter():
        if path_of(control.get("ref", "") if isinstance(control.tag, str) else "") == question.path:
            sets = [e.get("nodeset", "") for e in control if local(e) == "itemset"]
            if sets:
                return all(s.strip().startswith("randomize(") for s in sets)
    return False


def _relevance(spec: FormSpec, question: Question) -> list[str]:
    above = [g.relevant for g in spec.groups if g.relevant and g.path == question.path[: len(g.path)]]
    return [*above, *([question.relevant] if question.relevant else [])]


def _holds(rule: str, switch: str, answer: str) -> bool:
    """Whether a relevance can hold with this answer. What is not understood can."""
    compared = re.findall(rf"\b{re.escape(switch)}\}}?\s*(!?=)\s*'([^']*)'", rule)
    if not compared:
        return True
    each = [(text == answer) == (sign == "=") for sign, text in compared]
    return any(each) if re.search(r"\bor\b", rule) else all(each)


def required_in(spec: FormSpec) -> set[tuple[str, ...]]:
    """Questions that must be answered when they are shown."""
    root = _root(spec)
    if root is None:
        return set()
    binds = (e for e in root.iter() if local(e) == "bind")
    return {path_of(e.get("nodeset", "")) for e in binds if e.get("required") not in (None, "false()")}


def _pages(spec: FormSpec, questions: list[Question]) -> int:
    """Screens on a phone: a group with ``field-list`` is one, any other question one by itself."""
    one_page = _field_lists(spec)
    places = set()
    for question in questions:
        above = [p for p in one_page if p == question.path[: len(p)]]
        places.add(min(above, key=len) if above else question.path)
    return len(places)


def _field_lists(spec: FormSpec) -> set[tuple[str, ...]]:
    root = _root(spec)
    if root is None:
        return set()
    groups = (e for e in root.iter() if local(e) in ("group", "repeat"))
    return {path_of(e.get("ref", "")) for e in groups if "field-list" in e.get("appearance", "").split()} - {()}


def _root(spec: FormSpec) -> Element | None:
    return _parsed(spec.xml) if spec.xml else None


@lru_cache(maxsize=64)
def _parsed(xml: str) -> Element:
    """Only ever read."""
    return parse(xml)
