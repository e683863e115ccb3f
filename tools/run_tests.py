"""Run every test and say plainly what could not run and why. Exits non-zero on any failure.

Stores are made in memory where there is room: no test cuts the power, so none needs a disk that is waited for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IN_MEMORY = Path("/dev/shm")
ROOM_NEEDED = 6 * 2**30  # bytes: twice what a whole run leaves behind


def not_runnable() -> list[str]:
    """Sentences for what this machine lacks."""
    lacking = []
    if not shutil.which("chromium"):
        lacking.append(
            "the browser journeys, because there is no chromium (Debian packages chromium and fonts-noto-cjk)"
        )
    if not shutil.which("java"):
        lacking.append("the rules on Spark, because there is no Java (Debian package default-jre-headless)")
    return lacking


def holding(word: str) -> list[str]:
    """The test files ``word`` stands in: reading in all the others takes longer than some of these tests."""
    files = (file for file in (ROOT / "tests").rglob("test_*.py") if word in file.read_text(encoding="utf-8"))
    return sorted(str(file.relative_to(ROOT)) for file in files)


# journeys of one file go through the same township one after the other, so a file stays in one process
ROUNDS = (
    # what drives a browser runs in processes of its own: its event loop would get in the way of everything else
    # whoever has nothing left takes tests from the other: the last ones are long
    ("everything on SQLite", ["-m", "not browser and not spark", "--dist", "worksteal"]),
    (
        "everything that needs a database, on PostgreSQL",
        ["-m", "store and not browser and not spark", "--database", "postgresql", "--dist", "worksteal"],
    ),
    # one session for all: it takes longer to start than any of its tests
    ("the rules on Spark", ["-m", "spark", "-n", "0", "tests/spark"]),
    ("journeys in Chromium", ["-m", "browser", "--dist", "loadfile", *holding("mark.browser")]),
)


def run(what: str, command: list[str]) -> bool:
    """Run one round of tests, say how it went, and give whether it passed."""
    print(f"· {what}", flush=True)
    started = time.monotonic()
    passed = subprocess.run(command, check=False).returncode == 0
    print(f"  {what}: {time.monotonic() - started:.0f} s", flush=True)
    return passed


@contextmanager
def room() -> Iterator[None]:
    """Temporary files of all tests in memory, if there is enough of it, and none of them left behind."""
    free = shutil.disk_usage(IN_MEMORY).free if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) else 0
    if "TMPDIR" in os.environ or min(free, _memory_free()) < ROOM_NEEDED:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="doorstep-", dir=IN_MEMORY, ignore_cleanup_errors=True) as folder:
        os.environ["TMPDIR"] = folder
        yield


def _memory_free() -> int:
    """Bytes of memory that nobody uses; 0 where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)


def main() -> None:
    os.chdir(ROOT)
    with room():
        passed = [run("the front end", [sys.executable, "tools/test_front.py"])]
        for what, chosen in ROUNDS:
            pytest = [sys.executable, "-m", "pytest", "-n", "2", *chosen, *sys.argv[1:]]
            passed.append(run(what, pytest))
    for sentence in not_runnable():
        print(f"NOT RUN: {sentence}")
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
