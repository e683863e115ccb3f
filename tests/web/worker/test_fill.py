"""Filling a form in the page: what the form component is told, what is taken in, and the receipt."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from doorstep.forms import queries as forms
from doorstep.lib import db
from doorstep.web.worker import fill as page_of_forms
from tests.cast import Township, fill, new_id
from tests.web.worker.conftest import TODAY, Reader

LMP = date(2026, 1, 5)


def config_of(page: bytes) -> dict[str, Any]:
    found = re.search(r'<doorstep-form><script type="application/json">(.*?)</script>', page.decode())
    assert found is not None
    return json.loads(found[1])  # type: ignore[no-any-return]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def send(client: Client, form_id: str, content: bytes) -> Any:
    file = SimpleUploadedFile("submission.xml", content, "text/xml")
    return client.post(f"/fill/{form_id}/send", {"xml_submission_file": file})


def test_the_form_is_told_who_and_what_is_known(as_: Reader, township: Township) -> None:
    person = township.person()
    township.person("别人")
    township.pregnancy(person, LMP, care="worker")
    config = config_of(as_("worker").get(f"/fill/anc_visit?person={person}").content)
    assert config["prefill"] == {"who/person": person, "who/lmp_known": "2026-01-05"}
    assert config["fixed"] == ["who/person"]
    people = rows_of(config["attachments"]["person.csv"])
    assert [(p["name"], p["label"], p["sex"]) for p in people] == [(person, "王秀英", "female")]
    assert config["submitUrl"] == "/fill/anc_visit/send"
    xml = as_("worker").get(config["formXmlUrl"])
    assert (xml.status_code, xml.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert xml.content.decode() == forms.library().xml("anc_visit", forms.library().current["anc_visit"].version)


def test_what_only_the_care_team_knows_is_not_filled_in_for_others(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, care="clinic")
    assert as_("worker").get(f"/fill/anc_visit?person={person}").status_code == 404
    config = config_of(as_("worker").get(f"/fill/pregnancy_registration?person={person}").content)
    assert list(config["prefill"]) == [next(p for p in config["prefill"] if p.endswith("person"))]
    assert "lmp" not in json.dumps(config["attachments"])


def test_an_opening_form_tells_no_stranger_what_a_pack_would_fill_in(
    as_: Reader, township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No shipped pack fills in a form that starts care; one that did would tell of the care before."""
    monkeypatch.setattr(page_of_forms, "prefilled", lambda story, use: {"lmp": "CANARY"})
    person = township.person()
    township.pregnancy(person, LMP, care="clinic")
    for who, told in (("worker", False), ("clinician", True)):
        page = as_(who).get(f"/fill/pregnancy_registration?person={person}")
        assert (page.status_code, "CANARY" in page.content.decode()) == (200, told)


@pytest.mark.parametrize("form_id", ["service_end", "version_choice", "no_such_form"])
def test_the_programs_own_forms_are_not_filled_in_a_page(as_: Reader, township: Township, form_id: str) -> None:
    person = township.person()
    assert as_("worker").get(f"/fill/{form_id}?person={person}").status_code == 404
    assert as_("worker").get(f"/fill/{form_id}/form.xml?version=1").status_code == 404
    assert send(as_("worker"), form_id, b"<data/>").status_code == 404


def test_a_form_about_someone_needs_someone(as_: Reader, township: Township) -> None:
    assert as_("worker").get("/fill/person_change").status_code == 404
    assert as_("worker").get("/fill/household_change").status_code == 404
    assert as_("worker").get("/fill/household").status_code == 200


def test_places_and_families_offered_are_ones_own(as_: Reader, township: Township) -> None:
    mine = township.household(number="5")
    township.household("neighbour", "c1-t1-v2", "6")
    person = township.person(home=mine)
    config = config_of(as_("worker").get("/fill/household").content)
    assert [(p["name"], p["label"]) for p in rows_of(config["attachments"]["place.csv"])] == [
        ("c1-t1-v1", "East Slope")
    ]
    config = config_of(as_("worker").get(f"/fill/person_change?person={person}").content)
    assert [h["name"] for h in rows_of(config["attachments"]["household.csv"])] == [mine]


def test_a_record_sent_is_kept_and_its_receipt_says_what_follows(as_: Reader, township: Township) -> None:
    person = township.person()
    spec = township.spec("pregnancy_registration")
    answers = {
        "person": person, "registered_on": TODAY, "asked": "yes", "lmp_known": "yes", "lmp": TODAY - timedelta(weeks=10),
        "care_by": "worker", "language": "zh",
    }  # fmt: skip
    client = as_("worker")
    answer = send(client, "pregnancy_registration", fill(spec, answers))
    assert answer.status_code == 201
    receipt = client.get(answer.json()["redirect"]).content.decode()
    assert re.search(r"<h1[^>]*>([^<]+)<", receipt)[1] == "Saved"  # type: ignore[index]
    follows = receipt.split("What follows")[1].split("</section>")[0]
    assert re.findall(r"<strong>([^<]+)<", follows)[0] == "First visit, before 13 weeks"
    assert as_("neighbour").get(answer.json()["redirect"]).status_code == 404


