"""Copies of reports: checked by one person, handed in by another, and kept as they read that day.

A copy is the whole shown content as one canonical JSON text with its SHA-256. Rows are added and never changed: who
corrects a report checks it again and hands in the next numbered copy, and the first stays beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doorstep.access.permissions import Actor
from doorstep.access.queries import staff
from doorstep.lib import days, db
from doorstep.lib.problems import Problem, Problems
from doorstep.places.counters import advance_journal, lock_journal
from doorstep.programmes.moment import aware

CHECKED, HANDED_IN = "checked", "handed_in"
LEFT_OUT_OF_COMPARING = frozenset(
    {"as_of", "made"}
)  # when and with what it was made: two that differ in nothing else say the same

_COLUMNS = "seq, report_id, place_id, period, step, number, checked, sha256, at, by_id, by_name"


@dataclass(frozen=True, slots=True)
class Key:
    """Which report: of what, where, for when."""

    report_id: str
    place_id: int
    period: str


@dataclass(frozen=True, slots=True)
class Copy:
    """One step of a report. ``number`` counts the copies handed in; ``checked`` is the step that was handed in."""

    seq: int
    key: Key
    step: str
    number: int | None
    checked: int | None
    sha256: str
    at: datetime
    by_id: int
    by_name: str


def canonical(content: Mapping[str, Any]) -> str:
    """Content as the one text its hash is taken of: keys in order, no blanks, figures as written."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def copies(report_ids: Sequence[str], place_id: int, periods: Sequence[str] = ()) -> list[Copy]:
    """Every step of these reports at a place, the oldest first; of all periods when none is named."""
    wanted = set(periods)
    sql = f"SELECT {_COLUMNS} FROM report_copy WHERE place_id = ? AND report_id IN (?*)"
    found = [_copy(row) for row in db.current().rows_in(sql, report_ids, [place_id])]
    return sorted((c for c in found if not wanted or c.key.period in wanted), key=lambda c: c.seq)


def copies_at(place_id: int) -> list[Copy]:
    """Every step of every report at a place, the oldest first."""
    sql = f"SELECT {_COLUMNS} FROM report_copy WHERE place_id = ? ORDER BY seq"
    return [_copy(row) for row in db.current().rows(sql, [place_id])]


def copy(seq: int) -> Copy | None:
    """One step by its number in the journal."""
    row = db.current().row(f"SELECT {_COLUMNS} FROM report_copy WHERE seq = ?", [seq])
    return _copy(row) if row else None


def content_of(seq: int) -> dict[str, Any]:
    """What a copy shows. Raises Problems (``indicators.copy_altered``) when its bytes are not those of its hash."""
    content, sha256 = db.current().row("SELECT content, sha256 FROM report_copy WHERE seq = ?", [seq]) or ("", "")
    if sha256_of(content) != sha256:
        raise Problems([Problem("indicators.copy_altered", args={"seq": seq})])
    found: dict[str, Any] = json.loads(content)
    return found


def altered() -> list[Copy]:
    """Copies whose bytes are not those of their hash, and those handed in with other content than was checked."""
    rows = db.current().rows(f"SELECT {_COLUMNS}, content FROM report_copy ORDER BY seq")
    checked = {row[0]: row[7] for row in rows if row[4] == CHECKED}
    return [
        _copy(row[:-1])
        for row in rows
        if sha256_of(row[-1]) != row[7] or (row[4] == HANDED_IN and checked.get(row[6]) != row[7])
    ]


def waiting(found: Sequence[Copy]) -> Copy | None:
    """The latest step of one report if it is a checked copy nobody has handed in yet."""
    return found[-1] if found and found[-1].step == CHECKED else None


def latest(found: Sequence[Copy]) -> Copy | None:
    """The latest copy of one report that was handed in."""
    return next((c for c in reversed(found) if c.step == HANDED_IN), None)


def check(by: Actor, key: Key, content: Mapping[str, Any]) -> Copy:
    """Write down that ``by`` checked a report that reads like ``content``.

    Raises PermissionError, and Problems (``indicators.nothing_to_correct``) when the copy handed in says the same.
    """
    _may(by, key.place_id)
    with db.transaction():
        seq = lock_journal(db.current()) + 1
        last = latest(copies([key.report_id], key.place_id, [key.period]))
        if last is not None and _says(content_of(last.seq)) == _says(content):
            raise Problems([Problem("indicators.nothing_to_correct", args=_told(last))])
        return _add(Copy(seq, key, CHECKED, None, None, "", days.now(), by.user_id, by.name), canonical(content))


def hand_in(by: Actor, seq: int) -> Copy:
    """Hand in the copy that was checked in step ``seq``; it is numbered and never changes again.

    Raises PermissionError, and Problems: ``indicators.not_checked``, ``handed_in_already``, ``checked_again`` (a later
    check stands in its place), ``same_person``, ``copy_altered``.
    """
    with db.transaction():
        last = lock_journal(db.current())
        found = copy(seq)
        if found is None or found.step != CHECKED:
            raise Problems([Problem("indicators.not_checked")])
        key = found.key
        _may(by, key.place_id)
        steps = copies([key.report_id], key.place_id, [key.period])
        for other in steps:
            if other.checked == seq:
                raise Problems([Problem("indicators.handed_in_already", args=_told(other))])
        if steps[-1].seq != seq:
            raise Problems([Problem("indicators.checked_again", args=_told(steps[-1]))])
        if found.by_id == by.user_id and others_who_may(by, key.place_id):
            raise Problems([Problem("indicators.same_person")])
        content = canonical(content_of(seq))
        number = 1 + max((c.number or 0 for c in steps), default=0)
        return _add(Copy(last + 1, key, HANDED_IN, number, seq, "", days.now(), by.user_id, by.name), content)


def others_who_may(by: Actor, place_id: int) -> list[str]:
    """Names of the others who may check and hand in reports of a place today."""
    everyone, today = staff(), days.today()
    return sorted(
        m.name
        for m in everyone.by_id.values()
        if m.is_active
        and m.id != by.user_id
        and everyone.has(m.id, "report.hand_in")
        and place_id in everyone.reach(m.id, today)
    )


def _may(by: Actor, place_id: int) -> None:
    if not by.has("report.hand_in") or place_id not in by.places:
        raise PermissionError(by.role)


def _add(one: Copy, content: str) -> Copy:
    sha256 = sha256_of(content)
    row = (one.seq, one.key.report_id, one.key.place_id, one.key.period, one.step, one.number, one.checked, sha256,
           one.at, one.by_id, one.by_name, content)  # fmt: skip
    connection = db.current()
    connection.run(f"INSERT INTO report_copy ({_COLUMNS}, content) VALUES ({', '.join('?' * len(row))})", row)
    advance_journal(connection, one.seq)
    return Copy(one.seq, one.key, one.step, one.number, one.checked, sha256, one.at, one.by_id, one.by_name)


def _copy(row: Sequence[Any]) -> Copy:
    seq, report_id, place_id, period, step, number, checked, sha256, at, by_id, by_name = row
    key = Key(report_id, place_id, period)
    return Copy(seq, key, step, number, checked, sha256, aware(at), by_id, by_name)


def _says(content: Mapping[str, Any]) -> str:
    return canonical({key: value for key, value in content.items() if key not in LEFT_OUT_OF_COMPARING})


def _told(one: Copy) -> dict[str, Any]:
    return {"number": one.number or "", "name": one.by_name, "day": days.day_of(one.at).isoformat()}
