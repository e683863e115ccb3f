"""What the access log and sealing cost: the same records and pages sent in turn to two servers on copies of one store, one of
which neither logs nor seals. That it can be left out exists only here: nothing a store can be set to does it."""

from __future__ import annotations

import os
import random
import shutil
from contextlib import ExitStack
from gettext import gettext as _
from pathlib import Path
from typing import Any

from doorstep.site.backup.databases import SQLITE, copy_sqlite
from doorstep.site.bench.intake import people_under_care, requests
from doorstep.site.bench.pages import cookie
from doorstep.site.bench.stand import RUN, cpu_seconds, percentile, server
from doorstep.site.bench.wire import Request, send
from doorstep.site.store import Failure

WARM_UP = 100
WITHOUT = f"from doorstep.site.bench import trust; trust.leave_out(); {RUN}"
OK, CREATED = 200, 201


def leave_out() -> None:
    """In this process nothing is logged and nothing sealed. For a server of a benchmark."""
    from doorstep.lib import sealed, writer

    do = writer.do

    def unlogged(handler: Any, item: Any) -> Any:
        return None if handler.__name__ == "write_log" else do(handler, item)

    def same(content: bytes, _bound: str = "", _keys: Any = None) -> bytes:
        return bytes(content)

    open_ = {"token": str, "opened": str, "seal_bytes": same, "open_bytes": same, "sealed_in": dict}
    for name, instead in {**open_, "blind": lambda text, _purpose: text}.items():
        setattr(sealed, name, instead)
    setattr(writer, "do", unlogged)  # noqa: B010 - a plain assignment would promise the same type


def measure(folder: Path, senders: int, count: int, pages: int, rounds: int, seed: int) -> dict[str, Any]:
    """``count`` records and ``pages`` pages of persons in each of ``rounds`` rounds, to both servers in turn."""
    if os.environ.get("DOORSTEP_DATABASE_URL"):
        raise Failure(_("This is measured on SQLite only."))
    records = list(requests(count * rounds + WARM_UP, seed))
    read = _pages(pages * rounds + WARM_UP, seed)
    bare = folder.with_name("bare")
    shutil.copytree(folder, bare, ignore=shutil.ignore_patterns(f"{SQLITE}*", "server.lock"))
    copy_sqlite(folder / SQLITE, bare / SQLITE)
    with ExitStack() as stack:
        servers = [stack.enter_context(server(folder)), stack.enter_context(server(bare, run=WITHOUT))]
        for host, _pid in servers:
            send(host, records[:WARM_UP], senders)
            send(host, read[:WARM_UP])
        seconds, cpu = [0.0, 0.0], [0.0, 0.0]
        times: tuple[list[float], list[float]] = ([], [])
        for n in range(rounds):
            for which in (0, 1) if n % 2 else (1, 0):
                host, pid = servers[which]
                before = cpu_seconds(pid)
                answers = send(host, records[WARM_UP + n * count : WARM_UP + (n + 1) * count], senders)
                cpu[which] += cpu_seconds(pid) - before
                _check(answers.statuses, CREATED)
                seconds[which] += answers.seconds
                shown = send(host, read[WARM_UP + n * pages : WARM_UP + (n + 1) * pages])
                _check(shown.statuses, OK)
                times[which].extend(t * 1000 for t in shown.times)
    return _told(count * rounds, seconds, cpu, times)


def _pages(count: int, seed: int) -> list[Request]:
    under_care = people_under_care(random.Random(seed))["htn_visit"]  # noqa: S311 - made-up readers
    cookies = {user: cookie(user) for user in sorted({user for _, user in under_care})}
    asked = [under_care[n % len(under_care)] for n in range(count)]
    return [Request("GET", f"/p/{person}", (cookies[user],)) for person, user in asked]


def _check(statuses: list[int], wanted: int) -> None:
    failed = sorted({status for status in statuses if status != wanted})
    if failed:
        raise Failure(_("The server answered with {statuses}, so nothing was measured.").format(statuses=failed))


def _told(count: int, seconds: list[float], cpu: list[float], times: tuple[list[float], list[float]]) -> dict[str, Any]:
    p95 = [percentile(one, 0.95) for one in times]
    return {
        "records": count,
        "per_second": round(count / seconds[0], 1),
        "per_second_without": round(count / seconds[1], 1),
        "loss_percent": round(100 * (1 - seconds[1] / seconds[0]), 1),
        "cpu_ms_each": round(cpu[0] * 1000 / count, 3),
        "cpu_ms_each_without": round(cpu[1] * 1000 / count, 3),
        "pages": len(times[0]),
        "page_p50_ms": round(percentile(times[0], 0.5), 1),
        "page_p50_ms_without": round(percentile(times[1], 0.5), 1),
        "page_p95_ms": round(p95[0], 1),
        "page_p95_ms_without": round(p95[1], 1),
        "page_p95_more_ms": round(p95[0] - p95[1], 1),
    }
