"""Who answers which request: sending forms and static files natively, everything else through Django.

Django runs as WSGI in a small pool of threads: its middleware and views are synchronous, and one thread per request
is what its database connections expect.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings

from doorstep.api.openrosa import receiving
from doorstep.api.openrosa.receiving import Receive, Scope, Send
from doorstep.forms import queries as forms
from doorstep.intake import ending, expiring, handing, rebuild, releasing, uploads
from doorstep.intake.problems import Refused
from doorstep.lib import days, db, writer
from doorstep.programmes import library as programmes
from doorstep.register import changes
from doorstep.site import lifeline, static_files
from doorstep.site.backup import erasures
from doorstep.site.watching import metrics
from doorstep.web.middleware import headers

THREADS = 4
SUBMISSION = "odk/<str:token>/submission"  # as it stands in api/urls.py
AN_HOUR = 3600.0
log = logging.getLogger(__name__)


class Application:
    """The whole server as one ASGI application. ``django``: its WSGI application, set up."""

    def __init__(self, django: Any):
        self._django: Any = WSGIMiddleware(django, workers=THREADS)
        self._static = static_files.Files(static_files.folders())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif receiving.is_submission(scope["path"]):
            await _counted(scope, receive, send)
        elif scope["path"].startswith(settings.STATIC_URL):
            await self._static(scope, guarded(send))
        else:
            await self._django(scope, await _taken_in(scope, receive), send)


async def _counted(scope: Scope, receive: Receive, send: Send) -> None:
    """A sent form, counted and timed like every other request."""
    began, statuses = time.perf_counter(), []

    async def noted(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        await send(message)

    await receiving.application(scope, receive, noted)
    metrics.count(scope["method"], SUBMISSION, statuses[0] if statuses else 499, time.perf_counter() - began)


def guarded(send: Send) -> Send:
    """What does not pass through Django bears the same headers as what does."""
    ours = [(name.lower().encode(), value.encode()) for name, value in headers().items()]

    async def send_with_headers(message: Any) -> None:
        if message["type"] == "http.response.start":
            said = {name for name, _ in message["headers"]}
            message = {**message, "headers": [*message["headers"], *((n, v) for n, v in ours if n not in said)]}
        await send(message)

    return send_with_headers


async def _taken_in(scope: Scope, receive: Receive) -> Receive:
    """The request's body, whole before a thread is given to it: who sends slowly, or falls silent, holds up nobody. What is cut
    off or too large reads as a broken line, never as if it had been all."""
    body = b""
    if scope["method"] not in ("GET", "HEAD"):
        try:
            body = await receiving.whole_body(dict(scope["headers"]), receive)
        except Refused:
            return _broken_off

    async def all_of_it() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return all_of_it


async def _broken_off() -> MutableMapping[str, Any]:
    raise ConnectionResetError


async def _live(receive: Receive, send: Send) -> None:
    """A worker's life from its start to its stop; what waits to be written is written before it ends."""
    await receive()
    lifeline.follow()
    _warm_up()
    writer.start()
    ending.tell(erasures.after_erasing)
    turning = asyncio.create_task(_turn_years())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    turning.cancel()
    writer.stop()
    await send({"type": "lifespan.shutdown.complete"})


async def _turn_years() -> None:
    """See at the start and every hour that visits of the calendar are planned to the end of this year, that what has
    had its time is deleted, that no record waits for an earlier one
    for ever, and that who stayed here for a while does so no longer than said."""
    while True:
        try:
            await asyncio.to_thread(rebuild.roll_horizon)
            await asyncio.to_thread(releasing.sweep)
            await asyncio.to_thread(handing.sweep)
            await asyncio.to_thread(uploads.tidy)
            await asyncio.to_thread(expiring.every_hour)
            await asyncio.to_thread(_forget_who_left)
        except Exception:
            log.exception("what is done every hour was not done; trying again in an hour")
        await asyncio.sleep(AN_HOUR)


def _forget_who_left() -> None:
    with db.transaction():
        changes.prune(db.current(), days.today())


def _warm_up() -> None:
    """Read settings and compile what is switched on before the first request waits for it."""
    programmes.programmes().all_on()
    library = forms.library()
    for published in library.current.values():
        library.reader(published.form_id, published.version)
