"""The disk says no: full, broken or read-only, at every write and every wait in turn, as SQLite tests itself.

The n-th thing the server asks of the disk for one message is refused (or all from the n-th on), for every n. The sender must hear
no receipt that is not true, and a sentence he can act on; once the disk is well again the same message must go through, in
the same process. Receipts given while the disk was ill are compared with what certainly lay on it.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from doorstep.site.bench.faults import asking, children, disk, stage
from doorstep.site.bench.faults.disk import Disk, Event
from doorstep.site.bench.faults.power import File
from doorstep.site.bench.faults.stage import DATABASE, Found, Message, Record, Stage

ONE_LIFE = 60  # trials before the store is looked at and begun anew
T = TypeVar("T")
CLEAR = (503, 507)
SENTENCE = "磁盘"  # of what is said then, in the language of a phone that names none
PASSWORD = "a good long word"  # noqa: S105 - of people made up here


@dataclass(frozen=True, slots=True)
class Illness:
    """What the disk answers. ``lasting``: to everything from the n-th on, else to that alone."""

    name: str
    codes: dict[str, int]
    number: int  # of the system's own error
    lasting: bool


ILLNESSES = (
    Illness("full", {"write": disk.FULL, "truncate": disk.FULL}, errno.ENOSPC, lasting=True),
    Illness("read-only", {"write": disk.READ_ONLY, "truncate": disk.READ_ONLY}, errno.EROFS, lasting=True),
    Illness(
        "broken",
        {
            "write": disk.WRITE_ERROR,
            "sync": disk.SYNC_ERROR,
            "truncate": disk.TRUNCATE_ERROR,
            "delete": disk.DELETE_ERROR,
        },
        errno.EIO,
        lasting=False,
    ),
)
Make = Callable[[Stage, random.Random], list[Message]]


def _sent(stage_: Stage, rng: random.Random, *, photo: bool) -> Record:
    return next(one for one in stage.records(stage_, 50, rng) if bool(one.photo) == photo)


def _log_in() -> Message:
    """A page that stores something: that somebody is here."""
    token = "A" * 32
    body = urlencode({"username": "f0", "password": PASSWORD, "csrfmiddlewaretoken": token})
    headers = (("Cookie", f"csrftoken={token}"), ("Content-Type", "application/x-www-form-urlencoded"))
    return Message("POST", "/login", "", headers, body.encode())


MESSAGES: dict[str, Make] = {
    "form": lambda made, rng: [stage.as_collect(made, _sent(made, rng, photo=False))],
    "form with photo": lambda made, rng: [stage.as_collect(made, _sent(made, rng, photo=True))],
    "push": lambda made, rng: stage.as_phone(made, [_sent(made, rng, photo=False)])[:1],
    "log in": lambda _made, _rng: [_log_in()],
    "push and photo": lambda made, rng: stage.as_phone(made, [_sent(made, rng, photo=True)])[:-1],
}


@dataclass(slots=True)
class Outcome:
    """What was heard and what became of it. Beside the store's own, ``unclear``: answered with something that is no sentence to
    act on; ``stuck``: not stored although the disk was well again."""

    trials: int = 0
    refused: int = 0
    unclear: list[str] = field(default_factory=list)
    promised: set[str] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)  # those of them that lie beside the database
    early: list[tuple[dict[str, bytes], set[str]]] = field(
        default_factory=list
    )  # what was certain when receipts were given
    stuck: list[str] = field(default_factory=list)


class _Ill:
    """Between the program and the disk: counts, refuses, and knows what certainly lies there."""

    def __init__(self, database: bytes):
        self._files = {DATABASE: File(bytearray(database))}
        self._illness: Illness | None = None
        self._left = 0
        self.refused = 0
        self.asked = 0
        self._fsync = os.fsync

    def begin(self, illness: Illness | None, number: int) -> None:
        """From now on the ``number``-th thing asked for is refused (from 1)."""
        self._illness, self._left, self.refused, self.asked = illness, number, 0, 0

    def _no(self, kind: str) -> bool:
        self.asked += 1
        if self._illness is None or kind not in (*self._illness.codes, "file"):
            return False
        self._left -= 1
        refuse = self._left <= 0 if self._illness.lasting else self._left == 0
        self.refused += refuse
        return refuse

    def listen(self, event: Event) -> int:
        file = self._files.setdefault(Path(event.path).name, File())
        if not self._no(event.kind):
            file.take(event)
            return disk.OK
        if event.kind == "sync":
            file.waiting = []  # a system that failed to write may forget what it had to write, and say yes the next time
        assert self._illness is not None
        return self._illness.codes[event.kind]

    def fsync(self, handle: int) -> None:
        """In place of the system's own, for files beside the database."""
        if self._no("file"):
            assert self._illness is not None
            raise OSError(self._illness.number, os.strerror(self._illness.number))
        self._fsync(handle)

    def certain(self) -> dict[str, bytes]:
        return {name: bytes(file.certain) for name, file in self._files.items() if file.certain is not None}


Trial = tuple[str, Illness, int]  # which message, what is wrong with the disk, from which thing asked for on


