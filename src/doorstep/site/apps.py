import sqlite3
from datetime import date
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import InternalError, OperationalError, connection, transaction

from doorstep.lib import db, keyring


class SiteConfig(AppConfig):
    name = "doorstep.site"
    label = "site"

    def ready(self) -> None:
        raw: Any = connection.Database  # type: ignore[attr-defined] # the driver: raw SQL raises its errors
        troubles = (OperationalError, InternalError, raw.OperationalError, raw.InternalError)
        keyring.configure(settings.STORE / keyring.FILE)
        db.configure(lend, transaction.atomic, troubles)
        # days are read by the dozen for every entry taken in; the framework's own reader uses a regular expression
        sqlite3.register_converter("date", lambda text: date.fromisoformat(text.decode()))


def lend() -> db.Db:
    """This thread's Django connection as plain SQL."""
    if getattr(connection.connection, "closed", False):  # PostgreSQL was started again: do not hold on to the dead one
        connection.close()
    connection.ensure_connection()
    raw: Any = connection.connection
    return db.Db(raw, "sqlite" if connection.vendor == "sqlite" else "postgresql")
