"""Making a demonstration store: places, people who work there, programmes, and two years of records through the door."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from gettext import gettext as _
from pathlib import Path

from doorstep.site import store
from doorstep.site.demo import generate, land
from doorstep.site.demo.writing import Sent

TOLD = "demo.json"
BATCH = 400  # submissions in one transaction
CHUNK = 60  # households made at once by the process that makes them
AHEAD = 4  # chunks made ahead of the door
Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What makes one demonstration different from another. The same three give the same township."""

    people: int
    seed: int
    until: date

    def as_json(self) -> str:
        return json.dumps({**asdict(self), "until": self.until.isoformat()})


@dataclass(frozen=True, slots=True)
class LogIn:
    role: str
    username: str
    password: str
    name: str


def is_ready(folder: Path) -> bool:
    """Whether a demonstration was made here, whole."""
    return (folder / TOLD).exists()


def told(folder: Path) -> Wanted:
    """What the demonstration in ``folder`` was made from."""
    said = json.loads((folder / TOLD).read_text(encoding="utf-8"))
    return Wanted(said["people"], said["seed"], date.fromisoformat(said["until"]))


def make(folder: Path, wanted: Wanted, step: store.Step, advance: Advance) -> None:
    """Make a demonstration store in ``folder``. It is made beside it and moved there when whole, so that one that was
    interrupted is never taken for whole. This process cannot work on the store afterwards: its settings name the
    folder it was made in. Raises Failure when something else is there already."""
    if folder.exists() and any(folder.iterdir()):
        raise store.Failure(_("{folder} is there already and is not a demonstration.").format(folder=folder))
    partial = folder.with_name(folder.name + ".partial")
    if partial.exists():
        step(_("Clearing away a demonstration that was not finished"))
        shutil.rmtree(partial)
    partial.mkdir(mode=0o700, parents=True)
    work_on(partial)
    store.make(step)
    _check_empty()
    with _quick_writes():
        senders = _settle(wanted, step)
        step(_("Writing down two years of visits to {people} people").format(people=wanted.people))
        with made_elsewhere(wanted) as households:
            _hand_in(households, senders, wanted.people, advance)
    _close()
    (partial / TOLD).write_text(wanted.as_json(), encoding="utf-8")
    if folder.exists():
        folder.rmdir()
    partial.rename(folder)


def work_on(folder: Path) -> None:
    """Let this process work on the store in ``folder``. Raises RuntimeError when it has read the settings of another."""
    if "doorstep.site.settings" in sys.modules:
        raise RuntimeError("the settings were read before the store was chosen")
    os.environ["DOORSTEP_STORE"] = str(folder)


def log_ins(wanted: Wanted) -> list[LogIn]:
    """Those who can log in, with the passwords made up for this demonstration."""
    members = (*land.township(0, wanted.seed).members, *land.county_members())
    found = [LogIn(m.role, m.username, password(m.username, wanted.seed), m.name) for m in members if m.logs_in]
    roles = ("worker", "clinician", "supervisor", "manager", "installer")
    return sorted(found, key=lambda one: roles.index(one.role))


def password(username: str, seed: int) -> str:
    """Always the same for the same seed: it guards made-up people only."""
    number = int.from_bytes(hashlib.sha256(f"{seed}:{username}".encode()).digest()[:4], "big")
    return f"doorstep-{number % 10**6:06d}"


def _check_empty() -> None:
    """A database outside the folder may hold something. Raises Failure when it does."""
    from doorstep.lib import db

    if db.current().value("SELECT 1 FROM account LIMIT 1"):
        raise store.Failure(_("The database holds something already. A demonstration needs an empty one."))


