"""Bringing a store that holds records to this version so that none can be lost.

On SQLite a copy is made first and put back if anything goes wrong, also when the machine stopped half way: nothing can have been
written in between, because no command works on a store whose tables are behind, and the server's place is held. On PostgreSQL all
steps are one transaction. Either way the records are compared one by one before the new tables count.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections, transaction

from doorstep.site import store
from doorstep.site.store import Failure, Step

COPY = "before-upgrade.sqlite3"
_FOR_ONE_RECORD = 3  # the new tables may need as much room as the old ones, besides the copy and the log
Migrate = Callable[[], None]


def holds_records() -> bool:
    """Whether there is anything that could be lost."""
    if "entry" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM entry LIMIT 1")
        return cursor.fetchone() is not None


def safely(step: Step, migrate: Migrate | None = None) -> None:
    """Bring the tables up to date. Raises Failure, the store being as it was before."""
    migrate = migrate or _migrate
    with _whole(step) as undo:
        before = fingerprint()
        try:
            migrate()
            if fingerprint() != before:
                raise Failure(_("Records would have been changed."))
        except Exception as error:
            undo()
            sentence = _("The store was not brought up to date, and is as it was before: {why}")
            raise Failure(sentence.format(why=_why(error))) from error


def fingerprint() -> str:
    """sha256, as hex, over every record: its number, its hash as taken when it came in, and whose it is."""
    digest = hashlib.sha256()
    asked = (
        "SELECT e.seq, e.instance_id, e.form_id, e.person_id, b.digest, b.nonce FROM entry e"
        " LEFT JOIN entry_body b ON b.seq = e.seq ORDER BY e.seq",
        "SELECT id, username, role FROM account ORDER BY id",
        "SELECT seq, name, digest FROM attachment ORDER BY seq, name",
    )
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(sql)
            for row in cursor:
                digest.update(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]).encode())
    return digest.hexdigest()


def take_up_what_was_left() -> None:
    """After a machine stopped half way through an upgrade: put the copy back if the tables are still behind."""
    copy = store.folder() / COPY
    if not copy.exists():
        return
    if store.behind():
        _put_back(copy)
    else:
        copy.unlink()


def _migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _whole(step: Step) -> Iterator[Callable[[], None]]:
    """Gives what takes everything back."""
    if connection.vendor != "sqlite":
        with transaction.atomic():
            yield lambda: transaction.set_rollback(True)
        return
    copy = store.folder() / COPY
    with store.the_one_server("-"):
        step(_("Keeping a copy until the new tables are found whole"))
        _copy(copy)
        yield lambda: _put_back(copy)
        copy.unlink(missing_ok=True)


def _copy(copy: Path) -> None:
    from doorstep.site.backup.databases import copy_sqlite

    size = _file().stat().st_size
    if shutil.disk_usage(store.folder()).free < _FOR_ONE_RECORD * size:
        room = _("There is too little room on the disk to bring the store up to date: {bytes} bytes are needed.")
        raise Failure(room.format(bytes=_FOR_ONE_RECORD * size))
    partial = copy.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    copy_sqlite(_file(), partial)
    partial.chmod(0o600)
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.rename(copy)


def _put_back(copy: Path) -> None:
    connections.close_all()
    for left in ("-wal", "-shm"):
        Path(f"{_file()}{left}").unlink(missing_ok=True)
    copy.replace(_file())


def _file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _why(error: Exception) -> str:
    """Our own words whole; of others only the kind, since a database quotes what it stumbled on."""
    return str(error) if isinstance(error, Failure) else type(error).__name__
