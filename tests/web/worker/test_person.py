"""One person's page: what is next and why for her care team, and for everyone else no sign that she is in care."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from doorstep.lib import db
from tests.cast import Township
from tests.web.worker.conftest import TODAY, Reader, steady

LMP = date(2026, 1, 5)  # 23 weeks on the asked day


def visit(township: Township, person: str, on: date, systolic: int = 118, diastolic: int = 76, **more: object) -> int:
    answers = {
        "person": person, "visit_date": on, "weight": "61.5", "systolic": systolic, "diastolic": diastolic,
        "urine_protein": "negative", "danger_signs": "none", "referred": "no", **more,
    }  # fmt: skip
    return township.write("worker", "anc_visit", answers, on=on).seq


def anonymous(html: bytes, *ids: str) -> str:
    page = steady(html)
    for one in ids:
        page = page.replace(one, "ID")
    return page


@pytest.mark.parametrize("reader", ["worker", "neighbour"])
def test_the_page_of_a_pregnant_woman_tells_others_nothing(as_: Reader, township: Township, reader: str) -> None:
    """Two women of one name and birth, one in care at the clinic: for the village worker their pages are the same."""
    home = township.household()
    plain, pregnant = township.person(home=home), township.person(home=home)
    township.pregnancy(pregnant, LMP, care="clinic")
    township.write(
        "clinician",
        "anc_visit",
        {"person": pregnant, "visit_date": TODAY, "weight": 60, "systolic": 150, "diastolic": 95,
         "urine_protein": "negative", "danger_signs": "bleeding", "referred": "yes"},
        on=TODAY,
    )  # fmt: skip
    pages = [as_(reader).get(f"/p/{person}") for person in (plain, pregnant)]
    assert [p.status_code for p in pages] == [200 if reader == "worker" else 404] * 2
    seqs = {s for (s,) in db.current().rows("SELECT seq FROM entry")}
    bare = [re.sub(r"/correct/\d+", "/correct/N", anonymous(p.content, plain, pregnant)) for p in pages]
    assert bare[0] == bare[1] and seqs
    theirs = as_("clinician").get(f"/p/{pregnant}").content.decode()
    assert "Visit at 21–24 weeks" in theirs
    assert as_("clinician").get(f"/p/{plain}").status_code == 404


def test_the_care_team_sees_what_is_next_and_how_far_she_is(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, care="worker")
    visit(township, person, LMP + timedelta(weeks=11), 112, 70)
    visit(township, person, LMP + timedelta(weeks=18), 124, 82)
    page = as_("worker").get(f"/p/{person}").content.decode()
    assert re.findall(r'class="next-title">([^<]+)<', page) == [
        "Visit at 21–24 weeks", "Visit at 28–36 weeks", "Visit at 37–40 weeks",
    ]  # fmt: skip
    assert "<strong>23 weeks</strong>" in page
    assert "Expected day of birth: 12 October" in page
    states = re.findall(r'class="strip-visit (\w+)"', page)
    assert states == ["met", "met", "open", "coming", "coming"]
    chart = re.search(r'<doorstep-chart><script type="application/json">(.*?)</script>', page)
    assert chart is not None
    assert '"values": [112, 124]' in chart[1] and '"values": [70, 82]' in chart[1]
    assert "Her last period began on 5 January 2026." in page


def test_reasons_lead_to_the_record_they_come_from(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, on=date(2026, 3, 2), care="worker")
    page = as_("worker").get(f"/p/{person}").content.decode()
    steps = re.sub(r"<[^>]+>", "", page.split("How it was worked out")[1].split("</details>")[0])
    assert "First day of her last period: 5 January" in " ".join(steps.split())
    assert "written on 2 March" in " ".join(steps.split())


def test_records_are_told_in_words(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, care="worker")
    visit(township, person, LMP + timedelta(weeks=11), 112, 70)
    page = as_("worker").get(f"/p/{person}").content.decode()
    pairs = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
    assert pairs["Blood pressure, upper (mmHg)"] == "112"
    assert pairs["Weight (kg)"] == "61.5"
    assert pairs["Day of visit"] == "23 March 2026"
    assert "Pregnancy visit" in page


def test_forms_offered_follow_the_care_going_on(as_: Reader, township: Township) -> None:
    person = township.person()

    def offered() -> list[str]:
        page = as_("worker").get(f"/p/{person}").content.decode()
        side = page.split('class="person-side')[1]
        return re.findall(r'href="/fill/(\w+)\?person=', side)

    openings = ["htn_registration", "pregnancy_registration"]
    register = ["person_change", "moving_in", "moving_away", "death", "do_not_list", "consent"]
    anybody = ["bp_screen"]
    assert sorted(offered()[:2]) == openings and offered()[2:] == [*anybody, *register]
    township.pregnancy(person, LMP, care="worker")
    assert offered() == ["anc_visit", "referral_check", "pregnancy_outcome", "htn_registration", *anybody, *register]
    township.end_service(person, "antenatal", TODAY)
    assert offered()[:1] == ["pregnancy_outcome"]  # belongs to the care after birth, which goes on
    township.end_service(person, "postnatal", TODAY)
    assert sorted(offered()[:2]) == openings


def test_ending_a_service_asks_nothing_and_can_be_taken_back(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, care="worker")
    client = as_("worker")
    page = client.get(f"/p/{person}").content.decode()
    services = page.split('id="services"')[1].split("</section>")[0]
    assert services.count("Not wanted any more") == 2 and "textarea" not in services
    client.post(f"/p/{person}/service", {"service": "antenatal", "say": "end"})
    rows = db.current().rows("SELECT service, ended_on FROM service_end WHERE person_id = ?", [person])
    assert rows == [("antenatal", TODAY)]
    client.post(f"/p/{person}/service", {"service": "antenatal", "say": "want"})
    assert db.current().rows("SELECT service FROM service_end WHERE person_id = ?", [person]) == []


def test_only_the_care_team_ends_a_service(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, care="clinic")
    for who, service in (("worker", "antenatal"), ("neighbour", "antenatal"), ("clinician", "hypertension_care")):
        assert as_(who).post(f"/p/{person}/service", {"service": service, "say": "end"}).status_code == 404
    assert db.current().rows("SELECT service FROM service_end") == []


def test_an_ending_stands_nowhere_in_the_records(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, care="worker")
    client = as_("worker")
    before = client.get(f"/p/{person}").content.decode().split('id="records"')[1]
    township.end_service(person, "postnatal", TODAY)
    after = client.get(f"/p/{person}").content.decode().split('id="records"')[1]
    assert steady(before.encode()) == steady(after.encode())


def test_who_asked_not_to_be_listed_stands_there_by_number(as_: Reader, township: Township) -> None:
    home = township.household(number="77")
    person = township.person("赵不列", home=home)
    said = {"person": person, "wished_on": TODAY, "listed": "no"}
    township.write("worker", "do_not_list", said, on=TODAY, entity=person)
    assert db.current().value("SELECT listed FROM person WHERE id = ?", [person]) in (False, 0)
    client = as_("worker")
    for address in ("/families", f"/families/{home}", f"/p/{person}"):
        page = client.get(address).content.decode()
        assert ("赵不列" in page, "No. 77" in page) == (False, True), address
    assert "赵不列" not in client.post("/find", {"typed": "赵"}).content.decode().split('id="found"')[1]


def test_the_log_tells_register_from_care(as_: Reader, township: Township) -> None:
    plain, pregnant = township.person("甲"), township.person("乙")
    township.pregnancy(pregnant, LMP, care="worker")
    for person in (plain, pregnant):
        as_("worker").get(f"/p/{person}")
    rows = db.current().rows("SELECT output, persons FROM access_log ORDER BY id")
    assert rows == [("person", f'["{plain}"]'), ("person.care", f'["{pregnant}"]')]


def test_a_form_of_a_service_she_named_others_for_is_not_offered(as_: Reader, township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, care="worker")
    db.current().run("DELETE FROM care_member WHERE person_id = ? AND service = 'postnatal'", [person])
    side = as_("worker").get(f"/p/{person}").content.decode().split('class="person-side')[1]
    offered = re.findall(r'href="/fill/(\w+)\?person=', side)
    assert ("anc_visit" in offered, "pregnancy_outcome" in offered) == (True, False)
    assert as_("worker").get(f"/fill/pregnancy_outcome?person={person}").status_code == 404
