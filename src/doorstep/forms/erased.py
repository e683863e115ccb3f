"""Taking records out of the store for good, and the bare marks that are left of what was erased.

A mark is the hash of an id that chance made: whoever holds the id can ask for it, and nobody can tell anything from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.forms import kept
from doorstep.forms.queries import library
from doorstep.lib import db

RECORD, PERSON, HOUSEHOLD = "record", "person", "household"
OF_A_RECORD = ("entry_body", "entry_entity", "entry_note", "place_entry", "attachment", "entry")
"""Every table with a row under a record's number. A test reads the database and finds no other."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is left. ``seq``: the number a record had here; none for people, families, and records that never came."""

    mark: str
    kind: str
    seq: int | None
    on: date
    by: int


def mark_of(id_: str) -> str:
    """The mark of a record's, person's or family's id."""
    return hashlib.sha256(id_.removeprefix("uuid:").encode()).hexdigest()


def known(connection: db.Db, ids: Iterable[str]) -> dict[str, str]:
    """Which of these ids were erased, and what each was."""
    by_mark = {mark_of(id_): id_ for id_ in ids}
    rows = connection.rows_in("SELECT mark, kind FROM erased WHERE mark IN (?*)", by_mark)
    return {by_mark[mark]: kind for mark, kind in rows}


def write(connection: db.Db, marks: Sequence[Mark]) -> None:
    """Keep these marks, inside the caller's transaction; one that stands already stays as it is, but learns its number."""
    n = int(connection.value("SELECT value FROM counter WHERE name = 'pulled'") or 0)
    connection.many(
        "INSERT INTO erased (mark, kind, seq, erased_on, by_id, n) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (mark) DO UPDATE SET seq = COALESCE(erased.seq, excluded.seq)",
        [(one.mark, one.kind, one.seq, one.on, one.by, n) for one in marks],
    )


def every(connection: db.Db) -> list[Mark]:
    """All marks there are."""
    return [Mark(*row) for row in connection.rows("SELECT mark, kind, seq, erased_on, by_id FROM erased ORDER BY mark")]


def since(connection: db.Db, n: int, first: date) -> list[str]:
    """Marks of records erased after that number of the phones' counting, and not before that day."""
    sql = "SELECT mark FROM erased WHERE kind = ? AND n > ? AND erased_on >= ? ORDER BY mark"
    return [mark for (mark,) in connection.rows(sql, [RECORD, n, first])]


def delete(connection: db.Db, seqs: Iterable[int]) -> set[str]:
    """Delete these records: bytes, answers, nonce, what they say of lists, notes, the names of their files. Gives the
    digests of files that were theirs: to be given to ``drop_files`` once this is committed."""
    wanted = [(seq,) for seq in sorted(set(seqs))]
    overwrite(connection)
    rows = connection.rows_in("SELECT digest FROM attachment WHERE seq IN (?*)", [seq for (seq,) in wanted])
    for table in OF_A_RECORD:
        connection.many(f"DELETE FROM {table} WHERE seq = ?", wanted)
    return {digest for (digest,) in rows if digest}


def drop_files(digests: Iterable[str]) -> None:
    """Delete these files of the store that nothing names any more."""
    wanted = set(digests)
    sql = "SELECT DISTINCT digest FROM attachment WHERE digest IN (?*)"
    named = {digest for (digest,) in db.current().rows_in(sql, wanted)} | files_of_forms()
    for digest in wanted - named:
        kept.drop(digest)


def files_of_forms() -> set[str]:
    """The digests of the lists and pictures that belong to forms."""
    uses: Iterable[Mapping[str, object]] = (one.use for one in library().versions.values())
    found: set[str] = set()
    for use in uses:
        files = use.get("files")
        found |= set(files.values()) if isinstance(files, dict) else set()
    return found


def overwrite(connection: db.Db) -> None:
    """From here on this connection overwrites what it deletes, not only gives it back."""
    if connection.dialect == "sqlite":
        connection.rows("PRAGMA secure_delete = ON")
