"""Files of records and of forms, and what waits to become one: sealed with the current key. Photos an older version kept as
the camera made them lose what is hidden in them on the way. Cut off, it goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Iterator

from doorstep.forms import erased, kept
from doorstep.intake import photos, uploads
from doorstep.lib import db

CLEANED = "photos_cleaned"  # the counter of photos that lost what was hidden in them after they had been kept
LOT = 50


def seal() -> Iterator[int]:
    """Seal what is not sealed with the current key. Gives how many files, lot by lot."""
    done = 0
    for digest in kept.every():
        done += _clean(digest) or kept.seal(digest)
        if done >= LOT:
            yield done
            done = 0
    yield done + uploads.seal()


def cleaned() -> int:
    """How many photos of this store lost what was hidden in them after they had been kept."""
    return int(db.current().value("SELECT value FROM counter WHERE name = ?", [CLEANED]) or 0)


def _clean(digest: str) -> bool:
    """Keep a photo of an older version without what is hidden in it: under another digest, since its bytes are others.
    False for whatever has nothing hidden, or is sealed: that was looked at when it was."""
    if kept.is_sealed(digest) or digest in erased.files_of_forms():
        return False
    content = kept.read(digest)
    bare = photos.without_hidden(content)
    connection = db.current()
    if bare == content or not connection.value("SELECT 1 FROM attachment WHERE digest = ?", [digest]):
        return False
    new = kept.keep(bare)
    with db.transaction():
        connection.run("UPDATE attachment SET digest = ? WHERE digest = ?", [new, digest])
        connection.run(
            "INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1",
            [CLEANED],
        )
    kept.drop(digest)
    return True
