"""Records that do not count yet: corrected, said whom they are about, one of two versions chosen and chosen again."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from doorstep.access import actions as access
from doorstep.forms import queries as forms
from doorstep.forms.queries import APPLIED, CONFLICT, HELD, REVIEW, SUPERSEDED
from doorstep.forms.waiting import versions
from doorstep.lib import db, sealed
from doorstep.places import actions as places
from tests.cast import STARTED, Township, fill, new_id
from tests.intake.test_door import anc_visit
from tests.web.worker.conftest import Reader

ON = date(2026, 5, 2)


def phone(person: str) -> str:
    return sealed.opened(str(db.current().value("SELECT phone FROM person WHERE id = ?", [person])))


def states(*seqs: int) -> list[int]:
    found = {e.seq: e.state for e in forms.entries("seq IN (?*)", seqs)}
    return [found[seq] for seq in seqs]


def config_of(html: bytes) -> Any:
    text = re.search(r"<doorstep-form><script[^>]*>(.*?)</script>", html.decode(), re.S)
    assert text
    return json.loads(text[1])


def counting(html: bytes) -> list[bool]:
    """Of each version side by side, whether the page says that it counts now."""
    heads = re.findall(r'<th scope="col">Version.*?</th>', html.decode(), re.S)
    return ["counts now" in head for head in heads]


def change(township: Township, person: str, number: str, **more: Any) -> int:
    told = {"person": person, "changed_on": ON, "what": "phone", "phone": number}
    return township.write("worker", "person_change", told, on=ON, entity=person, **more).seq


def test_a_choice_settles_two_versions_and_can_be_taken_back(as_: Reader, township: Township) -> None:
    person, one = township.person(), "uuid:" + new_id()
    first = change(township, person, "13800000001", instance=one)
    second = change(township, person, "13800000002", instance=one)
    assert (states(first, second), phone(person)) == ([APPLIED, CONFLICT], "13800000001")
    supervisor = as_("supervisor")
    assert f"/desk/problems/{second}" in supervisor.get("/desk/problems").content.decode()
    html = supervisor.get(f"/desk/problems/{second}").content.decode()
    marked = re.findall(r'<tr class="differs">.*?</tr>', html, re.S)
    assert [re.findall(r"<td>(.*?)</td>", row) for row in marked] == [["13800000001", "13800000002"]]
    assert counting(html.encode()) == [True, False]
    assert supervisor.post(f"/desk/problems/{second}/keep").status_code == 302
    assert (states(first, second), phone(person)) == ([SUPERSEDED, APPLIED], "13800000002")
    assert counting(supervisor.get(f"/desk/problems/{first}").content) == [False, True]
    listed = supervisor.get("/desk/problems").content.decode()
    assert ("No record of the register waits for you." in listed, f"/desk/problems/{first}" in listed) == (True, True)
    assert supervisor.post(f"/desk/problems/{first}/keep").status_code == 302
    assert (states(first, second), phone(person)) == ([APPLIED, SUPERSEDED], "13800000001")
    assert counting(supervisor.get(f"/desk/problems/{first}").content) == [True, False]
    assert [e.author_id for e in forms.entries("form_id IN (?*)", ["version_choice"])] == [
        township.users["supervisor"]
    ] * 2


def test_two_corrections_of_one_record_are_chosen_between_by_their_author(as_: Reader, township: Township) -> None:
    person, one = township.person(), "uuid:" + new_id()
    change(township, person, "13800000001", instance=one)
    first = change(township, person, "13800000002", corrects=one)
    second = change(township, person, "13800000003", corrects=one)
    assert (states(first, second), phone(person)) == ([APPLIED, CONFLICT], "13800000002")
    worker = as_("worker")
    assert worker.post(f"/repair/{second}/keep").status_code == 302
    assert (states(first, second), phone(person)) == ([SUPERSEDED, APPLIED], "13800000003")
    html = worker.get(f"/repair/{second}").content.decode()
    assert "You can choose again." in html
    assert worker.post(f"/repair/{first}/keep").status_code == 302
    assert (states(first, second), phone(person)) == ([APPLIED, SUPERSEDED], "13800000002")


def test_nobody_else_chooses(as_: Reader, township: Township) -> None:
    person, one = township.person(), "uuid:" + new_id()
    first = change(township, person, "13800000001", instance=one)
    second = change(township, person, "13800000002", instance=one)
    for who in ("neighbour", "clinician", "manager", "installer"):
        for address in (f"/repair/{second}", f"/desk/problems/{second}"):
            assert [as_(who).get(address).status_code, as_(who).post(address + "/keep").status_code] == [404, 404], who
    assert states(first, second) == [APPLIED, CONFLICT]


def test_the_supervisor_settles_in_the_own_township_alone(as_: Reader, township: Township) -> None:
    elsewhere = places.add("c1-t2", "township", {"en": "Elsewhere", "zh": "别处乡"}, township.places["county"])
    township.users["stranger"] = access.add_user("stranger", "Stranger", "worker", None)
    access.serve(township.users["stranger"], elsewhere, STARTED)
    home, told = new_id(), {"registered_on": ON, "place": "c1-t1-v1", "number": "7"}
    seq = township.write("stranger", "household", told, on=ON, entity=home, label="7").seq
    assert states(seq) == [REVIEW]
    assert as_("stranger").get(f"/repair/{seq}").status_code == 200
    supervisor = as_("supervisor")
    assert "Stranger" not in supervisor.get("/desk/problems").content.decode()
    for address in ("", "/correct", "/record.xml"):
        assert supervisor.get(f"/desk/problems/{seq}{address}").status_code == 404


def test_records_in_force_are_no_ones_to_repair_here(as_: Reader, township: Township) -> None:
    seq = change(township, township.person(), "13800000001")
    assert as_("worker").get(f"/repair/{seq}").status_code == 404
    assert as_("supervisor").get(f"/desk/problems/{seq}").status_code == 404
    assert versions(forms.entries("seq IN (?*)", [seq])[0]) is None


def test_the_supervisor_corrects_a_record_of_the_register(as_: Reader, township: Township) -> None:
    person = township.person(born=date(1996, 4, 2))
    told = {"person": person, "changed_on": "1990-01-01", "what": "phone", "phone": "13900000009"}
    seq = township.write("worker", "person_change", told, on=ON, entity=person).seq
    assert states(seq) == [REVIEW]
    supervisor = as_("supervisor")
    html = supervisor.get(f"/desk/problems/{seq}").content.decode()
    assert "The day of this record is before the person was born." in html
    config = config_of(supervisor.get(f"/desk/problems/{seq}/correct").content)
    assert config["submitUrl"] == f"/desk/problems/{seq}/send"
    assert supervisor.get(config["edit"]["instanceXml"]).content == forms.body(seq)
    was = forms.entries("seq IN (?*)", [seq])[0].instance_id
    xml = fill(township.spec("person_change"), told | {"changed_on": ON}, corrects=was, entity=person)
    answer = supervisor.post(config["submitUrl"], {"xml_submission_file": SimpleUploadedFile("x.xml", xml)})
    assert (answer.status_code, answer.json()) == (201, {"redirect": "/desk/problems"})
    assert (states(seq), phone(person)) == ([SUPERSEDED], "13900000009")
    assert supervisor.get(f"/desk/problems/{seq}").status_code == 404


def test_the_author_says_whom_a_record_is_about(as_: Reader, township: Township) -> None:
    person = township.person("王秀英")
    nobody = new_id()
    told = {"person": nobody, "changed_on": ON, "what": "phone", "phone": "13900000009"}
    seq = township.write("worker", "person_change", told, on=ON, entity=nobody).seq
    worker = as_("worker")
    html = worker.get(f"/repair/{seq}").content.decode()
    assert ("Whom is this about?" in html, "王秀英" in html) == (True, False)
    found = worker.post(f"/repair/{seq}", {"typed": "王秀英"}).content.decode()
    assert f"/repair/{seq}/correct?person={person}" in found
    assert worker.get(f"/repair/{seq}/correct").status_code == 404
    config = config_of(worker.get(f"/repair/{seq}/correct?person={person}").content)
    assert config["fixed"] == ["which/person"]
    xml = worker.get(config["edit"]["instanceXml"]).content.decode()
    assert (f"<person>{person}</person>" in xml, f"<person>{nobody}</person>" in xml) == (True, False)
    theirs = township.person("别村人", who="neighbour", home=township.household("neighbour", "c1-t1-v2", "3"))
    assert worker.get(f"/repair/{seq}/correct?person={theirs}").status_code == 404
    assert (
        "别村人"
        not in worker.post(f"/repair/{seq}", {"typed": "别村人"}).content.decode().split("<main")[1].split("</form>")[1]
    )


def test_an_author_outside_the_care_team_still_corrects_her_own(as_: Reader, township: Township) -> None:
    person = township.person()
    signed = {"person": person, "registered_on": date(2026, 1, 5), "asked": "yes", "care_by": "clinic"}
    township.write("worker", "htn_registration", signed, on=date(2026, 1, 5))
    visit = {"person": person, "visit_date": ON, "diastolic": 84, "symptoms": "none", "new_illness": "no", "adherence": "regular", "referred": "no"}  # fmt: skip
    seq = township.write("worker", "htn_visit", visit, on=ON).seq
    assert states(seq) == [REVIEW]
    config = config_of(as_("worker").get(f"/repair/{seq}/correct").content)
    assert (config["prefill"], config["fixed"]) == ({}, ["measures/person"])
    xml = fill(
        township.spec("htn_visit"),
        visit | {"systolic": 140},
        corrects=forms.entries("seq IN (?*)", [seq])[0].instance_id,
    )
    answer = as_("worker").post(config["submitUrl"], {"xml_submission_file": SimpleUploadedFile("x.xml", xml)})
    assert (answer.status_code, states(seq)) == (201, [SUPERSEDED])


def test_a_correction_before_its_original_only_waits(as_: Reader, township: Township) -> None:
    seq = change(township, township.person(), "13800000001", corrects="uuid:" + new_id())
    assert states(seq) == [HELD]
    html = as_("worker").get(f"/repair/{seq}").content.decode()
    assert ("There is nothing to do here" in html, "Correct it" in html.split("<main")[1]) == (True, False)


def test_who_was_shown_is_on_record_first(as_: Reader, township: Township) -> None:
    person, one = township.person(), "uuid:" + new_id()
    change(township, person, "13800000001", instance=one)
    second = change(township, person, "13800000002", instance=one)
    as_("supervisor").get(f"/desk/problems/{second}")
    as_("supervisor").get("/desk/problems")
    rows = db.current().rows("SELECT output, role, persons FROM access_log ORDER BY id")
    assert rows == [("problem", "supervisor", f'["{person}"]'), ("problems", "supervisor", f'["{person}"]')]


def test_two_records_of_one_thing_are_settled_and_settled_again(as_: Reader, township: Township) -> None:
    person = township.person()
    told = {"person": person, "changed_on": ON, "what": "phone"}
    first, second = (
        township.write(who, "person_change", told | {"phone": number}, on=ON, entity=person).seq
        for who, number in (("worker", "13800000001"), ("supervisor", "13800000002"))
    )
    supervisor = as_("supervisor")
    listed = supervisor.get("/desk/problems").content.decode()
    assert ("Two people wrote down the same thing" in listed, f"/desk/problems/{second}" in listed) == (True, True)
    html = supervisor.get(f"/desk/problems/{second}").content
    marked = re.findall(r'<tr class="differs">.*?</tr>', html.decode(), re.S)
    assert [re.findall(r"<td>(.*?)</td>", row) for row in marked] == [["13800000001", "13800000002"]]
    assert (counting(html), b"Both are right" in html) == ([True, True], True)
    assert supervisor.post(f"/desk/problems/{first}/keep").status_code == 302
    assert (states(first, second), phone(person)) == ([APPLIED, SUPERSEDED], "13800000001")
    assert counting(supervisor.get(f"/desk/problems/{second}").content) == [True, False]
    assert f"/desk/problems/{first}" in supervisor.get("/desk/problems").content.decode()
    assert supervisor.post(f"/desk/problems/{second}/keep", {"both": "yes"}).status_code == 302
    assert (states(first, second), phone(person)) == ([APPLIED, APPLIED], phone(person))
    assert "Two people wrote" not in supervisor.get("/desk/problems").content.decode()
    for who in ("neighbour", "clinician", "manager"):
        assert as_(who).post(f"/desk/problems/{first}/keep").status_code == 404
    assert as_("worker").get(f"/repair/{first}").status_code == 200


def test_a_record_that_fits_no_care_stands_among_the_authors_repairs(as_: Reader, township: Township) -> None:
    woman = township.person()
    township.pregnancy(woman, ON - timedelta(weeks=12), on=ON)
    early = ON - timedelta(days=3)
    seq = township.write("worker", "anc_visit", anc_visit(woman, early), on=ON).seq
    assert states(seq) == [APPLIED]
    worker, neighbour = as_("worker"), as_("neighbour")
    said = "This record fits no course of care of the person."
    assert [said in page.get("/repair").content.decode() for page in (worker, neighbour)] == [True, False]
    page = worker.get(f"/repair/{seq}").content.decode()
    assert (said in page, f"/repair/{seq}/correct" in page) == (True, True)
    assert as_("supervisor").get(f"/desk/problems/{seq}").status_code == 404
    township.pregnancy(woman, ON - timedelta(weeks=12), on=early)
    assert said not in worker.get("/repair").content.decode()
    assert worker.get(f"/repair/{seq}").status_code == 404
