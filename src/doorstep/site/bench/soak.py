"""Many phones for a long time with faults on: what they were told is kept is there in the end, once, and memory stays flat.

The server is a process of its own, killed (``kill -9``) and started again while phones push; phones hang up in the middle of a push.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import signal
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

from doorstep.forms.filling import Filler
from doorstep.forms.queries import library
from doorstep.lib import db, sealed
from doorstep.site.bench import mutating
from doorstep.site.bench.ground import FORM_ID, Phone, settle
from doorstep.site.bench.stand import memory_mb, server

LIVES = 4  # of the server: it is killed at the end of each but the last
SAMPLE_SECONDS = 2.0
WARM = 0.4  # of a life: until then caches fill
MOST_GROWTH_MB = 16.0  # from the middle of a life to its end
PAUSE = (0.5, 2.0)  # seconds a phone rests
PULLS, CUTS, AT_ONCE = 0.2, 0.1, 20
KEPT = frozenset({"applied", "review"})
DRAIN_SECONDS = 120.0


@dataclass(slots=True)
class _Line:
    """Where the server is now. ``ended``: phones stop writing, and only hand over what they hold."""

    host: str = ""
    ended: bool = False


@dataclass(slots=True)
class _Counted:
    written: dict[str, str] = field(default_factory=dict)  # id → SHA-256 of every record
    told_kept: dict[str, str] = field(default_factory=dict)
    pushes: int = 0
    pulls: int = 0
    cut: int = 0
    no_answer: int = 0
    faults: int = 0


class _Device(threading.Thread):
    """A phone: writes, holds what it wrote until a receipt says it is kept, asks what is new."""

    def __init__(self, phone: Phone, filler: Filler, line: _Line, seed: str):
        super().__init__(daemon=True)
        self.counted = _Counted()
        self._phone, self._filler, self._line = phone, filler, line
        self._chance = random.Random(seed)  # noqa: S311 - made-up records
        self._outbox: dict[str, bytes] = {}
        self._since = ""

    def run(self) -> None:
        while not self._line.ended or self._outbox:
            try:
                self._act()
            except (OSError, http.client.HTTPException):
                self.counted.no_answer += 1
            time.sleep(0.1 if self._line.ended else self._chance.uniform(*PAUSE))

    def _act(self) -> None:
        if self._line.ended:
            return self._push()
        if self._chance.random() < PULLS:
            return self._pull()
        self._write()
        if self._chance.random() < CUTS:
            return self._hang_up()
        return self._push()

    def _write(self) -> None:
        id_ = f"uuid:{mutating.new_id(self._chance)}"
        body = self._filler.fill({"note": f"seen {self._chance.random()}"}, instance=id_)
        self._outbox[id_] = body
        self.counted.written[id_] = hashlib.sha256(body).hexdigest()

    def _body(self) -> bytes:
        entries = [
            {"id": id_, "xml": xml.decode(), "sha256": hashlib.sha256(xml).hexdigest()}
            for id_, xml in list(self._outbox.items())[:AT_ONCE]
        ]
        return orjson.dumps({"entries": entries, "sent": len(self.counted.told_kept), "unsent": len(self._outbox)})

    def _push(self) -> None:
        self.counted.pushes += 1
        answer = self._asked("POST", "/sync/push", self._body())
        for one in orjson.loads(answer)["receipts"] if answer else ():
            if one["result"] in KEPT:
                self.counted.told_kept[one["id"]] = one["sha256"]
                self._outbox.pop(one["id"], None)

    def _pull(self) -> None:
        self.counted.pulls += 1
        answer = self._asked("GET", "/sync/pull?" + urlencode({"since": self._since}), b"")
        if answer:
            self._since = orjson.loads(answer)["since"]

    def _asked(self, method: str, path: str, body: bytes) -> bytes:
        """The answer's body; nothing when it is a refusal or a fault, which is counted."""
        line = http.client.HTTPConnection(self._line.host, timeout=30)
        try:
            line.request(method, path, body, {"Authorization": f"Bearer {self._phone.app}"})
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        self.counted.faults += answer.status != http.HTTPStatus.OK
        return content if answer.status == http.HTTPStatus.OK else b""

    def _hang_up(self) -> None:
        """A push that ends in the middle."""
        self.counted.cut += 1
        body, (name, _, port) = self._body(), self._line.host.partition(":")
        head = (
            f"POST /sync/push HTTP/1.1\r\nHost: {name}\r\nAuthorization: Bearer {self._phone.app}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((name, int(port)), timeout=10) as line:
            line.sendall(head.encode() + body[: self._chance.randrange(1, len(body))])


def measure(folder: Path, minutes: float, devices: int, seed: int) -> dict[str, Any]:
    """Let ``devices`` phones work for ``minutes``. ``held``: nothing lost or doubled, no fault, memory flat."""
    phones = settle(devices)
    filler = Filler(library().spec(FORM_ID, library().current[FORM_ID].version))
    line = _Line()
    at_work = [_Device(phone, filler, line, f"{seed}:{n}") for n, phone in enumerate(phones)]
    began = time.monotonic()
    lives = [_live(folder, line, at_work, minutes * 60 / LIVES, killed=n < LIVES - 1) for n in range(LIVES)]
    counted = [device.counted for device in at_work]
    found = {**_found(counted), **_memory(lives)}
    wrong = sum(found[name] for name in ("lost", "not_arrived", "doubled", "faults"))
    return {
        "minutes": minutes,
        "devices": devices,
        "seed": seed,
        "killed": LIVES - 1,
        **found,
        "seconds": round(time.monotonic() - began, 1),
        "held": not wrong and found["flat"],
    }


def _live(folder: Path, line: _Line, devices: list[_Device], seconds: float, *, killed: bool) -> list[float]:
    """One life of the server: its memory now and then."""
    sampled = []
    with server(folder) as (host, pid):
        line.host = host
        for device in devices:
            if not device.is_alive() and not line.ended and device.ident is None:
                device.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(min(SAMPLE_SECONDS, seconds / 4))
            sampled.append(memory_mb(pid))
        if killed:
            os.kill(pid, signal.SIGKILL)
            return sampled
        line.ended = True
        for device in devices:
            device.join(max(0.0, end + DRAIN_SECONDS - time.monotonic()))
    return sampled


def _found(counted: list[_Counted]) -> dict[str, Any]:
    """What the store holds of what phones wrote and of what they were told is kept."""
    written = {id_: sha256 for one in counted for id_, sha256 in one.written.items()}
    told = {id_: sha256 for one in counted for id_, sha256 in one.told_kept.items()}
    rows = db.current().rows("SELECT e.instance_id, b.body FROM entry e JOIN entry_body b ON b.seq = e.seq")
    held = {id_: hashlib.sha256(sealed.open_bytes(body)).hexdigest() for id_, body in rows}
    return {
        "written": len(written),
        "told_kept": len(told),
        "lost": sum(held.get(id_) != sha256 for id_, sha256 in told.items()),
        "not_arrived": sum(id_ not in held for id_ in written),
        "doubled": len(rows) - len(held),
        **{
            name: sum(getattr(one, name) for one in counted)
            for name in ("pushes", "pulls", "cut", "no_answer", "faults")
        },
    }


def _memory(lives: list[list[float]]) -> dict[str, Any]:
    """How much each life grew from its middle to its end, in MB."""
    grew = []
    for sampled in lives:
        warm = sampled[int(len(sampled) * WARM) :]
        half = max(1, len(warm) // 2)
        grew.append(round(sum(warm[-half:]) / half - sum(warm[:half]) / half, 1) if warm else 0.0)
    return {
        "most_mb": round(max((mb for sampled in lives for mb in sampled), default=0.0), 1),
        "grew_mb": grew,
        "flat": all(mb <= MOST_GROWTH_MB for mb in grew),
    }
