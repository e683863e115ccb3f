"""Reading complaints: the reviewer all of them, an author her own by its code, nobody else any."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from doorstep.access import codes
from doorstep.access.permissions import Actor
from doorstep.engine.outputs import Condition, select
from doorstep.feedback.clocks import Clock, State, Works, by_weekday, clock
from doorstep.feedback.outputs import COMPLAINTS
from doorstep.feedback.sealed import opened
from doorstep.lib import days, db

GROUPS = 4
_COLUMNS = ("id", "kind", "way", "received_at", "acknowledged_at", "answered_at", "reopened_at")


class NotYours(Exception):
    """Only a reviewer reads and answers complaints."""


def may_answer(actor: Actor) -> None:
    """Raises NotYours."""
    if not actor.has("complaint.answer"):
        raise NotYours


@dataclass(frozen=True, slots=True)
class Line:
    """One complaint without its words."""

    id: int
    kind: str
    way: str
    received_at: datetime
    acknowledged_at: datetime | None
    answered_at: datetime | None
    reopened_at: datetime | None
    clock: Clock  # since it came, and of what was written again since the answer
    again: Clock | None = None

    def state(self, now: datetime) -> State:
        if self.again is not None:
            return self.again.state(self.acknowledged_at, None, now)
        return self.clock.state(self.acknowledged_at, self.answered_at, now)

    @property
    def waits(self) -> bool:
        """Whether its author waits for an answer."""
        return self.answered_at is None or self.reopened_at is not None

    @property
    def by(self) -> datetime:
        """The next moment that counts."""
        if self.again is not None:
            return self.again.answer_by
        return self.clock.acknowledge_by if self.acknowledged_at is None else self.clock.answer_by


@dataclass(frozen=True, slots=True)
class Word:
    """What was written, by the reviewer or the author."""

    at: datetime
    of_reviewer: bool
    text: str


def listed(actor: Actor) -> list[Line]:
    """Every complaint for the reviewer: open ones first, the most urgent on top; then those answered, the latest first.
    Raises NotYours."""
    may_answer(actor)
    sql, params = select(COMPLAINTS, {f"complaint.{c}": f"c.{c}" for c in _COLUMNS}, "complaint c", [])
    lines = _lines(db.current().rows(sql, params))
    waiting = sorted((one for one in lines if one.waits), key=lambda one: (one.by, one.id))
    done = sorted((one for one in lines if not one.waits), key=lambda one: one.id, reverse=True)
    return waiting + done


def one(actor: Actor, complaint_id: int) -> tuple[Line, list[Word]] | None:
    """One complaint with its words, for the reviewer. Raises NotYours."""
    may_answer(actor)
    sql, params = select(
        COMPLAINTS,
        {f"complaint.{c}": f"c.{c}" for c in _COLUMNS},
        "complaint c",
        [Condition("complaint.id", "=", complaint_id)],
    )
    return _whole(db.current().rows(sql, params))


def id_of(code: str) -> int | None:
    """The complaint of a code; None when there is none."""
    found = db.current().value("SELECT id FROM complaint WHERE code_hash = ?", [codes.kept(code)])
    return int(found) if found is not None else None


def by_code(code: str) -> tuple[Line, list[Word]] | None:
    """What whoever holds the code may read: her own words and the answers."""
    sql = f"SELECT {', '.join(_COLUMNS)} FROM complaint WHERE code_hash = ?"
    return _whole(db.current().rows(sql, [codes.kept(code)]))


def of_author(person_id: str) -> list[tuple[Line, list[Word]]]:
    """Complaints somebody wrote under her own name, for her own page, the latest first."""
    columns = ", ".join(f"c.{column}" for column in _COLUMNS)
    sql = f"SELECT {columns} FROM complaint c JOIN complaint_author a ON a.complaint_id = c.id WHERE a.person_id = ? ORDER BY c.id DESC"
    return [(line, _words(line.id)) for line in _lines(db.current().rows(sql, [person_id]))]


def _whole(rows: list[db.Row]) -> tuple[Line, list[Word]] | None:
    lines = _lines(rows)
    return (lines[0], _words(lines[0].id)) if lines else None


def _words(complaint_id: int) -> list[Word]:
    rows = db.current().rows(
        "SELECT at, reviewer_id, sealed FROM complaint_word WHERE complaint_id = ? ORDER BY id", [complaint_id]
    )
    return [Word(at, by is not None, opened(bytes(sealed), complaint_id)) for at, by, sealed in rows]


def _lines(rows: Iterable[db.Row]) -> list[Line]:
    works, found = working(), []
    for complaint_id, kind, way, came, acknowledged, answered, reopened in rows:
        again = clock(kind, reopened, works) if reopened else None
        first = clock(kind, came, works)
        found.append(Line(complaint_id, kind, way, came, acknowledged, answered, reopened, first, again))
    return found


def working() -> Works:
    """Which days are worked here."""
    return by_weekday(differing())


def differing() -> dict[date, bool]:
    """Days entered as different from their weekday: true is worked."""
    return {day: bool(works) for day, works in db.current().rows("SELECT day, works FROM day_off ORDER BY day")}


def bodies() -> list[tuple[str, str]]:
    """Whom to turn to outside: name, and how to reach them. Empty: nobody entered any."""
    return [(name, how) for name, how in db.current().rows("SELECT name, how FROM outside_body ORDER BY position")]


@dataclass(frozen=True, slots=True)
class Counted:
    """Complaints that came in a span of days: how many, and how many were acknowledged and answered in time."""

    came: int
    acknowledged: int
    answered: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Complaints that wait for an answer: how many are within their clock, and how many are late."""

    in_time: int
    late: int


def waiting(now: datetime) -> Waiting:
    """Of the whole store: whom a complaint is about, and where, stands nowhere but in its sealed words."""
    sql = f"SELECT {', '.join(_COLUMNS)} FROM complaint WHERE answered_at IS NULL OR reopened_at IS NOT NULL"
    lines = _lines(db.current().rows(sql))
    late = sum(line.state(now) == "overdue" for line in lines)
    return Waiting(len(lines) - late, late)


def counted(first: date, last: date) -> Counted:
    """Of complaints that came between two days."""
    sql = f"SELECT {', '.join(_COLUMNS)} FROM complaint"
    lines = [one for one in _lines(db.current().rows(sql)) if first <= days.day_of(one.received_at) <= last]
    return Counted(
        len(lines),
        sum(one.acknowledged_at is not None and one.acknowledged_at <= one.clock.acknowledge_by for one in lines),
        sum(one.answered_at is not None and one.answered_at <= one.clock.answer_by for one in lines),
    )
