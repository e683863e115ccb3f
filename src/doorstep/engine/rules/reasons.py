"""Why a visit stands as it does, and that said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Any

from doorstep.engine.model.history import Entry, TraceStep, Window
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import ContactDef, Rule
from doorstep.engine.rules.program import Slot
from doorstep.engine.rules.tracing import Seen, Tracer
from doorstep.engine.rules.tree import Expr

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "unknown": "not known",
        "True": "yes",
        "False": "no",
        "from": "From",
        "due": "Due",
        "until": "Until",
        "while": "Needed while",
        "start": "Counted from",
        "opened_on": "Care began",
        "closed_on": "Care closed",
        "is": "{name}: {value}",
        "seen": " (recorded on {day})",
        "source": " (source: {title})",
        "stop": "; ",
    },
    "zh": {
        "unknown": "未知",
        "True": "是",
        "False": "否",
        "from": "开始",
        "due": "应做",
        "until": "最迟",
        "while": "仍需要",
        "start": "起算",
        "opened_on": "服务开始",
        "closed_on": "服务结束",
        "is": "{name}：{value}",
        "seen": "（{day}记录）",
        "source": "（依据：{title}）",
        "stop": "；",
    },
}


def shown(value: Any, language: str) -> str:
    """A value as people write it: 1 March 2026, 2026年3月1日, 60.5, yes."""
    words = _words(language)
    if value is None:
        return words["unknown"]
    if isinstance(value, bool):
        return words[str(value)]
    if isinstance(value, date):
        if words is _WORDS["zh"]:
            return f"{value.year}年{value.month}月{value.day}日"
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (list, tuple)):
        return ("、" if words is _WORDS["zh"] else ", ").join(map(str, value))
    return str(value)


def _words(language: str) -> dict[str, str]:
    return _WORDS["zh" if language.lower().startswith("zh") else "en"]


def in_language(text: Mapping[str, str], language: str) -> str:
    """Words in ``language`` ('zh-hans' falls back to 'zh'), else English, else any."""
    found = text.get(language) or text.get(language.split("-")[0]) or text.get("en") or text.get("default")
    return found or next(iter(text.values()), "")


def reasons(
    tracer: Tracer,
    slot: Slot,
    window: Window,
    start: date | None,
    this: Entry | None,
) -> tuple[TraceStep, ...]:
    """One step per stated bound, then the contact's reason to exist; below each, what it rests on."""
    contact = slot.contact
    moments: dict[str, Any] = {"start": start, "times_met": window.k}
    rows = {"this": this}
    steps: list[TraceStep] = []

    def step(name: str, rule: Rule | str | None, tree: Expr | None) -> None:
        if tree is None:
            return
        below: list[TraceStep] = []
        value = tracer.value(tree, Seen(moments, rows), below)
        if name not in moments:
            moments[name] = value
        text = rule.text if isinstance(rule, Rule) else rule or ""
        steps.append(TraceStep(name, text, value, {}, source=contact.source, steps=tuple(below)))

    if start is not None:
        below: list[TraceStep] = []
        if slot.every is not None and this is not None:
            tracer.value(slot.every, Seen({"times_met": window.k}, rows), below)
        text = contact.every.text if isinstance(contact.every, Rule) else contact.every or ""
        steps.append(TraceStep("start", text, start, {}, source=contact.source, steps=tuple(below)))
    for (name, tree), rule in zip(slot.bounds, (contact.from_, contact.due, contact.until), strict=True):
        step(name, rule, tree)
    step("while", contact.while_, slot.while_)
    return tuple(steps)


def sentence(contact: ContactDef, facts: Mapping[str, Any], window: Window, language: str) -> str:
    """The contact's own ``why`` with its {names} filled in; its title when it has none."""
    template = in_language(contact.why, language)
    if not template:
        return in_language(contact.title, language)
    values = {**facts, "from": window.from_on, "due": window.due_on, "until": window.until_on}
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.append(shown(values.get(name), language))
    return "".join(parts)


def lines(pack: Pack, steps: Sequence[TraceStep], language: str) -> list[str]:
    """Each step and what it rests on as one readable line, in order, nothing twice."""
    found: dict[str, None] = {}
    for step in _all(steps):
        found[_line(pack, step, language)] = None
    return list(found)


def _all(steps: Sequence[TraceStep]) -> list[TraceStep]:
    return [one for step in steps for one in (step, *_all(step.steps))]


def _line(pack: Pack, step: TraceStep, language: str) -> str:
    words = _words(language)
    name = in_language(step.label, language) or words.get(step.name, step.name)
    line = words["is"].format(name=name, value=shown(step.value, language))
    if step.entry and step.on:
        line += words["seen"].format(day=shown(step.on, language))
    if step.source in pack.sources:
        line += words["source"].format(title=in_language(pack.sources[step.source].title, language))
    return line
