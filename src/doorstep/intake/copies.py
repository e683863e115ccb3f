"""Copies of what was erased, beside the records: at the door, among uploads, in the names of imported files."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from doorstep.forms import erased
from doorstep.intake import uploads
from doorstep.lib import db, sealed

CHUNK = 200
TABLES_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Left:
    """What lies outside the database and goes after the deletion is committed."""

    instances: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()


def drop(left: Left) -> None:
    """Delete files of the store: those of the records, those still on their way, and tables somebody is about to import."""
    erased.drop_files(left.digests)
    uploads.drop(left.instances)
    uploads.drop_tables()


def drop_old_tables() -> int:
    """Delete tables that were uploaded to be imported half a day ago. Gives how many."""
    return uploads.drop_tables(TABLES_SECONDS)


def delete_waiting(connection: db.Db, ids: Collection[str], instances: Collection[str], seqs: Collection[int]) -> int:
    """Delete what waits beside the door, or was let in from there, and is one of these records or names one of these ids.
    Gives how many waited."""
    marks = [i.encode() for i in ids] + [i.removeprefix("uuid:").encode() for i in instances]
    gone, waited, last = [], 0, 0
    sql = f"SELECT id, instance_id, let_in_seq, body FROM quarantined WHERE id > ? ORDER BY id LIMIT {CHUNK}"
    while rows := connection.rows(sql, [last]):
        for id_, instance, let_in, body in rows:
            content = sealed.open_bytes(body)
            if let_in in seqs or instance in instances or any(mark in content for mark in marks):
                gone.append((id_,))
                waited += let_in is None
        last = rows[-1][0]
    connection.many("DELETE FROM quarantined WHERE id = ?", gone)
    return waited


def forget_names(connection: db.Db, names: Iterable[str]) -> None:
    """Imported files called after one of these people are called nothing any more."""
    for name in names:
        connection.run("UPDATE import_run SET file_name = '' WHERE file_name LIKE ?", [f"%{name}%"])
