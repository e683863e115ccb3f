"""What fault tests play on: a small store, copied for every round, and what phones send to it."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from doorstep.lib import keyring
from doorstep.site.bench.faults import older

STAGE = "faults.json"
DATABASE = "doorstep.sqlite3"
WORKERS = 3
PEOPLE = 12
PIECE, PUSHED = 700, 3  # bytes of a photo sent at once, records in one push
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
FORM = """| survey | | | |
| | type | name | label |
| | text | note | What was seen |
| | image | photo | A photo of it |
| settings | | | |
| | form_title | form_id | version |
| | Seen at the door | seen_at_the_door | 1 |
"""
BOUNDARY = "doorstep-faults"


@dataclass(frozen=True)
class Stage:
    """The template. By worker: ``phones`` and ``collectors`` hold the tokens of the app of ours and of ODK Collect."""

    folder: str
    phones: list[str] = field(default_factory=list)
    collectors: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)  # every third one is in the care of the same worker
    gap: int = 0  # numbers in the order of entries that decisions took, not records


@dataclass(frozen=True, slots=True)
class Record:
    """One filled form, and the photo it names."""

    instance: str
    body: bytes
    worker: int
    photo: bytes = b""

    @property
    def digest(self) -> str:
        return sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Message:
    """One request, and what is stored for good once it is answered well."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    holds: tuple[Record, ...] = ()


Talk = Sequence[Message]
"""Messages one after the other: each waits for the answer to the one before."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for the stores of one run, in memory where that is possible: what a crash leaves is decided by the tests."""
    home = IN_MEMORY if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and "TMPDIR" not in os.environ else None
    with tempfile.TemporaryDirectory(prefix="doorstep-faults-", dir=home) as folder:
        yield Path(folder)


def stand_on(folder: Path) -> None:
    """Work on the store in ``folder`` from now on, in this process and thread."""
    from django.conf import settings
    from django.db import connections

    from doorstep.places import counters

    for one in connections.all():
        one.close()
        one.settings_dict["NAME"] = str(folder / DATABASE)
    connections.settings["default"]["NAME"] = str(folder / DATABASE)
    os.environ["DOORSTEP_STORE"] = str(folder)
    settings.STORE = folder
    keyring.configure(folder / keyring.FILE)
    counters.forget()


