"""Since when a phone has to hear of somebody again: every person and family with the number of its last change.

The number rises in the order of commits, since its counter's row is held to the end of the transaction. Whoever was taken out
of a place or a care team is noted beside it, so that exactly those phones that held a person are told to let go of her.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from doorstep.lib import db

PERSON, FAMILY = "person", "household"
COUNTER = "pulled"
KEPT_DAYS = 36  # a phone that asks after longer begins anew (``web.field.pulling``): nobody asks for what is older
_DAY = "pulled "  # and the day: how far the number had come, the first time it was looked at that day


class Left(NamedTuple):
    """Somebody is not at a place any more (``place_id``), or not in the care of a member or clinic."""

    kind: str
    id: str
    place_id: int = 0
    user_id: int = 0
    clinic_id: int = 0


def number(connection: db.Db) -> int:
    """The last change there is."""
    return int(connection.value("SELECT value FROM counter WHERE name = ?", [COUNTER]))


def note(connection: db.Db, kind: str, ids: Iterable[str], left: Sequence[Left] = ()) -> None:
    """Note, inside the caller's transaction, that something of these changed, each under a number of its own."""
    wanted = sorted(set(ids))
    if not wanted and not left:
        return
    connection.run("UPDATE counter SET value = value + ? WHERE name = ?", [len(wanted) + 1, COUNTER])
    last = number(connection)
    first = last - len(wanted)
    connection.many(
        "INSERT INTO pull_mark (kind, item_id, n) VALUES (?, ?, ?) ON CONFLICT (kind, item_id) DO UPDATE SET n = excluded.n",
        [(kind, id_, first + at) for at, id_ in enumerate(wanted)],
    )
    connection.many(
        "INSERT INTO pull_left (n, kind, item_id, place_id, user_id, clinic_id) VALUES (?, ?, ?, ?, ?, ?)",
        [(last, *one) for one in sorted(set(left))],
    )


def prune(connection: db.Db, today: date) -> int:
    """Note how far the number has come today, and let go of who was taken out of somewhere so long ago that no phone
    can still ask for it. Gives how many rows went."""
    connection.run(
        "INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        [f"{_DAY}{today.isoformat()}", number(connection)],
    )
    old = f"{_DAY}{(today - timedelta(days=KEPT_DAYS)).isoformat()}"
    where = "name > ? AND name <= ?"
    last = connection.value(f"SELECT MAX(value) FROM counter WHERE {where}", [_DAY, old])
    if last is None:
        return 0
    gone = int(connection.value("SELECT COUNT(*) FROM pull_left WHERE n <= ?", [last]))
    connection.run("DELETE FROM pull_left WHERE n <= ?", [last])
    connection.run(f"DELETE FROM counter WHERE {where}", [_DAY, old])
    return gone
