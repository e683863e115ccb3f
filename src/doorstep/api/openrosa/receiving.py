"""``/odk/<token>/submission``, spoken natively over ASGI: the hot path of the server.

Requests are parsed on the event loop (large ones in a thread); the store's writer commits many together; the answer
is sent after the commit. It reads settings on the event loop, from memory except for one small look per half second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import Future
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.db import InternalError, OperationalError, connection

from doorstep.api.openrosa import multipart
from doorstep.api.openrosa.answered import answered
from doorstep.api.openrosa.answers import Answer, kept, language_of, refused, submission_headers
from doorstep.api.openrosa.devices import check_version, device_of
from doorstep.intake import door
from doorstep.intake.door import Receipt
from doorstep.intake.parse import Sender
from doorstep.intake.problems import Refused
from doorstep.lib.problems import Problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

START, END = "/odk/", "/submission"
LARGE = 64 * 1024  # bytes; a longer body is taken apart in a thread, so that others do not wait for it
PATIENCE = 60.0  # seconds until the next piece of a body; a phone on a bad line is slower than any, but not silent
log = logging.getLogger(__name__)


def is_submission(path: str) -> bool:
    """Whether a path is a device's address for sending."""
    return path.startswith(START) and path.endswith(END) and path.count("/") == 3


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request to a path for which ``is_submission`` holds."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    language = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
    try:
        answer = await _answer(scope, headers, receive, language)
    except Refused as error:
        answer = refused(error.status, error.problem, language)
    except Exception as error:
        answer = _failed(error, language)
    await send_answer(answer, send)


async def send_answer(answer: Answer, send: Send) -> None:
    """Send a whole answer."""
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    if answer.status != 204:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _answer(scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, language: str) -> Answer:
    check_version(headers.get(b"x-openrosa-version", b"").decode("latin-1"))
    device, _ = device_of(scope["path"][len(START) : -len(END)])
    if scope["method"] == "HEAD":
        return Answer(204, headers=submission_headers())
    if scope["method"] != "POST":
        return Answer(405, headers={**submission_headers(), "Allow": "HEAD, POST"})
    boundary = multipart.boundary_of(headers.get(b"content-type", b"").decode("latin-1"))
    body = await whole_body(headers, receive)
    agent = headers.get(b"user-agent", b"").decode("latin-1")
    sender = Sender(device.user_id, device.id, _device_label(scope["query_string"]), agent)
    if len(body) > LARGE:
        future = await asyncio.to_thread(_hand_in, body, boundary, sender)
    else:
        future = _hand_in(body, boundary, sender)
    receipt = await answered(future)
    if receipt.problem is not None:
        return refused(receipt.http, receipt.problem, language)
    return kept(language)


def _hand_in(body: bytes, boundary: bytes, sender: Sender) -> Future[Receipt]:
    sent = multipart.read(body, boundary)
    return door.submit(sent.form, sender, attached=sent.files)


def _device_label(query: bytes) -> str:
    """What the app calls itself (``deviceID``), without signs no store can hold; '' when it does not say."""
    said = parse_qs(query.decode("latin-1")).get("deviceID", [""])[0]
    return "".join(sign for sign in said if sign.isprintable())


async def whole_body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """The whole body, chunked or not. Raises Refused when it is too large, or the sender hung up or fell silent."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    stated = headers.get(b"content-length", b"")
    if stated.isdigit() and int(stated) > limit:
        raise Refused("openrosa.too_large", 413, limit=limit)
    pieces, size = [], 0
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                message = await receive()
        except TimeoutError:
            raise Refused("intake.broken_multipart", 400) from None
        if message["type"] == "http.disconnect":
            raise Refused("intake.broken_multipart", 400)
        piece = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise Refused("openrosa.too_large", 413, limit=limit)
        pieces.append(piece)
        if not message.get("more_body", False):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _failed(error: Exception, language: str) -> Answer:
    """The store would not take it (disk full, locked, read-only): 503. Anything else is our fault: 500."""
    raw: Any = connection.Database  # type: ignore[attr-defined] # the driver's own module; raw SQL raises its errors
    cannot_store = (OSError, OperationalError, InternalError, raw.OperationalError, raw.InternalError)
    log.error("a submission was not stored", exc_info=error)
    if isinstance(error, cannot_store):
        return refused(503, Problem("intake.store_full"), language)
    return refused(500, Problem("openrosa.server_fault"), language)
