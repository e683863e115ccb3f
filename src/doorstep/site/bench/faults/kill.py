"""``kill -9`` in the middle of everything that writes: taking records in, syncing, bringing a store up to date, backing it up,
making one of a backup.

Half of the kills come at an exact write to the disk, before it or when half of it is written; the other half at any moment.
Afterwards the program is started again on what is left: everything promised must be there, and what was interrupted must work when
it is done again, with nothing in the store twice.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from doorstep.engine.xlsform import convert as _convert  # noqa: F401 - imported here once, not in each process to be killed
from doorstep.lib import sealing
from doorstep.site import store
from doorstep.site.backup import making, restoring
from doorstep.site.bench.faults import asking, children, disk, older, stage
from doorstep.site.bench.faults.children import Tell
from doorstep.site.bench.faults.disk import Disk, Event
from doorstep.site.bench.faults.stage import Found, Message, Stage, Talk

RECORDS = 12  # in one life of a server
SHARES = {"write": 5, "sync": 3, "migrate": 1, "backup": 1, "restore": 1}
ORDER = [name for n in range(max(SHARES.values())) for name, share in SHARES.items() if share > n]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is done to a store and may be killed. ``work`` is done in a process of its own and tells digests it was
    given receipts for. ``after`` compares what is left, does the deed again to its end, and compares again."""

    work: Callable[[Tell], None]
    after: Callable[[set[str]], Found]


@dataclass(frozen=True, slots=True)
class Usual:
    """A deed done to its end: how often it wrote, and how long it took."""

    writes: int
    seconds: float


AT_FIRST = {
    "write": Usual(200, 1.0),
    "sync": Usual(250, 1.0),
    "migrate": Usual(90, 1.0),
    "backup": Usual(220, 0.4),
    "restore": Usual(40, 0.8),
}
"""What is thought before any was done to its end here; every round, which does it again to its end, knows better."""


