"""Records that leave nothing but their place: in the sequence, or in a chain of corrections others stand in."""

from __future__ import annotations

from collections.abc import Iterable

from doorstep.forms.erased import overwrite
from doorstep.forms.queries import digest_of
from doorstep.lib import db, sealed

EMPTY = "{}"


def leave(connection: db.Db, seqs: Iterable[int]) -> None:
    """Empty these records: what stays is a row that is about nobody and says nothing. Its hash is that of no bytes."""
    gone = [(seq,) for seq in seqs]
    overwrite(connection)
    connection.many(
        f"UPDATE entry SET answers = '{EMPTY}', faults = '', problem = '', person_id = NULL, named_id = NULL,"
        " household_id = NULL, occurred_on = received_on WHERE seq = ?",
        gone,
    )
    connection.many(
        "UPDATE entry_body SET body = ?, nonce = ?, digest = ?, device_label = '', user_agent = '' WHERE seq = ?",
        [(b"", b"", digest_of(b"", b""), seq) for (seq,) in gone],
    )
    for table in ("entry_entity", "entry_note", "place_entry", "attachment"):
        connection.many(f"DELETE FROM {table} WHERE seq = ?", gone)


def rewrite(connection: db.Db, seq: int, content: bytes, nonce: bytes, answers: str) -> None:
    """What is left of a record, with a hash of its own."""
    overwrite(connection)
    connection.run("UPDATE entry SET answers = ? WHERE seq = ?", [answers, seq])
    connection.run(
        "UPDATE entry_body SET body = ?, nonce = ?, digest = ? WHERE seq = ?",
        [sealed.seal_bytes(content), nonce, digest_of(nonce, content), seq],
    )
