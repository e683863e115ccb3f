"""A real ``doorstep serve`` in a process of its own, on a store of its own, and a plain HTTP client."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doorstep.lib import keyring, sealed
from tests import commands
from tests.canaries import WATCH

DOORSTEP = Path(sys.executable).parent / "doorstep"
OPENROSA = {"X-OpenRosa-Version": "1.0"}
START_SECONDS = 60


@dataclass
class Store:
    """A store folder and how its commands are run."""

    folder: Path
    database_url: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DOORSTEP_", "DJANGO_", "LC_", "LANG"))}
        told = {"DOORSTEP_STORE": str(self.folder), "DOORSTEP_DATABASE_URL": self.database_url, "LANG": "en"}
        return {**kept, **told, **self.more}

    def run(self, *words: str, code: int = 0) -> str:
        """Run one command and give what it printed; its exit code must be ``code``."""
        done = commands.run(words, self.environment)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stdout + done.stderr

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def python(self, source: str) -> str:
        """Run a few lines inside the store, with Django set up."""
        lines = f"from doorstep.site import store\nstore.connect()\n{source}"
        done = commands.run([], self.environment, source=lines)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Read the store's database directly, past everything of ours."""
        if self.database_url:
            import psycopg

            with psycopg.connect(self.database_url) as connection:
                return connection.execute(sql.replace("?", "%s"), params).fetchall()
        import sqlite3

        connection = sqlite3.connect(self.folder / "doorstep.sqlite3")
        try:
            return connection.execute(sql, params).fetchall()
        finally:
            connection.close()

    def opened(self, stored: bytes) -> bytes:
        """What lies sealed in this store, with this store's keys."""
        own = keyring.file()
        keyring.configure(self.folder / keyring.FILE)
        try:
            return sealed.open_bytes(stored)
        finally:
            keyring.configure(own)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # by lower-case name
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Server:
    """``with Server(store) as server:`` serves until the end of the block."""

    def __init__(self, store: Store, *words: str):
        self.store, self.words = store, words
        self.port = free_port()
        self.log = store.folder / "serve.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [DOORSTEP, "serve", "--port", str(self.port), *self.words],
                env=self.store.environment, stdout=out, stderr=out,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.get("/odk/formList")
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(self.log.read_text()) from None
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)
        WATCH.look("log of a server", self.log.read_text(errors="replace"))
        WATCH.files_below(self.store.folder)

    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        *,
        chunked: bool = False,
    ) -> Reply:
        WATCH.look("address", path)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}), encode_chunked=chunked)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("GET", path, {**OPENROSA, **named})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def multipart(*parts: tuple[str, str, str, bytes]) -> tuple[dict[str, str], bytes]:
    """Headers and body of parts (name, file name, content type, content)."""
    boundary = uuid.uuid4().hex
    out = []
    for name, file_name, kind, content in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name else "")
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {kind}\r\n\r\n"
        out.append(head.encode() + content + b"\r\n")
    body = b"".join(out) + f"--{boundary}--\r\n".encode()
    return {**OPENROSA, "Content-Type": f"multipart/form-data; boundary={boundary}"}, body


def filled(xml: bytes, *files: tuple[str, bytes]) -> tuple[dict[str, str], bytes]:
    """A submission with its attachments."""
    sent = [("xml_submission_file", "submission.xml", "text/xml", xml)]
    sent += [(name, name, "image/jpeg", content) for name, content in files]
    return multipart(*sent)