def measure(made: Stage, home: Path, count: int, seed: int, seconds: float, floor: int) -> dict[str, Any]:
    """Try every message with every illness at every n, in an order drawn by ``seed``: all of them, or ``count``, or as many as
    ``seconds`` allow, but never fewer than ``floor``."""
    began, rng = time.monotonic(), random.Random(seed)  # noqa: S311
    app, ill_disk = asking.application(), Disk()
    trials = _trials(made, home, app, ill_disk, rng)
    possible = len(trials)
    rng.shuffle(trials)
    trials = trials[:count]
    found, done, unclear, refused = Found(), 0, Counter[str](), 0
    while trials and (done < floor or time.monotonic() - began < seconds):
        enough = began + seconds if done + ONE_LIFE > floor else began + 1e9
        out = _lived(made, home, app, ill_disk, trials[:ONE_LIFE], rng.getrandbits(32), max(0, floor - done), enough)
        trials = trials[out.trials :]
        done, refused = done + out.trials, refused + out.refused
        unclear.update(out.unclear + out.stuck)
        found.add(_judged(made, home, out))
    return {
        "trials": done,
        "of": possible,
        "seed": seed,
        "refused": refused,
        "unclear": dict(unclear),
        **asdict(found),
        "seconds": round(time.monotonic() - began, 1),
    }


def _trials(made: Stage, home: Path, app: asking.Application, ill_disk: Disk, rng: random.Random) -> list[Trial]:
    """Every n of every message: how much each asks of the disk while it is well."""
    counts = _apart(made, home, ill_disk, lambda ill: _counted(made, app, ill, rng))
    return [(name, illness, n + 1) for name, asked in counts.items() for illness in ILLNESSES for n in range(asked)]


def _counted(made: Stage, app: asking.Application, ill: _Ill, rng: random.Random) -> dict[str, int]:
    async def run() -> dict[str, int]:
        found: dict[str, int] = {}
        async with asking.living(app):
            for name, make in MESSAGES.items():
                for _again in range(2):  # the first one of a life asks for more: it makes the files
                    ill.begin(None, 0)
                    for message in make(made, rng):
                        await asking.ask(app, message)
                    found[name] = max(found.get(name, 0), ill.asked)
        return found

    return asyncio.run(run())


def _lived(
    made: Stage,
    home: Path,
    app: asking.Application,
    ill_disk: Disk,
    trials: list[Trial],
    seed: int,
    floor: int,
    until: float,
) -> Outcome:
    """One server's life with these trials, or as many as there is time for."""
    rng = random.Random(seed)  # noqa: S311

    async def run(ill: _Ill) -> Outcome:
        out = Outcome()
        async with asking.living(app):
            for name, illness, number in trials:
                if out.trials >= floor and time.monotonic() > until:
                    break
                await _tried(app, ill, MESSAGES[name](made, rng), (name, illness, number), out)
        return out

    return _apart(made, home, ill_disk, lambda ill: asyncio.run(run(ill)))


async def _tried(app: asking.Application, ill: _Ill, messages: list[Message], trial: Trial, out: Outcome) -> None:
    """Send the messages to a server with an ill disk, then again to one whose disk is well."""
    name, illness, number = trial
    out.trials += 1
    wanted = {one.digest for message in messages for one in message.holds}
    photos = {stage.digest_of_photo(one) for message in messages for one in message.holds if one.photo}
    out.photos |= photos
    ill.begin(illness, number)
    for message in messages:
        refused = ill.refused
        status, body = await asking.ask_until_right(app, message)
        told = stage.receipts(message, status, body)
        if told and ill.refused:
            out.early.append((ill.certain(), (out.promised | set(told)) - out.photos))
        out.promised.update(told)
        clear = status < 400 or (status in CLEAR and SENTENCE.encode() in body)
        if ill.refused > refused and not clear:
            out.unclear.append(f"{name}, {illness.name}: {message.path.rpartition('/')[2]} answered {status}")
    out.refused += ill.refused
    ill.begin(None, 0)
    heard = []
    for message in messages:
        status, body = await asking.ask_until_right(app, message)
        out.promised.update(stage.receipts(message, status, body))
        heard.append(status)
    if (wanted | photos) - out.promised:
        out.stuck.append(f"{name}, {illness.name} from {number} on: well again, it answered {heard}")


def _apart(made: Stage, home: Path, ill_disk: Disk, work: Callable[[_Ill], T]) -> T:
    """Do ``work`` in a process of its own on a fresh copy of the template, on a disk that can be made ill."""
    folder = stage.copy(made, home / "store")
    stage.close()

    def live() -> T:
        stage.stand_on(folder)
        logging.disable()  # every refusal would be told
        ill = _Ill((folder / DATABASE).read_bytes())
        ill_disk.listener = ill.listen
        setattr(os, "fsync", ill.fsync)  # noqa: B010 - in this process alone
        return work(ill)

    return children.apart(live)


def _judged(made: Stage, home: Path, out: Outcome) -> Found:
    """The store at the end, and what was certain at each receipt given while the disk was ill."""
    found = stage.look(made, home / "store", out.promised)
    found.stuck += len(out.stuck)
    for image, promised in out.early:
        found.add(stage.look_at_image(made, home / "image", image, promised))
    return found
