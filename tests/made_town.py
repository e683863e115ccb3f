"""A made-up township in a store on disk, made once for all tests of a run and copied for each that works on it."""

from __future__ import annotations

import fcntl
import shutil
from functools import cache
from pathlib import Path

import pytest

from tests import commands

PEOPLE, SEED = 150, 5


@cache
def _made(base: Path) -> Path:
    """The one store of this run: whichever test process comes first makes it, the others wait."""
    folder = base / "made-town"
    with (base / "made-town.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            told = ["--store", str(folder), "demo", "--no-serve", "--people", str(PEOPLE), "--seed", str(SEED)]
            done = commands.run(told, commands.plain_environment())
            assert done.returncode == 0, done.stderr
    return folder


def copied_to(folder: Path, factory: pytest.TempPathFactory) -> Path:
    """A copy of the store at ``folder``."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base  # test processes have folders beside each other
    shutil.copytree(_made(shared), folder)
    return folder
