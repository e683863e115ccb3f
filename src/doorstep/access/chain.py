"""The access log as a chain: every commit's rows are one batch, sealed together with the seal of the batch before.

A row is hashed over a digest for each person, salted for that row and that person alone. So somebody who is erased can be
taken out of a row, her digest stays in her place, and the chain still proves the row (decision 0040). The last seal is
also kept in a file beside the database, so that batches cut off the end are missed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from doorstep.lib import days, db, keyring

HEAD = "access.head"
FORGOTTEN = "log.forgotten"  # the row that says which digests stand for somebody who was taken out
GONE = "~"  # first character of a digest that stands for somebody
NOTICE = "notice:"  # a hospital's notice is about a birth; nobody of the register is named by it
LONGEST_ID = 64
_SLOT = 256  # bytes; the head is written to two places in turn, so that one of them is always whole
_LOCK = 0x646F6F72  # the number of PostgreSQL's lock on the chain's end
_CHUNK = 2000
NOTHING = "0" * 64


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    at: datetime
    user_id: int
    role: str
    output: str
    persons: tuple[str, ...]  # ids, or '~' and a digest
    salt: str  # hex; of a row somebody was taken out of: each other person's own, joined by dots

    def leaves(self) -> list[str]:
        own = self.salt.split(".") if "." in self.salt else None
        return [
            one[1:] if one.startswith(GONE) else _leaf(own[n] if own else _own_salt(self.salt, n), one)
            for n, one in enumerate(self.persons)
        ]

    def digest(self) -> bytes:
        said = [self.id, _moment(self.at), self.user_id, self.role, self.output, self.leaves()]
        return hashlib.sha256(orjson.dumps(said)).digest()

    def without(self, person_id: str) -> Row:
        """The same row, proved by the same digest, in which this person is not named any more."""
        leaves, own = self.leaves(), self.salt.split(".") if "." in self.salt else None
        gone = [one == person_id or one.startswith(GONE) for one in self.persons]
        salts = ["" if gone[n] else own[n] if own else _own_salt(self.salt, n) for n in range(len(gone))]
        persons = tuple(GONE + leaves[n] if gone[n] else one for n, one in enumerate(self.persons))
        return Row(self.id, self.at, self.user_id, self.role, self.output, persons, ".".join(salts) + ".")

    def openings(self) -> Iterator[tuple[str, int, str, str]]:
        """(person, member, role, ISO day) of everybody named."""
        day = days.day_of(self.at).isoformat()
        for one in self.persons:
            if not one.startswith((GONE, NOTICE)) and len(one) <= LONGEST_ID:
                yield one, self.user_id, self.role, day


@dataclass(frozen=True, slots=True)
class Batch:
    n: int
    first_id: int
    last_id: int
    at: datetime
    digest: str
    key_name: str
    seal: str

    def right_seal(self, previous: str) -> str | None:
        """The seal it should bear; None when we never had the key it names."""
        key = keyring.ring().log.by_name.get(self.key_name)
        if key is None:
            return None
        said = [self.n, self.first_id, self.last_id, _moment(self.at), self.digest, previous]
        return hmac.new(key, orjson.dumps(said), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: number and seal of the last batch. Says nothing of anybody: it may stand on paper."""

    n: int
    seal: str

    def __str__(self) -> str:
        return f"{self.n}:{self.seal}"

    @classmethod
    def read(cls, text: str) -> Head:
        """Raises ValueError for something else."""
        n, _, seal = text.strip().partition(":")
        if len(bytes.fromhex(seal)) != 32:
            raise ValueError(text)
        return cls(int(n), seal)


def _own_salt(salt: str, n: int) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + n.to_bytes(4, "big")).hexdigest()[:32]


def _leaf(salt: str, person_id: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + person_id.encode()).hexdigest()[:32]


def _moment(at: datetime) -> str:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds")


# Writing

Said = tuple[datetime, int, str, str, tuple[str, ...]]  # at, member, role, output, persons


def append(connection: db.Db, said: Sequence[Said]) -> Head:
    """Add rows as one batch, inside the caller's transaction. Gives the new end of the chain."""
    lock(connection)
    last = last_batch(connection)
    first_id = max(last.last_id if last else 0, _last_row(connection)) + 1  # a row put in by hand stops no page
    rows = [Row(first_id + n, *one, secrets.token_hex(16)) for n, one in enumerate(said)]
    connection.many(
        "INSERT INTO access_log (id, at, user_id, role, output, persons, salt) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(r.id, r.at, r.user_id, r.role, r.output, orjson.dumps(r.persons).decode(), r.salt) for r in rows],
    )
    write_openings(connection, rows)
    return seal(connection, rows, last)


def write_openings(connection: db.Db, rows: Iterable[Row]) -> None:
    """Who opened whom on which day, worked out from rows, so that a person's own list is found at once."""
    found = dict.fromkeys(opening for row in rows for opening in row.openings())
    connection.many(
        "INSERT INTO access_opened (person_id, user_id, role, day) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        list(found),
    )


