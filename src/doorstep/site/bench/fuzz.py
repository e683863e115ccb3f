"""Records, tables and packs wrong in every way, given to a real server and to the real readers, within limits.

A limit that does not hold is a failure of the command, not a figure: no fault of ours (5xx, a cut connection), no answer after
more than two seconds, no more than 256 MB for the whole run, nothing taken in half.
"""

from __future__ import annotations

import http.client
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doorstep.engine import packs, xlsform
from doorstep.exchange.grid import Grid, format_of
from doorstep.exchange.register_file.reading import read_table
from doorstep.exchange.typed_table import check as check_typed
from doorstep.forms.queries import library
from doorstep.lib import db
from doorstep.lib.problems import Problems
from doorstep.site.bench import mutating
from doorstep.site.bench.ground import Phone, settle
from doorstep.site.bench.stand import cpu_seconds, peak_mb, server
from doorstep.site.store import shipped

SENDERS = 4
MOST_SECONDS, MOST_MB = 2.0, 256.0
ONE_TABLE_IN = 50  # of the count: how many tables and packs are read besides
PUSHES = 0.25
MOST_SHOWN = 5
OURS = 500
AT_WORK = 0.5  # of the time: below it, what was slow is this machine, busy with something else, and not the server


@dataclass(slots=True)
class _Seen:
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    waited: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def took(self, what: str, seconds: float, worked: float) -> None:
        """``worked``: how long the processor was at it meanwhile, for this and for whatever else was asked."""
        self.slowest = max(self.slowest, seconds)
        if seconds > MOST_SECONDS:
            kind = self.slow if worked > seconds * AT_WORK else self.waited
            kind.append(f"{what}: {seconds:.2f} s, at work {worked:.2f} s")


