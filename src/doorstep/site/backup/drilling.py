"""The drill: the latest backup becomes a store of its own, as it would after a fire, and is proved to be whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

from doorstep.lib import sealing
from doorstep.site import store
from doorstep.site.backup import making
from doorstep.site.store import Failure, Step


@dataclass(frozen=True, slots=True)
class Drilled:
    """What was restored, how long that took, and how many records it held."""

    file: str
    seconds: float
    verified_seconds: float
    entries: int


def drill(folder: Path, key: bytes, database: str, step: Step) -> Drilled:
    """Restore the latest backup in ``folder`` into a new store, and ``verify`` that. Raises Failure."""
    found = making.backups_in(folder)
    if not found:
        raise Failure(_("There is no backup in {folder}.").format(folder=folder))
    with tempfile.TemporaryDirectory(prefix="drill-", dir=store.folder()) as work:
        key_file = Path(work) / "key"
        key_file.touch(0o600)
        key_file.write_text(sealing.key_text(key), encoding="utf-8")
        trial = Path(work) / "store"
        began = time.monotonic()
        step(_("Restoring {file}").format(file=found[-1].name))
        said = _doorstep(trial, database, "restore", str(found[-1]), "--key", str(key_file), "--json")
        restored = time.monotonic()
        step(_("Proving that everything follows from the records"))
        _doorstep(trial, database, "verify", "--json")
        verified = time.monotonic()
    entries = int(json.loads(said)["told"]["counts"]["entry"])
    return Drilled(found[-1].name, round(restored - began, 1), round(verified - restored, 1), entries)


def _doorstep(trial: Path, database: str, *arguments: str) -> str:
    """Run a command on the trial store, apart from this one. Gives what it printed. Raises Failure."""
    environment = {**os.environ, "DOORSTEP_STORE": str(trial), "DOORSTEP_DATABASE_URL": database}
    command = [sys.executable, "-c", "from doorstep.site.command import main; main()", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 (this program)
    if done.returncode:
        why = (done.stderr.strip() or done.stdout.strip())[-300:]
        raise Failure(_("The drill failed at “doorstep {command}”: {why}").format(command=arguments[0], why=why))
    return done.stdout
