"""How fast records come in: many phones at once, each record durable and its visits up to date when it is answered."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from doorstep.access import actions as access
from doorstep.forms.filling import Filler, Item
from doorstep.lib import days, db
from doorstep.site.bench.stand import cpu_seconds, memory_mb, percentile, server
from doorstep.site.bench.wire import Request, send
from doorstep.site.demo.households import new_id
from doorstep.site.demo.writing import materials

WARM_UP = 200
BOUNDARY = "doorstep-bench"
HEADERS = ("X-OpenRosa-Version: 1.0", f"Content-Type: multipart/form-data; boundary={BOUNDARY}")
SHARES = (("htn_visit", 0.75), ("anc_visit", 0.15), ("person_change", 0.10))
FLOOR_COMMITS = 1500
_UNDER_CARE = (
    "SELECT p.id, e.author_id FROM entry e JOIN person p ON p.id = e.person_id JOIN account a ON a.id = e.author_id"
    " WHERE e.form_id = ? AND e.state = 0 AND p.left_on IS NULL AND p.died_on IS NULL AND a.role = 'worker'"
    " AND NOT EXISTS (SELECT 1 FROM service_end s WHERE s.person_id = p.id)"
    " AND NOT EXISTS (SELECT 1 FROM entry o WHERE o.person_id = p.id AND o.form_id = 'pregnancy_outcome')"
    " ORDER BY p.id"
)
_OPENED_BY = {"htn_visit": "htn_registration", "anc_visit": "pregnancy_registration", "person_change": "person"}


def measure(folder: Path, senders: int, count: int, seed: int) -> dict[str, Any]:
    """Per second and 95th percentile of ``count`` records from ``senders`` phones, all answered by a server on the
    store, and which share of them is in force afterwards."""
    sent = list(requests(count + WARM_UP, seed))
    before = int(db.current().value("SELECT value FROM counter WHERE name = 'journal'"))
    floor = _bare_commits(folder, [len(r.body) for r in sent[:FLOOR_COMMITS]])
    with server(folder) as (host, pid):
        send(host, sent[:WARM_UP], senders)
        cpu = cpu_seconds(pid)
        answers = send(host, sent[WARM_UP:], senders)
        cpu, memory = cpu_seconds(pid) - cpu, memory_mb(pid)
    times = [t * 1000 for t in answers.times]
    kept, applied = db.current().rows("SELECT COUNT(*), SUM(CASE WHEN state = 0 THEN 1 ELSE 0 END) FROM entry WHERE seq > ?", [before])[0]  # fmt: skip
    per_second = count / answers.seconds
    return {
        "senders": senders,
        "count": count,
        "per_second": round(per_second, 1),
        "p50_ms": round(percentile(times, 0.5), 1),
        "p95_ms": round(percentile(times, 0.95), 1),
        "answered_201": sum(status == 201 for status in answers.statuses),
        "kept": kept - WARM_UP,
        "share_applied": round(applied / kept, 4) if kept else 0.0,
        "bare_commits_per_second": round(floor, 1),
        "ratio_to_bare_commits": round(per_second / floor, 3),
        "server_cpu_ms_each": round(cpu * 1000 / count, 3),
        "server_memory_mb": round(memory, 1),
    }


def requests(count: int, seed: int) -> Iterator[Request]:
    """Valid records about people of the store, each from the phone of the worker who signed that person up."""
    rng = random.Random(seed)  # noqa: S311 - made-up records
    under_care = people_under_care(rng)
    forms = [(form, share) for form, share in SHARES if under_care[form]]
    fillers, tokens, today = materials().fillers, dict[int, str](), days.today()
    for n in range(count):
        form = rng.choices([f for f, _ in forms], [s for _, s in forms])[0]
        person_id, user_id = under_care[form][n % len(under_care[form])]
        if user_id not in tokens:
            with db.transaction():
                tokens[user_id] = access.add_collect_device(user_id, "bench")
        body = _multipart(filled(fillers[form], form, person_id, today, rng))
        yield Request("POST", f"/odk/{tokens[user_id]}/submission", HEADERS, body)


def people_under_care(rng: random.Random) -> dict[str, list[tuple[str, int]]]:
    """(person, the worker who signed her up) by the form that may be filled about her, in a random order."""
    found = {form: db.current().rows(_UNDER_CARE, [opened]) for form, opened in _OPENED_BY.items()}
    for people in found.values():
        rng.shuffle(people)
    return {form: [(str(person), int(user)) for person, user in people] for form, people in found.items()}


def filled(filler: Filler, form: str, person_id: str, today: date, rng: random.Random) -> bytes:
    on = today.isoformat()
    upper = rng.randint(105, 165)
    pressure = {"systolic": upper, "diastolic": round(upper * 0.6)}
    answers: dict[str, dict[str, Any]] = {
        "htn_visit": {
            "visit_date": on, **pressure, "heart_rate": 74, "weight": "63.5", "symptoms": ["none"], "new_illness": "no",
            "adherence": "regular", "reaction": "no", "advice_given": ["salt", "movement"], "referred": "no",
        },
        "anc_visit": {
            "visit_date": on, "weight": "61.0", **pressure, "haemoglobin": 118, "urine_protein": "negative",
            "danger_signs": ["none"], "referred": "no", "advice_given": ["food", "birth_plan"],
        },
        "person_change": {"changed_on": on, "what": ["phone"], "phone": f"100{rng.randrange(10**8):08d}"},
    }  # fmt: skip
    item = Item(person_id) if form == "person_change" else None
    return filler.fill({"person": person_id, **answers[form]}, instance=f"uuid:{new_id(rng)}", item=item)


def _multipart(xml: bytes) -> bytes:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="submission.xml"\r\n'
        "Content-Type: text/xml\r\n\r\n"
    )
    return head.encode() + xml + f"\r\n--{BOUNDARY}--\r\n".encode()


def _bare_commits(folder: Path, sizes: list[int]) -> float:
    """Rows of these sizes a second, each durably committed alone, with nothing else done: what the disk allows."""
    file = folder / "floor.sqlite3"
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, body BLOB)")
    bodies = [os.urandom(size) for size in sizes]
    began = time.perf_counter()
    for body in bodies:
        connection.execute("INSERT INTO entry (body) VALUES (?)", (body,))
    seconds = time.perf_counter() - began
    connection.close()
    file.unlink()
    return len(bodies) / seconds
