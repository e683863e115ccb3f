"""A hospital's birth notice: with the mother's yes, to one worker, about nobody in the register, gone after 42 days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from doorstep.access import actions as access
from doorstep.forms import notices
from doorstep.forms import queries as forms
from doorstep.forms.builtin import BIRTH_NOTICE
from doorstep.intake import door, rebuild
from doorstep.intake.parse import Sender
from doorstep.intake.problems import Refused
from doorstep.lib import db
from doorstep.places import actions as places
from tests.cast import PASSWORD, STARTED, Township, fill
from tests.web.worker.conftest import TODAY, Reader

MOTHER, PHONE = "柳月娥", "13900001234"
TOLD = {
    "mother": MOTHER,
    "village": "c1-t1-v1",
    "born_on": (TODAY - timedelta(days=3)).isoformat(),
    "discharged_on": TODAY.isoformat(),
    "phone": PHONE,
    "agreed": "yes",
}


@pytest.fixture
def township(store: None) -> Township:
    """Two villages and their people at work; no programme need be on."""
    found = Township()
    p = found.places
    p["county"] = places.add("c1", "county", {"zh": "青石县", "en": "Qingshi county"}, None)
    p["township"] = places.add("c1-t1", "township", {"zh": "柳林乡", "en": "Liulin township"}, p["county"])
    p["east"] = places.add("c1-t1-v1", "village", {"zh": "东坡村", "en": "East Slope"}, p["township"])
    p["west"] = places.add("c1-t1-v2", "village", {"zh": "西沟村", "en": "West Gully"}, p["township"])
    for name, role, area in (
        ("worker", "worker", "east"),
        ("neighbour", "worker", "west"),
        ("clinician", "clinician", "township"),
        ("supervisor", "supervisor", "township"),
        ("manager", "manager", "township"),
        ("installer", "installer", "county"),
    ):
        found.users[name] = access.add_user(name, name, role, PASSWORD)
        access.serve(found.users[name], p[area], STARTED)
    return found


@pytest.fixture
def hospital(township: Township, as_: Reader) -> Client:
    township.users["hospital"] = access.add_user("hospital", "县医院", "hospital", PASSWORD)
    access.serve(township.users["hospital"], township.places["county"], STARTED)
    return as_("hospital")


def kept() -> list[tuple[Any, ...]]:
    return db.current().rows(
        "SELECT e.answers, e.person_id, e.household_id, b.body, b.nonce FROM entry e JOIN entry_body b ON b.seq = e.seq"
        " WHERE e.form_id = 'birth_notice' ORDER BY e.seq"
    )


def test_it_goes_to_the_worker_of_the_village_and_to_nobody_else(
    hospital: Client, as_: Reader, township: Township
) -> None:
    assert hospital.get("/").headers["Location"] == "/notice"
    before = [db.current().value(f"SELECT COUNT(*) FROM {table}") for table in ("person", "household", "search_term")]
    assert hospital.post("/notice", TOLD).status_code == 302
    after = [db.current().value(f"SELECT COUNT(*) FROM {table}") for table in ("person", "household", "search_term")]
    assert before == after
    seen = as_("worker").get("/notices").content.decode()
    assert (seen.count(MOTHER), PHONE in seen) == (1, True)
    assert "A hospital sent you a note" in as_("worker").get("/today").content.decode()
    assert MOTHER not in as_("neighbour").get("/notices").content.decode()
    assert "sent you" not in as_("neighbour").get("/today").content.decode()
    for who in ("clinician", "supervisor", "manager", "installer"):
        assert as_(who).get("/notices").status_code == 404
    for address in ("/notice", "/", "/about"):
        assert MOTHER not in hospital.get(address, follow=True).content.decode()


def test_nobody_finds_it_by_searching_or_on_any_other_page(hospital: Client, as_: Reader, township: Township) -> None:
    hospital.post("/notice", TOLD)
    seq = notices.waiting(_actor(township, "worker"))[0].seq
    worker, supervisor = as_("worker"), as_("supervisor")
    pages = [worker.post("/find", {"q": MOTHER}), worker.post("/find", {"q": PHONE[-4:]}), worker.get("/families")]
    pages += [worker.get("/repair"), supervisor.get("/desk/problems"), supervisor.get("/desk/")]
    assert [MOTHER in page.content.decode().replace(f'value="{MOTHER}"', "") for page in pages] == [False] * 6
    for address in (
        f"/receipt/{seq}",
        f"/record/{seq}.xml",
        f"/correct/{seq}",
        f"/repair/{seq}",
        f"/fill/{BIRTH_NOTICE}",
    ):
        assert worker.get(address).status_code == 404, address
        assert hospital.get(address).status_code == 404, address


def test_without_the_mothers_yes_nothing_is_kept(hospital: Client, township: Township) -> None:
    answer = hospital.post("/notice", {**TOLD, "agreed": ""})
    assert (answer.status_code, "own yes" in answer.content.decode()) == (400, True)
    spec = forms.library().spec(BIRTH_NOTICE, "1")
    for said in ({**TOLD, "agreed": None}, {**TOLD, "agreed": "no"}):
        with pytest.raises(Refused, match=r"without_yes"):
            door.accept(fill(spec, {**said, "on": TODAY}), Sender(township.users["hospital"]))
    assert kept() == []


def test_only_a_hospital_sends_one(hospital: Client, as_: Reader, township: Township) -> None:
    assert as_("worker").get("/notice").status_code == 404
    spec = forms.library().spec(BIRTH_NOTICE, "1")
    with pytest.raises(Refused, match=r"unknown_form"):
        door.accept(fill(spec, {**TOLD, "on": TODAY}), Sender(township.users["worker"]))
    assert kept() == []


def test_what_cannot_be_is_said_in_words(hospital: Client) -> None:
    wrong: list[dict[str, str]] = [
        {"mother": " "},
        {"village": "c1-t1-v9"},
        {"village": "c1"},  # nobody serves the county door to door
        {"born_on": (TODAY + timedelta(days=1)).isoformat()},
        {"discharged_on": (TODAY - timedelta(days=4)).isoformat()},
        {"born_on": "yesterday"},
    ]
    assert [hospital.post("/notice", {**TOLD, **one}).status_code for one in wrong] == [400] * 6
    assert kept() == []


def test_once_seen_to_its_bytes_are_gone(hospital: Client, as_: Reader, township: Township) -> None:
    hospital.post("/notice", TOLD)
    seq = notices.waiting(_actor(township, "worker"))[0].seq
    assert as_("neighbour").post(f"/notices/{seq}/seen-to").status_code == 404
    assert kept() != [("{}", None, None, b"", b"")]
    assert as_("worker").post(f"/notices/{seq}/seen-to").status_code == 302
    assert [(a, p, h, bytes(b), bytes(n)) for a, p, h, b, n in kept()] == [("{}", None, None, b"", b"")]
    assert MOTHER not in as_("worker").get("/notices").content.decode()
    assert rebuild.verify() == []


def test_after_42_days_it_is_shown_no_more_and_then_deleted(hospital: Client, township: Township) -> None:
    hospital.post("/notice", TOLD)
    told_on = db.current().value("SELECT received_on FROM entry WHERE form_id = 'birth_notice'")
    last = told_on + timedelta(days=41)
    assert [n.mother for n in notices.waiting(_actor(township, "worker"), last)] == [MOTHER]
    assert notices.sweep(last) == 0
    assert (
        notices.waiting(_actor(township, "worker"), last + timedelta(days=1)) == []
    )  # also before anything is deleted
    assert notices.sweep(last + timedelta(days=1)) == 1
    assert [(a, bytes(b)) for a, _, _, b, _ in kept()] == [("{}", b"")]
    assert notices.sweep(last + timedelta(days=1)) == 0


def test_of_two_workers_the_one_with_fewer_places_gets_it(hospital: Client, township: Township) -> None:
    township.users["helper"] = access.add_user("helper", "helper", "worker", PASSWORD)
    access.serve(township.users["helper"], township.places["township"], STARTED)
    hospital.post("/notice", TOLD)
    assert notices.waiting(_actor(township, "helper")) == []
    assert [n.mother for n in notices.waiting(_actor(township, "worker"))] == [MOTHER]


def test_who_is_shown_one_stands_in_the_log(hospital: Client, as_: Reader, township: Township) -> None:
    hospital.post("/notice", TOLD)
    as_("worker").get("/notices")
    seq = notices.waiting(_actor(township, "worker"))[0].seq
    rows = db.current().rows("SELECT user_id, persons FROM access_log WHERE output = 'notices'")
    assert rows == [(township.users["worker"], f'["notice:{seq}"]')]


def _actor(township: Township, who: str) -> Any:
    from doorstep.access.queries import actor

    return actor(township.users[who])
