"""What benches stand on: a copy of a demonstration store, and a server of its own on it."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path

from doorstep.site import store
from doorstep.site.demo import making

RUN = "from doorstep.site.command import main; main()"
START_SECONDS = 180
_ON_POSTGRESQL = "DOORSTEP_DATABASE_URL"


@contextmanager
def connected_copy(people: int, seed: int) -> Iterator[Path]:
    """A store this process is connected to, thrown away afterwards: a copy of the demonstration that DOORSTEP_STORE
    names, else a new one of ``people`` people. With PostgreSQL the named store itself is used, and changed."""
    named = Path(os.environ.get("DOORSTEP_STORE", ""))
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as scratch:
        folder = Path(scratch) / "store"
        if os.environ.get(_ON_POSTGRESQL):
            folder = named
        elif os.environ.get("DOORSTEP_STORE") and making.is_ready(named):
            _copy(named, folder)
            making.work_on(folder)
        else:
            _make(folder, people, seed)
            making.work_on(folder)
        store.connect()
        yield folder


@contextmanager
def connected_empty() -> Iterator[Path]:
    """An empty store of SQLite this process is connected to, thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as scratch:
        folder = Path(scratch) / "store"
        os.environ.pop(_ON_POSTGRESQL, None)
        making.work_on(folder)
        store.make()
        yield folder


def _make(folder: Path, people: int, seed: int) -> None:
    """A demonstration store, made by a process of its own: this one must read the settings of the finished store."""
    told = ["--store", str(folder), "demo", "--no-serve", "--people", str(people), "--seed", str(seed)]
    subprocess.run([sys.executable, "-c", RUN, *told], stdout=subprocess.DEVNULL, check=True)  # noqa: S603


def _copy(source: Path, target: Path) -> None:
    """The store with whatever its server has written up to now."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sqlite3", "*-wal", "*-shm", store.LOCK_FILE))
    for file in source.glob("*.sqlite3"):
        with sqlite3.connect(file) as had, sqlite3.connect(target / file.name) as copy:
            had.backup(copy)


@contextmanager
def server(folder: Path, run: str = RUN) -> Iterator[tuple[str, int]]:
    """A server of its own process (``run``: its program) on the store: (host:port, process id). Raises Failure when it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", run, "--store", str(folder), "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait(process, port)
        yield f"127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise store.Failure(_("The server for measuring did not start."))


def percentile(values: list[float], part: float) -> float:
    """The value that ``part`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def memory_mb(pid: int) -> float:
    """Proportional memory of a process and its children, in MB (Linux)."""
    return sum(_pss_kb(one) for one in _family(pid)) / 1024


def cpu_seconds(pid: int) -> float:
    """Processor time a process and its children have used (Linux)."""
    ticks = 0
    for one in _family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_mb(pid: int) -> float:
    """The most memory a process and its children held at any time, in MB (Linux)."""
    told = [Path(f"/proc/{one}/status").read_text().splitlines() for one in _family(pid)]
    return sum(int(line.split()[1]) for lines in told for line in lines if line.startswith("VmHWM:")) / 1024


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _family(int(child))
    return found


def _pss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