def copy(stage: Stage, folder: Path) -> Path:
    """A store like the template, in ``folder``, and this process on it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(stage.folder, folder)
    stand_on(folder)
    return folder


# The template


def build(folder: Path) -> Stage:
    """Make the template in ``folder``, and beside it the same store as an older version left it. This process must not have read
    the settings of another store."""
    os.environ["DOORSTEP_STORE"] = str(folder)
    os.environ.pop("DOORSTEP_DATABASE_URL", None)
    from doorstep.site import store

    if (folder / STAGE).exists():
        store.connect()
        return Stage(**{**json.loads((folder / STAGE).read_text()), "folder": str(folder)})
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store.set_up()
    older.steps_but_the_last()
    close()
    older_file = folder / older.DATABASE
    shutil.copyfile(folder / DATABASE, older_file)
    store.make()
    made = people_and_phones(folder)
    close()
    older.fill(older_file, folder / DATABASE)
    (folder / STAGE).write_text(json.dumps(asdict(made)))
    return made


def people_and_phones(folder: Path) -> Stage:
    """A village, its workers with their phones, their people under care; in the store this process is connected to."""
    from doorstep.access import actions as access
    from doorstep.engine import xlsform
    from doorstep.forms import actions as forms
    from doorstep.lib import db
    from doorstep.places import actions as places
    from doorstep.programmes import actions as programmes
    from doorstep.site import store

    phones, collectors, users = [], [], []
    with db.transaction():
        place = places.add("f-1", "village", {"en": "Fault village", "zh": "断电村"}, None)
        for n in range(WORKERS):
            users.append(access.add_user(f"f{n}", f"f{n}", "worker", "a good long word"))
            access.serve(users[n], place, date(2020, 1, 1))
            phones.append(access.add_device(users[n], f"phone {n}"))
            collectors.append(access.add_collect_device(users[n], f"collect {n}"))
        forms.publish(xlsform.read(FORM.encode(), "seen_at_the_door.md", check=False), {}, pack_id="faults")
        for pack_id in ("register", "hypertension"):
            pack = programmes.install(next(one for one in store.shipped() if one.name == pack_id), by=0)
            programmes.switch(place, pack.id, pack.version, by=0)
    people = [_person(n, users[n % WORKERS]) for n in range(PEOPLE)]
    count, number = db.current().rows("SELECT (SELECT COUNT(*) FROM entry), value FROM counter WHERE name = 'journal'")[
        0
    ]
    return Stage(str(folder), phones, collectors, people, number - count)


def _person(n: int, user: int) -> str:
    """Somebody in a home of her own, in care for her blood pressure; gives the id."""
    from doorstep.intake import door
    from doorstep.intake.parse import Sender

    home, person = (str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {n}")) for kind in ("home", "person"))
    at = {"registered_on": "2026-10-01"}
    told: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("household", home, {**at, "place": "f-1", "number": str(n)}),
        ("person", person, {**at, "household": home, "agreed_by": "self", "name": f"P{n}", "reach": "any",
                            "sex": "female", "birth_date": "1960-05-01"}),
        ("htn_registration", "", {**at, "person": person, "asked": "yes", "care_by": "both"}),
    )  # fmt: skip
    for form, item, answers in told:
        door.accept(_filled(form, answers, f"uuid:{uuid.uuid5(uuid.NAMESPACE_OID, f'{form} {n}')}", item), Sender(user))
    return person


def _filled(form: str, answers: dict[str, Any], instance: str, item: str = "") -> bytes:
    from doorstep.forms.filling import Filler, Item
    from doorstep.forms.queries import library

    spec = library().spec(form, library().current[form].version)
    return Filler(spec).fill(
        answers, instance=instance, item=Item(item, str(answers.get("name", ""))) if item else None
    )


# What phones send


def records(stage: Stage, count: int, rng: random.Random) -> list[Record]:
    """Visits, new telephone numbers, and sightings with a photo, each of a worker about one of hers."""
    return [_record(stage, n, rng) for n in range(count)]


def _record(stage: Stage, n: int, rng: random.Random) -> Record:
    instance = f"uuid:{uuid.UUID(int=rng.getrandbits(128), version=4)}"
    kind, number = rng.choices(("htn_visit", "person_change", "seen_at_the_door"), (5, 2, 3))[0], rng.randrange(PEOPLE)
    person, worker = stage.people[number], number % WORKERS
    if kind == "seen_at_the_door":
        photo = rng.randbytes(rng.randrange(800, 3000))
        return Record(instance, _filled(kind, {"note": f"n{n}", "photo": "door.jpg"}, instance), worker, photo)
    if kind == "person_change":
        answers = {
            "person": person,
            "changed_on": "2026-11-01",
            "what": ["phone"],
            "phone": f"138{rng.randrange(10**8):08}",
        }
        return Record(instance, _filled(kind, answers, instance, person), worker)
    upper = rng.randint(105, 165)
    visit = {"person": person, "visit_date": "2026-11-10", "systolic": upper, "diastolic": round(upper * 0.6),
             "heart_rate": 74, "weight": "63.5", "symptoms": ["none"], "new_illness": "no", "adherence": "regular",
             "reaction": "no", "advice_given": ["salt"], "referred": "no"}  # fmt: skip
    return Record(instance, _filled(kind, visit, instance), worker)


def as_collect(stage: Stage, record: Record) -> Message:
    """As ODK Collect sends it: the form and its photo in one message."""
    pieces = [("xml_submission_file", "submission.xml", "text/xml", record.body)]
    pieces += [("door.jpg", "door.jpg", "image/jpeg", record.photo)] if record.photo else []
    body = b""
    for name, file, kind, content in pieces:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    headers = (("X-OpenRosa-Version", "1.0"), ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}"))
    path = f"/odk/{stage.collectors[record.worker]}/submission"
    return Message("POST", path, "", headers, body + f"--{BOUNDARY}--\r\n".encode(), (record,))


def as_phone(stage: Stage, sent: Sequence[Record]) -> list[Message]:
    """As the app sends records of one worker: all at once, the photos piece by piece, then it asks for news."""
    worker = sent[0].worker
    bearer = ("Authorization", f"Bearer {stage.phones[worker]}")
    told = [{"id": one.instance, "xml": one.body.decode(), "sha256": one.digest} for one in sent]
    body = json.dumps({"entries": told, "sent": 0, "unsent": len(sent)}).encode()
    bare = tuple(Record(one.instance, one.body, one.worker) for one in sent)
    found = [Message("POST", "/sync/push", "", (bearer, ("Content-Type", "application/json")), body, bare)]
    for one in sent:
        found += [_piece(bearer, one, start) for start in range(0, len(one.photo), PIECE)]
    return [*found, Message("GET", "/sync/pull", "since=&lang=en", (bearer,), b"")]


def _piece(bearer: tuple[str, str], record: Record, start: int) -> Message:
    query = {
        "entry": record.instance,
        "name": "door.jpg",
        "from": start,
        "size": len(record.photo),
        "sha256": digest_of_photo(record),
    }
    headers = (bearer, ("Content-Type", "application/octet-stream"))
    content = record.photo[start : start + PIECE]
    return Message("POST", "/sync/file", urlencode(query), headers, content, (record,))


def elsewhere(message: Message, status: int, body: bytes) -> Message | None:
    """The piece of a photo the server wants instead of the one it was sent; None when that was right."""
    if message.path != "/sync/file" or status != 409:
        return None
    return _piece(message.headers[0], message.holds[0], json.loads(body)["have"])


def from_collect(stage: Stage, sent: Sequence[Record]) -> list[Talk]:
    return [[as_collect(stage, one)] for one in sent]


def from_phones(stage: Stage, sent: Sequence[Record]) -> list[Talk]:
    """A few records at a time."""
    found: list[Talk] = []
    for worker in range(WORKERS):
        own = [one for one in sent if one.worker == worker]
        for start in range(0, len(own), PUSHED):
            found.append(as_phone(stage, own[start : start + PUSHED]))
    return found


def talks(stage: Stage, sent: Sequence[Record]) -> list[Talk]:
    """Half of them from either."""
    half = len(sent) // 2
    return from_collect(stage, sent[:half]) + from_phones(stage, sent[half:])


def receipts(message: Message, status: int, body: bytes) -> list[str]:
    """What an answer says is stored for good: the digests of records, and of photos."""
    if message.path == "/sync/push" and status == 200:
        kept = {"applied", "review"}
        return [one["sha256"] for one in json.loads(body)["receipts"] if one["result"] in kept]
    if message.path == "/sync/file" and status == 200:
        return [digest_of_photo(one) for one in message.holds if json.loads(body)["done"]]
    if message.path.startswith("/odk/") and status in (201, 404, 409):
        photos = [digest_of_photo(one) for one in message.holds if one.photo]
        return [one.digest for one in message.holds] + photos
    return []


# What is left of it


@dataclass(slots=True)
class Found:
    """What a store holds compared with what it must. Every number but ``kept`` must be nought."""

    kept: int = 0  # records that were promised and are there
    lost: int = 0  # promised, and not there byte for byte
    doubled: int = 0  # there more than once
    half: int = 0  # there without what belongs to it: its number, its body, the rows worked out from it
    damaged: int = 0  # by SQLite's own word
    stuck: int = 0  # what was interrupted does not work when it is done again

    def add(self, other: Found) -> None:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


def digests() -> list[str]:
    """Of the bytes of every record in the store this process stands on."""
    from doorstep.forms import queries
    from doorstep.lib import db

    return [sha256(queries.body(seq)).hexdigest() for (seq,) in db.current().rows("SELECT seq FROM entry")]


def judge(stage: Stage, promised: set[str]) -> Found:
    """Compare the store this process stands on with the digests it has given receipts for."""
    from doorstep.intake import rebuild
    from doorstep.lib import db

    connection = db.current()
    said = [row[0] for row in connection.rows("PRAGMA integrity_check(3)")]
    if said != ["ok"] or connection.row("PRAGMA foreign_key_check") is not None:
        return Found(damaged=1)
    bodies = digests()
    there = set(bodies)
    there |= {
        digest for (digest,) in connection.rows("SELECT digest FROM attachment WHERE digest <> ''") if _whole(digest)
    }
    count, last = connection.rows("SELECT COUNT(*), MAX(seq) FROM entry")[0]
    number = int(connection.value("SELECT value FROM counter WHERE name = 'journal'"))
    half = int((count, last) != (number - stage.gap, number)) + len(rebuild.verify())
    return Found(len(promised & there), len(promised - there), len(bodies) - len(set(bodies)), half)


def look(stage: Stage, folder: Path, promised: set[str]) -> Found:
    """Open the store in ``folder`` as the program does when it starts again, and compare."""
    stand_on(folder)
    try:
        return judge(stage, promised)
    except damage():
        return Found(damaged=1)
    except KeyError:  # a record without its bytes
        return Found(half=1)
    finally:
        close()


def look_at_image(stage: Stage, folder: Path, image: Mapping[str, bytes], promised: set[str]) -> Found:
    """``look`` at the database files of an image, by name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copyfile(Path(stage.folder) / keyring.FILE, folder / keyring.FILE)
    for name, content in image.items():
        (folder / name).write_bytes(content)
    return look(stage, folder, promised)


def _whole(digest: str) -> bool:
    from doorstep.forms import kept

    return kept.path_of(digest).exists() and sha256(kept.read(digest)).hexdigest() == digest


def digest_of_photo(record: Record) -> str:
    return sha256(record.photo).hexdigest()


def damage() -> tuple[type[BaseException], ...]:
    """What the driver raises over a database that is damaged."""
    from django.db import DatabaseError

    return (sqlite3.DatabaseError, DatabaseError)


def close() -> None:
    """Let go of the database, so that its files may be copied."""
    from django.db import connections

    connections.close_all()
