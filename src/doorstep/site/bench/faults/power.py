"""The power fails: every file as the disk may hold it then, opened again by the program.

While the server takes records in, everything SQLite asks of the disk is written down, and when which receipt was given. From
that, images are made of any moment: what was waited for (synced) stands; of what was written since, each sector of 512 bytes is
there or not, by chance, in any order, or is rubbish. A sector that was not being written is never hurt, and a file's name is
there once the file was waited for: SQLite asks for both of the system.

Every receipt given by that moment must hold in every image. With ``synchronous=NORMAL``, which does not wait at a commit, some
must not: else this would prove nothing.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from doorstep.site.bench.faults import asking, children, stage
from doorstep.site.bench.faults.disk import Disk, Event
from doorstep.site.bench.faults.stage import DATABASE, Found, Message, Stage

SECTOR = 512
RECORDS = 30  # sent while everything is written down
IMAGES = 125  # of one writing-down
CONTROL_IMAGES = 15
CHECKPOINT = (
    "wal_autocheckpoint=8000",
    "wal_autocheckpoint=60",
)  # pages: so that small runs move the log into the database too
WAITING, NOT_WAITING = "synchronous=FULL", "synchronous=NORMAL"
Log = list[Event | str]
"""In order: what was asked of the disk, and (as text) the digests for which receipts were given."""


def measure(made: Stage, home: Path, count: int, seed: int, seconds: float, floor: int) -> dict[str, Any]:
    """Look at ``count`` images, or at as many as ``seconds`` allow, but never at fewer than ``floor``."""
    began, rng = time.monotonic(), random.Random(seed)  # noqa: S311
    app, disk, found, looked, events = asking.application(), Disk(), Found(), 0, 0
    while looked < count and (looked < floor or time.monotonic() - began < seconds):
        log = _written_down(made, home, app, disk, rng, waits=True)
        events += len(log)
        for image, promised in _images(log, _database(made), rng, min(IMAGES, count - looked)):
            found.add(stage.look_at_image(made, home / "image", image, promised))
            looked += 1
            if looked >= floor and time.monotonic() - began > seconds:
                break
    log = _written_down(made, home, app, disk, rng, waits=False)
    control = Found()
    for image, promised in _images(log, _database(made), rng, CONTROL_IMAGES):
        control.add(stage.look_at_image(made, home / "image", image, promised))
    return {
        "images": looked,
        "seed": seed,
        "events": events,
        **asdict(found),
        "control": asdict(control),
        "seconds": round(time.monotonic() - began, 1),
    }


def _database(made: Stage) -> bytes:
    return (Path(made.folder) / DATABASE).read_bytes()


def _written_down(
    made: Stage, home: Path, app: asking.Application, disk: Disk, rng: random.Random, *, waits: bool
) -> Log:
    """A server's life from its start to its stop, in a process of its own."""
    sent = stage.talks(_on(made, home), stage.records(made, RECORDS, rng))

    def live() -> Log:
        from django.db import connections

        log: Log = []

        def listen(event: Event) -> int:
            log.append(event._replace(path=Path(event.path).name))
            return 0

        def answered(message: Message, status: int, body: bytes) -> None:
            photos = {stage.digest_of_photo(one) for one in message.holds}
            log.extend(one for one in stage.receipts(message, status, body) if one not in photos)

        options: dict[str, str] = connections.settings["default"]["OPTIONS"]
        options["init_command"] = options["init_command"].replace(*CHECKPOINT)
        if not waits:
            options["init_command"] = options["init_command"].replace(WAITING, NOT_WAITING)
        stage.stand_on(home / "life")
        disk.listener = listen
        asking.serve(app, sent, answered)
        return log

    stage.close()
    log = children.apart(live)
    assert sum(isinstance(one, str) for one in log) >= RECORDS, "records were not taken in while nothing was broken"
    return log


def _on(made: Stage, home: Path) -> Stage:
    stage.copy(made, home / "life")
    return made


# Images


@dataclass(slots=True)
class File:
    """A file as the disk holds it for certain (None: not there), and what was asked since."""

    certain: bytearray | None = None
    waiting: list[Event] = field(default_factory=list)
    removed: bool = False  # its name may still be there

    def take(self, event: Event) -> None:
        if event.kind == "sync":
            if self.waiting:
                self.certain = _applied(self.certain, self.waiting)
            self.waiting = []
        elif event.kind == "delete":
            self.waiting, self.removed = [], True
            if event.at:
                self.certain = None
        else:
            if self.removed:
                self.certain, self.removed = None, False
            self.waiting.append(event)


def _applied(base: bytearray | None, events: Sequence[Event]) -> bytearray:
    content = bytearray(base or b"")
    for event in events:
        if event.kind == "truncate":
            _resize(content, event.at)
        else:
            _put(content, event.at, event.data)
    return content


def _resize(content: bytearray, size: int) -> None:
    del content[size:]
    content.extend(bytes(size - len(content)))


def _put(content: bytearray, at: int, data: bytes) -> None:
    content.extend(bytes(max(0, at - len(content))))
    content[at : at + len(data)] = data


def _images(log: Log, database: bytes, rng: random.Random, count: int) -> Iterator[tuple[dict[str, bytes], set[str]]]:
    """``count`` images of moments spread over the log, each with the receipts given by then."""
    moments = sorted(rng.randrange(len(log) + 1) for _ in range(count))
    files, promised = {DATABASE: File(bytearray(database))}, set[str]()
    done = 0
    for moment in moments:
        for one in log[done:moment]:
            if isinstance(one, str):
                promised.add(one)
            else:
                files.setdefault(one.path, File()).take(one)
        done = moment
        image = {name: _broken(file, rng) for name, file in files.items()}
        yield {name: content for name, content in image.items() if content is not None}, set(promised)


def _broken(file: File, rng: random.Random) -> bytes | None:
    """A file as it may be found after the power failed."""
    if file.removed and rng.random() < 0.5:
        return None
    if not file.waiting:
        return bytes(file.certain) if file.certain is not None else None
    if file.certain is None and rng.random() < 0.2:
        return None
    way = rng.random()
    if way < 0.3:  # in order up to a moment
        cut = rng.randrange(len(file.waiting) + 1)
        content = _applied(file.certain, file.waiting[:cut])
        for event in file.waiting[cut : cut + 1]:
            _torn(content, event, 0.5, rng)
        return bytes(content)
    loss = rng.choice((0.0, 0.1, 0.5, 0.9, 1.0))
    content = bytearray(file.certain or b"")
    for event in file.waiting:
        _torn(content, event, loss, rng)
    return bytes(content)


def _torn(content: bytearray, event: Event, loss: float, rng: random.Random) -> None:
    """Do what an event asks, each sector with the chance of being lost, or of being rubbish."""
    if event.kind == "truncate":
        if rng.random() >= loss:
            _resize(content, event.at)
        return
    at, end = event.at, event.at + len(event.data)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        piece = event.data[at - event.at : until - event.at]
        if rng.random() >= loss:
            _put(content, at, piece)
        elif rng.random() < 0.05:
            _put(content, at, rng.randbytes(len(piece)))
        elif rng.random() < 0.25 and len(content) < until:
            _resize(content, until)  # the file grew, what was to stand there never came
        at = until
