"""The small town the matrix is asked in: one account of every role, people of four kinds who could leak, and a browser each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from doorstep.access import actions as access
from doorstep.access import codes, queries
from doorstep.access.permissions import ROLES, Actor
from doorstep.feedback import actions as feedback
from doorstep.feedback import cards
from doorstep.intake import ending
from doorstep.lib import db
from doorstep.places import actions as places
from doorstep.places import counters
from tests.cast import STARTED, Township, new_id

ON = date(2026, 3, 2)
METHODS = ("get", "post", "put", "patch", "delete")
BORN = date(1996, 4, 2)  # of everybody
NOBODY, PHONE = "nobody", "phone"  # not logged in; not logged in, with the token of a worker's phone
RESIDENT = "resident"  # not logged in, with a visit to her own page, begun by code and word
# phones whose tokens open less: taken back, signed out from afar, and the address of another app used as one of ours
LOST, OUT, OTHERS = "phone_lost", "phone_out", "phone_other"
READERS = (*ROLES, NOBODY, PHONE, LOST, OUT, OTHERS, RESIDENT)
SPOKEN = {"word": "yellow boat"}  # codes as they were spoken to whom they are for, and her word
# the person (or what belongs to her) that an address is asked about, by the part of it that names one
OF_PEOPLE = frozenset({"person_id", "household_id", "seq", "visit_id"})
KINDS = ("hers", "east", "west", "far", "gone")
TOKENS = ("collect", "app", "taken_back", "signed_out", "run_out", "made_up")
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Marks:
    """What tells of one person: who she is, and what was found."""

    identity: tuple[str, ...]
    care: tuple[str, ...]


@dataclass
class Town:
    """Everybody and everything an address can name."""

    township: Township
    values: dict[str, dict[str, str]] = field(default_factory=dict)  # kind of person → part of an address → value
    marks: dict[str, Marks] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the server with its view."""
    for one in (resolver or get_resolver()).url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, path)
        else:
            yield path, one


def subjects(path: str) -> tuple[str, ...]:
    """The kinds an address is asked with: people, tokens, or none."""
    parts = {name for _, name in _PART.findall(path)}
    return KINDS if parts & OF_PEOPLE else TOKENS if "token" in parts else ("",)


def filled(path: str, town: Town, kind: str) -> str:
    """The address with its parts filled in."""
    known = {**town.values[kind if kind in KINDS else "hers"], "token": town.tokens.get(kind, "")}

    def value(part: re.Match[str]) -> str:
        return known.get(part.group(2), "1")

    return "/" + _PART.sub(value, path)


def found() -> Town:
    """People: ``hers`` named the worker and her clinic, ``east`` lives in the worker's village and named another worker,
    ``west`` is of the next village, ``far`` of another township, ``gone`` was never there."""
    t = Township.found()
    p, u = t.places, t.users
    p["other"] = places.add("c1-t2", "township", {"zh": "远山乡", "en": "Far township"}, p["county"])
    p["far"] = places.add("c1-t2-v1", "village", {"zh": "远村", "en": "Far village"}, p["other"])
    for name, role, area in (
        ("colleague", "worker", "east"), ("stranger", "worker", "far"), ("volunteer", "volunteer", "east"), ("clerk", "clerk", "east"),
        ("benefits_clerk", "benefits_clerk", "east"), ("reviewer", "reviewer", None), ("auditor", "auditor", None), ("hospital", "hospital", "township"),
    ):  # fmt: skip
        u[name] = access.add_user(name, f"{name}-who-works", role, None)
        if area:
            access.serve(u[name], p[area], STARTED)
    town = Town(t)
    for n, (kind, who, place, name) in enumerate(
        (("hers", "worker", "c1-t1-v1", "王秀英"), ("east", "colleague", "c1-t1-v1", "赵东妹"),
         ("west", "neighbour", "c1-t1-v2", "钱西妹"), ("far", "stranger", "c1-t2-v1", "孙远妹"))
    ):  # fmt: skip
        town.values[kind], town.marks[kind] = _written(t, n, kind, who, place, name)
    nobody = {part: new_id() for part in ("person_id", "household_id")} | {"seq": "987654", "visit_id": "987654"}
    town.values["gone"] = town.values["hers"] | nobody
    _phones(town)
    for role in ROLES:
        town.browsers[role] = Client(headers={"accept-language": "en"})
        town.browsers[role].force_login(get_user_model().objects.get(pk=u[role]))
    town.browsers[NOBODY] = Client(headers={"accept-language": "en", "x-openrosa-version": "1.0"})
    for reader, token in ((PHONE, "app"), (LOST, "app_lost"), (OUT, "app_out"), (OTHERS, "collect")):
        town.browsers[reader] = Client(
            headers={"accept-language": "en", "authorization": f"Bearer {town.tokens[token]}"}
        )
    _her_own_page(town)
    return town


