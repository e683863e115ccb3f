"""What a phone of the app costs the server: a first fetch of everybody, asking when nothing is new, handing much over at once."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from doorstep.access import actions as access
from doorstep.access.queries import staff
from doorstep.lib import days, db
from doorstep.places import queries as places
from doorstep.site.bench.intake import SHARES, filled, people_under_care
from doorstep.site.bench.stand import cpu_seconds, percentile, server
from doorstep.site.demo.households import new_id
from doorstep.site.demo.writing import materials

IDLE = 50  # times a phone asks when nothing is new
ROUNDS = 3


def push(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """``count`` records of one worker, who serves everybody of the store, in one push, a few times over: how many a second
    are durable, worked out and answered, the middle time of ``ROUNDS``."""
    rng = random.Random(seed)  # noqa: S311 - made-up records
    mine = {form: [person for person, _ in people] for form, people in people_under_care(rng).items()}
    token = _phone_of_everybody()
    seconds, cpus, results = [], [], Counter[str]()
    with server(folder) as (host, pid):
        _push(host, token, _records(mine, 20, rng))
        for _ in range(ROUNDS):
            body = _records(mine, count, rng)
            cpu, began = cpu_seconds(pid), time.perf_counter()
            told = _push(host, token, body)
            seconds.append(time.perf_counter() - began)
            cpus.append(cpu_seconds(pid) - cpu)
            results.update(receipt["result"] for receipt in told["receipts"])
    middle = percentile(seconds, 0.5)
    return {
        "entries": count,
        "per_second": round(count / middle, 1),
        "seconds": [round(one, 2) for one in seconds],
        "server_cpu_ms_each": round(1000 * percentile(cpus, 0.5) / count, 3),
        "share_applied": round(results["applied"] / results.total(), 4),
        "people_written_about": len({person for people in mine.values() for person in people[:count]}),
    }


def _phone_of_everybody() -> str:
    """The key of a phone whose worker serves every place of the store."""
    worker = next(member.id for member in staff().by_id.values() if member.role == "worker")
    with db.transaction():
        for node in places.tree().children[None]:
            access.serve(worker, node.id, date(2020, 1, 1))
        return access.add_device(worker, "bench")


def _records(mine: dict[str, list[str]], count: int, rng: random.Random) -> bytes:
    fillers, today, entries = materials().fillers, days.today(), []
    forms = [(form, share) for form, share in SHARES if mine[form]]
    for n in range(count):
        form = rng.choices([f for f, _ in forms], [s for _, s in forms])[0]
        xml = filled(fillers[form], form, mine[form][n % len(mine[form])], today, rng)
        instance = xml.partition(b"<instanceID>")[2].partition(b"<")[0].decode() or new_id(rng)
        entries.append({"id": instance, "xml": xml.decode(), "sha256": hashlib.sha256(xml).hexdigest()})
    return json.dumps({"entries": entries, "sent": 0, "unsent": count}).encode()


def pull(folder: Path) -> dict[str, Any]:
    """A first fetch by a worker who serves everybody of the store, and asking again when nothing is new."""
    token = _phone_of_everybody()
    with server(folder) as (host, pid):
        _get(host, token, "")  # settings are read and packs compiled
        cpu, began = cpu_seconds(pid), time.perf_counter()
        answers = list(_pulled(host, token))
        seconds, cpu = time.perf_counter() - began, cpu_seconds(pid) - cpu
        since = answers[-1][0]["since"]
        idle, at = cpu_seconds(pid), time.perf_counter()
        for _ in range(IDLE):
            _get(host, token, since)
        idle, waited = cpu_seconds(pid) - idle, time.perf_counter() - at
    return {
        "people": sum(len(told["people"]) for told, _, _ in answers),
        "families": len({one["id"] for told, _, _ in answers for one in told["families"]}),
        "answers": len(answers),
        "bytes_gzipped": sum(small for _, small, _ in answers),
        "bytes": sum(large for _, _, large in answers),
        "bytes_gzipped_of_the_first_answer": answers[0][1],
        "seconds": round(seconds, 2),
        "server_cpu_seconds": round(cpu, 2),
        "nothing_new_cpu_ms": round(1000 * idle / IDLE, 2),
        "nothing_new_ms": round(1000 * waited / IDLE, 2),
    }


def _pulled(host: str, token: str) -> Iterator[tuple[dict[str, Any], int, int]]:
    since, more = "", True
    while more:
        told, small, large = _get(host, token, since)
        since, more = told["since"], told["more"]
        yield told, small, large


def _get(host: str, token: str, since: str) -> tuple[dict[str, Any], int, int]:
    """The answer, its bytes as they came over the line, and unpacked."""
    asked = f"http://{host}/sync/pull?" + urlencode({"since": since, "lang": "zh"})
    request = urllib.request.Request(asked, headers=_headers(token))
    with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310 - our own server
        content = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    whole = gzip.decompress(content) if packed else content
    return json.loads(whole), len(content), len(whole)


def _push(host: str, token: str, body: bytes) -> dict[str, Any]:
    headers = {**_headers(token), "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://{host}/sync/push", body, headers)
    with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310 - our own server
        told: dict[str, Any] = json.loads(answer.read())
    return told


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
