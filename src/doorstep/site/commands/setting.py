"""settings: every setting, what it is now and what it is for."""

from __future__ import annotations

import os
from gettext import gettext as _

import typer

from doorstep.site.commands.said import AsJson, say, say_json

SECRET = frozenset({"DOORSTEP_DATABASE_URL", "DOORSTEP_METRICS_TOKEN"})


def add_to(app: typer.Typer) -> None:
    """Add the command of this module to the whole."""
    app.command(help=_("Every setting: what it is now, and what it is for."))(settings)


def settings(as_json: AsJson = False) -> None:
    from doorstep.site.settings import SETTINGS

    rows = [
        {"name": name, "value": _shown(name, os.environ.get(name, default)), "default": default, "help": _(about)}
        for name, default, about in SETTINGS
    ]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['name']} = {row['value'] or '-'}\n    {row['help']}")


def _shown(name: str, value: str) -> str:
    """The value of a setting as it may stand on a screen: a secret one only as there."""
    return "•••" if value and name in SECRET else value
