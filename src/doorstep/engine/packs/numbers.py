"""Numbers that may not decide: those without a value, and those nobody has checked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import Rule
from doorstep.engine.packs.yaml_file import Found

_USE = re.compile(r"\bnumber\(\s*'([^']*)'")


def check_numbers(pack: Pack, found: Found) -> None:
    """Add problems for empty numbers, and for unchecked ones that a rule rests on."""
    used = {name for rule in _rules(pack) for name in _USE.findall(rule.text)}
    for number in pack.numbers.values():
        item = f"number {number.id}"
        if not number.values and not number.local:
            found.add("number_empty", number.at, item, name=number.id)
        if number.id in used and any(v.status == "check locally" for v in number.values):
            found.add("number_unsure", number.at, item, name=number.id)


def _rules(pack: Pack) -> Iterator[Rule]:
    """Every rule of the pack."""
    for use in pack.uses.values():
        yield from use.prefill.values()
    for episode in pack.episodes.values():
        yield from filter(None, (episode.stays_open_days, episode.ends_by_itself, episode.new_one_if))
    yield from (fact.rule for fact in pack.facts.values())
    yield from (advice.when for advice in pack.advice)
    for contacts in pack.schedules.values():
        for c in contacts:
            every = c.every if isinstance(c.every, Rule) else None
            yield from filter(None, (c.from_, c.due, c.until, c.while_, c.settled_by, every))
    for series in pack.series.values():
        yield from series.rules
    for indicator in pack.indicators.values():
        yield from filter(None, (indicator.goal,))
        for measure in filter(None, (indicator.numerator, indicator.denominator)):
            yield from filter(None, (measure.sum, measure.where, measure.by))
