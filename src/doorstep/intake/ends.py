"""Every table that holds something of a person by her id, and what becomes of its rows when she is erased.

A room that keeps such rows says so in its own module ``ends``: ``OF_A_PERSON``, table → column. A test reads the
database and finds no table that is neither said so, nor derived from records, nor the records themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from doorstep.lib import db


@cache
def of_a_person() -> Mapping[str, str]:
    """Table → the column that holds a person's id, of every room that keeps rows of people."""
    found: dict[str, str] = {}
    for app in apps.get_app_configs():
        if app.name.startswith("doorstep.") and find_spec(f"{app.name}.ends"):
            found |= getattr(import_module(f"{app.name}.ends"), "OF_A_PERSON", {})
    return found


def delete(connection: db.Db, person_ids: Iterable[str]) -> None:
    """Delete what the rooms keep of these people beside the records."""
    wanted = [(i,) for i in sorted(set(person_ids))]
    for table, column in sorted(of_a_person().items()):
        connection.many(f"DELETE FROM {table} WHERE {column} = ?", wanted)
