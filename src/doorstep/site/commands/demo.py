"""demo: a made-up township to look at, and the server for it."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doorstep.lib import days
from doorstep.site.commands.said import AsJson, language, progress, say, say_json, show, step
from doorstep.site.demo import figures

if TYPE_CHECKING:  # the command line answers --help without loading forms and rules
    from doorstep.site.demo.making import Wanted

DEFAULT_FOLDER = "demo-store"
RUN = "from doorstep.site.command import main; main()"


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the whole."""
    app.command(help=_("Make a township that does not exist, with two years of records, and serve it."))(demo)


def demo(
    people: Annotated[int, typer.Option(min=1, help=_("How many people live there."))] = figures.RESIDENTS,
    seed: Annotated[int, typer.Option(help=_("The same seed makes the same people."))] = 1,
    port: Annotated[int, typer.Option(min=1, max=65535, help=_("Port to listen on."))] = 8000,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help=_("Serve it when it is made."))] = True,
    as_json: AsJson = False,
) -> None:
    from doorstep.site.demo import making

    # not store.folder(): that reads the settings, which must first see the folder the store is made in
    folder = Path(os.environ.get("DOORSTEP_STORE", DEFAULT_FOLDER)).resolve()
    if making.is_ready(folder):
        step(_("The demonstration in {folder} is kept as it is.").format(folder=folder))
        wanted = making.told(folder)
    else:
        wanted = making.Wanted(people, seed, days.today() - timedelta(days=1))
        with progress(_("People")) as advance:
            making.make(folder, wanted, step, advance)
    _tell(folder, wanted, as_json=as_json)
    if serve:
        say(_("Open {address} in a browser.").format(address=f"http://127.0.0.1:{port}"))
        _serve(folder, port)


def _tell(folder: Path, wanted: Wanted, *, as_json: bool) -> None:
    from doorstep.site.demo import making

    rows = [
        {"role": one.role, "role_name": _role(one.role), "name": one.name, "username": one.username, "password": one.password}
        for one in making.log_ins(wanted)
    ]  # fmt: skip
    if as_json:
        say_json({"store": str(folder), "people": wanted.people, "seed": wanted.seed, "log_ins": rows})
        return
    say(_("A demonstration, not for real people: everybody in it is made up."))
    columns = {"role_name": _("Who"), "name": _("Name"), "username": _("Log-in name"), "password": _("Password")}
    show(rows, columns, as_json=False, none="")


def _role(role: str) -> str:
    return {
        "worker": _("Village worker"),
        "clinician": _("Clinician"),
        "supervisor": _("Supervisor"),
        "manager": _("Manager"),
        "installer": _("Installer"),
    }[role]


def _serve(folder: Path, port: int) -> None:
    """Become the server: a fresh process that knows nothing of how the store was made."""
    sys.stdout.flush()
    sys.stderr.flush()
    told = ["--store", str(folder), "--language", language(), "serve", "--port", str(port)]
    os.execv(sys.executable, [sys.executable, "-c", RUN, *told])  # noqa: S606 - our own interpreter and arguments
