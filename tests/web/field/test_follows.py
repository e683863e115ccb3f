"""What a phone is told of records it handed over: the advice and doses of the receipt online, of its owner's own alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.test import Client

from doorstep.lib import db
from doorstep.programmes import actions as programmes
from tests.cast import Township, new_id, shipped
from tests.web.field.conftest import TODAY, Phone
from tests.web.worker.test_curves import charts

PhoneOf = Callable[..., Phone]


def follows(phone: Phone, *ids: str) -> dict[str, Any]:
    asked = urlencode([*(("id", one) for one in ids), ("lang", phone.lang)])
    answer = Client().get(f"/sync/follows?{asked}", headers={"authorization": f"Bearer {phone.token}"})
    assert answer.status_code == 200
    return {one["id"]: one for one in answer.json()["told"]}


def birth(township: Township, mother: str, who: str = "worker") -> str:
    """The record of a birth of one living child: the pack's advice is to write the baby down."""
    instance = "uuid:" + new_id()
    answers = {"person": mother, "ended_on": TODAY, "result": "birth", "babies": [{"alive": "yes"}]}
    township.write(who, "pregnancy_outcome", answers, on=TODAY, instance=instance)
    return instance


def test_a_record_in_force_brings_its_advice(township: Township, phone_of: PhoneOf) -> None:
    mother = township.person()
    registered = township.pregnancy(mother, TODAY - timedelta(weeks=39))
    born = birth(township, mother)
    phone = phone_of("worker")
    told = follows(phone, born, registered, "uuid:never-written")
    baby = [one for one in told[born]["advice"] if one["newcomer"]]
    assert [(one["level"], sorted(one["text"])) for one in baby] == [("info", ["en", "zh"])]
    assert told["uuid:never-written"] == {"id": "uuid:never-written", "advice": [], "doses": []}
    assert [one["newcomer"] for one in told[registered]["advice"] if one["newcomer"]] == []
    log = db.current().rows("SELECT output, persons FROM access_log ORDER BY id DESC LIMIT 1")
    assert [(output, json.loads(persons)) for output, persons in log] == [("receipt", [mother])]


def test_records_of_others_and_of_people_out_of_reach_bring_nothing(township: Township, phone_of: PhoneOf) -> None:
    mother = township.person()
    township.pregnancy(mother, TODAY - timedelta(weeks=39))
    born = birth(township, mother)
    before = db.current().value("SELECT COUNT(*) FROM access_log")
    assert follows(phone_of("neighbour"), born)[born] == {"id": born, "advice": [], "doses": []}
    assert follows(phone_of("clinician"), born)[born]["advice"] == []
    assert db.current().value("SELECT COUNT(*) FROM access_log") == before


def test_a_record_of_doses_says_how_each_counts(township: Township, phone_of: PhoneOf) -> None:
    pack = programmes.install(shipped("immunisation"), by=township.users["installer"])
    programmes.switch(township.places["county"], "immunisation", pack.version, by=township.users["installer"])
    child = township.person("王小宝", born=date(2026, 4, 1))
    instance = "uuid:" + new_id()
    answers = {"person": child, "visit_date": TODAY, "doses": [{"product": "HepB"}]}
    township.write("worker", "vaccination", answers, on=TODAY, instance=instance)
    told = follows(phone_of("worker", "en"), instance)[instance]
    assert len(told["doses"]) == 1


def test_a_phone_holds_the_card_the_measurements_and_the_leaflets(township: Township, phone_of: PhoneOf) -> None:
    for pack_id in ("immunisation", "child", "contraception"):
        pack = programmes.install(shipped(pack_id), by=township.users["installer"])
        programmes.switch(township.places["county"], pack_id, pack.version, by=township.users["installer"])
    born = date(2026, 3, 15)
    child, other = township.person("王小宝", born=born), township.person("王小贝", born=born)
    said = {"person": child, "opened_on": born, "booklet": "given", "care_by": "worker"}
    township.write("worker", "vaccination_card", said, on=born)
    answers = {"person": child, "visit_date": born, "doses": [{"product": "HepB"}, {"product": "other"}]}
    township.write("worker", "vaccination", answers, on=TODAY)
    phone = phone_of("worker", "en").pull()
    (card,) = phone.people[child]["cards"]
    first, besides = card["chains"]
    assert [(one["on"], one["counts"]) for one in first["given"]] == [("2026-03-15", True)]
    assert (besides["title"], [one["counts"] for one in besides["given"]]) == ({}, [False])
    assert (phone.people[other]["cards"], phone.people[other]["grown"]) == ([], [])
    status, told = phone.ask("/sync/leaflets", lang="en")
    assert (status, told["mark"]) == (200, phone.me["leaflets"])
    methods = next(one["methods"] for one in told["leaflets"] if one["id"] == "contraception")
    page = Client().get("/methods", headers={"accept-language": "en"}).content.decode()
    assert {one["title"] for one in methods} == set(
        re.findall(r"<article class=.method. id=.[^>]*>\s*<h2>([^<]*)</h2>", page)
    )
    assert all(len(one["parts"]) == 7 for one in methods)
    assert Phone("never given out").ask("/sync/leaflets")[0] == 401


def test_a_phone_draws_the_points_and_lines_of_the_page(township: Township, phone_of: PhoneOf) -> None:
    pack = programmes.install(shipped("child"), by=township.users["installer"])
    programmes.switch(township.places["county"], "child", pack.version, by=township.users["installer"])
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(get_user_model().objects.get(pk=township.users["worker"]))
    born = date(2023, 3, 15)  # three years old: the lines of five years
    for sex in ("female", "male"):
        child = township.person("王小宝", born=born, sex=sex)
        care = {"person": child, "visit_date": TODAY, "sex": sex, "birth_date": born, "care_by": "worker"}
        more = {"looked_at": "body", "worries": "none", "referred": "no", "position": "standing"}
        township.write("worker", "child_visit", care | more | {"weight": "13.7", "length": "95"}, on=TODAY)
        phone = phone_of("worker", "en").pull()
        told = phone.ask("/sync/leaflets", lang="en")[1]
        drawn = charts(browser.get(f"/p/{child}").content.decode())
        assert [one["title"] for one in drawn] == [one["title"] for one in phone.people[child]["grown"]]
        for page, kept in zip(drawn, phone.people[child]["grown"], strict=True):
            assert (kept["unit"], kept["until"], page["until"]) == (page["unit"], 60, 60)
            assert kept["points"] == [[one["x"], one["y"]] for one in page["points"]]
            within = [
                {"name": line["name"], "points": [[m, y] for m, y in line["points"] if m <= 24 or m % 3 == 0]}
                for line in page["curves"]
            ]
            lines = told["lines"][kept["lines"]]
            assert [one | {"points": [p for p in one["points"] if p[0] <= 60]} for one in lines] == within
    assert {key.rsplit("/", 1)[1] for key in told["lines"]} == {"female", "male"}
