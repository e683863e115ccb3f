"""The store on disk: making it, opening it, and holding it as its one server."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path
from typing import IO, Any

import doorstep
from doorstep.lib import keyring

LOCK_FILE = "server.lock"
DUMP = (
    "doorstep.pgdump"  # lies here only while a restore fills PostgreSQL; phones must not meet the store's earlier life
)
PENDING = "erasures.pending"  # in a restored store in which was not erased again yet what had been erased
PATIENCE_SECONDS = 1.5
Step = Callable[[str], None]


class Failure(Exception):
    """Something foreseen went wrong. The message is a whole sentence for whoever typed the command."""


def folder() -> Path:
    """Where the store is or will be."""
    from doorstep.site.settings import _DEFAULTS

    return Path(os.environ.get("DOORSTEP_STORE", _DEFAULTS["DOORSTEP_STORE"])).resolve()


def is_there() -> bool:
    """Whether a store was made here."""
    return (folder() / "secret.key").exists()


def connect() -> None:
    """Set Django up on the store. Raises Failure when there is no store, or one another version made."""
    if not is_there():
        raise Failure(_("There is no store in {folder}. Make one with: doorstep init").format(folder=folder()))
    if (folder() / DUMP).exists():
        raise Failure(_("A restore into this store was cut off. Empty the database and the folder, and restore again."))
    set_up()
    missing, unknown = _migrations()
    if unknown:
        raise _newer()
    if not missing and not keyring.there():
        raise Failure(_("The keys to this store, {file}, are not there. Put them back, or restore a backup.").format(
            file=keyring.file()))  # fmt: skip
    if (folder() / PENDING).exists():
        raise Failure(
            _("Restoring this store was cut short: what was erased is still in it. Run: doorstep erase --again")
        )
    from doorstep.intake import resealing

    if missing or not resealing.is_whole():
        raise Failure(_("The store was made by an older version. Bring it up to date with: doorstep init"))


def make(step: Step = lambda _: None) -> None:
    """Make the store, or bring it up to date. Safe to run again. Raises Failure for a store of a newer version."""
    from django.core.management import call_command

    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    set_up()
    from doorstep.site import upgrading

    upgrading.take_up_what_was_left()
    missing, unknown = _migrations()
    if unknown:
        raise _newer()
    step(_("Preparing the database"))
    if missing and upgrading.holds_records():
        upgrading.safely(step)
    else:
        call_command("migrate", verbosity=0, interactive=False)
    step(_("Publishing the forms of the program itself"))
    from doorstep.forms import builtin
    from doorstep.lib import db

    with db.transaction():
        builtin.publish_all()
    from doorstep.access import chain

    chain.note_if_none()
    from doorstep.intake import filing, resealing

    if not resealing.is_whole():
        step(_("Sealing phone numbers, records and photos"))
        resealing.seal_all()
        if cleaned := filing.cleaned():
            step(_("{n} photos no longer hold what the camera had written beside them").format(n=cleaned))


def install_shipped(step: Step, by: int = 0) -> list[str]:
    """Install the programmes that come with the program. Gives their ids. Raises Problems when one does not load."""
    from doorstep.programmes import actions as programmes

    found = []
    for pack_folder in shipped():
        step(_("Installing the programme {pack}").format(pack=pack_folder.name))
        found.append(programmes.install(pack_folder, by=by).id)
    return found


def shipped() -> list[Path]:
    """Folders of the programmes that come with the program: inside it, or beside its sources."""
    inside = Path(doorstep.__file__).parent / "packs"
    beside = Path(doorstep.__file__).parents[2] / "packs"
    root = inside if inside.is_dir() else beside
    return sorted(file.parent for file in root.glob("*/pack.yaml"))


@contextmanager
def the_one_server(address: str) -> Iterator[None]:
    """Hold the store as its server. Raises Failure when another server holds it."""
    file = (folder() / LOCK_FILE).open("a+")
    if not _locked(file):
        file.close()
        raise Failure(
            _("Another server already works on this store, at {address}. Stop it first, or use another store.").format(
                address=running_address() or "?"
            )
        )
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "address": address}))
    file.flush()
    try:
        yield
    finally:
        file.truncate(0)
        file.close()  # a worker that still runs holds the lock until it ends


def _locked(file: IO[str]) -> bool:
    """Whether the lock is ours. The workers of a server that was killed let go of it within moments."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > patience:
                return False
            time.sleep(0.05)
        else:
            return True


def running_address() -> str:
    """The address of the server that works on this store now or did last; '' when none said so."""
    try:
        told: dict[str, Any] = json.loads((folder() / LOCK_FILE).read_text() or "{}")
    except (OSError, ValueError):
        return ""
    return str(told.get("address", ""))


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstep.site.settings")
    import django

    django.setup()


def behind() -> bool:
    """Whether the tables are of an older version than this program."""
    return bool(_migrations()[0])


def _migrations() -> tuple[set[Any], set[Any]]:
    """(those of this program not applied yet, those applied that this program does not know)"""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    assert loader.applied_migrations is not None
    known = set(loader.disk_migrations)
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    applied = set(loader.applied_migrations)
    return known - applied, applied - known - replaced


def _newer() -> Failure:
    return Failure(_("The store was made by a newer version of Doorstep. Install that version, or use another store."))
