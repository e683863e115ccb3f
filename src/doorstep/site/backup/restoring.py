"""A store made of a backup, on a machine that has nothing else."""

from __future__ import annotations

import os
import shutil
from gettext import gettext as _
from pathlib import Path

from doorstep.engine.warehouse.manifest import make_durable
from doorstep.site import store
from doorstep.site.backup import archive, databases
from doorstep.site.backup.archive import About
from doorstep.site.backup.databases import POSTGRESQL, SQLITE
from doorstep.site.store import Failure, Step


def restore(file: Path, key: bytes, step: Step) -> About:
    """Make the store of this process (its folder, and its database where that is PostgreSQL) from a backup.

    The folder must not hold a store: nothing is ever written over. It is made beside and moved there when whole, with
    another life already begun, so that no phone takes it for the store it knew. Raises Failure.
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
        for one in partial.iterdir():
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
    return about


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