def seal(connection: db.Db, rows: Iterable[Row], last: Batch | None) -> Head:
    """Put rows that are stored, in their order, into a batch after ``last``."""
    found, first_id, last_id = hashlib.sha256(), 0, 0
    for row in rows:
        found.update(row.digest())
        first_id, last_id = first_id or row.id, row.id
    key = keyring.ring().log.current
    open_ = Batch(last.n + 1 if last else 1, first_id, last_id, days.now(), found.hexdigest(), key, "")
    sealed = open_.right_seal(last.seal if last else NOTHING)
    assert sealed is not None
    connection.run(
        "INSERT INTO access_batch (n, first_id, last_id, at, digest, key_name, seal) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [open_.n, first_id, last_id, open_.at, open_.digest, key, sealed],
    )
    return Head(open_.n, sealed)


def lock(connection: db.Db) -> None:
    """Hold the end of the chain to the commit. On SQLite the transaction holds the one write lock already."""
    if connection.dialect == "postgresql":
        connection.rows("SELECT pg_advisory_xact_lock(?)", [_LOCK])


def _last_row(connection: db.Db) -> int:
    return int(connection.value("SELECT MAX(id) FROM access_log") or 0)


_BATCH = "SELECT n, first_id, last_id, at, digest, key_name, seal FROM access_batch"


def last_batch(connection: db.Db) -> Batch | None:
    row = connection.row(f"{_BATCH} ORDER BY n DESC LIMIT 1")
    return Batch(*row) if row else None


def batches(connection: db.Db, after: int) -> Iterator[Batch]:
    """Every batch, in order, that has a greater number."""
    while found := connection.rows(f"{_BATCH} WHERE n > ? ORDER BY n LIMIT {_CHUNK}", [after]):
        yield from (Batch(*row) for row in found)
        after = found[-1][0]


def batches_back(connection: db.Db) -> Iterator[Batch]:
    """Every batch, the latest first."""
    before: int | None = None
    while True:
        older = "" if before is None else "WHERE n < ?"
        found = connection.rows(f"{_BATCH} {older} ORDER BY n DESC LIMIT 200", [] if before is None else [before])
        if not found:
            return
        yield from (Batch(*row) for row in found)
        before = found[-1][0]


def rows_of(connection: db.Db, condition: str, params: Sequence[object]) -> list[Row]:
    sql = f"SELECT id, at, user_id, role, output, persons, salt FROM access_log WHERE {condition} ORDER BY id"
    return [
        Row(i, at, user, role, output, tuple(orjson.loads(persons)), salt)
        for i, at, user, role, output, persons, salt in connection.rows(sql, params)
    ]


def rows_between(connection: db.Db, first_id: int, last_id: int) -> Iterator[Row]:
    for start in range(first_id, last_id + 1, _CHUNK):
        yield from rows_of(connection, "id >= ? AND id <= ?", [start, min(start + _CHUNK - 1, last_id)])


# The head, outside the database


def _head_file() -> Path:
    return keyring.file().with_name(HEAD)


def note(head: Head) -> None:
    """Remember the end of the chain beside the database, once its batch is durable. Never goes back: of two processes the
    slower may come with an older one. Not written through to the disk: it may lag behind the chain, but never run ahead."""
    known = noted()
    if known is None or known.n < head.n:
        slot = _with_check(head).encode().ljust(_SLOT)
        file = os.open(_head_file(), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(file, slot, _SLOT * (head.n % 2))
        finally:
            os.close(file)


def noted() -> Head | None:
    """The end of the chain as last noted beside the database; None when nothing whole stands there."""
    try:
        content = _head_file().read_bytes()
    except FileNotFoundError:
        return None
    found = [h for h in (_checked(content[n * _SLOT : (n + 1) * _SLOT]) for n in (0, 1)) if h]
    return max(found, key=lambda h: h.n, default=None)


def _with_check(head: Head) -> str:
    log = keyring.ring().log
    return f"{head}:{log.current}:{_check(head, log.by_name[log.current])}"


def _check(head: Head, key: bytes) -> str:
    return hmac.new(key, f"head {head}".encode(), hashlib.sha256).hexdigest()


def _checked(slot: bytes) -> Head | None:
    parts = slot.decode("ascii", "replace").strip().strip("\0").split(":")
    if len(parts) != 4:
        return None
    try:
        head = Head.read(":".join(parts[:2]))
    except ValueError:
        return None
    key = keyring.ring().log.by_name.get(parts[2])
    return head if key and hmac.compare_digest(_check(head, key), parts[3]) else None


def note_if_none() -> None:
    """After a restore, or the first time: the chain in the database is the one to go on from."""
    last = last_batch(db.current())
    if last is not None and noted() is None:
        note(Head(last.n, last.seal))
