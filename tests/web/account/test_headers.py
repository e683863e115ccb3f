"""Headers without a browser: over HTTPS, beside Django, and forms that come from elsewhere."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver

from doorstep.access import sessions
from doorstep.site import answering
from doorstep.web.middleware import HEADERS, SecurityHeaders
from tests.cast import PASSWORD, Township

TEMPLATES = Path(__file__).resolve().parents[3] / "src/doorstep/web/templates"


@pytest.mark.parametrize(("https", "said"), [(True, "max-age=31536000; includeSubDomains"), (False, None)])
def test_over_https_every_answer_asks_for_https(monkeypatch: pytest.MonkeyPatch, https: bool, said: str | None) -> None:
    monkeypatch.setattr(settings, "SESSION_COOKIE_SECURE", https)
    answer = SecurityHeaders(lambda _: HttpResponse())(HttpRequest())
    assert answer.headers.get("Strict-Transport-Security") == said


def test_what_does_not_pass_through_django_bears_the_headers_too() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    own = [(b"x-content-type-options", b"nosniff"), (b"etag", b'"1"')]
    asyncio.run(answering.guarded(send)({"type": "http.response.start", "status": 200, "headers": own}))  # type: ignore[arg-type]
    named = [name.decode() for name, _ in sent[0]["headers"]]
    assert sorted(named) == sorted({*(name.lower() for name in HEADERS), "etag"})  # each once


def test_a_form_without_its_token_is_refused(township: Township) -> None:
    client = Client(enforce_csrf_checks=True)
    told = {"username": "worker", "password": PASSWORD}
    assert client.post("/login", told).status_code == 403
    client.get("/login")
    token = client.cookies["csrftoken"].value
    assert client.post("/login", {**told, "csrfmiddlewaretoken": token}).status_code == 302
    assert client.post("/logout").status_code == 403
    assert len(sessions.of(township.users["worker"])) == 1


def test_nothing_of_a_log_in_changes_by_looking(township: Township) -> None:
    client = Client()
    client.post("/login", {"username": "installer", "password": PASSWORD})
    own = {"change_password", "end_others", "end_session", "lost_phone", "new_codes", "second_step_off", "end_all_of", "reset_second", "log_out"}  # fmt: skip
    given = {"end_session": ["a" * 16], "lost_phone": [1], "end_all_of": [1], "reset_second": [1]}
    for name in sorted(own):
        path = "/" + get_resolver().reverse(name, *given.get(name, []))
        assert client.get(path).status_code == 405, path
    assert len(sessions.of(township.users["installer"])) == 1


OPEN_TO_ALL = (
    "/login",
    "/about",
    "/health/live",
    "/health/ready",
    "/odk/formList",
    "/manifest.webmanifest",
    "/no-such-page",
)


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_no_other_site_may_read_an_answer(store: None, path: str) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for answer in (Client().get(path, headers=asked), Client().options(path, headers=asked)):
        assert [name for name in answer.headers if name.lower().startswith("access-control-")] == []


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_every_answer_says_what_it_is_and_in_which_letters(store: None, path: str) -> None:
    kind = Client().get(path, headers={"X-OpenRosa-Version": "1.0"}).headers["Content-Type"]
    assert kind == "application/json" or kind.endswith("; charset=utf-8"), kind


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_trace_is_not_answered(store: None, path: str) -> None:
    answer = Client().trace(path, headers={"Secret": "not-to-be-seen"})
    assert answer.status_code in (404, 405)
    assert b"not-to-be-seen" not in answer.content


def test_passwords_are_hidden_and_may_be_pasted() -> None:
    boxes = [box for page in TEMPLATES.rglob("*.html") for box in re.findall(r"<input[^>]+>", page.read_text("utf-8"))]
    secret = [box for box in boxes if re.search(r'name="(password|new|again|word|proof)"', box) and "date" not in box]
    assert len(secret) >= 10
    assert [box for box in secret if 'type="password"' not in box] == []
    assert [
        box for box in boxes if "onpaste" in box or ('autocomplete="off"' in box and 'name="password"' in box)
    ] == []
