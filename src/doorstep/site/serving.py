"""The server process: granian with our ASGI application. One worker on SQLite, several on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from contextlib import nullcontext
from gettext import gettext as _
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from doorstep.site import lifeline, store
from doorstep.site.store import Failure

MOST_WAITING = 1024  # connections


def serve(host: str, port: int, workers: int, ready: Callable[[str], None]) -> None:
    """Serve until told to stop. Calls ``ready`` with the address once the workers are started. Raises Failure when
    the port is taken, another server works on the store, or SQLite is asked for several workers."""
    from django.db import connection, connections

    on_sqlite = connection.vendor == "sqlite"
    if on_sqlite and workers > 1:
        raise Failure(_("SQLite works with one worker. Several workers need PostgreSQL (DOORSTEP_DATABASE_URL)."))
    address = f"http://{_shown(host)}:{port}"
    with store.the_one_server(address) if on_sqlite else nullcontext():
        _check_free(host, port)
        connections.close_all()  # a connection must not be carried over into the workers
        server = Granian(
            "doorstep.site.asgi:application",
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            loop=Loops.asyncio,
            workers=workers,
            backlog=MOST_WAITING,
            websockets=False,
            http1_settings=HTTP1Settings(keep_alive=True),
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=30,
        )
        if workers > 1:
            _count_together(store.folder() / "cache" / "metrics")
        lifeline.hold()
        server.on_startup(lambda: ready(address))
        server.serve()


def _count_together(folder: Path) -> None:
    """Let the workers add up their metrics in one place. It has to be said before any of them imports the library."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _shown(host: str) -> str:
    """How a person on this machine reaches a host the server listens on."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host  # noqa: S104


def _check_free(host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], found[1]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except OSError as error:
        raise Failure(
            _("Cannot listen on {host}, port {port}: it is taken or not allowed. Try another with --port.").format(
                host=host, port=port
            )
        ) from error