def _her_own_page(town: Town) -> None:
    """A card of ``hers``, a complaint, and what ``east`` asked for; the resident's browser has come in by code and word."""
    worker = Actor(town.township.users["worker"], "worker")
    SPOKEN["card"] = codes.spoken(
        cards.give(worker, town.values["hers"]["person_id"], SPOKEN["word"], "self", {"antenatal"})
    )
    SPOKEN["complaint"] = codes.spoken(feedback.take_in("service", "It was shut.", "web"))
    ending.ask(town.values["east"]["person_id"], worker.user_id)
    store = db.current()
    for values in town.values.values():
        values["complaint_id"] = str(store.value("SELECT MAX(id) FROM complaint"))
        values["request_id"] = str(store.value("SELECT MAX(id) FROM erase_request"))
    town.browsers[RESIDENT] = Client(headers={"accept-language": "en"})
    came_in = town.browsers[RESIDENT].post("/me/enter", {"code": SPOKEN["card"], "word": SPOKEN["word"]})
    assert came_in.headers["Location"] == "/me"


def _written(t: Township, n: int, kind: str, who: str, place: str, name: str) -> tuple[dict[str, str], Marks]:
    number, phone, systolic = f"{71 + n}-{kind}", f"1390000{7711 + n}", 151 + n
    home = t.household(who, place, number)
    person = t.person(name, who=who, home=home, phone=phone)
    t.pregnancy(person, date(2025, 12, 1), who=who, on=ON, care="both" if kind == "hers" else "me")
    visit = {
        "person": person,
        "visit_date": ON,
        "systolic": systolic,
        "diastolic": 93,
        "weight": f"6{n}.37",
        "danger_signs": "none",
        "referred": "no",
    }
    assert t.write(who, "anc_visit", visit, on=ON).problem is None
    store = db.current()
    seq = store.value("SELECT seq FROM entry WHERE person_id = ? AND form_id = 'anc_visit'", [person])
    visit_id = store.value("SELECT MIN(id) FROM due_visit WHERE person_id = ?", [person])
    values = {
        "person_id": person, "household_id": home, "seq": str(seq), "visit_id": str(visit_id), "form_id": "anc_visit", "pack_id": "maternal",
        "series_id": "none", "kind": "pregnancy", "indicator": "early_registration_rate", "report_id": "maternal_report", "ending": "pdf",
        "user_id": str(t.users["worker"]), "entity_list": "person", "name": "place.csv",
    }  # fmt: skip
    return values, Marks((name, phone, number), (str(systolic), f"6{n}.37"))


def _phones(town: Town) -> None:
    worker = town.township.users["worker"]
    town.tokens = {
        "collect": access.add_collect_device(worker, "collect"), "app": access.add_device(worker, "app"),
        "taken_back": access.add_collect_device(worker, "lost"), "made_up": "x" * 43,
        "signed_out": access.add_collect_device(worker, "out"), "run_out": access.add_collect_device(worker, "old", lasts_days=-1),
        "app_lost": access.add_device(worker, "app lost"), "app_out": access.add_device(worker, "app out"),
    }  # fmt: skip
    for ended, end in (
        ("taken_back", access.revoke_device),
        ("app_lost", access.revoke_device),
        ("signed_out", access.sign_out_device),
        ("app_out", access.sign_out_device),
    ):
        found = queries.known_device(town.tokens[ended])
        assert found is not None
        end(found.id)
    mine = queries.device(town.tokens["app"])
    for values in town.values.values():
        values["device_id"] = str(mine.id if mine else 0)


def asked(town: Town, reader: str, method: str, address: str, told: Mapping[str, Any] | bytes = b"") -> HttpResponse:
    """One answer; whatever it wrote is taken back. ``told``: what a form holds, or a body of JSON."""
    browser = town.browsers[reader]
    kept = copy(browser.cookies)
    with transaction.atomic():
        more = (
            {"data": told, "content_type": "application/json"}
            if told and isinstance(told, bytes)
            else {"data": told or None}
        )
        answer: Any = getattr(browser, method)(address, **(more if told else {}))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    browser.cookies = kept
    if method != "get" and answer.status_code < 400:  # what it changed is taken back: nobody may remember it
        counters.forget()
    kept_headers = {name: answer.headers[name] for name in ("Content-Type", "Location") if name in answer.headers}
    return HttpResponse(body, status=answer.status_code, headers=kept_headers)
