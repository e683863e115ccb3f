"""What a pack says about methods a person may choose from, and about what is safe for whom.

A method has no rank, no order and no default: there is no key for one (charter C5). The folder::

    methods/copper_iud.yaml   one method; the file's stem is its id and the answer in the form
    safety/who_mec_2015.yaml  one edition of who may use what: a category for each condition and group
    pack.yaml                 choosing: which form a choice is written on (see ``Choosing``)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from doorstep.engine.model.spec import Text

Offered = Literal["here", "referral"]
OFFERED: tuple[Offered, ...] = ("here", "referral")

PARTS = ("title", "how", "benefit", "risk", "not_advised", "side_effects", "stopping", "fertility_after")
"""What every method says, in every language of the pack."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Pregnancies among 100 women in their first year, in usual and in correct use, as text of one edition."""

    usual: str
    correct: str
    source: str
    note: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MethodDef:
    """One method, in plain words. ``offered``: handed over or done here, or by a referral she asks for.
    ``irreversible`` means information and her own referral only (charter C7). ``safety`` is its group in the tables."""

    id: str
    title: Text
    how: Text
    benefit: Text
    risk: Text
    not_advised: Text
    side_effects: Text
    stopping: Text
    fertility_after: Text
    offered: Offered
    irreversible: bool = False
    figures: Figures | None = None
    safety: str = ""
    file: str = ""
    line: int | None = None

    def said(self) -> Mapping[str, Text]:
        """Each part of what it says, by the name of the part."""
        return {part: getattr(self, part) for part in PARTS}


@dataclass(frozen=True, slots=True)
class Category:
    """1 can be used · 2 can be used · 3 usually not advised · 4 not advised; for beginning and for going on.
    ``begin_most`` is higher than ``begin`` where it depends on how strong the condition is."""

    begin: int
    go_on: int
    begin_most: int


@dataclass(frozen=True, slots=True)
class Condition:
    """What may be the case with a person, and the category of each group of methods then."""

    id: str
    title: Text
    groups: Mapping[str, Category]


@dataclass(frozen=True, slots=True)
class SafetyDef:
    """One edition of a table of conditions. Editions are never mixed: a pack holds one."""

    id: str
    title: Text
    source: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Choosing:
    """The form a choice is written on: its question ``asked`` with the answers ``start`` and ``stop``, its question
    ``method`` whose answers are the methods, ``shown`` (answer 'yes': everything was shown), ``care`` (who may see it),
    ``again`` (the day on which she wants to be looked in on). ``referral`` is the form that wishes for a referral; its
    question ``where`` says where to, and its ``asked`` has one answer."""

    form: str
    asked: str
    start: str
    stop: str
    method: str
    shown: str
    care: str
    again: str
    referral: str
    where: str
