"""What phones sent and the door could not take: kept whole, shown to the desk, and let in once the reason is gone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from doorstep.forms.queries import APPLIED, SUPERSEDED
from doorstep.lib import days, db, sealed
from doorstep.lib.problems import Problem

_COLUMNS = "id, user_id, device_id, instance_id, sha256, code, args, at"


@dataclass(frozen=True, slots=True)
class Kept:
    """One record in quarantine, without its content."""

    id: int
    user_id: int
    device_id: int
    instance_id: str
    sha256: str
    problem: Problem
    at: datetime

    @property
    def on(self) -> date:
        """The day it came."""
        return days.day_of(self.at)


@dataclass(frozen=True, slots=True)
class ToKeep:
    """A record as a phone sent it, and why the door would not have it."""

    user_id: int
    device_id: int
    instance_id: str
    sha256: str
    body: bytes
    problem: Problem


def keep(connection: db.Db, refused: Sequence[ToKeep]) -> None:
    """Keep these, inside the caller's transaction; what a phone sends again in the same bytes stands once."""
    devices = {one.device_id for one in refused}
    held = set(connection.rows_in("SELECT device_id, sha256 FROM quarantined WHERE device_id IN (?*)", devices))
    now = days.now()
    rows = []
    for one in refused:
        if (one.device_id, one.sha256) not in held:
            held.add((one.device_id, one.sha256))
            args = json.dumps(dict(one.problem.args), ensure_ascii=False, default=str)
            rows.append(
                (
                    one.user_id,
                    one.device_id,
                    one.instance_id[:250],
                    one.sha256,
                    sealed.seal_bytes(one.body),
                    one.problem.code,
                    args,
                    now,
                )
            )
    connection.many(
        "INSERT INTO quarantined (user_id, device_id, instance_id, sha256, body, code, args, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def waiting(user_ids: Iterable[int]) -> list[Kept]:
    """What these members' phones sent and nobody has seen to yet, the oldest first."""
    sql = f"SELECT {_COLUMNS} FROM quarantined WHERE let_in_seq IS NULL AND user_id IN (?*)"
    return sorted((_kept(row) for row in db.current().rows_in(sql, user_ids)), key=lambda one: one.id)


def one(id_: int) -> tuple[Kept, bytes] | None:
    """A record that waits in quarantine, with its bytes."""
    row = db.current().row(f"SELECT {_COLUMNS}, body FROM quarantined WHERE let_in_seq IS NULL AND id = ?", [id_])
    return (_kept(row[:-1]), sealed.open_bytes(row[-1])) if row else None


def was_let_in(connection: db.Db, id_: int, seq: int) -> None:
    """Note that the door took it after all, as the entry ``seq``."""
    connection.run("UPDATE quarantined SET let_in_seq = ? WHERE id = ? AND let_in_seq IS NULL", [seq, id_])


@dataclass(frozen=True, slots=True)
class Received:
    """What the store holds of one device's records: ``applied`` are in force or were corrected since, ``review`` are looked
    at by somebody, ``quarantined`` could not be taken."""

    applied: int = 0
    review: int = 0
    quarantined: int = 0

    @property
    def all(self) -> int:
        return self.applied + self.review + self.quarantined


def received(device_ids: Iterable[int]) -> dict[int, Received]:
    """What became of the records of these devices, by device; those never heard of are left out."""
    ids, connection = list(device_ids), db.current()
    settled = f"SUM(CASE WHEN e.state IN ({APPLIED}, {SUPERSEDED}) THEN 1 ELSE 0 END)"
    sql = (
        f"SELECT b.device_id, COUNT(*), {settled} FROM entry_body b JOIN entry e ON e.seq = b.seq"
        " WHERE b.device_id IN (?*) GROUP BY b.device_id"
    )
    found = {device: (int(n), int(ok)) for device, n, ok in connection.rows_in(sql, ids)}
    sql = (
        "SELECT device_id, COUNT(*) FROM quarantined WHERE device_id IN (?*) AND let_in_seq IS NULL GROUP BY device_id"
    )
    held: dict[int, int] = dict(connection.rows_in(sql, ids))
    every = dict.fromkeys(held, (0, 0)) | found
    return {device: Received(ok, n - ok, held.get(device, 0)) for device, (n, ok) in every.items()}


def _kept(row: db.Row) -> Kept:
    id_, user_id, device_id, instance_id, sha256, code, args, at = row
    return Kept(id_, user_id, device_id, instance_id, sha256, Problem(code, args=json.loads(args)), at)
