"""How much memory the server of a township takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doorstep.site.bench import intake, pages
from doorstep.site.bench.stand import memory_mb, server
from doorstep.site.bench.wire import Request, send

PAGES, RECORDS, SENDERS = 200, 1000, 8


def measure(folder: Path, seed: int) -> dict[str, Any]:
    """Proportional memory (PSS) in MB at the start, after pages of twenty workers, and after records from eight phones."""
    cookies = [pages.cookie(user_id) for user_id in pages.workers()]
    asked = [Request("GET", "/today", (cookies[n % len(cookies)],)) for n in range(PAGES)]
    sent = list(intake.requests(RECORDS, seed))
    with server(folder) as (host, pid):
        at_start = memory_mb(pid)
        send(host, asked)
        after_pages = memory_mb(pid)
        send(host, sent, SENDERS)
        after_records = memory_mb(pid)
    return {
        "at_start_mb": round(at_start, 1),
        "after_pages_mb": round(after_pages, 1),
        "after_records_mb": round(after_records, 1),
    }
