"""Full disks, locked stores, killed servers: nothing that was answered is lost, and the server goes on."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.api.conftest import Served, seeded
from tests.api.test_submission import attachments, count, new_id, send, stored, visit
from tests.server import Server, Store

SENTENCE = (
    "The server could not store it: its disk is full or cannot be written."
    " Keep the record and send it later; tell the person who looks after the server."
)


Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Told]:
    """A store no server works on yet; tests that kill servers take a copy."""
    store = Store(tmp_path_factory.mktemp("trouble") / "store", more={"DOORSTEP_PATIENCE": "0.5"})
    return store, seeded(store)


@pytest.fixture(scope="module")
def served(made: tuple[Store, Told], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    store = copied(made[0], tmp_path_factory.mktemp("served"))
    with Server(store) as server:
        yield Served(server, store, **made[1])


def copied(store: Store, into: Path) -> Store:
    return replace(store, folder=Path(shutil.copytree(store.folder, into / "store")))


def worker_of(server: Server) -> int:
    """The process that answers: the child of ``serve``."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    assert len(children) == 1
    return int(children[0])


def test_a_full_disk(served: Served) -> None:
    kept, lost = new_id(), new_id()
    assert send(served, visit(kept)).status == 201
    worker, before = worker_of(served.server), count(served)
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    for xml, files in ((visit(lost), ()), (visit(lost, photos=("a.jpg",)), (("a.jpg", b"AAA"),))):
        reply = send(served, xml, *files, Accept_Language="en")
        assert (reply.status, ET.fromstring(reply.body)[0].text) == (503, SENTENCE)
    assert count(served) == before
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert send(served, visit(lost, photos=("a.jpg",)), ("a.jpg", b"AAA")).status == 201
    assert attachments(served, lost) == {"a.jpg": b"AAA"}
    assert stored(served, kept) == [(0, visit(kept))]
    assert served.store.json("verify") == []


def test_a_locked_store(served: Served) -> None:
    holder = sqlite3.connect(served.store.folder / "doorstep.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    instance = new_id()
    assert send(served, visit(instance)).status == 503
    holder.execute("ROLLBACK")
    holder.close()
    assert stored(served, instance) == []
    assert send(served, visit(instance)).status == 201


@pytest.mark.marked_address
def test_the_log_says_what_happened_and_nothing_about_anybody(served: Served) -> None:
    holder = sqlite3.connect(served.store.folder / "doorstep.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    send(served, visit("uuid:CANARY-INSTANCE", "CANARY-NOTE"), query="?deviceID=CANARY-DEVICE")
    holder.execute("ROLLBACK")
    holder.close()
    log = served.server.log.read_text()
    assert "ERROR doorstep.api.openrosa.receiving: a submission was not stored [OperationalError at" in log
    assert "CANARY" not in log
    assert served.tokens["wang"] not in log


def test_a_second_server_on_the_store_is_refused(served: Served) -> None:
    started = time.monotonic()
    told = served.store.run("serve", "--port", "1", code=1)
    assert told == (
        f"Another server already works on this store, at {served.server.url}. Stop it first, or use another store.\n"
    )
    assert time.monotonic() - started < 20
    assert send(served, visit(new_id())).status == 201


def test_a_command_writes_while_the_server_runs(served: Served) -> None:
    added = served.store.json("device", "add", "wang")
    assert added["url"].startswith(f"{served.server.url}/odk/")
    time.sleep(0.6)
    assert served.server.get(added["url"].removeprefix(served.server.url) + "/formList").status == 200
    served.store.run("device", "revoke", str(added["id"]))
    time.sleep(0.6)
    assert served.server.get(added["url"].removeprefix(served.server.url) + "/formList").status == 403


def test_killed_in_the_middle_of_work_and_started_again(made: tuple[Store, Told], tmp_path: Path) -> None:
    store, told = copied(made[0], tmp_path), made[1]
    answered: list[str] = []
    stop = threading.Event()

    def keep_sending(served: Served) -> None:
        while not stop.is_set():
            instance = new_id()
            try:
                if send(served, visit(instance)).status == 201:
                    answered.append(instance)
            except OSError:
                return

    server = Server(store)
    served = Served(server.__enter__(), store, **told)
    worker = worker_of(server)
    senders = [threading.Thread(target=keep_sending, args=[served]) for _ in range(8)]
    for one in senders:
        one.start()
    while len(answered) < 50:
        time.sleep(0.01)
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    with Server(store) as again:  # at once: the killed server's worker must have let go of store and port
        stop.set()
        for one in senders:
            one.join()
        assert not Path(f"/proc/{worker}").exists()
        kept = {instance for (instance,) in store.rows("SELECT instance_id FROM entry")}
        assert [one for one in answered if one not in kept] == []
        assert send(Served(again, store, **told), visit(answered[-1])).status == 201
    assert store.json("verify") == []


def test_a_worker_that_dies_is_replaced(served: Served) -> None:
    os.kill(worker_of(served.server), signal.SIGKILL)
    deadline = time.monotonic() + 30
    while True:
        try:
            assert send(served, visit(new_id())).status == 201
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_stop_is_orderly(made: tuple[Store, Told], tmp_path: Path) -> None:
    store, told = copied(made[0], tmp_path), made[1]
    with Server(store) as server:
        served = Served(server, store, **told)
        instance = new_id()
        assert send(served, visit(instance)).status == 201
    assert server.process.returncode == 0
    assert stored(served, instance) == [(0, visit(instance))]


def test_the_port_is_taken(made: tuple[Store, Told]) -> None:
    store, _ = made
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = store.run("serve", "--port", str(port), code=1)
    assert told == f"Cannot listen on 127.0.0.1, port {port}: it is taken or not allowed. Try another with --port.\n"


def test_several_workers_need_postgresql(made: tuple[Store, Told]) -> None:
    told = made[0].run("serve", "--workers", "2", code=1)
    assert told == "SQLite works with one worker. Several workers need PostgreSQL (DOORSTEP_DATABASE_URL).\n"
