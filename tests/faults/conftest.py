from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.shares import SEED, SHARES
from tests.server import DOORSTEP, Store


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small store of all fault suites, which whoever comes first makes."""
    home = tmp_path_factory.getbasetemp()
    home = home.parent if home.name.startswith("popen-") else home  # one for all processes of a run
    return home / "fault-template"


class Faults:
    """``doorstep bench faults SUITE`` within its share."""

    def __init__(self, template: Path, say: pytest.CaptureFixture[str]):
        self._template, self._say = template, say

    def __call__(self, suite: str) -> dict[str, object]:
        words = ("bench", "faults", suite, "--seed", str(SEED), "--template", str(self._template))
        with self._template.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            told = [str(DOORSTEP), *words, *SHARES[suite].words, "--json"]
            done = subprocess.run(
                told, env=Store(self._template).environment, capture_output=True, text=True, timeout=900
            )
        assert done.returncode == 0, done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        with self._say.disabled():
            sys.stdout.write(f"{suite}: {found}\n")
        return found


@pytest.fixture
def faults(template: Path, capsys: pytest.CaptureFixture[str]) -> Faults:
    return Faults(template, capsys)
