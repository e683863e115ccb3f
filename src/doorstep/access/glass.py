"""Opening one person's record in an emergency (charter C15): a reason, one hour, to read, told to the person, counted.

What may be read so is for the page to say (never what touches choice); here stands who opened whom, why and until when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from doorstep.access.permissions import Actor
from doorstep.access.queries import staff
from doorstep.lib import days, db, writer

HOUR = timedelta(hours=1)
MOST_WORDS = 100
OTHER = "other"
REASONS: Mapping[str, Promise] = {
    "danger": gettext_lazy("Her life or her child's may be in danger now"),
    "cannot_speak": gettext_lazy("She is ill and cannot speak for herself"),
    "nobody_there": gettext_lazy("Those who look after her cannot be reached, and it cannot wait"),
    OTHER: gettext_lazy("Something else, as written below"),
}


@dataclass(frozen=True, slots=True)
class Opening:
    """A record opened in an emergency, from a moment until a moment."""

    id: int
    user_id: int
    person_id: str
    reason: str
    words: str
    at: datetime
    ends_at: datetime

    def open_at(self, moment: datetime) -> bool:
        return self.at <= moment < self.ends_at


@dataclass(frozen=True, slots=True)
class Emergency:
    """What the person is told: who, in which role, on which day, and why. Never of which service."""

    name: str
    role: str
    day: date
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class _Asked:
    user_id: int
    role: str
    person_id: str
    reason: str
    words: str
    at: datetime


def begin(actor: Actor, person_id: str, reason: str, words: str) -> int:
    """Write down, durably, that ``actor`` opens this person's record for an hour. Gives the opening's id.

    Raises ValueError for a reason that is not on the list, or words missing or too long; PermissionError for a role
    that never may."""
    words = " ".join(words.split())
    if not actor.has("glass.break"):
        raise PermissionError(actor.role)
    if reason not in REASONS or len(words) > MOST_WORDS or (reason == OTHER and not words):
        raise ValueError(reason)
    return writer.do(_write, _Asked(actor.user_id, actor.role, person_id, reason, words, days.now()))


def _write(connection: db.Db, asked: Sequence[_Asked]) -> list[int]:
    sql = (
        "INSERT INTO broken_glass (user_id, role, person_id, reason, words, at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " RETURNING id"
    )
    return [
        int(connection.value(sql, [a.user_id, a.role, a.person_id, a.reason, a.words, a.at, a.at + HOUR]))
        for a in asked
    ]


def opening(opening_id: int, actor: Actor) -> Opening | None:
    """An opening of this actor's own, also one that is over; None when there is none of that id."""
    sql = "SELECT id, user_id, person_id, reason, words, at, ends_at FROM broken_glass WHERE id = ? AND user_id = ?"
    row = db.current().row(sql, [opening_id, actor.user_id])
    return Opening(*row) if row and actor.has("glass.break") else None


def open_now(actor: Actor) -> list[Opening]:
    """What this actor may still read."""
    sql = (
        "SELECT id, user_id, person_id, reason, words, at, ends_at FROM broken_glass WHERE user_id = ? AND ends_at > ?"
        " ORDER BY id"
    )
    return [Opening(*row) for row in db.current().rows(sql, [actor.user_id, days.now()])]


def emergencies(person_id: str, *others: str) -> list[Emergency]:
    """Who opened a person's record in an emergency, the latest first; ``others``: ids she is also known by."""
    sql = "SELECT user_id, role, at, reason, words FROM broken_glass WHERE person_id IN (?*)"
    everyone = staff().by_id
    rows = sorted(db.current().rows_in(sql, [person_id, *others]), key=lambda row: row[2], reverse=True)
    return [
        Emergency(everyone[user].name if user in everyone else "", role, days.day_of(at), reason, words)
        for user, role, at, reason, words in rows
    ]


@dataclass(frozen=True, slots=True)
class Count:
    """How often one member opened records in a month: pages in the ordinary way, persons in an emergency."""

    user_id: int
    month: date
    pages: int
    emergencies: int


def counts(first: date, last: date) -> list[Count]:
    """By member and month, the latest month first, of the months these days lie in."""
    connection, found = db.current(), list[Count]()
    month = last.replace(day=1)
    while month >= first.replace(day=1):
        after = (month + timedelta(days=31)).replace(day=1)
        within = [datetime(d.year, d.month, 1, tzinfo=days.zone()).astimezone(UTC) for d in (month, after)]
        told = "SELECT user_id, COUNT(*) FROM {} WHERE at >= ? AND at < ? GROUP BY user_id"
        pages: Counter[int] = Counter(dict(connection.rows(told.format("access_log"), within)))
        broken: Counter[int] = Counter(dict(connection.rows(told.format("broken_glass"), within)))
        found += [Count(user, month, pages[user], broken[user]) for user in sorted({*pages, *broken})]
        month = (month - timedelta(days=1)).replace(day=1)
    return found
