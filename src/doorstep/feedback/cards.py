"""The printed card with which somebody reads her own record: a code on paper, and a word she chose (charter C13, C14).

A card opens no more than those who gave it could see themselves: giving one to oneself is no way round the care team.
What other services write is added to it by those who give that care, when she shows them the card.

Kept are the first six signs of the code, by which it is found, and argon2 of the rest with the word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.contrib.auth.hashers import check_password, make_password

from doorstep.access import codes
from doorstep.access.permissions import Actor
from doorstep.lib import days, db, writer

GROUPS = 3
FRONT = 6
SHORTEST_WORD, LONGEST_WORD = 4, 60
Holder = Literal["self", "guardian"]


class WordTooShort(Exception):
    """The word is no word yet."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as given. ``services`` it opens; ``givers``: who gave it or added to it."""

    id: int
    person_id: str
    holder: Holder
    services: frozenset[str]
    givers: frozenset[int]
    given_at: datetime
    by_id: int


_CARD = "SELECT id, person_id, holder, services, givers, given_at, by_id FROM resident_card"


def _card(row: db.Row) -> Card:
    row_id, person_id, holder, services, givers, given_at, by_id = row
    return Card(
        row_id, person_id, holder, frozenset(services.split()), frozenset(map(int, givers.split())), given_at, by_id
    )


@dataclass(frozen=True, slots=True)
class _New:
    code: str
    secret: str
    person_id: str
    holder: Holder
    services: str
    by_id: int


def give(actor: Actor, person_id: str, word: str, holder: Holder, services: Iterable[str]) -> str:
    """A new card; those before it open nothing any more. Gives its code, which nothing else knows. Raises WordTooShort."""
    said = _plain(word)
    if not SHORTEST_WORD <= len(said) <= LONGEST_WORD:
        raise WordTooShort
    code = codes.new(GROUPS)
    secret = make_password(code[FRONT:] + said)
    writer.do(_write, _New(code, secret, person_id, holder, " ".join(sorted(services)), actor.user_id))
    return code


def _write(connection: db.Db, new: Sequence[_New]) -> list[None]:
    for one in new:
        connection.run(
            "UPDATE resident_card SET ended_at = ? WHERE person_id = ? AND ended_at IS NULL",
            [days.now(), one.person_id],
        )
        connection.run(
            "INSERT INTO resident_card (front, secret, person_id, holder, services, givers, given_at, by_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [one.code[:FRONT], one.secret, one.person_id, one.holder, one.services, str(one.by_id), days.now(), one.by_id],
        )  # fmt: skip
    return [None] * len(new)


def opened_by(code: str, word: str) -> Card | None:
    """The card of this code and word; None for none. It takes as long either way."""
    found = db.current().row(
        "SELECT id, secret FROM resident_card WHERE front = ? AND ended_at IS NULL", [code[:FRONT]]
    )
    right = check_password(code[FRONT:] + _plain(word), found[1] if found else _nobodys())
    return by_id(found[0]) if found and right else None


def by_id(card_id: int) -> Card | None:
    """A card as long as it opens anything."""
    row = db.current().row(f"{_CARD} WHERE id = ? AND ended_at IS NULL", [card_id])
    return _card(row) if row else None


def of_person(person_ids: Iterable[str]) -> list[Card]:
    """The cards somebody was given, the latest first; also those that have ended."""
    rows = db.current().rows_in(f"{_CARD} WHERE person_id IN (?*)", person_ids)
    return sorted(map(_card, rows), key=lambda one: one.id, reverse=True)


def add(actor: Actor, card: Card, services: Iterable[str]) -> None:
    """The card also opens these services, which ``actor`` gives her; she showed the card and said her word."""
    both, givers = card.services | set(services), card.givers | {actor.user_id}
    db.current().run(
        "UPDATE resident_card SET services = ?, givers = ? WHERE id = ?",
        [" ".join(sorted(both)), " ".join(map(str, sorted(givers))), card.id],
    )


def end(person_ids: Iterable[str]) -> None:
    """No card of hers opens anything any more."""
    connection = db.current()
    connection.many(
        "UPDATE resident_card SET ended_at = ? WHERE person_id = ? AND ended_at IS NULL",
        [(days.now(), one) for one in person_ids],
    )


def _plain(word: str) -> str:
    """The word as it is compared: however wide, high or spaced it was typed."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())


_nobodys_secret = ""


def _nobodys() -> str:
    global _nobodys_secret
    _nobodys_secret = _nobodys_secret or make_password(codes.new(GROUPS))
    return _nobodys_secret


def is_of(code: str, person_id: str) -> bool:
    """Whether the card of this code is hers and opens something."""
    sql = "SELECT 1 FROM resident_card WHERE front = ? AND person_id = ? AND ended_at IS NULL"
    return db.current().value(sql, [code[:FRONT], person_id]) is not None
