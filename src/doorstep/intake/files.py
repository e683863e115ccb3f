"""Attachments: bytes in the store under their digest, names with the entry that asked for them.

Photos are kept without what the camera wrote beside them. A file is the entry's by its name: the same sent again, with all
that was beside it, finds it there.
"""

from __future__ import annotations

from doorstep.forms import kept
from doorstep.intake import photos
from doorstep.intake.parse import Submission
from doorstep.lib import db


def keep(connection: db.Db, seq: int, submission: Submission) -> None:
    """Keep the files the entry names, and remember those it names that have not come yet."""
    wanted = set(submission.expected_files)
    had: dict[str, str] = dict(connection.rows("SELECT name, digest FROM attachment WHERE seq = ?", [seq]))
    carried = _of_corrected(connection, submission)
    received = {f.name: f for f in submission.files if f.name in wanted}
    for name in sorted(wanted):
        file = received.get(name)
        cleaned = photos.without_hidden(file.content) if file else b""
        digest, kind = (kept.keep(cleaned), file.content_type) if file else carried.get(name, ("", ""))
        if name not in had:
            sql = "INSERT INTO attachment (seq, name, content_type, digest) VALUES (?, ?, ?, ?)"
            connection.run(sql, [seq, name, kind[:120], digest])
        elif digest and not had[name]:
            sql = "UPDATE attachment SET content_type = ?, digest = ? WHERE seq = ? AND name = ?"
            connection.run(sql, [kind[:120], digest, seq, name])


def _of_corrected(connection: db.Db, submission: Submission) -> dict[str, tuple[str, str]]:
    """Files of the entry this one corrects: a correction that still names a photo need not send it again."""
    if submission.deprecates is None:
        return {}
    sql = (
        "SELECT a.name, a.digest, a.content_type FROM attachment a JOIN entry e ON e.seq = a.seq"
        " WHERE e.instance_id = ? AND e.form_id = ? AND a.digest <> ''"
    )
    rows = connection.rows(sql, [submission.deprecates, submission.form_id])
    return {name: (digest, kind) for name, digest, kind in rows}
