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
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
IN_MEMORY = Path("/dev/shm")
ROOM_NEEDED = 6 * 2**30  # bytes: twice what a whole run leaves behind
ROOM_FOR_BOTH = 12 * 2**30  # bytes: the files of a run, Spark, browsers and servers together
HEARD: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}


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


PYTEST = (sys.executable, "-m", "pytest", "-n", "2")
Round = tuple[str, tuple[str, ...]]
# whoever has nothing left takes tests from the other: the last ones are long
DATABASES: tuple[Round, ...] = (
    ("everything on SQLite", (*PYTEST, "-m", "not browser and not spark", "--dist", "worksteal")),
    (
        "everything that needs a database, on PostgreSQL",
        (*PYTEST, "-m", "store and not browser and not spark", "--database", "postgresql", "--dist", "worksteal"),
    ),
)
# what drives a browser runs in processes of its own: its event loop would get in the way of everything else
BROWSERS: tuple[Round, ...] = (
    ("the front end", (sys.executable, "tools/test_front.py")),
    # journeys of one file go through the same township one after the other, so a file stays in one process
    ("journeys in Chromium", (*PYTEST, "-m", "browser", "--dist", "loadfile", *holding("mark.browser"))),
    # one session for all: it takes longer to start than any of its tests
    ("the rules on Spark", (*PYTEST, "-m", "spark", "-n", "0", "tests/spark")),
)


def run(rounds: Sequence[Round], more: Sequence[str], beside: bool) -> bool:
    """Run rounds of tests one after the other, say how each went, and give whether all passed. What is said by those that
    run ``beside`` others is kept until its round is over, so that no two mix."""
    passed = True
    for what, command in rounds:
        words = [*command, *(more if "pytest" in command else ())]
        if not beside:
            print(f"· {what}", flush=True)
        started = time.monotonic()
        done = subprocess.run(words, check=False, text=True, **(HEARD if beside else {}))
        if beside:
            print(f"\n· {what}\n{done.stdout}", end="", flush=True)
        print(f"  {what}: {time.monotonic() - started:.0f} s", flush=True)
        passed &= done.returncode == 0
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
    """Both halves at once: browsers and Spark wait a lot. One after the other where memory is short."""
    os.chdir(ROOT)
    more, roomy = sys.argv[1:], _memory_free() > ROOM_FOR_BOTH
    with room(), ThreadPoolExecutor(1) as other:
        browsers = other.submit(run, BROWSERS, more, roomy)
        if not roomy:
            browsers.result()
        passed = run(DATABASES, more, beside=False)
        passed &= browsers.result()
    for sentence in not_runnable():
        print(f"NOT RUN: {sentence}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
