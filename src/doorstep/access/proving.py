"""Whether the access log is what was written: nothing changed, taken out, put in, moved, or cut off its end."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from doorstep.access import chain
from doorstep.access.chain import Batch, Head, Row
from doorstep.lib import db

GLANCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is not as it was written. ``key`` names no person: numbers of rows or of a batch."""

    table: str
    kind: str  # 'missing', 'extra', 'altered', 'cut'
    key: str


@dataclass(frozen=True, slots=True)
class Proof:
    rows: int
    head: Head | None
    flaws: tuple[Flaw, ...]


def prove(*, noted: Head | None = None) -> Proof:
    """Walk the whole chain. ``noted``: an end of it written down earlier, from a backup or from paper."""
    heads = [head for head in (chain.noted(), noted) if head is not None]  # read first: the chain only grows
    connection = db.current()
    walk = _Walk(connection)
    flaws = list(walk.flaws())
    if walk.last is not None and chain.noted() is None:
        flaws.append(Flaw("access.head", "missing", ""))
    for head in heads:
        sealed = walk.last is not None and connection.value("SELECT seal FROM access_batch WHERE n = ?", [head.n])
        if not sealed:
            flaws.append(Flaw("access_batch", "cut", f"{walk.last.n if walk.last else 0} < {head.n}"))
        elif sealed != head.seal:
            flaws.append(Flaw("access_batch", "altered", str(head.n)))
    end = Head(walk.last.n, walk.last.seal) if walk.last else None
    return Proof(walk.rows, end, tuple(dict.fromkeys(flaws)))


class _Walk:
    """From the first batch to the last, with all their rows."""

    def __init__(self, connection: db.Db):
        self.connection = connection
        self.last: Batch | None = None
        self.rows = 0
        self._taken_out: dict[str, int] = {}  # digest in the place of a person → row
        self._said_taken_out: set[str] = set()
        self._openings: set[int] = set()

    def flaws(self) -> Iterator[Flaw]:
        previous = chain.NOTHING
        for batch in chain.batches(self.connection, 0):
            n = self.last.n + 1 if self.last else 1
            if batch.n != n:
                yield Flaw("access_batch", "missing", str(n) if batch.n == n + 1 else f"{n}–{batch.n - 1}")
            elif batch.seal != batch.right_seal(previous):
                yield Flaw("access_batch", "altered", str(batch.n))
            yield from self._rows(batch)
            self.last, previous = batch, batch.seal
        yield from self._outside()
        for digest, row in self._taken_out.items():
            if digest not in self._said_taken_out:
                yield Flaw("access_log", "altered", str(row))
        yield from self._opened()

    def _rows(self, batch: Batch) -> Iterator[Flaw]:
        if self.last is not None and batch.first_id > self.last.last_id + 1:
            for row in chain.rows_between(self.connection, self.last.last_id + 1, batch.first_id - 1):
                yield Flaw("access_log", "extra", str(row.id))
        found, count = hashlib.sha256(), 0
        for row in chain.rows_between(self.connection, batch.first_id, batch.last_id):
            found.update(row.digest())
            self._remember(row)
            count += 1
        self.rows += count
        if found.hexdigest() != batch.digest:
            all_there = count == batch.last_id - batch.first_id + 1
            yield Flaw("access_log", "altered" if all_there else "missing", f"{batch.first_id}–{batch.last_id}")

    def _remember(self, row: Row) -> None:
        gone = [one for one in row.persons if one.startswith(chain.GONE)]
        if row.output == chain.FORGOTTEN:
            self._said_taken_out.update(gone)
        else:
            self._taken_out.update(dict.fromkeys(gone, row.id))
        self._openings.update(hash(opening) for opening in row.openings())

    def _outside(self) -> Iterator[Flaw]:
        """Rows no batch holds: before the first, or after the last that is there by now."""
        first = self.connection.value("SELECT MIN(first_id) FROM access_batch") or 1
        ids = self.connection.rows(
            "SELECT id FROM access_log WHERE id < ? OR id > ? ORDER BY id",
            [first, self.last.last_id if self.last else 0],
        )
        grown = chain.last_batch(self.connection)
        until = grown.last_id if grown and self.last and grown.n > self.last.n else 0
        for (row_id,) in ids:
            if not (self.last and self.last.last_id < row_id <= until):
                yield Flaw("access_log", "extra", str(row_id))

    def _opened(self) -> Iterator[Flaw]:
        """What a person is told of who opened her record is what the log says."""
        sql = "SELECT id, person_id, user_id, role, day FROM access_opened WHERE id > ? ORDER BY id LIMIT 5000"
        last, stored = 0, set()
        while rows := self.connection.rows(sql, [last]):
            for row_id, person_id, user_id, role, day in rows:
                opening = hash((person_id, user_id, role, day.isoformat()))
                stored.add(opening)
                if opening not in self._openings and not self._after_the_walk(user_id):
                    yield Flaw("access_opened", "extra", str(row_id))
            last = rows[-1][0]
        if missing := len(self._openings - stored):
            yield Flaw("access_opened", "missing", str(missing))

    def _after_the_walk(self, user_id: int) -> bool:
        """Whether the member was shown somebody since this walk ended, so that the table may know more than it."""
        since = [self.last.last_id if self.last else 0, user_id]
        return bool(self.connection.value("SELECT 1 FROM access_log WHERE id > ? AND user_id = ?", since))