def test_urgent_advice_stands_first(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, care="worker")
    answers = {
        "person": person, "visit_date": TODAY, "weight": "61.5", "systolic": 118, "diastolic": 76,
        "urine_protein": "negative", "danger_signs": "bleeding", "referred": "no",
    }  # fmt: skip
    client = as_("worker")
    answer = send(client, "anc_visit", fill(township.spec("anc_visit"), answers))
    receipt = client.get(answer.json()["redirect"]).content.decode()
    main = receipt.split("<main")[1]
    assert main.index('<section class="urgent"') < main.index('<section class="receipt')


def test_a_record_that_does_not_count_says_why(as_: Reader, township: Township) -> None:
    theirs = township.person(who="neighbour", home=township.household("neighbour", "c1-t1-v2", "3"))
    answers = {"person": theirs, "left_on": TODAY}
    client = as_("worker")
    answer = send(client, "moving_away", fill(township.spec("moving_away"), answers, entity=theirs))
    assert answer.status_code == 201
    receipt = client.get(answer.json()["redirect"]).content.decode()
    assert "Kept, but it does not count yet" in receipt
    assert "No such person can be found for this record." in receipt
    assert "王秀英" not in receipt


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"not xml", 400, "What was sent is not whole XML."),
        (
            b'<data id="anc_visit" version="0"><meta><instanceID>uuid:1</instanceID></meta></data>',
            404,
            "was never published",
        ),
        (b'<data id="household" version="1"><meta><instanceID>uuid:1</instanceID></meta></data>', 404, ""),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(
    as_: Reader, township: Township, content: bytes, status: int, sentence: str
) -> None:
    answer = send(as_("worker"), "anc_visit", content)
    assert answer.status_code == status
    assert sentence in answer.json()["message"]
    assert db.current().value("SELECT COUNT(*) FROM entry") == 0


def test_another_form_cannot_be_sent_under_this_ones_name(as_: Reader, township: Township) -> None:
    content = fill(township.spec("service_end"), {"person": new_id(), "service": "antenatal", "on": TODAY})
    answer = send(as_("worker"), "anc_visit", content)
    assert (answer.status_code, db.current().value("SELECT COUNT(*) FROM entry")) == (404, 0)


def test_nothing_sent_is_said_so(as_: Reader, township: Township) -> None:
    answer = as_("worker").post("/fill/anc_visit/send", {})
    assert (answer.status_code, "There is no filled form" in answer.json()["message"]) == (400, True)


def test_a_record_is_corrected_from_its_own_bytes(as_: Reader, township: Township) -> None:
    person = township.person()
    instance = township.pregnancy(person, LMP, care="worker")
    seq = db.current().value("SELECT seq FROM entry WHERE instance_id = ?", [instance])
    client = as_("worker")
    config = config_of(client.get(f"/correct/{seq}").content)
    assert (config["prefill"], config["edit"]) == ({}, {"instanceXml": f"/record/{seq}.xml", "files": {}})
    assert client.get(f"/record/{seq}.xml").content == forms.body(seq)
    answers = {
        "person": person, "registered_on": LMP + timedelta(weeks=9), "asked": "yes", "lmp_known": "yes",
        "lmp": LMP + timedelta(days=7), "care_by": "worker", "language": "zh",
    }  # fmt: skip
    content = fill(township.spec("pregnancy_registration"), answers, corrects=instance)
    assert send(client, "pregnancy_registration", content).status_code == 201
    page = client.get(f"/p/{person}").content.decode()
    assert "<strong>22 weeks</strong>" in page


@pytest.mark.parametrize("who", ["neighbour", "clinician", "supervisor"])
def test_a_record_opens_for_nobody_else(as_: Reader, township: Township, who: str) -> None:
    person = township.person()
    instance = township.pregnancy(person, LMP, care="worker")
    seq = db.current().value("SELECT seq FROM entry WHERE instance_id = ?", [instance])
    for address in (f"/correct/{seq}", f"/record/{seq}.xml", f"/receipt/{seq}"):
        assert as_(who).get(address).status_code == 404


def test_its_author_outside_the_care_team_keeps_the_receipt_only(as_: Reader, township: Township) -> None:
    person = township.person()
    instance = township.pregnancy(person, LMP, care="clinic")
    seq = db.current().value("SELECT seq FROM entry WHERE instance_id = ?", [instance])
    client = as_("worker")
    receipt = client.get(f"/receipt/{seq}")
    assert receipt.status_code == 200 and "What follows" not in receipt.content.decode()
    assert [client.get(a).status_code for a in (f"/correct/{seq}", f"/record/{seq}.xml")] == [404, 404]
