"""The way in: nobody is in before every step is done, and each step is the right one's and good once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import Client

from doorstep.access import passwords, second
from doorstep.lib import days, db
from tests.cast import PASSWORD, Township

DESK = ("supervisor", "manager", "installer")
LOG_IN = {"password": PASSWORD, "next": "/account"}


@pytest.fixture
def clock(township: Township, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A store for real people, and a clock."""
    db.current().run("UPDATE counter SET value = 0 WHERE name = 'demonstration'")
    second._demonstration._held = None
    now = [datetime.now(UTC)]
    monkeypatch.setattr(days, "now", lambda: now[0])

    def go(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)

    return go


def browser() -> Client:
    return Client(headers={"accept-language": "en", "user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"})


def come(client: Client, who: str, **more: str) -> str:
    """Name and password; gives where one is sent."""
    return client.post("/login", {"username": who, **LOG_IN, **more}).headers.get("Location", "")


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def secret_of(html: str) -> str:
    found = re.search(r'<p class="hash big-code">([A-Z2-7 ]+)</p>', html)
    assert found
    return found[1].replace(" ", "")


def set_up(client: Client) -> tuple[pyotp.TOTP, list[str]]:
    totp = pyotp.TOTP(secret_of(client.get("/login/second-step").content.decode()))
    page = client.post("/login/second-step", {"digits": totp.at(days.now())}).content.decode()
    codes = re.findall(r'<li class="hash">([\w-]+)</li>', page)
    assert len(codes) == 10
    return totp, codes


@pytest.mark.parametrize("who", DESK)
def test_at_a_desk_one_is_in_only_after_the_second_step(clock: Callable[[float], None], who: str) -> None:
    client = browser()
    assert (come(client, who), is_in(client)) == ("/login/second-step", False)
    totp, _ = set_up(client)
    assert is_in(client)
    client.post("/logout")
    clock(60)
    assert (come(client, who), is_in(client)) == ("/login/code", False)
    for address in ("/login/second-step", "/login/password"):  # no way round
        assert client.get(address).headers["Location"] == "/login/code"
        assert client.post(address, {"digits": totp.at(days.now()), "new": "x", "again": "x"}).status_code == 302
    assert client.post("/login/code", {"digits": "000000"}).status_code == 422
    assert not is_in(client)
    digits = totp.at(days.now())
    answer = client.post("/login/code", {"digits": digits})
    assert (answer.headers["Location"], is_in(client)) == ("/account", True)
    again = browser()
    come(again, who)
    assert (again.post("/login/code", {"digits": digits}).status_code, is_in(again)) == (422, False)  # used


@pytest.mark.parametrize("who", ["worker", "clinician"])
def test_from_door_to_door_the_password_is_enough(clock: Callable[[float], None], who: str) -> None:
    client = browser()
    assert (come(client, who), is_in(client)) == ("/account", True)


def test_in_a_demonstration_the_password_is_enough_and_every_page_says_what_it_is(township: Township) -> None:
    client = browser()
    assert come(client, "supervisor") == "/account"
    assert "Demonstration, not for real people" in client.get("/account").content.decode()


def test_a_recovery_code_lets_in_once_and_it_is_written_down(clock: Callable[[float], None]) -> None:
    client = browser()
    come(client, "supervisor")
    _, codes = set_up(client)
    for expected in (302, 422):
        client = browser()
        come(client, "supervisor")
        assert client.post("/login/code", {"recovery": codes[0]}).status_code == expected
        assert is_in(client) is (expected == 302)
    inside = browser()
    come(inside, "supervisor")
    inside.post("/login/code", {"recovery": codes[1]})
    page = inside.get("/account").content.decode()
    assert page.count("A recovery code was used") == 2 and "8 recovery codes are left." in page


def test_guessing_digits_is_slowed_down(clock: Callable[[float], None]) -> None:
    client = browser()
    come(client, "supervisor")
    totp, _ = set_up(client)
    clock(60)
    guesser = browser()
    come(guesser, "supervisor")
    statuses = [guesser.post("/login/code", {"digits": f"{n:06d}"}).status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]
    assert (guesser.post("/login/code", {"digits": totp.at(days.now())}).status_code, is_in(guesser)) == (429, False)


def test_the_way_in_ends_by_itself_and_with_the_account(clock: Callable[[float], None], township: Township) -> None:
    from doorstep.access import actions as access

    for spoil in (lambda: clock(601), lambda: access.set_password(township.users["manager"], "quite another one")):
        client = browser()
        assert come(client, "manager") == "/login/second-step"
        spoil()
        assert client.get("/login/second-step").headers["Location"] == "/login"
    assert Client().get("/login/code").headers["Location"] == "/login"


def test_a_password_somebody_else_made_is_changed_first(clock: Callable[[float], None], township: Township) -> None:
    passwords.set_must_change(township.users["worker"], must=True)
    client = browser()
    assert (come(client, "worker"), is_in(client)) == ("/login/password", False)
    new = "three ducks one umbrella"
    for told in ((PASSWORD, PASSWORD), (new, "another"), ("short", "short"), ("woaini1314", "woaini1314")):
        assert client.post("/login/password", {"new": told[0], "again": told[1]}).status_code == 422
        assert not is_in(client)
    assert client.post("/login/password", {"new": new, "again": new}).headers["Location"] == "/account"
    assert is_in(client)
    client.post("/logout")
    assert (come(client, "worker"), come(client, "worker", password=new)) == ("", "/account")


def test_a_session_begins_with_a_new_key(township: Township) -> None:
    """Whoever knew the key before the log-in holds nothing after it."""
    client = browser()
    client.post("/login", {"username": "worker", "password": "wrong"})
    client.cookies["sessionid"] = before = "a" * 32
    come(client, "worker")
    after = client.cookies["sessionid"].value
    thief = browser()
    thief.cookies["sessionid"] = before
    assert (after != before, is_in(client), is_in(thief)) == (True, True, False)
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


def test_over_https_cookies_bear_the_strict_name() -> None:
    import subprocess
    import sys

    ask = (
        "import os; os.environ['DOORSTEP_HTTPS']='yes'; os.environ['DOORSTEP_STORE']='/nowhere'\n"
        "from doorstep.site import settings as s\n"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    )
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["__Host-sessionid", "__Host-csrftoken", "True", "True"]
