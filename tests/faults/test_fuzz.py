"""Records wrong in every way, given to the real doors: never a fault of ours, nothing taken in half, each answered in words."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.access import actions as access
from doorstep.api.openrosa import receiving
from doorstep.forms import queries as forms
from doorstep.lib import db, sealed
from doorstep.site.bench import mutating
from tests.cast import Township
from tests.faults.shares import SHARES
from tests.server import filled

MANY = settings(
    max_examples=SHARES["fuzz"].count,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CHANCE = st.integers(0, 2**32).map(random.Random)
KEPT = (201, 404, 409)  # of which 404 and 409 may also mean that nothing was
REFUSED = (400, 401, 403, 405, 413, 415)


@pytest.fixture
def phones(township: Township, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """The keys of a worker's phones: another app's, and the app's own. One thread does all: the store is its own."""
    monkeypatch.setattr(receiving, "LARGE", 10**9)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
    worker = township.users["worker"]
    yield access.add_collect_device(worker, "phone"), access.add_device(worker, "app")


def posted(token: str, headers: Mapping[str, str], body: bytes, query: bytes = b"") -> tuple[int, bytes]:
    """Status and body of the answer to a submission, through the server's own application."""
    path = f"/odk/{token}/submission"
    named = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": query, "headers": named}
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    mine = connections["default"]

    async def asked() -> None:
        connections["default"] = mine  # an event loop would open one of its own, on a store where nothing is
        await receiving.application(scope, receive, send)

    asyncio.run(asked())
    return sent[0]["status"], sent[1]["body"]


def stands() -> tuple[int, int, int]:
    """Records, their bodies, and what waits beside the door."""
    rows = ("entry", "entry_body", "quarantined")
    entries, bodies, beside = (int(db.current().value(f"SELECT COUNT(*) FROM {table}")) for table in rows)
    return entries, bodies, beside


def any_form(chance: random.Random) -> bytes:
    library = forms.library()
    form_id = chance.choice(sorted(library.current))
    return mutating.filled(library.spec(form_id, library.current[form_id].version), chance)


@pytest.mark.usefixtures("store")
def test_what_an_app_calls_itself_is_kept_without_signs_no_store_can_hold(phones: tuple[str, str]) -> None:
    """A NUL there was a fault of ours on PostgreSQL, and the phone kept its record for ever."""
    headers, body = filled(any_form(random.Random(1)))
    status, answer = posted(phones[0], headers, body, b"deviceID=collect%00%0a%E7%94%B2")
    assert status == 201, answer
    assert db.current().rows("SELECT device_label FROM entry_body") == [("collect甲",)]


@pytest.mark.usefixtures("store")
@MANY
@given(chance=CHANCE)
def test_a_record_wrong_in_any_way_is_kept_whole_or_refused_in_words(
    phones: tuple[str, str], chance: random.Random
) -> None:
    xml = any_form(chance)
    if chance.random() < 0.9:
        xml = mutating.mutated(xml, chance)
    headers, body = mutating.message(xml, chance)
    before = stands()
    status, answer = posted(
        phones[0], headers, body, chance.choice((b"", b"deviceID=%00%ff", b"deviceID=" + b"x" * 300))
    )
    after = stands()
    assert status in KEPT + REFUSED, answer
    assert after[0] == after[1] and after[2] == before[2]
    new = after[0] - before[0]
    assert new == 0 if status in REFUSED else new in (0, 1)
    if new:
        assert sealed.open_bytes(db.current().value("SELECT body FROM entry_body ORDER BY seq DESC LIMIT 1")) in body
    root = ET.fromstring(answer)
    assert root[0].text and root[0].get("nature") == ("submit_success" if status == 201 else "error")


def test_honest_records_are_taken(phones: tuple[str, str]) -> None:
    """The control: what is refused above is refused for what is wrong with it."""
    chances = [random.Random(n) for n in range(8)]
    told = [posted(phones[0], *mutating.message(any_form(chance), chance))[0] for chance in chances]
    assert told.count(201) == stands()[0] > 2


@pytest.mark.usefixtures("store")
@MANY
@given(chance=CHANCE)
def test_a_push_wrong_in_any_way_has_a_receipt_for_each_or_is_refused_whole(
    phones: tuple[str, str], chance: random.Random
) -> None:
    records = [any_form(chance) for _ in range(chance.randrange(3))]
    body = mutating.push([mutating.mutated(one, chance) if chance.random() < 0.8 else one for one in records], chance)
    before = stands()
    answer = Client().post(
        "/sync/push", body, content_type="application/json", headers={"authorization": f"Bearer {phones[1]}"}
    )
    after, told = stands(), orjson.loads(answer.content)
    assert answer.status_code in (200, 400, 413), told
    assert after[0] == after[1]
    if answer.status_code != 200:
        assert after == before and told["problem"]["what"]
        return
    assert len(told["receipts"]) == len(orjson.loads(body)["entries"])
    for one in told["receipts"]:
        assert one["result"] in ("applied", "review", "quarantined", "not_kept")
        assert one["why"] is None or one["why"]["code"] != "intake.our_fault", one