@dataclass(frozen=True, slots=True)
class Glance:
    """What a short look at the end of the log found. ``whole``: it came to the very beginning; ``since``: from when on
    everything was looked at."""

    rows: int
    since: datetime | None
    whole: bool
    flaws: tuple[Flaw, ...]


def glance(seconds: float = GLANCE_SECONDS) -> Glance:
    """Walk the chain back from its end for as long as there is time: every row, its batch, its seal, and the end itself.
    What is older, and what people are told of it, ``prove`` looks at."""
    until, noted, connection = time.monotonic() + seconds, chain.noted(), db.current()
    flaws, rows, since, later, whole = list(_end(connection, noted)), 0, None, None, False
    for batch in chain.batches_back(connection):
        if later is not None:
            flaws += _link(later, batch)
            rows, since = rows + _count(later), later.at
            if time.monotonic() > until:
                break
        flaws += _rows_of(connection, batch)
        later = batch
    else:
        whole = True
        if later is not None:
            flaws += _link(later, None)
            rows, since = rows + _count(later), later.at
    return Glance(rows, since, whole, tuple(dict.fromkeys(flaws)))


def _count(batch: Batch) -> int:
    return batch.last_id - batch.first_id + 1


def _end(connection: db.Db, noted: Head | None) -> Iterator[Flaw]:
    """Whether the end is the one that was noted beside the database, and nothing stands behind it."""
    last = chain.last_batch(connection)
    if noted is None:
        if last is not None:
            yield Flaw("access.head", "missing", "")
    elif (sealed := connection.value("SELECT seal FROM access_batch WHERE n = ?", [noted.n])) != noted.seal:
        yield Flaw("access_batch", "altered" if sealed else "cut", str(noted.n))
    behind = connection.value("SELECT MAX(id) FROM access_log")
    grown = chain.last_batch(connection)  # somebody may have opened a page meanwhile
    if behind is not None and behind > (grown.last_id if grown else 0):
        yield Flaw("access_log", "extra", str(behind))


def _link(batch: Batch, before: Batch | None) -> Iterator[Flaw]:
    """Whether a batch follows the one before it: nothing is missing or put in between, and its seal says so."""
    if batch.n != (before.n + 1 if before else 1):
        yield Flaw("access_batch", "missing", str(batch.n - 1))
    elif batch.seal != batch.right_seal(before.seal if before else chain.NOTHING):
        yield Flaw("access_batch", "altered", str(batch.n))
    if before is not None and batch.first_id > before.last_id + 1:
        between = chain.rows_of(db.current(), "id > ? AND id < ?", [before.last_id, batch.first_id])
        yield from (Flaw("access_log", "extra", str(row.id)) for row in between)


def _rows_of(connection: db.Db, batch: Batch) -> Iterator[Flaw]:
    found = hashlib.sha256()
    for row in chain.rows_between(connection, batch.first_id, batch.last_id):
        found.update(row.digest())
    if found.hexdigest() != batch.digest:
        yield Flaw("access_log", "altered", f"{batch.first_id}–{batch.last_id}")
