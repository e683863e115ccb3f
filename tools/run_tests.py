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
    return lacking


def main() -> None:
    os.chdir(ROOT)
    front = (
        subprocess.run([sys.executable, "tools/test_front.py"], check=False)
        if (ROOT / "tools/test_front.py").exists()
        else None
    )
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *sys.argv[1:]], check=False
    )
    for sentence in not_runnable():
        print(f"NOT RUN: {sentence}")
    sys.exit(tests.returncode or (front.returncode if front else 0))


if __name__ == "__main__":
    main()
