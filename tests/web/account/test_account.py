"""One's own log-in, and the log-ins one looks after: what each page shows, what each button ends, and for whom."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from doorstep.access import actions as access
from doorstep.access import history, second, sessions
from doorstep.access.queries import devices
from doorstep.lib import db
from tests.cast import PASSWORD, Township
from tests.web.worker.conftest import Reader

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
WECHAT = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/107 Mobile Safari/537.36 MicroMessenger/8.0"


def logged_in(who: str, agent: str = FIREFOX) -> Client:
    client = Client(headers={"accept-language": "en", "user-agent": agent})
    assert client.post("/login", {"username": who, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def test_one_sees_where_one_is_logged_in_and_ends_it_there(township: Township) -> None:
    here, there, other = logged_in("worker"), logged_in("worker", WECHAT), logged_in("neighbour")
    page = here.get("/account").content.decode()
    assert ("Firefox · Linux" in page, "WeChat · Android" in page) == (True, True)
    found = re.findall(r'action="(/account/end/\w+)"', page)
    assert len(found) == 1
    assert other.post(found[0]).status_code == 404
    assert here.post(found[0]).status_code == 302
    assert [is_in(c) for c in (here, there, other)] == [True, False, True]
    again = logged_in("worker", WECHAT)
    here.post("/account/end-others")
    assert [is_in(c) for c in (here, again, other)] == [True, False, True]


def test_another_password_ends_everything_else(township: Township) -> None:
    here, there = logged_in("worker"), logged_in("worker", WECHAT)
    new = "three ducks one umbrella"
    refused = {"password": "not mine", "new": new, "again": new}
    here.post("/account/password", refused)
    here.post("/account/password", {"password": PASSWORD, "new": "12345678", "again": "12345678"})
    assert is_in(there)
    key = here.cookies["sessionid"].value
    here.post("/account/password", {"password": PASSWORD, "new": new, "again": new})
    assert (is_in(here), is_in(there), here.cookies["sessionid"].value != key) == (True, False, True)
    assert Client().post("/login", {"username": "worker", "password": PASSWORD}).status_code == 422
    assert Client().post("/login", {"username": "worker", "password": new}).status_code == 302


def test_a_password_is_asked_for_again_only_so_often(township: Township) -> None:
    here = logged_in("worker")
    told = {"new": "three ducks one umbrella", "again": "three ducks one umbrella"}
    for _ in range(5):
        here.post("/account/password", {"password": "a guess", **told})
    here.get("/account")
    page = here.post("/account/password", {"password": PASSWORD, **told}, follow=True).content.decode()
    assert "Too many tries. Please wait" in page
    assert Client().post("/login", {"username": "worker", "password": PASSWORD}).status_code == 302  # unchanged


def test_a_phone_that_is_lost_is_taken_back_by_its_owner_alone(township: Township) -> None:
    with db.transaction():
        token = access.add_device(township.users["worker"], "红米")
    phone = devices([township.users["worker"]])[0]
    assert "红米" in logged_in("worker").get("/account").content.decode()
    assert logged_in("neighbour").post(f"/account/phones/{phone.id}/lost").status_code == 404
    asked = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert Client().get("/sync/pull", **asked).status_code == 200
    assert logged_in("worker").post(f"/account/phones/{phone.id}/lost").status_code == 302
    assert Client().get("/sync/pull", **asked).status_code == 403


@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        ("supervisor", "worker", 302),
        ("installer", "worker", 302),
        ("installer", "manager", 302),
        ("supervisor", "manager", 404),
        ("supervisor", "installer", 404),
        ("worker", "neighbour", 404),
        ("manager", "worker", 404),
        ("clinician", "worker", 404),
    ],
)
def test_who_ends_whose_log_ins(township: Township, as_: Reader, who: str, whom: str, status: int) -> None:
    theirs = logged_in(whom)
    with db.transaction():
        access.add_device(township.users[whom], "a phone")
    assert as_(who).post(f"/desk/members/{township.users[whom]}/log-out").status_code == status
    assert is_in(theirs) is (status == 404)
    assert (devices([township.users[whom]])[0].revoked_at is None) is (status == 404)
    noted = [h.what for h in history.of(township.users[whom])]
    assert ("ended_by" in noted) is (status == 302)


def given_a_second_step(user_id: int) -> None:
    import pyotp

    from doorstep.lib import days

    with db.transaction():
        secret = second.offer(user_id, "x", "Doorstep").secret
        assert second.confirm(user_id, pyotp.TOTP(secret).at(days.now()))


@pytest.mark.parametrize(
    ("who", "status"), [("installer", 302), ("supervisor", 404), ("manager", 404), ("worker", 404)]
)
def test_a_lost_second_step_is_reset_by_an_installer_and_that_is_told(
    township: Township, as_: Reader, who: str, status: int
) -> None:
    worker = township.users["worker"]
    given_a_second_step(worker)
    assert as_(who).post(f"/desk/members/{worker}/second-step").status_code == status
    assert second.is_set(worker) is (status == 404)
    told = [(h.what, h.by_id) for h in history.of(worker)]
    assert told == ([("second_reset", township.users["installer"])] if status == 302 else [])


def test_nobody_resets_their_own(township: Township, as_: Reader) -> None:
    installer = township.users["installer"]
    given_a_second_step(installer)
    assert as_("installer").post(f"/desk/members/{installer}/second-step").status_code == 404
    assert second.is_set(installer)
    other = access.add_user("installer2", "另一位", "installer", PASSWORD)
    township.users["installer2"] = other
    assert as_("installer2").post(f"/desk/members/{installer}/second-step").status_code == 302


def test_who_need_not_have_one_may_set_it_up_and_switch_it_off(township: Township) -> None:
    import pyotp

    from doorstep.lib import days

    client, worker = logged_in("worker"), township.users["worker"]
    html = client.get("/account/second-step").content.decode()
    secret = re.search(r'big-code">([A-Z2-7 ]+)<', html)
    assert secret
    totp = pyotp.TOTP(secret[1].replace(" ", ""))
    assert client.post("/account/second-step", {"digits": totp.at(days.now())}).status_code == 200
    assert Client().post("/login", {"username": "worker", "password": PASSWORD}).headers["Location"] == "/login/code"
    client.post("/account/second-step/off", {"password": "a guess"})
    assert second.is_set(worker)
    client.post("/account/second-step/off", {"password": PASSWORD})
    assert (second.is_set(worker), sessions.of(worker) != []) == (False, True)


def test_at_a_desk_it_cannot_be_switched_off(township: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    client, supervisor = logged_in("supervisor"), township.users["supervisor"]
    given_a_second_step(supervisor)
    monkeypatch.setattr(second, "is_demonstration", lambda: False)
    assert client.post("/account/second-step/off", {"password": PASSWORD}).status_code == 404
    assert second.is_set(supervisor)
