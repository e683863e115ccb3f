"""Every write of an act. Nothing written down is ever changed or taken away; nobody agrees to what they took down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from doorstep.access.permissions import HERSELF, Actor
from doorstep.disclosures import acts
from doorstep.disclosures.acts import DECIDED, GIVEN, HANDED, KINDS, LONGEST_SILENCE, TOLD, Act, Asked, Fields, Order
from doorstep.disclosures.queries import one
from doorstep.lib import days, db, sealed, writer

LONGEST = 120
LONGEST_WORDS = 200


class NotYours(Exception):
    """Not this person's step, or not the time for it."""


@dataclass(frozen=True, slots=True)
class _New:
    kind: str
    first_id: int
    place_id: int
    hidden_until: date | None
    person_id: str
    order: bytes


@dataclass(frozen=True, slots=True)
class _Done:
    """A step, a word, or both. ``stage`` 0: a word alone."""

    act_id: int
    stage: int = 0
    what: str = ""
    by_id: int = 0
    person_id: str = ""
    word: str = ""
    sealed: bytes = b""


def begin(actor: Actor, person_id: str, place_id: int, kind: str, order: Order, hidden_until: date | None) -> int:
    """Take an order down. Gives the act's id. Raises NotYours, ValueError for what is missing, too long or not possible."""
    _may_sign(actor, place_id)
    today = days.today()
    short = (order.office, order.number, order.law)
    if kind not in KINDS or not all(0 < len(word) <= LONGEST for word in short) or order.dated > today:
        raise ValueError(kind)
    if not order.forms:
        raise ValueError("forms")
    if hidden_until is not None and not (today < hidden_until <= today + LONGEST_SILENCE and order.silence):
        raise ValueError("silence")
    if len(order.silence) > LONGEST_WORDS:
        raise ValueError("silence")
    told = _sealed(acts.order_as_said(order))
    return int(writer.do(_write_new, _New(kind, actor.user_id, place_id, hidden_until, person_id, told)))


def ask(actor: Actor, act_id: int, asked: Asked) -> None:
    """Write down exactly what the order asks for. Raises NotYours, ValueError."""
    act = _mine(actor, act_id, "draft")
    if act.order is None or not asked.fields or not all(asked.fields.values()) or asked.first > asked.last:
        raise ValueError("asked")
    if not set(asked.fields) <= set(act.order.forms):
        raise ValueError("asked")
    writer.do(_write_done, _Done(act.id, 0, "", 0, act.person_id, "asked", _sealed(acts.asked_as_said(asked))))


def hand(actor: Actor, act_id: int, given: Fields) -> None:
    """Say what is to be given, never more than is asked, and hand it to a second person. Raises NotYours, ValueError."""
    act = _mine(actor, act_id, "draft")
    if act.asked is None or not any(given.values()) or not within(given, act.asked.fields):
        raise ValueError("given")
    told = _sealed({form: list(keys) for form, keys in given.items() if keys})
    _step(_Done(act.id, HANDED, "handed", actor.user_id, act.person_id, "given", told))


def decide(actor: Actor, act_id: int, *, agrees: bool, why_not: str = "") -> None:
    """The second person agrees, or refuses and says why. Raises NotYours for whoever took it down, ValueError."""
    act = reachable(actor, act_id)
    if act.first_id == actor.user_id or act.state(days.now()) != "waiting" or not act.person_id:
        raise NotYours
    said = " ".join(why_not.split())
    if not agrees and not 0 < len(said) <= LONGEST_WORDS:
        raise ValueError("why")
    word = ("", b"") if agrees else ("why_not", _sealed({"text": said}))
    _step(_Done(act.id, DECIDED, "agreed" if agrees else "refused", actor.user_id, act.person_id, *word))


def drop(actor: Actor, act_id: int) -> None:
    """Whoever took it down gives it up, as long as nobody decided. Raises NotYours."""
    act = reachable(actor, act_id)
    if act.first_id != actor.user_id or act.state(days.now()) not in ("draft", "waiting"):
        raise NotYours
    _step(_Done(act.id, DECIDED, "dropped", actor.user_id))


def may_give(actor: Actor, act_id: int) -> Act:
    """The act, for one of its two people while it holds. Raises NotYours."""
    act = reachable(actor, act_id)
    if act.state(days.now()) != "agreed" or actor.user_id not in (act.first_id, act.second_id) or not act.person_id:
        raise NotYours
    return act


def give(actor: Actor, act_id: int) -> None:
    """It was given, this once. Raises NotYours when it was given before, or somebody was faster."""
    act = may_give(actor, act_id)
    _step(_Done(act.id, GIVEN, "given", actor.user_id))


def told(told_of: Iterable[Act], by: int = HERSELF) -> None:
    """She knows of these: she read it, or ``by`` told her. What she was told before stays as it is."""
    for act in told_of:
        if TOLD not in act.steps and act.tellable(days.today()):
            try:
                _step(_Done(act.id, TOLD, "told", by))
            except NotYours:  # somebody told her in the same moment
                continue


def within(given: Fields, asked: Fields) -> bool:
    """Whether nothing is given that is not asked for."""
    return all(set(keys) <= set(asked.get(form, ())) for form, keys in given.items())


def reachable(actor: Actor, act_id: int) -> Act:
    """An act of the reader's own area; a draft is its writer's alone. Raises NotYours."""
    act = one(act_id)
    if act is None:
        raise NotYours
    _may_sign(actor, act.place_id)
    if act.state(days.now()) == "draft" and act.first_id != actor.user_id:
        raise NotYours
    return act


def _may_sign(actor: Actor, place_id: int) -> None:
    if not actor.has("disclosure.sign") or place_id not in actor.places:
        raise NotYours


def _mine(actor: Actor, act_id: int, state: str) -> Act:
    act = reachable(actor, act_id)
    if act.first_id != actor.user_id or act.state(days.now()) != state or not act.person_id:
        raise NotYours
    return act


def _sealed(said: Mapping[str, Any]) -> bytes:
    return sealed.seal_bytes(orjson.dumps(said))


def _step(done: _Done) -> None:
    """Raises NotYours when this stage was done before, or somebody was faster."""
    if not writer.do(_write_done, done):
        raise NotYours


def _write_new(connection: db.Db, new: Sequence[_New]) -> list[int]:
    sql = "INSERT INTO disclosure (kind, at, first_id, place_id, hidden_until) VALUES (?, ?, ?, ?, ?) RETURNING id"
    found = []
    for n in new:
        act_id = int(connection.value(sql, [n.kind, days.now(), n.first_id, n.place_id, n.hidden_until]))
        _write_word(connection, act_id, n.person_id, "order", n.order)
        found.append(act_id)
    return found


def _write_done(connection: db.Db, done: Sequence[_Done]) -> list[bool]:
    """Each stage is done once: of two that come at the same moment one is too late, and nothing of it is kept."""
    sql = (
        "INSERT INTO disclosure_step (disclosure_id, stage, what, at, by_id) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (disclosure_id, stage) DO NOTHING"
    )
    found = []
    for d in done:
        first = not d.stage or connection.run(sql, [d.act_id, d.stage, d.what, days.now(), d.by_id]) == 1
        if first and d.word:
            _write_word(connection, d.act_id, d.person_id, d.word, d.sealed)
        found.append(first)
    return found


def _write_word(connection: db.Db, act_id: int, person_id: str, what: str, content: bytes) -> None:
    sql = "INSERT INTO disclosure_word (disclosure_id, person_id, what, sealed) VALUES (?, ?, ?, ?)"
    connection.run(sql, [act_id, person_id, what, content])
