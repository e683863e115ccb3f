"""C8 in packs: money and other awards never hang on choice, marriage, births or the number of children."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from doorstep.engine.charter.lexicon import said_in
from doorstep.engine.charter.places import at
from doorstep.engine.charter.texts import words_of_contact, words_of_indicator, words_of_service
from doorstep.engine.model.pack import Pack
from doorstep.engine.model.planned import At, Rule
from doorstep.engine.outputs.ground import NOWHERE, Ground, Reach
from doorstep.engine.outputs.tags import CHOICE
from doorstep.lib.problems import Problem, Where

NEVER_EARNS = frozenset({CHOICE, "household.marital"})
"""No entitlement rests on these. A birth or pregnancy it needs comes as the claimant's own claim."""

_SORTS_AWARDS = NEVER_EARNS | {"household.parity", "household.permit"}
"""Beside an award, planned or counted for people, neither do these."""


def check_awards(pack: Pack, ground: Ground) -> Iterator[Problem]:
    """Every breach of C8 in ``pack``."""
    for contacts in pack.planned():
        for contact in contacts:
            said = (*words_of_contact(contact), *words_of_service(pack, contact.service))
            where = at(pack, contact.at, f"contact {contact.id}")
            yield from _beside(where, said, ground.of_contact(pack, contact), births=True)
    for indicator in pack.indicators.values():
        where = at(pack, indicator.at, f"indicator {indicator.id}")
        yield from _beside(where, words_of_indicator(indicator), ground.of_indicator(pack, indicator), births=True)
    for index, advice in enumerate(pack.advice):
        said = (advice.say, *pack.words.get(advice.say, {}).values())
        where = at(pack, advice.at, f"advice {advice.say}")
        yield from _beside(where, said, ground.of_advice(pack, index), births=False)
    entitlements: Mapping[str, Any] = getattr(pack, "entitlements", {})
    for name, one in entitlements.items():  # no pack can hold one yet; the day it can, this stands
        yield from _entitlement(pack, name, one, ground)


def _beside(where: Where, words: tuple[str, ...], reach: Reach, *, births: bool) -> Iterator[Problem]:
    if not (found := said_in("benefit", words)):
        return
    if reach.tags & _SORTS_AWARDS or (births and reach.births):
        yield Problem("charter.benefit_on_choice", where, {"clause": "C8", "words": found, "column": _named(reach)})


def _entitlement(pack: Pack, name: str, one: Any, ground: Ground) -> Iterator[Problem]:
    """Whatever shape it has: every rule in it, and in its parts, is looked through."""
    reach = NOWHERE
    for rule in _rules_in(one):
        reach |= ground.of_rule(pack, rule)
    found: At = getattr(one, "at", At())
    where = at(pack, found, f"entitlement {name}")
    if reach.tags & NEVER_EARNS or reach.births:
        yield Problem("charter.benefit_on_choice", where, {"clause": "C8", "words": name, "column": _named(reach)})


def _rules_in(part: Any) -> Iterator[Rule]:
    if isinstance(part, Rule):
        yield part
    elif is_dataclass(part):
        for one in fields(part):
            yield from _rules_in(getattr(part, one.name))
    elif isinstance(part, Mapping):
        for one in part.values():
            yield from _rules_in(one)
    elif isinstance(part, (list, tuple)):
        for one in part:
            yield from _rules_in(one)


def _named(reach: Reach) -> str:
    return ", ".join(sorted(".".join(filter(None, item)) for item in reach.items))
