"""Random schedules of phones against this very server: nothing lost, nothing doubled, nothing altered.

The phones are the client's own core (outbox and sync), run by Node with a clock, a disk and a network that a seed decides;
the server is the code of this process, asked through its own address for pushing records. A store is put back to its
beginning before each schedule; a restore puts back a copy made in the middle and begins a new epoch, as a real one does.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from gettext import gettext as _
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from doorstep.access import actions as access
from doorstep.access import queries
from doorstep.engine import xlsform
from doorstep.forms import actions as forms
from doorstep.lib import db
from doorstep.places import actions as places
from doorstep.places import counters
from doorstep.site.store import Failure

SCRIPT = Path(__file__).parent / "build" / "schedules.mjs"
PHONES = 20
FORM = """| survey | | | |
| | type | name | label |
| | text | note | What was seen |
| settings | | | |
| | form_title | form_id | version |
| | Seen at the door | seen_at_the_door | 1 |
"""
CONTROLS = ("forgets", "deletes_early", "marks_unsent")
"""Ways of doing it wrong, which must lose records: a disk that does not wait for its writes, deleting before the receipt,
and a mark of how far one got in place of receipts."""


CONTROL_COUNT = 5


def measure(count: int, seed: int) -> dict[str, Any]:
    """Run ``count`` schedules from ``seed``, and a few of each control: ``controls_lost`` must be above 0 for every one.
    Needs an empty SQLite store this process is connected to. Raises Failure without Node or the built simulator."""
    node, served = _node(), _Served()
    found = _ran(node, served, count, seed, "")
    lost = {control: _ran(node, served, CONTROL_COUNT, seed, control)["lost"] for control in CONTROLS}
    return {**found, "controls_lost": lost}


def _ran(node: str, served: _Served, count: int, seed: int, control: str) -> dict[str, Any]:
    told = {
        "seed": seed,
        "count": count,
        "tokens": served.tokens,
        "form": "seen_at_the_door",
        "version": "1",
        "control": control,
    }
    began = time.monotonic()
    with subprocess.Popen([node, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(json.dumps(told) + "\n")
        child.stdin.flush()
        for line in child.stdout:
            asked = json.loads(line)
            if "done" in asked:
                return {
                    "schedules": count,
                    "seed": seed,
                    **asked["done"],
                    "seconds": round(time.monotonic() - began, 1),
                }
            child.stdin.write(json.dumps(served.answer(asked), ensure_ascii=False) + "\n")
            child.stdin.flush()
    raise Failure(_("The simulator of phones stopped before it was done."))


def _node() -> str:
    if not SCRIPT.exists():
        raise Failure(_("The simulator is not built. Build the front end with: make front"))
    beside = Path(sys.executable).parent
    node = shutil.which("node") or shutil.which("node", path=str(beside))
    if node is None:
        raise Failure(_("There is no Node on this machine. Build the front end with: make front"))
    return node


class _Served:
    """The server's side: a store with one worker per phone, put back to its beginning for each schedule."""

    def __init__(self) -> None:
        with db.transaction():
            self._places = [
                places.add(f"sim-{n}", "village", {"en": f"Village {n}", "zh": f"{n}村"}, None) for n in range(2)
            ]
            self.tokens = [self._phone(n) for n in range(PHONES)]
            forms.publish(xlsform.read(FORM.encode(), "seen_at_the_door.md", check=False), {}, pack_id="simulated")
        self._client = Client()
        self._beginning = self._copied()
        self._backup: sqlite3.Connection | None = None
        self._doing: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
            "push": self._push,
            "begin": self._begin,
            "backup": self._back_up,
            "restore": self._restore,
            "take_back": self._take_back,
            "reassign": self._reassign,
            "held": self._held,
        }

    def _phone(self, n: int) -> str:
        user = access.add_user(f"sim{n}", f"sim{n}", "worker", "a good long word")
        access.serve(user, self._places[0], date(2020, 1, 1))
        return access.add_device(user, f"phone {n}")

    def answer(self, asked: Mapping[str, Any]) -> object:
        return self._doing[asked["do"]](asked)

    def _push(self, asked: Mapping[str, Any]) -> object:
        answer = self._client.post(
            "/sync/push",
            asked["body"],
            content_type="application/json",
            headers={"authorization": f"Bearer {asked['token']}", "content-length": str(len(asked["body"].encode()))},
        )
        return {"status": answer.status_code, "body": answer.content.decode()}

    def _begin(self, _asked: Mapping[str, Any]) -> object:
        self._backup = None
        self._put_back(self._beginning)
        return {}

    def _back_up(self, _asked: Mapping[str, Any]) -> object:
        self._backup = self._copied()
        return {}

    def _restore(self, _asked: Mapping[str, Any]) -> object:
        if self._backup is not None:
            self._put_back(self._backup)
        return {"done": self._backup is not None}

    def _take_back(self, asked: Mapping[str, Any]) -> object:
        device = queries.known_device(asked["token"])
        assert device is not None
        with db.transaction():
            access.revoke_device(device.id)
        return {}

    def _reassign(self, asked: Mapping[str, Any]) -> object:
        device = queries.known_device(asked["token"])
        assert device is not None
        with db.transaction():
            access.serve(device.user_id, self._places[1], date(2026, 1, 1))
        return {}

    @staticmethod
    def _held(_asked: Mapping[str, Any]) -> object:
        """(id, SHA-256, where) of every record the store holds, in order."""
        rows = db.current().rows(
            "SELECT e.instance_id, b.body, e.state FROM entry e JOIN entry_body b ON b.seq = e.seq"
        )
        kept = [(id_, sha256(bytes(body)).hexdigest(), f"entry {state}") for id_, body, state in rows]
        waiting = db.current().rows("SELECT instance_id, body, code FROM quarantined WHERE let_in_seq IS NULL")
        kept += [(id_, sha256(bytes(body)).hexdigest(), code) for id_, body, code in waiting]
        return {"held": sorted(kept)}

    @staticmethod
    def _copied() -> sqlite3.Connection:
        copy = sqlite3.connect(":memory:")
        connection.ensure_connection()
        connection.connection.backup(copy)
        return copy

    @staticmethod
    def _put_back(copy: sqlite3.Connection) -> None:
        copy.backup(connection.connection)
        with db.transaction():
            counters.new_epoch(db.current())
            counters.settings_changed(db.current())
