"""Slowing down on the screens: what is said, that it is the same for everybody, and who is not held up."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from doorstep.access import attempts
from doorstep.web import slowing
from tests.cast import PASSWORD, Township
from tests.web.worker.conftest import Reader, steady


@pytest.fixture(autouse=True)
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a test takes, no second passes."""
    monkeypatch.setattr(attempts, "_now", lambda: 1_000_000)


def tried(client: Client, username: str, password: str = "wrong", address: str = "192.0.2.1") -> tuple[int, str]:
    told = {"username": username, "password": password}
    answer = client.post("/login", told, REMOTE_ADDR=address)
    return answer.status_code, steady(answer.content).replace(username, "…")


def test_a_member_and_a_stranger_are_answered_alike_to_the_letter(township: Township) -> None:
    english = {"accept-language": "en"}
    of = {
        name: [tried(Client(headers=english), name, address=f"192.0.2.{n}") for _ in range(6)]
        for n, name in enumerate(("worker", "stranger"))
    }
    assert of["worker"] == of["stranger"]
    assert [status for status, _ in of["worker"]] == [422] * 5 + [429]
    assert "Too many tries. Please wait 5 seconds." in of["worker"][5][1]


def test_while_waiting_the_right_password_opens_nothing(township: Township) -> None:
    for _ in range(5):
        tried(Client(), "worker")
    assert tried(Client(), "worker", PASSWORD)[0] == 429


def test_a_browser_that_is_known_is_not_held_up_by_a_stranger(township: Township) -> None:
    known = Client()
    assert tried(known, "worker", PASSWORD)[0] == 302
    known.post("/logout")
    for _ in range(9):
        tried(Client(), "worker", address="192.0.2.9")
    assert tried(Client(), "worker", PASSWORD)[0] == 429
    assert tried(known, "worker", PASSWORD)[0] == 302
    known.post("/logout")
    for _ in range(5):
        assert tried(known, "worker")[0] == 422
    assert tried(known, "worker", PASSWORD)[0] == 429  # counted by itself, but counted
    assert tried(known, "neighbour")[0] == 422  # known as the worker's, not as anybody's


def test_taking_back_for_strangers_is_slowed_down_whether_it_finds_anybody_or_not(
    as_: Reader, township: Township
) -> None:
    person = {"name": "李四", "birth_date": "1996-04-02", "number": "12", "purpose": "contact"}
    answers = [as_("worker").post("/take-back", person) for _ in range(11)]
    assert [a.status_code for a in answers] == [302] * 10 + [429]
    assert "Please wait 30 seconds." in answers[10].content.decode()


@pytest.mark.parametrize(("behind_proxy", "address"), [(False, "192.0.2.1"), (True, "198.51.100.7")])
def test_an_address_stated_by_anybody_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, behind_proxy: bool, address: str
) -> None:
    monkeypatch.setattr(settings, "SESSION_COOKIE_SECURE", behind_proxy)
    request = RequestFactory(headers={"x-forwarded-for": "203.0.113.5, 198.51.100.7"}).get("/")
    request.META["REMOTE_ADDR"] = "192.0.2.1"
    assert slowing.address_of(request) == address
