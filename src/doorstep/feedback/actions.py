"""Every write about complaints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from doorstep.access import codes
from doorstep.access.permissions import Actor
from doorstep.feedback.clocks import KINDS
from doorstep.feedback.problems import CodeTaken, Empty, TooLong
from doorstep.feedback.queries import GROUPS, id_of, may_answer
from doorstep.feedback.sealed import seal
from doorstep.lib import days, db, writer

WAYS = ("page", "web", "phone", "paper")
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class _New:
    code: str
    kind: str
    way: str
    text: str
    author_id: str | None
    at: datetime


def take_in(
    kind: str, text: str, way: str, *, author_id: str | None = None, code: str = "", at: datetime | None = None
) -> str:
    """Keep a complaint and give the code under which its author reads the answer; nothing else knows it.

    ``code``: the one printed on a paper form. ``author_id``: only where she wishes it herself. Who took it down, and
    from where it was sent, is not kept. Raises Refused, ValueError for a kind or way there is not.
    """
    if kind not in KINDS or way not in WAYS:
        raise ValueError(kind, way)
    made = code or codes.new(GROUPS)
    writer.do(_write, _New(made, kind, way, _checked(text), author_id, at or days.now()))
    return made


def _checked(text: str) -> str:
    said = text.strip()
    if not said:
        raise Empty
    if len(said) > LONGEST:
        raise TooLong
    return said


def _write(connection: db.Db, new: Sequence[_New]) -> list[None]:
    for one in new:
        mark = codes.kept(one.code)
        if connection.value("SELECT 1 FROM complaint WHERE code_hash = ?", [mark]):
            raise CodeTaken
        connection.run(
            "INSERT INTO complaint (code_hash, kind, way, received_at) VALUES (?, ?, ?, ?)",
            [mark, one.kind, one.way, one.at],
        )
        complaint_id = int(connection.value("SELECT id FROM complaint WHERE code_hash = ?", [mark]))
        _add(connection, complaint_id, one.text, None, one.at)
        if one.author_id:
            connection.run(
                "INSERT INTO complaint_author (complaint_id, person_id) VALUES (?, ?)", [complaint_id, one.author_id]
            )
    return [None] * len(new)


def write_more(code: str, text: str, *, at: datetime | None = None) -> bool:
    """The author adds something. False when the code is none of ours. After an answer it waits anew, under a new clock."""
    complaint_id, said = id_of(code), _checked(text)
    if complaint_id is None:
        return False
    with db.transaction():
        _add(db.current(), complaint_id, said, None, at or days.now())
        db.current().run(
            "UPDATE complaint SET reopened_at = ? WHERE id = ? AND answered_at IS NOT NULL AND reopened_at IS NULL",
            [at or days.now(), complaint_id],
        )
    return True


def acknowledge(actor: Actor, complaint_id: int, *, at: datetime | None = None) -> None:
    """Tell the author that it was read. Raises NotYours."""
    may_answer(actor)
    db.current().run(
        "UPDATE complaint SET acknowledged_at = ? WHERE id = ? AND acknowledged_at IS NULL",
        [at or days.now(), complaint_id],
    )


def answer(actor: Actor, complaint_id: int, text: str, *, at: datetime | None = None) -> None:
    """Answer, which also acknowledges. Raises NotYours, Refused."""
    may_answer(actor)
    said, moment = _checked(text), at or days.now()
    with db.transaction():
        connection = db.current()
        _add(connection, complaint_id, said, actor.user_id, moment)
        connection.run(
            "UPDATE complaint SET acknowledged_at = COALESCE(acknowledged_at, ?), answered_at = COALESCE(answered_at, ?),"
            " reopened_at = NULL WHERE id = ?",
            [moment, moment, complaint_id],
        )


def _add(connection: db.Db, complaint_id: int, text: str, reviewer_id: int | None, at: datetime) -> None:
    connection.run(
        "INSERT INTO complaint_word (complaint_id, at, reviewer_id, sealed) VALUES (?, ?, ?, ?)",
        [complaint_id, at, reviewer_id, seal(text, complaint_id)],
    )


def enter_bodies(bodies: Sequence[tuple[str, str]]) -> None:
    """Make the bodies outside exactly these: name, and how to reach them."""
    with db.transaction():
        connection = db.current()
        connection.run("DELETE FROM outside_body")
        connection.many(
            "INSERT INTO outside_body (position, name, how) VALUES (?, ?, ?)",
            [(n, name, how) for n, (name, how) in enumerate(bodies)],
        )


def enter_days(differs: dict[date, bool]) -> None:
    """Make the days that differ from their weekday exactly these: true is worked, false is off."""
    with db.transaction():
        connection = db.current()
        connection.run("DELETE FROM day_off")
        connection.many("INSERT INTO day_off (day, works) VALUES (?, ?)", sorted(differs.items()))


def end(connection: db.Db, last: date, most: int) -> int:
    """Delete complaints answered on that day or before, about which nothing was written since, in the caller's
    transaction. Gives how many, ``most`` at most."""
    sql = "SELECT id, answered_at FROM complaint WHERE answered_at IS NOT NULL AND reopened_at IS NULL ORDER BY id"
    over = [(i,) for i, answered in connection.rows(sql) if days.day_of(answered) <= last][:most]
    for table, key in (("complaint_word", "complaint_id"), ("complaint_author", "complaint_id"), ("complaint", "id")):
        connection.many(f"DELETE FROM {table} WHERE {key} = ?", over)
    return len(over)