class Kills:
    """One run. ``deeds`` prepares each kind on a fresh copy of the template."""

    def __init__(self, made: Stage, home: Path, seed: int):
        self._made, self._home = made, home
        self._rng = random.Random(seed)  # noqa: S311
        self._app, self._disk = asking.application(), Disk()
        self._key = sealing.new_key()
        self.deeds: dict[str, Callable[[], Deed]] = {
            "write": lambda: self._served(phones=False),
            "sync": lambda: self._served(phones=True),
            "migrate": self._migrated,
            "backup": self._backed_up,
            "restore": self._restored,
        }
        self._usual = dict(AT_FIRST)
        self._doing = ""
        self._held = self._digests_of_template()
        self._backup: Path | None = None

    def once(self, name: str) -> tuple[bool, Found]:
        """Do a deed and kill it. Gives whether it was still at work then, and what became of the store."""
        self._doing = name
        deed, usual = self.deeds[name](), self._usual[name]
        at_write, half = self._rng.randrange(usual.writes), self._rng.random() < 0.5
        by_time, moment = self._rng.random() < 0.5, self._rng.uniform(0, usual.seconds)
        if by_time:
            child = children.start(deed.work)
            child.kill_after(moment)
        else:
            child = children.start(lambda tell: self._until(at_write, deed, tell, half=half))
        told, code = child.ended()
        if code not in (0, -signal.SIGKILL):
            return False, Found(stuck=1)
        return code != 0, deed.after(set(told))

    def _until(self, number: int, deed: Deed, tell: Tell, *, half: bool) -> None:
        """Do a deed, and die at a write."""
        writes = 0

        def listen(event: Event) -> int:
            nonlocal writes
            writes += 1
            if writes > number:
                if half and event.kind == "write":
                    with Path(event.path).open("r+b") as file:
                        os.pwrite(file.fileno(), event.data[: len(event.data) // 2], event.at)
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)
            return disk.OK

        self._disk.listener = listen
        deed.work(tell)

    def _to_its_end(self, work: Callable[[Tell], None]) -> list[str]:
        """Do what was killed again, with nobody killing it, and learn how long it is. Gives what it told. Raises RuntimeError when it
        does not succeed."""
        writes = 0

        def listen(_event: Event) -> int:
            nonlocal writes
            writes += 1
            return disk.OK

        def do() -> tuple[list[str], int]:
            told: list[str] = []
            self._disk.listener = listen
            work(told.append)
            return told, writes

        began = time.monotonic()
        told, wrote = children.apart(do)
        self._usual[self._doing] = Usual(max(1, wrote), time.monotonic() - began)
        return told

    def _digests_of_template(self) -> set[str]:
        stage.copy(self._made, self._home / "store")
        found = set(stage.digests())
        stage.close()
        return found

    # The deeds

    def _served(self, *, phones: bool) -> Deed:
        folder = stage.copy(self._made, self._home / "store")
        sent = stage.records(self._made, RECORDS, self._rng)
        talks = stage.from_phones(self._made, sent) if phones else stage.from_collect(self._made, sent)
        stage.close()
        everything = {one.digest for one in sent} | {stage.digest_of_photo(one) for one in sent if one.photo}

        def after(promised: set[str]) -> Found:
            found = self._judged(folder, promised)
            try:
                again = self._to_its_end(lambda tell: self._serve(folder, talks, tell))  # a phone sends all of it again
            except RuntimeError:
                found.stuck += 1
                return found
            found.add(self._judged(folder, everything))
            found.stuck += len(everything - set(again))
            return found

        return Deed(lambda tell: self._serve(folder, talks, tell), after)

    def _serve(self, folder: Path, talks: list[Talk], tell: Tell) -> None:
        def answered(message: Message, status: int, body: bytes) -> None:
            for digest in stage.receipts(message, status, body):
                tell(digest)

        stage.stand_on(folder)
        asking.serve(self._app, talks, answered)

    def _migrated(self) -> Deed:
        folder = stage.copy(self._made, self._home / "store")
        (folder / older.DATABASE).replace(folder / stage.DATABASE)

        def work(_tell: Tell) -> None:
            stage.stand_on(folder)
            store.make()

        def after(_promised: set[str]) -> Found:
            return self._again(work, lambda: self._judged(folder, self._held))

        return Deed(work, after)

    def _backed_up(self) -> Deed:
        folder, kept = stage.copy(self._made, self._home / "store"), self._home / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        stage.close()

        def work(_tell: Tell) -> None:
            stage.stand_on(folder)
            making.make(kept, self._key, making.LONGEST_KEPT, lambda _: None)

        def after(_promised: set[str]) -> Found:
            found = Found(half=sum(not self._good(one) for one in kept.glob("*.backup")))
            found.add(self._again(work, lambda: self._judged(folder, self._held)))
            left = [*kept.glob("*.partial"), *(one for one in kept.glob("*.backup") if not self._good(one))]
            found.half += len(left) + int(not list(kept.glob("*.backup")))
            return found

        return Deed(work, after)

    def _good(self, backup: Path) -> bool:
        try:
            with _empty(self._home / "trial") as trial:
                told = making.try_out(backup, self._key, trial).told
        except store.Failure:
            return False
        return told.counts["entry"] == len(self._held)

    def _restored(self) -> Deed:
        if self._backup is None:
            stage.copy(self._made, self._home / "store")
            stage.close()
            self._backup = children.apart(lambda: making.make(self._home / "given", self._key, 35, lambda _: None)).file
        backup, folder = self._backup, self._home / "restored"
        shutil.rmtree(folder, ignore_errors=True)

        def work(_tell: Tell) -> None:
            stage.stand_on(folder)
            restoring.restore(backup, self._key, lambda _: None)

        def after(_promised: set[str]) -> Found:
            if not folder.exists() or not any(folder.iterdir()):
                return self._again(work, lambda: self._judged_restored(folder))
            return self._judged_restored(folder)  # nothing is written over: what is there must be whole

        return Deed(work, after)

    # What is left

    def _again(self, work: Callable[[Tell], None], judged: Callable[[], Found]) -> Found:
        """Do to its end what was killed, and compare."""
        try:
            self._to_its_end(work)
        except RuntimeError:
            return Found(stuck=1)
        return judged()

    def _judged(self, folder: Path, promised: set[str]) -> Found:
        return stage.look(self._made, folder, promised)

    def _judged_restored(self, folder: Path) -> Found:
        """Whole, and with another life begun: phones must not take it for the store they knew."""
        from doorstep.places import counters

        found = self._judged(folder, self._held)
        stage.stand_on(folder)
        found.half += int(counters.epoch() == 0)
        stage.close()
        return found


@contextmanager
def _empty(folder: Path) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(made: Stage, home: Path, count: int, seed: int, seconds: float, floor: int) -> dict[str, Any]:
    """Kill ``count`` times, or as often as ``seconds`` allow, but never less than ``floor`` times."""
    began, found, killed = time.monotonic(), Found(), dict.fromkeys(SHARES, 0)
    kills, rounds = Kills(made, home, seed), 0
    while rounds < count and (rounds < floor or time.monotonic() - began < seconds):
        name = ORDER[rounds % len(ORDER)]
        while_at_work, left = kills.once(name)
        killed[name] += while_at_work
        found.add(left)
        rounds += 1
    return {
        "rounds": rounds,
        "seed": seed,
        "killed": killed,
        **asdict(found),
        "seconds": round(time.monotonic() - began, 1),
    }
