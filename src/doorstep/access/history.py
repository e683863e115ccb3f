"""What happened to somebody's log-in, for them to read: what was changed, on which day, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from doorstep.lib import days, db

What = Literal[
    "log_in", "password", "password_given", "second_set", "second_off", "second_reset", "codes_new", "code_used",
    "ended_one", "ended_all", "ended_by", "phone_back", "role", "closed", "opened",
]  # fmt: skip
KEPT_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Happened:
    what: What
    at: datetime
    by_id: int | None  # None: at the machine itself, by a command
    label: str

    @property
    def on(self) -> date:
        return days.day_of(self.at)


def note(user_id: int, what: What, by: int | None, label: str = "") -> None:
    """Write it down for a year."""
    connection, now = db.current(), days.now()
    connection.run("DELETE FROM account_event WHERE at < ?", [now - KEPT_FOR])
    connection.run(
        "INSERT INTO account_event (user_id, what, at, by_id, label) VALUES (?, ?, ?, ?, ?)",
        [user_id, what, now, by, label[:80]],
    )


def of(user_id: int, most: int = 20) -> list[Happened]:
    """The latest first."""
    sql = "SELECT what, at, by_id, label FROM account_event WHERE user_id = ? ORDER BY id DESC LIMIT ?"
    return [Happened(*row) for row in db.current().rows(sql, [user_id, most])]
