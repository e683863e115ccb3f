"""A past moment, and what was known then (as known then, decision 0017).

An entry is known from when it was received, never from when it happened. A dated decision (which pack version holds
where) is known by its place in the one sequence; what was decided before the first entry held from the beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from doorstep.lib import days, db
from doorstep.lib.problems import Problem, Problems

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?\Z")


class Received(Protocol):
    """What tells when an entry was learned."""

    @property
    def seq(self) -> int: ...

    @property
    def received_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """What was learned up to ``at`` and holds a sequence number up to ``seq``."""

    seq: int
    at: datetime

    @property
    def day(self) -> date:
        """The calendar day of the moment where the store is."""
        return days.day_of(self.at)

    def knows(self, entry: Received) -> bool:
        """Whether an entry had been received by then."""
        return entry.seq <= self.seq and aware(entry.received_at) <= self.at

    def known_sql(self, of: str = "") -> tuple[str, list[object]]:
        """The same as a condition on the columns of ``entry``, whose alias is ``of``, with its parameters."""
        dot = f"{of}." if of else ""
        return f"({dot}seq <= ? AND {dot}received_at <= ?)", [self.seq, self.at]

    @property
    def written(self) -> str:
        """As it is typed: the day alone when it is a day's end."""
        local = self.at.astimezone(days.zone())
        if self.at == end_of(local.date()):
            return local.date().isoformat()
        return local.replace(tzinfo=None).isoformat(timespec="minutes" if not local.second else "auto")


def aware(moment: datetime) -> datetime:
    """A stored moment with its time zone, which is UTC where none is told."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def end_of(day: date) -> datetime:
    """The last instant of a day where the store is."""
    midnight = datetime.combine(day + timedelta(days=1), time(), days.zone())
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def parse(text: str) -> Moment:
    """A moment as people write it: ``2026-05-05`` is the end of that day, ``2026-05-05T09:30`` that instant, both where
    the store is. Raises Problems for what is no moment, one to come, and one before the store began."""
    return moment_at(_instant(text.strip()))


def moment_at(at: datetime) -> Moment:
    """What was known at an instant. Raises Problems for one to come, and one before the store began."""
    at = at.astimezone(UTC)
    if days.day_of(at) > days.today():
        raise _problem("programmes.moment_to_come", days.day_of(at))
    connection = db.current()
    if connection.value("SELECT 1 FROM entry WHERE received_at <= ? LIMIT 1", [at]) is None:
        _refuse_before_the_beginning(connection, at)
    return Moment(_last_known(connection, at), at)


def now() -> Moment:
    """Everything that is known now."""
    return Moment(_journal(db.current()), days.now())


def _instant(text: str) -> datetime:
    try:
        if _DAY.match(text):
            return end_of(_not_to_come(date.fromisoformat(text)))
        if _INSTANT.match(text):
            return datetime.fromisoformat(text).replace(tzinfo=days.zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Problems([Problem("programmes.not_a_moment", args={"text": text[:40]})])


def _not_to_come(day: date) -> date:
    if day > days.today():
        raise _problem("programmes.moment_to_come", day)
    return day


def _refuse_before_the_beginning(connection: db.Db, at: datetime) -> None:
    """Raises Problems unless something was decided by then: a store may have been set up before anybody wrote."""
    decided = [aware(when) for (when,) in connection.rows("SELECT at FROM pack_switch")]
    if any(when <= at for when in decided):
        return
    first = connection.row("SELECT received_at FROM entry ORDER BY received_at LIMIT 1")
    began = min([*decided, *([aware(first[0])] if first else [])], default=None)
    raise _problem("programmes.moment_before_store", days.day_of(at), began)


def _problem(code: str, day: date, began: datetime | None = None) -> Problems:
    args = {"day": day.isoformat(), "today": days.today().isoformat()}
    args["began"] = days.day_of(began).isoformat() if began else "–"
    return Problems([Problem(code, args=args)])


def _journal(connection: db.Db) -> int:
    return int(connection.value("SELECT value FROM counter WHERE name = 'journal'") or 0)


def _last_known(connection: db.Db, at: datetime) -> int:
    """The sequence number before the first decision made later; what was decided before the first entry is older than
    everything. Entries themselves are known by when they were received."""
    sql = "SELECT seq, at FROM pack_switch WHERE seq > COALESCE((SELECT MIN(seq) FROM entry), 0) ORDER BY seq"
    later = next((seq for seq, when in connection.rows(sql) if aware(when) > at), None)
    return _journal(connection) if later is None else int(later) - 1