def measure(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """Send ``count`` records from ``seed``, read a fiftieth as many tables and packs. ``held``: whether every limit was."""
    phones = settle(SENDERS)
    specs = [library().spec(form, published.version) for form, published in sorted(library().current.items())]
    began = time.monotonic()
    with server(folder) as (host, pid):
        at_start = peak_mb(pid)
        seen = [_Seen() for _ in phones]
        threads = [
            threading.Thread(target=_send, args=((host, pid), phone, specs, range(n, count, SENDERS), seed, seen[n]))
            for n, phone in enumerate(phones)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        grew = peak_mb(pid) - at_start
    readers = _Seen()
    _read(max(4, count // ONE_TABLE_IN), seed, readers)
    halves = int(
        db.current().value("SELECT COUNT(*) FROM entry e LEFT JOIN entry_body b ON b.seq = e.seq WHERE b.seq IS NULL")
    )
    faults = [fault for one in (*seen, readers) for fault in one.faults]
    slow = [one for each in (*seen, readers) for one in each.slow]
    return {
        "count": count,
        "seed": seed,
        "statuses": dict(sorted(sum((one.statuses for one in seen), Counter()).items())),
        "kept": int(db.current().value("SELECT COUNT(*) FROM entry")),
        "tables_and_packs": readers.statuses.total(),
        "refused_in_words": readers.statuses[400],
        "faults": len(faults),
        "first_faults": faults[:MOST_SHOWN],
        "slow": len(slow),
        "first_slow": slow[:MOST_SHOWN],
        "waited": sum(len(one.waited) for one in (*seen, readers)),
        "slowest_s": round(max(one.slowest for one in (*seen, readers)), 2),
        "server_grew_mb": round(grew, 1),
        "halves": halves,
        "seconds": round(time.monotonic() - began, 1),
        "held": not faults and not slow and not halves and grew <= MOST_MB,
    }


# ---------------------------------------------------------------- records, to the server


def _send(server: tuple[str, int], phone: Phone, specs: list[Any], numbers: range, seed: int, seen: _Seen) -> None:
    host, pid = server
    line = http.client.HTTPConnection(host, timeout=60)
    for n in numbers:
        path, headers, body = _request(phone, specs, random.Random(f"{seed}:{n}"))  # noqa: S311 - made-up records
        began, worked = time.monotonic(), cpu_seconds(pid)
        try:
            status = _status(line, path, headers, body)
        except (OSError, http.client.HTTPException) as error:
            seen.faults.append(f"{n}: {type(error).__name__}")
            continue
        what = f"{n} ({path.partition('?')[0].rpartition('/')[2]}, {len(body)} bytes)"
        seen.took(what, time.monotonic() - began, cpu_seconds(pid) - worked)
        seen.statuses[status] += 1
        if status >= OURS:
            seen.faults.append(f"{n}: {status}")
    line.close()


def _status(line: http.client.HTTPConnection, path: str, headers: Mapping[str, Any], body: bytes) -> int:
    """What the server answers. A line it closed after the answer before (to what it refused by its head alone) is opened anew;
    one that it closes without any answer raises."""
    for again in (True, False):
        try:
            with suppress(BrokenPipeError):  # refused by its head alone: the answer is there before all was sent
                line.request("POST", path, body, headers)
            answer = line.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            line.close()
            if not again:
                raise
    raise AssertionError


def _request(phone: Phone, specs: list[Any], chance: random.Random) -> tuple[str, Mapping[str, Any], bytes]:
    def record() -> bytes:
        return mutating.mutated(mutating.filled(chance.choice(specs), chance), chance)

    if chance.random() < PUSHES:
        body = mutating.push([record() for _ in range(chance.randrange(4))], chance)
        return "/sync/push", {"Authorization": f"Bearer {phone.app}", "Content-Type": "application/json"}, body
    headers, body = mutating.message(record(), chance)
    sent = {name: value.encode("utf-8", "replace") for name, value in headers.items()}
    return f"/odk/{phone.other}/submission?deviceID=%00{chance.randrange(9)}", sent, body


# ---------------------------------------------------------------- tables, forms and packs, to their readers


def _read(count: int, seed: int, seen: _Seen) -> None:
    readers: Mapping[str, Callable[[Path], object]] = {
        "register.xlsx": read_table,
        "register.csv": read_table,
        "typed.xlsx": check_typed,
        "form.md": lambda path: xlsform.read(path.read_bytes(), path.name, check=False),
        "pack.yaml": lambda path: packs.load(path.parent),
    }
    with tempfile.TemporaryDirectory(prefix="doorstep-fuzz-") as scratch:
        honest = _honest(Path(scratch) / "honest")
        for n in range(count):
            chance = random.Random(f"{seed}:table:{n}")  # noqa: S311 - made-up tables
            name = chance.choice(sorted(readers))
            path = Path(scratch) / "p" / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(mutating.damaged(honest[name], chance))
            began, worked = time.monotonic(), time.process_time()
            try:
                readers[name](path)
                seen.statuses[201] += 1
            except Problems:
                seen.statuses[400] += 1
            except Exception as error:
                seen.faults.append(f"{name} {n}: {type(error).__name__}")
            seen.took(f"{name} {n}", time.monotonic() - began, time.process_time() - worked)
            path.unlink()


def _honest(folder: Path) -> Mapping[str, bytes]:
    folder.mkdir()
    grid = Grid(
        [
            ["户号", "姓名", "性别", "出生日期", "率"],
            *([str(n), f"王{n}", "女", "1990-01-01", "50%"] for n in range(20)),
        ]
    )
    for name in ("register.xlsx", "register.csv"):
        format_of(folder / name).write(folder / name, grid)
    pack = next(one for one in shipped() if one.name == "hypertension")
    form = sorted((pack / "forms").glob("*.md"))[0]
    return {
        "register.xlsx": (folder / "register.xlsx").read_bytes(),
        "typed.xlsx": (folder / "register.xlsx").read_bytes(),
        "register.csv": (folder / "register.csv").read_bytes(),
        "form.md": form.read_bytes(),
        "pack.yaml": (pack / "pack.yaml").read_bytes(),
    }
