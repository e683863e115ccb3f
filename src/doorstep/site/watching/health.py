"""Whether the server can do its work: asked by a proxy, a supervisor of processes, or a person with a browser.

``/health/live``: the process answers. ``/health/ready``: it could store a record now. Neither says how many there are.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

import doorstep
from doorstep.access.showing import shows_nobody
from doorstep.lib import db, writer

State = Literal["ok", "low", "failed"]
LEAST_FREE = 200 * 2**20  # bytes; below this the disk is called low
LEAST_NEEDED = 20 * 2**20  # bytes; below this a record may not be stored any more


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. Only ``failed`` makes the server not ready."""

    name: str
    state: State


def checks() -> list[Check]:
    """All that is looked at, cheaply: the database answers and can be written, the writer lives, the disk has room."""
    return [Check("database", _database()), Check("writer", _writer()), Check("disk", _disk())]


def _database() -> State:
    try:
        with db.transaction():  # takes the write lock: a database that can only be read is not well
            db.current().value("SELECT COUNT(*) FROM account WHERE id = 0")
    except db.troubles():
        return "failed"
    return "ok"


def _writer() -> State:
    return "ok" if writer.alive() else "failed"


def _disk() -> State:
    try:
        free = shutil.disk_usage(settings.STORE).free
    except OSError:
        return "failed"
    return "failed" if free < LEAST_NEEDED else "low" if free < LEAST_FREE else "ok"


@require_safe
@shows_nobody("whether the process answers", to="anyone")
def live(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok", "version": doorstep.__version__})


@require_safe
@shows_nobody("whether a record could be stored now", to="anyone")
def ready(_request: HttpRequest) -> HttpResponse:
    found = checks()
    failed = any(one.state == "failed" for one in found)
    told = {"status": "failed" if failed else "ok", "checks": {one.name: one.state for one in found}}
    return JsonResponse(told, status=503 if failed else 200)
