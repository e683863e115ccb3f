"""The closed door: what everybody, and what nobody, is let in to."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from doorstep.access import actions as access
from doorstep.access.permissions import ROLES
from doorstep.access.showing import Shows, declared
from doorstep.web.middleware import CONTENT_SECURITY
from tests.cast import PASSWORD, Township
from tests.web.worker.conftest import Reader, steady

OPEN = {"/login": 200, "/about": 200}
# page → the roles that may open it; every other role is told that there is nothing here
PAGES = {
    "/today": {"worker", "clinician"},
    "/families": {"worker"},
    "/find": {"worker", "clinician"},
    "/register": {"worker", "clinician"},
    "/round": {"worker"},
    "/desk/round": {"supervisor"},
    "/take-back": {"worker", "clinician"},
    "/fill/household": {"worker", "clinician"},
}
CAST = {
    "worker": "worker",
    "clinician": "clinician",
    "supervisor": "supervisor",
    "manager": "manager",
    "installer": "installer",
}


def views(resolver: URLResolver) -> Iterator[object]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry.callback
        else:
            yield from views(entry)


def test_every_view_says_what_it_shows() -> None:
    found = [view for view in views(get_resolver()) if str(getattr(view, "__module__", "")).startswith("doorstep.web")]
    assert len(found) > 15
    silent = [view for view in found if not isinstance(getattr(view, "shows", None), Shows)]
    assert silent == []
    unknown = {view.shows.output for view in found} - {"", *declared()}  # type: ignore[attr-defined]
    assert unknown == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_asked_to_log_in(store: None, page: str) -> None:
    answer = Client().get(page)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={page}")
    by_script = Client(headers={"sec-fetch-dest": "empty"}).get(page)
    assert (by_script.status_code, by_script.content) == (401, b"")
    assert Client().post(page).status_code == 401


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_each_page_is_for_its_roles(as_: Reader, township: Township, role: str, page: str) -> None:
    if role not in CAST:
        township.users[role] = access.add_user(role, role, role, PASSWORD)
    answer = as_(CAST.get(role, role)).get(page)
    assert answer.status_code == (200 if role in PAGES[page] else 404)


def test_missing_and_forbidden_look_the_same(as_: Reader, township: Township) -> None:
    theirs = township.person(who="neighbour", home=township.household("neighbour", "c1-t1-v2", "3"))
    client = as_("worker")
    nothing = client.get("/p/00000000-0000-4000-8000-000000000000")
    for address in (f"/p/{theirs}", "/no/such/page", "/receipt/999999", f"/fill/person_change?person={theirs}"):
        answer = client.get(address)
        assert (answer.status_code, steady(answer.content).replace(address, "/p/…")) == (
            404,
            steady(nothing.content).replace("/p/00000000-0000-4000-8000-000000000000", "/p/…"),
        )
    wrong_role = as_("manager").get("/today")
    assert "There is nothing here that you can open." in wrong_role.content.decode()


def test_every_answer_is_kept_by_nobody_and_runs_nothing_foreign(as_: Reader) -> None:
    for address in ("/today", "/nothing", "/about"):
        headers = as_("worker").get(address).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
    assert "unsafe-inline" not in CONTENT_SECURITY and "'unsafe-eval'" not in CONTENT_SECURITY


def test_pages_hold_no_inline_script_or_style(as_: Reader, township: Township) -> None:
    person = township.person()
    for address in ("/login", "/today", "/families", "/find", f"/p/{person}", f"/fill/person_change?person={person}"):
        html = as_("worker").get(address, follow=True).content.decode()
        scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", html)
        assert [s for s in scripts if "application/json" not in s] == []
        assert re.findall(r"\sstyle=|<style|\son\w+=", html) == []


def test_logging_in_goes_on_to_the_page_asked_for(township: Township) -> None:
    client = Client(headers={"accept-language": "en"})
    told = {"username": "worker", "password": PASSWORD, "next": "/find"}
    answer = client.post("/login", told)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/find")
    assert client.get("/find").status_code == 200
    assert client.post("/logout").headers["Location"] == "/login"
    assert client.get("/find").status_code == 302


def test_logging_in_never_leads_to_another_site(township: Township) -> None:
    told = {"username": "worker", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert Client().post("/login", told).headers["Location"] == "/"


@pytest.mark.parametrize(("username", "password"), [("worker", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(township: Township, username: str, password: str) -> None:
    answer = Client(headers={"accept-language": "en"}).post("/login", {"username": username, "password": password})
    assert answer.status_code == 422
    assert "The name or the password is not right. Please try again." in answer.content.decode()


def test_the_first_page_is_that_of_the_role(as_: Reader) -> None:
    assert as_("worker").get("/").headers["Location"] == "/today"
    assert as_("clinician").get("/").headers["Location"] == "/today"


def test_the_language_is_switched_and_remembered(as_: Reader) -> None:
    client = as_("worker")
    assert '<html lang="en">' in client.get("/today").content.decode()
    answer = client.post("/language", {"language": "zh-hans", "next": "/today"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/today")
    page = client.get("/today").content.decode()
    assert '<html lang="zh">' in page and "现在没有人等您走访。" in page
    client.post("/language", {"language": "xx", "next": "/today"})
    assert '<html lang="zh">' in client.get("/today").content.decode()


def test_every_page_says_that_it_is_a_demonstration(as_: Reader) -> None:
    for address in ("/today", "/about", "/nothing"):
        assert "Demonstration, not for real people" in as_("worker").get(address).content.decode()


def test_the_charter_stands_on_the_about_page_in_both_languages(store: None) -> None:
    from doorstep.engine.charter import charter_hash

    for said, heading in (("en", "No targets on choice"), ("zh-hans", "自愿的事不定目标")):
        page = Client(headers={"accept-language": said}).get("/about").content.decode()
        assert charter_hash() in page and heading in page
