"""How fast a worker sees her list and finds a person: whole pages over HTTP, one reader at a time."""

from __future__ import annotations

import random
from gettext import gettext as _
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model

from doorstep.access import queries as access
from doorstep.lib import db, sealed
from doorstep.register.search import plain
from doorstep.site.bench.stand import cpu_seconds, percentile, server
from doorstep.site.bench.wire import Answers, Request, send
from doorstep.site.store import Failure

READERS = 20
WARM_UP = 20
CSRF = "b" * 32
OK = 200
SEARCH_HEADERS = (f"X-CSRFToken: {CSRF}", "Content-Type: application/x-www-form-urlencoded")


def worklist(folder: Path, count: int) -> dict[str, Any]:
    """The page a worker starts her day with."""
    cookies = [cookie(user_id) for user_id in workers()]
    requests = [Request("GET", "/today", (cookies[n % len(cookies)],)) for n in range(count + WARM_UP)]
    return _measured(folder, requests)


def search(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """Finding people by name, part of a name, pinyin initials and the end of a phone number."""
    rng = random.Random(seed)  # noqa: S311 - picks what to search
    readers = [(cookie(user_id), words) for user_id in workers() if (words := _words(user_id))]
    requests = []
    for n in range(count + WARM_UP):
        logged_in, words = readers[n % len(readers)]
        typed = f"typed={quote(rng.choice(words))}".encode()
        requests.append(Request("POST", "/find", (logged_in, *SEARCH_HEADERS), typed))
    return _measured(folder, requests)


def _measured(folder: Path, requests: list[Request]) -> dict[str, Any]:
    with server(folder) as (host, pid):
        send(host, requests[:WARM_UP])
        cpu = cpu_seconds(pid)
        answers: Answers = send(host, requests[WARM_UP:])
        cpu = cpu_seconds(pid) - cpu
    failed = sorted({status for status in answers.statuses if status != OK})
    if failed:
        raise Failure(_("The server answered with {statuses}, so nothing was measured.").format(statuses=failed))
    times = [t * 1000 for t in answers.times]
    return {
        "count": len(times),
        "people": db.current().value("SELECT COUNT(*) FROM person"),
        "p50_ms": round(percentile(times, 0.5), 1),
        "p95_ms": round(percentile(times, 0.95), 1),
        "server_cpu_ms_each": round(cpu * 1000 / len(times), 2),
    }


def workers() -> list[int]:
    members = sorted(access.staff().by_id.values(), key=lambda m: m.id)
    return [m.id for m in members if m.role == "worker"][:READERS]


def cookie(user_id: int) -> str:
    """The header of someone who has logged in."""
    user = get_user_model().objects.get(pk=user_id)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"Cookie: {settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"


def _words(user_id: int) -> list[str]:
    """What this worker may type: her people's names and parts of them, initials, and ends of phone numbers."""
    places = sorted(access.actor(user_id).places)
    rows = db.current().rows_in("SELECT name, phone FROM person WHERE place_id IN (?*) ORDER BY id", places)
    found = [name for name, _ in rows[:200]] + [name[1:] for name, _ in rows[:100] if len(name) > 1]
    found += [sealed.opened(phone)[-4:] for _, phone in rows[:200] if phone]
    sql = "SELECT term FROM search_term WHERE place_id IN (?*) ORDER BY term"
    initials = [term for (term,) in db.current().rows_in(sql, places[:1]) if term.isascii() and len(term) in (2, 3)]
    return [plain(word) for word in found + initials[:100]]
