"""The list of what was erased, beside the backups: so that no backup brings anybody back.

It holds marks and days, nothing of anybody, sealed under the key of the backups. It is written anew with every backup and
every erasure; a restore reads it and erases again before the store is served (decision 0033).
"""

from __future__ import annotations

import io
import json
import os
from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import Any

from doorstep.engine.warehouse.manifest import make_durable
from doorstep.lib import days, sealing
from doorstep.site import store
from doorstep.site.backup import archive
from doorstep.site.store import Failure, Step

FORMAT = "doorstep erasures 1"


def list_of(folder: Path, key: bytes) -> Path:
    """Where the list under a key lies beside backups."""
    return folder / f"erasures-{sealing.key_name(key)}.sealed"


def write(folder: Path, key: bytes) -> int:
    """Put the list of this store beside its backups; what a list there knows besides stays. Gives how many marks."""
    from doorstep.forms import erased
    from doorstep.lib import db

    told = [[m.mark, m.kind, m.on.isoformat(), m.by] for m in erased.every(db.current())]
    target = list_of(folder, key)
    known = {row[0] for row in told}
    if target.exists():
        told += [row for row in read(target, key) if row[0] not in known]
    partial = target.with_suffix(".draft")
    with partial.open("wb") as out:
        partial.chmod(0o600)
        with sealing.Sealing(out, key, {"format": FORMAT, "at": days.now().isoformat()}) as sealed:
            sealed.write(json.dumps(sorted(told)).encode())
        out.flush()
        os.fsync(out.fileno())
    partial.rename(target)
    make_durable(folder)
    return len(told)


def read(file: Path, key: bytes) -> list[list[Any]]:
    """The rows of a list. Raises Failure."""
    with archive.sentences(), file.open("rb") as source:
        if sealing.first_line(source).get("format") != FORMAT:
            raise sealing.Unreadable("not_sealed")
        source.seek(0)
        opened = io.BufferedReader(sealing.Opening(source, key), sealing.PIECE)
        found: list[list[Any]] = json.loads(opened.read())
        return found


def after_erasing() -> bool:
    """Put the list beside the backups, where they are known and were ever made. Gives False where it could not be."""
    from doorstep.site.backup import making
    from doorstep.site.settings import setting

    folder, key_file = setting("DOORSTEP_BACKUPS"), store.folder() / making.KEY_FILE
    if not key_file.exists():
        return True  # no backup was ever made: none can bring anybody back
    if not folder or not Path(folder).is_dir():
        return False
    try:
        write(Path(folder), making.key_of(None)[0])
    except (Failure, OSError):
        return False
    return True


def lay_down(folder: Path, rows: list[list[Any]]) -> None:
    """Leave the list in a store that is being made of a backup: nothing works on it until it was erased again."""
    file = folder / store.PENDING
    file.write_text(json.dumps(rows), encoding="utf-8")
    make_durable(file)


def replay(step: Step) -> int:
    """Erase again in this store what its list names. Gives how many records, people and families there were."""
    file = store.folder() / store.PENDING
    if not file.exists():
        return 0
    from doorstep.intake import again, wiping

    step(_("Erasing again what was erased since"))
    rows = json.loads(file.read_text(encoding="utf-8"))
    done = again.erase([(mark, kind, date.fromisoformat(on), by) for mark, kind, on, by in rows])
    if done and not wiping.wipe():
        raise Failure(_("Somebody works on the restored store. Stop that, then run: doorstep erase --again"))
    file.unlink()
    make_durable(store.folder())
    return done
