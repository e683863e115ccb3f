"""Run every test and say plainly what could not run and why. Exits non-zero on any failure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


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


# journeys of one file go through the same township one after the other, so a file stays in one process
ROUNDS = (
    # what drives a browser runs in processes of its own: its event loop would get in the way of everything else
    ("everything on SQLite", ["-m", "not browser and not spark"]),
    (
        "everything that needs a database, on PostgreSQL",
        ["-m", "store and not browser and not spark", "--database", "postgresql"],
    ),
    # one session for all: it takes longer to start than any of its tests
    ("the rules on Spark", ["-m", "spark", "-n", "0"]),
    ("journeys in Chromium", ["-m", "browser", "--dist", "loadfile"]),
)


def run(what: str, command: list[str]) -> bool:
    """Run one round of tests, say how it went, and give whether it passed."""
    print(f"· {what}", flush=True)
    return subprocess.run(command, check=False).returncode == 0


def main() -> None:
    os.chdir(ROOT)
    passed = [run("the front end", [sys.executable, "tools/test_front.py"])]
    for what, chosen in ROUNDS:
        pytest = [sys.executable, "-m", "pytest", "-n", "2", *chosen, *sys.argv[1:]]
        passed.append(run(what, pytest))
    for sentence in not_runnable():
        print(f"NOT RUN: {sentence}")
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
