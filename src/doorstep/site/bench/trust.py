"""What the access log, sealing and asking who may see whom cost: the same records and pages sent in turn to two servers on copies
of one store, one of which does none of it. That it can be left out exists only here: nothing a store can be set to does it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
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
    """In this process nothing is logged, nothing sealed, and nobody asked whom they serve. For a server of a benchmark."""
    from doorstep.access import permissions, queries
    from doorstep.lib import sealed, writer

    do = writer.do

    def unlogged(handler: Any, item: Any) -> Any:
        return None if handler.__name__ == "write_log" else do(handler, item)

    def same(content: bytes, _bound: str = "", _keys: Any = None) -> bytes:
        return bytes(content)

    def everywhere(self: queries.Staff, *_whom: Any) -> frozenset[int]:
        found: frozenset[int] = self.__dict__.setdefault("everywhere", frozenset(self.tree.by_id))
        return found

    yes = permissions.Decision(True)
    instead: list[tuple[Any, dict[str, Any]]] = [
        (sealed, {"token": str, "opened": str, "seal_bytes": same, "open_bytes": same, "sealed_in": dict}),
        (sealed, {"blind": lambda text, _purpose: text}),
        (permissions, {"may": lambda *_asked: yes}),
        (queries.Staff, {"_reach": everywhere, "_reach_of": everywhere}),
        (writer, {"do": unlogged}),
    ]
    for where, names in instead:
        for name, what in names.items():
            setattr(where, name, what)


@dataclass
class Side:
    """One of the two servers, and what was seen of it."""

    folder: Path
    host: str
    pid: int
    seconds: float = 0.0
    record_cpu: float = 0.0
    page_cpu: float = 0.0
    times: list[float] = field(default_factory=list)

    def take_in(self, records: list[Request], senders: int) -> None:
        before = cpu_seconds(self.pid)
        answers = send(self.host, records, senders)
        self.record_cpu += cpu_seconds(self.pid) - before
        _check(answers.statuses, CREATED)
        self.seconds += answers.seconds

    def show(self, page: Request) -> None:
        answers = send(self.host, [page])
        _check(answers.statuses, OK)
        self.times += [t * 1000 for t in answers.times]


def measure(folder: Path, senders: int, count: int, pages: int, rounds: int, seed: int) -> dict[str, Any]:
    """``count`` records and ``pages`` pages of persons in each of ``rounds`` rounds, to both servers in turn: records round by
    round, pages one by one."""
    if os.environ.get("DOORSTEP_DATABASE_URL"):
        raise Failure(_("This is measured on SQLite only."))
    warm, seen = min(WARM_UP, count), min(WARM_UP, pages)
    records = list(requests(count * rounds + warm, seed))
    read = _pages(pages * rounds + seen, seed)
    bare = folder.with_name("bare")
    shutil.copytree(folder, bare, ignore=shutil.ignore_patterns(f"{SQLITE}*", "server.lock"))
    copy_sqlite(folder / SQLITE, bare / SQLITE)
    with ExitStack() as stack:
        whole = Side(folder, *stack.enter_context(server(folder)))
        without = Side(bare, *stack.enter_context(server(bare, run=WITHOUT)))
        for one in (whole, without):
            send(one.host, records[:warm], senders)
            send(one.host, read[:seen])
        for n in range(rounds):
            turn = (whole, without) if n % 2 else (without, whole)
            for one in turn:
                one.take_in(records[warm + n * count : warm + (n + 1) * count], senders)
            before = [cpu_seconds(one.pid) for one in turn]
            for m, page in enumerate(read[seen + n * pages : seen + (n + 1) * pages]):
                for one in turn if m % 2 else turn[::-1]:
                    one.show(page)
            for one, had in zip(turn, before, strict=True):
                one.page_cpu += cpu_seconds(one.pid) - had
        _check_what_was_left_out(whole, without, read, count * rounds)
    return _told(count * rounds, whole, without)


def _check_what_was_left_out(whole: Side, without: Side, read: list[Request], count: int) -> None:
    """Raises Failure unless one of them did all of it and the other nothing."""
    somebody, other = read[0], next(one for one in read if one.headers != read[0].headers)
    of_another = Request("GET", other.path, somebody.headers)
    scoped = [send(one.host, [of_another]).statuses == [OK] for one in (whole, without)]
    sealed_rows = [_rows(one, f"SELECT COUNT(*) FROM (SELECT body FROM entry_body ORDER BY seq DESC LIMIT {count})"
                              " WHERE substr(body, 1, 4) = x'00445331'") for one in (whole, without)]  # fmt: skip
    logged = [_rows(one, "SELECT COUNT(*) FROM access_log") for one in (whole, without)]
    if scoped != [False, True] or sealed_rows != [count, 0] or logged[0] - logged[1] < len(read):
        raise Failure(_("What is measured was not left out, so nothing was measured."))


def _rows(side: Side, sql: str) -> int:
    with closing(sqlite3.connect(side.folder / SQLITE)) as connection:
        return int(connection.execute(sql).fetchone()[0])


def _pages(count: int, seed: int) -> list[Request]:
    under_care = people_under_care(random.Random(seed))["htn_visit"]  # noqa: S311 - made-up readers
    cookies = {user: cookie(user) for user in sorted({user for _, user in under_care})}
    asked = [under_care[n % len(under_care)] for n in range(count)]
    return [Request("GET", f"/p/{person}", (cookies[user],)) for person, user in asked]


def _check(statuses: list[int], wanted: int) -> None:
    failed = sorted({status for status in statuses if status != wanted})
    if failed:
        raise Failure(_("The server answered with {statuses}, so nothing was measured.").format(statuses=failed))


def _told(count: int, whole: Side, without: Side) -> dict[str, Any]:
    seen = len(whole.times)
    more = sorted(a - b for a, b in zip(whole.times, without.times, strict=True))
    told: dict[str, Any] = {"records": count, "pages": seen}
    for one, name in ((whole, ""), (without, "_without")):
        told |= {
            f"per_second{name}": round(count / one.seconds, 1),
            f"cpu_ms_each{name}": round(one.record_cpu * 1000 / count, 3),
            f"page_p50_ms{name}": round(percentile(one.times, 0.5), 1),
            f"page_p95_ms{name}": round(percentile(one.times, 0.95), 1),
            f"page_cpu_ms{name}": round(one.page_cpu * 1000 / seen, 2),
        }
    return told | {
        "loss_percent": round(100 * (1 - without.seconds / whole.seconds), 1),
        "cpu_loss_percent": round(100 * (1 - without.record_cpu / whole.record_cpu), 1),
        "page_p50_more_ms": round(percentile(more, 0.5), 1),
        "page_p95_more_ms": round(percentile(whole.times, 0.95) - percentile(without.times, 0.95), 1),
    }
