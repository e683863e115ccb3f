"""One act as it is read: the order, what it asks for, what is given, and how far it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

KINDS = ("court", "health", "other")
HOLDS = timedelta(days=30)  # agreed and not given by then, it has to be taken down and agreed anew
LONGEST_SILENCE = timedelta(days=366)  # an order that forbids telling for longer has to come anew
HANDED, DECIDED, GIVEN, TOLD = 1, 2, 3, 4
State = Literal["draft", "waiting", "agreed", "refused", "dropped", "lapsed", "given"]
Fields = Mapping[str, tuple[str, ...]]
"""Form id → keys of its questions."""


@dataclass(frozen=True, slots=True)
class Order:
    """Who asks, by which document, under which law."""

    office: str
    number: str
    dated: date
    law: str
    silence: str = ""  # the words with which the order forbids to tell her for now
    forms: tuple[str, ...] = ()  # kinds of records it names


@dataclass(frozen=True, slots=True)
class Asked:
    """What the order asks for: questions of kinds of records, written down between two days."""

    first: date
    last: date
    fields: Fields


@dataclass(frozen=True, slots=True)
class Step:
    what: str
    at: datetime
    by_id: int


@dataclass(frozen=True, slots=True)
class Act:
    """``person_id``: '' when she was erased; then the words are gone too."""

    id: int
    kind: str
    at: datetime
    first_id: int
    place_id: int
    hidden_until: date | None
    steps: Mapping[int, Step] = field(default_factory=dict)
    person_id: str = ""
    order: Order | None = None
    asked: Asked | None = None
    given: Fields = field(default_factory=dict)
    why_not: str = ""

    def state(self, now: datetime) -> State:
        if GIVEN in self.steps:
            return "given"
        if DECIDED in self.steps:
            decided = self.steps[DECIDED]
            if decided.what != "agreed":
                return "refused" if decided.what == "refused" else "dropped"
            return "agreed" if now < decided.at + HOLDS else "lapsed"
        return "waiting" if HANDED in self.steps else "draft"

    @property
    def second_id(self) -> int | None:
        """Who agreed or refused."""
        decided = self.steps.get(DECIDED)
        return decided.by_id if decided and decided.what != "dropped" else None

    def tellable(self, today: date) -> bool:
        """Whether it was given, and nothing forbids to tell her any more."""
        return GIVEN in self.steps and (self.hidden_until is None or self.hidden_until <= today)


def order_as_said(order: Order) -> dict[str, Any]:
    return {
        "office": order.office, "number": order.number, "dated": order.dated.isoformat(), "law": order.law,
        "silence": order.silence, "forms": list(order.forms),
    }  # fmt: skip


def order_read(said: Mapping[str, Any]) -> Order:
    dated = date.fromisoformat(said["dated"])
    return Order(said["office"], said["number"], dated, said["law"], said["silence"], tuple(said["forms"]))


def asked_as_said(asked: Asked) -> dict[str, Any]:
    fields = {form: list(keys) for form, keys in asked.fields.items()}
    return {"first": asked.first.isoformat(), "last": asked.last.isoformat(), "fields": fields}


def asked_read(said: Mapping[str, Any]) -> Asked:
    return Asked(date.fromisoformat(said["first"]), date.fromisoformat(said["last"]), fields_read(said["fields"]))


def fields_read(said: Mapping[str, Any]) -> Fields:
    return {form: tuple(keys) for form, keys in said.items()}
