"""Messages made to do harm, by name, sent to the server's own application: refused in words or kept harmless.

Each may take two seconds of the processor and 256 MB. What no row names is looked for by chance (``test_fuzz.py``).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import resource
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from a2wsgi.wsgi import build_environ
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections

from doorstep.access import actions as access
from doorstep.api.openrosa import receiving
from doorstep.engine import xlsform
from doorstep.forms import actions as forms
from doorstep.forms import media
from doorstep.lib import db
from doorstep.places import actions as places
from doorstep.places import counters
from doorstep.site import static_files
from doorstep.site.answering import Application
from doorstep.site.bench.ground import _FORM, FORM_ID
from doorstep.site.requests import Handler
from tests.faults.hostile_messages import JSON, PARTS, PUSHED, SENT, Row, whole

MOST_SECONDS, MOST_BYTES = 2.0, 256 * 2**20
ELSEWHERE = Path("/tmp/doorstep-was-here")


@contextmanager
def limits() -> Iterator[None]:
    """No more memory than is taken now and 256 MB, and two seconds of the processor."""
    lines = Path("/proc/self/status").read_text().splitlines()
    has = next(int(line.split()[1]) for line in lines if line.startswith("VmData")) * 1024
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (has + MOST_BYTES, hard))
    began = time.process_time()
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    assert time.process_time() - began < MOST_SECONDS


@dataclass(frozen=True)
class Told:
    status: int
    headers: Mapping[str, str]
    body: bytes


Waits = Callable[[], Awaitable[dict[str, Any]]]


def ask(path: str, headers: Mapping[str, str], receive: Waits, query: str = "") -> Told:
    """What the whole server answers over ASGI, as its socket would ask. One thread does all: the store is this test's own."""
    named = [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": query.encode()}
    scope |= {"http_version": "1.1", "scheme": "http", "root_path": "", "server": ("test", 80), "headers": named}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    mine = connections["default"]

    async def asked() -> None:
        connections["default"] = mine  # an event loop would open one of its own, on a store where nothing is
        await SERVER(scope, receive, send)

    asyncio.run(asked())
    told = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Told(sent[0]["status"], told, b"".join(one.get("body", b"") for one in sent[1:]))


class InOneThread:
    """Django asked in the thread that asks, for the server's own pool of threads has other connections to the store."""

    async def __call__(self, scope: Any, receive: Waits, send: Any) -> None:
        environ = build_environ(scope, io.BytesIO(await body_of(receive)))  # type: ignore[arg-type]
        said: list[Any] = []
        body = b"".join(Handler()(environ, lambda status, named, _=None: said.extend((status, named))))  # type: ignore[arg-type]
        heads = [(name.lower().encode(), value.encode("latin-1")) for name, value in said[1]]
        await send({"type": "http.response.start", "status": int(said[0][:3]), "headers": heads})
        await send({"type": "http.response.body", "body": body})


async def body_of(receive: Waits) -> bytes:
    try:
        return bytes((await receive())["body"])
    except ConnectionResetError:
        return b""


SERVER = Application.__new__(Application)
SERVER._django, SERVER._static = InOneThread(), static_files.Files(static_files.folders())


def at_once(body: bytes) -> Waits:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def without_end(piece: bytes) -> tuple[Waits, list[int]]:
    """A body that never ends, and how much of it was taken."""
    taken = [0]

    async def receive() -> dict[str, Any]:
        taken[0] += len(piece)
        return {"type": "http.request", "body": piece, "more_body": True}

    return receive, taken


async def silent() -> dict[str, Any]:
    await asyncio.sleep(3600)
    raise AssertionError


@dataclass(frozen=True)
class Phone:
    app: str
    other: str


@pytest.fixture
def phone(store: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Phone]:
    """A worker's two keys; a form with a photo is published."""
    monkeypatch.setattr(receiving, "LARGE", 10**9)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
    village = places.add("c1-v1", "village", {"en": "Village", "zh": "村"}, None)
    forms.publish(xlsform.read(_FORM.encode(), f"{FORM_ID}.md", check=False), {}, pack_id="bench")
    user = access.add_user("worker", "worker", "worker", None)
    access.serve(user, village, date(2020, 1, 1))
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    phone = Phone(access.add_device(user, "app"), access.add_collect_device(user, "other"))
    counters.forget()
    yield phone
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def entries() -> int:
    return int(db.current().value("SELECT COUNT(*) FROM entry"))


def photos() -> list[str]:
    """Digests of what lies in the store for the one record."""
    return [str(digest) for (digest,) in db.current().rows("SELECT digest FROM attachment WHERE digest <> ''")]


def assert_harmless(told: Told, row: Row, status: int) -> None:
    assert told.status == (row.status if row.kept is None else status), told
    assert "x-evil" not in told.headers and not any("\r" in one or "\n" in one for one in told.headers.values())
    assert entries() == (row.kept is not None or row.status == 201)
    if row.kept:
        assert photos() == [hashlib.sha256(row.kept).hexdigest()]
    assert not list(ELSEWHERE.parent.glob("*doorstep-was-here*"))


@pytest.mark.parametrize("what", SENT)
def test_a_message_made_to_do_harm_is_refused_in_words_or_kept_harmless(what: str, phone: Phone) -> None:
    row = SENT[what]()
    with limits():
        told = ask(f"/odk/{phone.other}/submission", {**PARTS, **row.headers}, at_once(row.body))
    assert_harmless(told, row, 201)
    assert ET.fromstring(told.body)[0].text


@pytest.mark.parametrize("what", PUSHED)
def test_a_push_made_to_do_harm_is_refused_in_words_or_answered_one_by_one(what: str, phone: Phone) -> None:
    row = PUSHED[what]()
    sent = {**JSON, "authorization": f"Bearer {phone.app}", "content-length": str(len(row.body)), **row.headers}
    with limits():
        told = ask("/sync/push", sent, at_once(row.body))
    assert_harmless(told, row, 200)
    said = json.loads(told.body) if told.headers["content-type"] == "application/json" else {}
    assert said.get("receipts") is not None if told.status == 200 else (said["problem"]["what"] if said else told.body)


@pytest.mark.parametrize("path", ["/odk/{}/submission", "/sync/push", "/login", "/complain"])
def test_a_body_without_end_is_taken_only_so_far(path: str, phone: Phone) -> None:
    receive, taken = without_end(b"x" * 1_000_000)
    with limits():
        told = ask(path.format(phone.other), PARTS | {"authorization": f"Bearer {phone.app}"}, receive)
    assert (400 <= told.status < 500, taken[0]) == (True, settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1_000_000)


@pytest.mark.parametrize("path", ["/odk/{}/submission", "/sync/push", "/login", "/complain"])
def test_who_falls_silent_is_not_waited_for(path: str, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "PATIENCE", 0.02)
    told = ask(
        path.format(phone.other), PARTS | {"authorization": f"Bearer {phone.app}", "content-length": "9"}, silent
    )
    assert 400 <= told.status < 500


@pytest.mark.parametrize(
    "between", ["..", ".", "%2e%2e", "..%2f..%2fetc", "a/../b", "\\..\\..", "x" * 5000, "\0", "\r\nX-Evil: 1", ""]
)
def test_an_address_that_climbs_leads_nowhere(between: str, phone: Phone) -> None:
    for path in (f"/odk/{between}/submission", f"/static/{between}/secret.key"):
        told = ask(path, PARTS, at_once(whole()))
        assert 400 <= told.status < 500 and b"Traceback" not in told.body and "x-evil" not in told.headers, path
    assert entries() == 0


@pytest.mark.parametrize("what", ["a drawing with a program", "a web page that says it is a photo"])
def test_a_photo_that_is_a_program_is_never_run(what: str, phone: Phone) -> None:
    """Who asks for it as a page gets a file to save, of no kind a browser runs."""
    row = SENT[what]()
    assert ask(f"/odk/{phone.other}/submission", PARTS, at_once(row.body)).status == 201
    name = str(db.current().value("SELECT name FROM attachment"))
    assert media.content_type(name) not in {"image/svg+xml", "text/html", "application/xhtml+xml", "text/xml"}


def test_the_limits_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setitem(globals(), "MOST_SECONDS", 0.1)
    with pytest.raises(MemoryError), limits():
        bytearray(2 * MOST_BYTES)
    with pytest.raises(AssertionError), limits():
        until = time.process_time() + MOST_SECONDS
        while time.process_time() < until:
            pass
