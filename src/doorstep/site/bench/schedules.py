"""Random schedules of phones against this very server: nothing lost, nothing doubled, nothing altered.

The phones are the client's own core (outbox, sync, what was fetched), run by Node with a clock, a disk and a network that a seed
decides; the server is the code of this process, asked through its own addresses. A store is put back to its beginning before
each schedule; a restore puts back a copy made in the middle and begins a new epoch, as a real one does. When the power fails,
the server goes on from what was durable: the database file and its log.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from gettext import gettext as _
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from doorstep.access import actions as access
from doorstep.access import queries
from doorstep.engine import xlsform
from doorstep.forms import actions as forms
from doorstep.forms.filling import Filler, Item
from doorstep.forms.queries import library
from doorstep.intake import door, rebuild
from doorstep.intake.parse import Sender
from doorstep.lib import db, sealed
from doorstep.places import actions as places
from doorstep.places import counters
from doorstep.programmes import actions as programmes
from doorstep.site.bench.desk import Desk
from doorstep.site.store import Failure, shipped

SCRIPT = Path(__file__).parent / "build" / "schedules.mjs"
PHONES = 20
PEOPLE = 8
FORM = """| survey | | | |
| | type | name | label |
| | text | note | What was seen |
| | image | photo | A photo of it |
| settings | | | |
| | form_title | form_id | version |
| | Seen at the door | seen_at_the_door | 1 |
"""
CONTROLS = ("forgets", "deletes_early", "marks_unsent", "unsynced")
"""Ways of doing it wrong, which must lose records: a phone's disk that does not wait for its writes, deleting before the receipt,
a mark of how far one got in place of receipts, and a server that does not wait for its own disk (``synchronous=NORMAL``): when the
power fails, the database file stands there without the log that was not written through."""
TEMPLATES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("person_change", {"changed_on": "2026-11-01", "what": "phone", "phone": "13800{said}"}),
    ("person_change", {"changed_on": "2026-11-02", "what": "reach", "reach": "clinic_only"}),
    ("moving_away", {"left_on": "2026-11-03"}),
)


MOST_OF_A_CONTROL = 40  # schedules; the power fails in few of them while something hangs on it


def measure(count: int, seed: int) -> dict[str, Any]:
    """Run ``count`` schedules from ``seed``, and each control until it loses something: ``controls_lost`` must be above 0 for every one.
    Needs an empty SQLite store this process is connected to. Raises Failure without Node or the built simulator."""
    node, served = _node(), _Served()
    found = _ran(node, served, count, seed, "")
    return {**found, "controls_lost": {control: _first_loss(node, served, seed, control) for control in CONTROLS}}


def _first_loss(node: str, served: _Served, seed: int, control: str) -> int:
    """How many records the first schedule lost that lost any when it is done wrong; 0: none did."""
    runs = (_ran(node, served, 1, seed + n, control)["lost"] for n in range(MOST_OF_A_CONTROL))
    return next((lost for lost in runs if lost), 0)


def _ran(node: str, served: _Served, count: int, seed: int, control: str) -> dict[str, Any]:
    told = {
        "seed": seed,
        "count": count,
        "tokens": served.tokens,
        "form": "seen_at_the_door",
        "version": "1",
        "control": control,
        "templates": served.templates,
        "people": served.people,
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
            self._desk = Desk(self._places)
            forms.publish(xlsform.read(FORM.encode(), "seen_at_the_door.md", check=False), {}, pack_id="simulated")
            pack = programmes.install(next(f for f in shipped() if f.name == "register"), by=0)
            for place in self._places:
                programmes.switch(place, pack.id, pack.version, by=0)
        self.people = [self._person(n) for n in range(PEOPLE)]
        self.templates = [self._fill(form, "{person}", "{instance}", **told) for form, told in TEMPLATES]
        self._client = Client()
        self._beginning = self._copied()
        self._backup: sqlite3.Connection | None = None
        self._doing: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
            "push": self._push,
            "begin": self._begin,
            "backup": self._back_up,
            "restore": self._restore,
            "pull": self._pull,
            "file": self._file,
            "power": self._power,
            "sign_out": self._sign_out,
            "role": self._role,
            "take_back": self._take_back,
            "held": self._held,
            "same": self._desk.same,
            "cover": self._desk.cover,
            "end_cover": self._desk.end_cover,
            "days": self._desk.days_pass,
        }

    def _phone(self, n: int) -> str:
        user = access.add_user(f"sim{n}", f"sim{n}", "worker", "a good long word")
        access.serve(user, self._places[n % 2], date(2020, 1, 1))
        return access.add_device(user, f"phone {n}")

    def _person(self, n: int) -> str:
        """Somebody in a family of her own, in one of the two places; gives the id."""
        home, person = (f"0000000{kind}-0000-4000-8000-{n:012}" for kind in (1, 2))
        sender = Sender(queries.known_device(self.tokens[n % 2]).user_id)  # type: ignore[union-attr]
        at, name = {"registered_on": "2026-10-01"}, f"P{n % 2}{n // 4}"  # some are alike
        for form, id_, told in (
            ("household", home, {**at, "place": f"sim-{n % 2}", "number": str(n)}),
            (
                "person",
                person,
                {
                    **at,
                    "household": home,
                    "agreed_by": "self",
                    "name": name,
                    "reach": "any",
                    "sex": "female",
                    "birth_date": "1990-05-01",
                },
            ),
        ):
            door.accept(self._fill(form, id_, f"uuid:{id_[:-1]}{n}{form[0]}", label=name, **told).encode(), sender)
        return person

    @staticmethod
    def _fill(form: str, id_: str, instance: str, *, label: str = "", **told: Any) -> str:
        spec = library().spec(form, library().current[form].version)
        answers = {"person": id_, **told} if form not in ("household", "person") else told
        return Filler(spec).fill(answers, instance=instance, item=Item(id_, label)).decode()

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

    def _pull(self, asked: Mapping[str, Any]) -> object:
        headers = {"authorization": f"Bearer {asked['token']}"}
        answer = self._client.get("/sync/pull", {"since": asked["since"], "lang": "en"}, headers=headers)
        return {"status": answer.status_code, "body": answer.content.decode()}

    def _file(self, asked: Mapping[str, Any]) -> object:
        address = "/sync/file?" + urlencode({name: asked[name] for name in ("entry", "name", "from", "size", "sha256")})
        headers = {"authorization": f"Bearer {asked['token']}"}
        if asked["from"] < 0:
            answer = self._client.get(address, headers=headers)
        else:
            content = asked["bytes"].encode()
            answer = self._client.post(address, content, content_type="application/octet-stream", headers=headers)
        return {"status": answer.status_code, "body": answer.content.decode()}

    def _power(self, asked: Mapping[str, Any]) -> object:
        """The power fails at the server, and it goes on from its files: with the log when that was durable."""
        file = Path(str(connection.settings_dict["NAME"]))
        with tempfile.TemporaryDirectory(prefix="doorstep-power-") as scratch:
            found = Path(scratch) / file.name
            shutil.copyfile(file, found)
            log = file.with_name(file.name + "-wal")
            if asked["keeps_log"] and log.exists():
                shutil.copyfile(log, found.with_name(log.name))
            after = sqlite3.connect(found)
            after.backup(connection.connection)
            after.close()
        with db.transaction():
            counters.settings_changed(db.current())
        return {}

    @staticmethod
    def _sign_out(asked: Mapping[str, Any]) -> object:
        device = queries.known_device(asked["token"])
        assert device is not None
        with db.transaction():
            access.sign_out_device(device.id)
        return {}

    @staticmethod
    def _role(asked: Mapping[str, Any]) -> object:
        device = queries.known_device(asked["token"])
        assert device is not None
        with db.transaction():
            access.set_role(device.user_id, "worker" if asked["fills"] else "manager")
        return {}

    def _begin(self, _asked: Mapping[str, Any]) -> object:
        self._backup = None
        self._desk.begin()
        self._put_back(self._beginning)
        connection.connection.execute(
            "PRAGMA wal_checkpoint(TRUNCATE)"
        )  # only what a schedule writes stands in the log
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

    @staticmethod
    def _held(_asked: Mapping[str, Any]) -> object:
        """(id, SHA-256, where) of every record the store holds, in order, (id, SHA-256) of every file records name, and how many
        rows are not what the records say."""
        rows = db.current().rows(
            "SELECT e.instance_id, b.body, e.state FROM entry e JOIN entry_body b ON b.seq = e.seq"
        )
        kept = [(id_, sha256(sealed.open_bytes(body)).hexdigest(), f"entry {state}") for id_, body, state in rows]
        waiting = db.current().rows("SELECT instance_id, body, code FROM quarantined WHERE let_in_seq IS NULL")
        kept += [(id_, sha256(sealed.open_bytes(body)).hexdigest(), code) for id_, body, code in waiting]
        files = db.current().rows(
            "SELECT e.instance_id, a.digest FROM attachment a JOIN entry e ON e.seq = a.seq ORDER BY 1, 2"
        )
        return {"held": sorted(kept), "files": files, "unsound": len(rebuild.verify())}

    @staticmethod
    def _copied() -> sqlite3.Connection:
        copy = sqlite3.connect(":memory:")
        connection.ensure_connection()
        connection.connection.backup(copy)
        return copy

    @staticmethod
    def _put_back(copy: sqlite3.Connection) -> None:
        copy.backup(connection.connection)
        shutil.rmtree(Path(settings.STORE) / "uploads", ignore_errors=True)
        with db.transaction():
            counters.new_epoch(db.current())
            counters.settings_changed(db.current())