def _settle(wanted: Wanted, step: store.Step) -> dict[str, int]:
    """Places, members and programmes. Gives user ids by username."""
    from doorstep.access import actions as access
    from doorstep.access import second
    from doorstep.lib import db
    from doorstep.places import actions as places

    step(_("Drawing the villages and hiring the health workers"))
    townships = [land.township(n, wanted.seed) for n in range(land.townships_for(wanted.people))]
    since = generate.first_day(wanted.until) - timedelta(days=1)
    with db.transaction():
        second.make_demonstration()  # nobody real is here: the pages say so, and a password alone opens them
        ids: dict[str, int | None] = {"": None}
        for place in (land.county(), *(p for t in townships for p in t.places)):
            ids[place.code] = places.add(place.code, place.kind, place.names, ids[place.parent], place.polygon)
        users = {}
        for member in (*land.county_members(), *(m for t in townships for m in t.members)):
            secret = password(member.username, wanted.seed) if member.logs_in else None
            user = access.add_user(member.username, member.name, member.role, secret, clinic_id=ids[member.clinic])
            users[member.username] = user
            for code in member.serves:
                access.serve(user, ids[code] or 0, since)
    store.install_shipped(step, by=users["installer"])
    _switch_on(ids[land.COUNTY] or 0, users["installer"])
    return users


def _switch_on(place_id: int, by: int) -> None:
    from doorstep.lib import db
    from doorstep.programmes import actions as programmes

    with db.transaction():
        installed = db.current().rows("SELECT pack_id, version FROM pack_version ORDER BY pack_id")
        for pack_id, version in installed:
            programmes.switch(place_id, pack_id, version, by=by)


def _hand_in(
    households: Iterable[tuple[int, list[Sent]]], senders: dict[str, int], people: int, advance: Advance
) -> None:
    """Everything through the one door, some hundred submissions in one transaction."""
    from doorstep.intake import door
    from doorstep.intake.parse import Sender

    by = {username: Sender(user_id) for username, user_id in senders.items()}
    batch: list[Sent] = []
    done = 0

    def hand_in() -> None:
        door.accept_many([(one.content, by[one.author], one.received_at) for one in batch])
        batch.clear()
        advance(done, people)

    for persons, sent in households:
        batch += sent
        done += persons
        if len(batch) >= BATCH:
            hand_in()
    if batch:
        hand_in()


@contextmanager
def made_elsewhere(wanted: Wanted) -> Iterator[Iterator[tuple[int, list[Sent]]]]:
    """(people, submissions) of each household in order, made by another process while this one works on."""
    # where a process can be forked, the other one need not read the programmes again; it never touches the store
    how = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(1, mp_context=how) as elsewhere:
        try:
            yield _in_order(elsewhere, wanted)
        finally:
            elsewhere.shutdown(cancel_futures=True)


def _in_order(elsewhere: ProcessPoolExecutor, wanted: Wanted) -> Iterator[tuple[int, list[Sent]]]:
    ahead: deque[Future[list[tuple[int, list[Sent]]]]] = deque()
    first, missing = 0, wanted.people
    while missing > 0:
        while len(ahead) < AHEAD:
            ahead.append(elsewhere.submit(_chunk, first, wanted.seed, wanted.until))
            first += CHUNK
        for n, (persons, sent) in enumerate(ahead.popleft().result()):
            if persons > missing:
                number = first - CHUNK * (len(ahead) + 1) + n
                again = elsewhere.submit(generate.household, number, wanted.seed, wanted.until, most=missing)
                persons, sent = again.result()
            yield persons, sent
            missing -= persons
            if missing <= 0:
                return


def _chunk(first: int, seed: int, until: date) -> list[tuple[int, list[Sent]]]:
    return [generate.household(n, seed, until, most=1000) for n in range(first, first + CHUNK)]


@contextmanager
def _quick_writes() -> Iterator[None]:
    """A store in the making need not survive a power cut: it is thrown away when not whole."""
    from doorstep.lib import db

    connection = db.current()
    if connection.dialect == "sqlite":
        connection.run("PRAGMA synchronous=OFF")
    try:
        yield
    finally:
        if connection.dialect == "sqlite":
            connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.run("PRAGMA synchronous=FULL")


def _close() -> None:
    from django.db import connections

    connections.close_all()
    for file in Path(os.environ["DOORSTEP_STORE"]).glob("*.sqlite3"):
        with file.open("rb") as written:
            os.fsync(written.fileno())
