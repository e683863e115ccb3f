"""serve: the server process."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import typer

from doorstep.site import store
from doorstep.site.commands.said import say


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the whole."""
    app.command(help=_("Serve the screens and receive records until stopped with Ctrl-C."))(serve)


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help=_("Port to listen on."))] = 8000,
    host: Annotated[
        str, typer.Option(help=_("Address to listen on. 0.0.0.0 lets phones on the same network in."))
    ] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1, help=_("Processes; more than one only with PostgreSQL."))] = 1,
) -> None:
    store.connect()
    from doorstep.site.serving import serve as serve_here

    serve_here(host, port, workers, _ready)


def _ready(address: str) -> None:
    say(
        _("Doorstep is at {address} (store: {folder}). Stop with Ctrl-C.").format(
            address=address, folder=store.folder()
        )
    )
