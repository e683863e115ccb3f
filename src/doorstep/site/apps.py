from typing import Any

from django.apps import AppConfig
from django.db import connection, transaction

from doorstep.lib import db


class SiteConfig(AppConfig):
    name = "doorstep.site"
    label = "site"

    def ready(self) -> None:
        db.configure(lend, transaction.atomic)


def lend() -> db.Db:
    """This thread's Django connection as plain SQL."""
    connection.ensure_connection()
    raw: Any = connection.connection
    return db.Db(raw, "sqlite" if connection.vendor == "sqlite" else "postgresql")
