"""A store made of a backup, on a machine that has nothing else."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from typing import Any

from doorstep.engine.warehouse.manifest import make_durable
from doorstep.site import store
from doorstep.site.backup import archive, databases, erasures
from doorstep.site.backup.archive import About
from doorstep.site.backup.databases import POSTGRESQL, SQLITE
from doorstep.site.store import Failure, Step


@dataclass(frozen=True, slots=True)
class Erasures:
    """Where the list of what was erased is: a file, else beside the backup. ``none``: there is none, and whoever restores
    says so."""

    file: Path | None = None
    none: bool = False


def restore(file: Path, key: bytes, step: Step, listed: Erasures = Erasures()) -> About:
    """Make the store of this process (its folder, and its database where that is PostgreSQL) from a backup.

    The folder must not hold a store: nothing is ever written over. It is made beside and moved there when whole, with
    another life already begun, so that no phone takes it for the store it knew. What was erased since the backup was made
    is erased again before anything works on the store; without the list of it nothing is restored. Raises Failure.
    """
    target = store.folder()
    if target.exists() and any(target.iterdir()):
        raise Failure(_("{folder} holds something already. Restore into a new folder.").format(folder=target))
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700, parents=True)
    try:
        step(_("Opening the backup"))
        about = archive.open_into(file, key, partial)
        _check_where(about)
        if about.database == SQLITE:
            step(_("Looking whether the database is whole"))
            databases.check_sqlite(partial / SQLITE, about.told)
            databases.renew_sqlite(partial / SQLITE)
        erasures.lay_down(partial, _erased(file, key, listed))
        for one in sorted(partial.rglob("*")):
            make_durable(one)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if target.exists():
        target.rmdir()
    partial.rename(target)
    make_durable(target.parent)
    if about.database == POSTGRESQL:
        _fill(about, target / POSTGRESQL, step)
    store.make(step)
    erasures.replay(step)
    return about


def _erased(backup: Path, key: bytes, listed: Erasures) -> list[list[Any]]:
    """The rows of the list. Raises Failure when there is none and nobody said so."""
    place = listed.file or erasures.list_of(backup.parent, key)
    if place.exists():
        return erasures.read(place, key)
    if listed.none:
        return []
    raise Failure(
        _(
            "The list of what was erased ({file}) is not beside the backup. Without it people who were erased would be back."
            " Give it with --erasures FILE; if there never was one: --without-erasures"
        ).format(file=place.name)
    )


def _check_where(about: About) -> None:
    """Raises Failure when the backup is of the other kind of database."""
    wanted = POSTGRESQL if os.environ.get("DOORSTEP_DATABASE_URL") else SQLITE
    if about.database == wanted:
        return
    if about.database == POSTGRESQL:
        raise Failure(_("This is a backup of a PostgreSQL store. Set DOORSTEP_DATABASE_URL to an empty database."))
    raise Failure(_("This is a backup of a store without PostgreSQL. Take DOORSTEP_DATABASE_URL away."))


def _fill(about: About, dump: Path, step: Step) -> None:
    """Fill the empty PostgreSQL database. Raises Failure, and the folder goes again."""
    store.set_up()
    from django.db import connection, transaction

    try:
        if connection.introspection.table_names():
            raise Failure(_("The database holds something already. Restore into an empty one."))
        connection.close()
        step(_("Filling the database"))
        databases.load_postgresql(connection.settings_dict, dump)
        with transaction.atomic():
            databases.renew_postgresql(connection)
            found = databases.told_of_postgresql(connection)
    except BaseException:
        shutil.rmtree(store.folder(), ignore_errors=True)
        raise
    dump.unlink()
    if (found.journal, found.counts) != (about.told.journal, about.told.counts):
        raise Failure(_("The database in the backup does not hold what the backup says."))
