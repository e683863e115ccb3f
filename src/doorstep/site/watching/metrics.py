"""How much the server does and how long it takes, for Prometheus and whoever reads its text format.

Requests are counted by the pattern of their address, never by the address; numbers of records are those of this process since it
started. Shown only to who brings the token of ``DOORSTEP_METRICS_TOKEN``; without one there is no such page.
"""

from __future__ import annotations

import hmac
import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

import doorstep
from doorstep.access.showing import shows_nobody
from doorstep.lib import writer
from doorstep.site import settings as site_settings
from doorstep.web import backups

SEVERAL = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name: where processes put their counts together
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

log = logging.getLogger("doorstep.requests")
REQUESTS = Counter("doorstep_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("doorstep_request_seconds", "Time until a request was answered", ["route"], buckets=BUCKETS)
_STANDING = CollectorRegistry()
_WAITING = Gauge("doorstep_writer_waiting", "Writes of this process waiting for the disk", registry=_STANDING)
_FREE = Gauge("doorstep_disk_free_bytes", "Room left on the disk of the store", registry=_STANDING)
_SIZE = Gauge("doorstep_database_bytes", "Size of the database file and its log (SQLite)", registry=_STANDING)
_BACKUP = Gauge("doorstep_backup_age_seconds", "Time since the last good backup; -1: never", registry=_STANDING)
_VERSION = Gauge("doorstep_info", "The version that runs", ["version"], registry=_STANDING)


def count(method: str, route: str, status: int, seconds: float) -> None:
    """One request answered. ``route`` is the pattern of its address."""
    REQUESTS.labels(method if method in ("GET", "POST", "HEAD") else "other", route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
    if log.isEnabledFor(logging.INFO):
        told = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        log.info("request", extra={"request_told": told})


class Measured:
    """Counts and times every request that reaches Django; an address nobody knows counts as ``none``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.next(request)
        match = request.resolver_match
        route = (match.route or "/") if match else "none"
        count(request.method or "", route, response.status_code, time.perf_counter() - began)
        return response


@require_safe
@shows_nobody("counts of requests, time, room on the disk; to who brings the token", to="anyone")
def metrics(request: HttpRequest) -> HttpResponse:
    wanted = site_settings.setting("DOORSTEP_METRICS_TOKEN")
    brought = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not wanted or not hmac.compare_digest(brought.encode(), wanted.encode()):
        raise Http404
    return HttpResponse(_counted() + _standing(), content_type=CONTENT_TYPE_LATEST)


def _counted() -> bytes:
    if SEVERAL in os.environ:
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
    ours = CollectorRegistry()
    ours.register(REQUESTS)
    ours.register(SECONDS)
    return generate_latest(ours)


def _standing() -> bytes:
    """What is so now, read when asked."""
    store = Path(settings.STORE)
    _WAITING.set(writer.waiting())
    _FREE.set(shutil.disk_usage(store).free)
    _SIZE.set(sum(file.stat().st_size for file in store.glob("doorstep.sqlite3*")))
    age = backups.age(store)
    _BACKUP.set(-1 if age is None else age.total_seconds())
    _VERSION.labels(doorstep.__version__).set(1)
    return generate_latest(_STANDING)
