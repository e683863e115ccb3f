"""Moving on the screens: the code at the old place, opening it at the new one, tries that are slowed down, what nobody reads."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from doorstep.access import attempts
from doorstep.access.queries import WRONG_CODE
from doorstep.intake import handing
from doorstep.lib import db
from doorstep.register import queries as register
from tests.cast import Township
from tests.web.paper.reading import text_of
from tests.web.worker.conftest import TODAY, Reader

CANARY = "柳林金丝雀"
LMP = date(2026, 2, 1)


@pytest.fixture
def mover(township: Township) -> str:
    person = township.person(CANARY)
    township.pregnancy(person, LMP, on=date(2026, 4, 1))
    told = {"person": person, "visit_date": date(2026, 6, 1), "weight": 61, "systolic": 118, "diastolic": 76, "danger_signs": "none", "referred": "no"}  # fmt: skip
    township.write("worker", "anc_visit", told, on=date(2026, 6, 1))
    said = {"person": person, "said_on": TODAY, "agreed_by": "self", "moving": "yes"}
    township.write("worker", "consent", said, on=TODAY, entity=person)
    township.household("neighbour", "c1-t1-v2", number="7")
    return person


def make(as_: Reader, person: str, *services: str) -> str:
    told = {"kind": "moves", "left_on": TODAY.isoformat(), "service": list(services)}
    html = as_("worker").post(f"/p/{person}/moving", told).content.decode()
    found = re.search(r"(\d{3} \d{3} \d{3} \d{3})", html)
    assert found, html[-1500:]
    return found[1]


def opening(township: Township, code: str, **more: object) -> dict[str, object]:
    return {"code": code, "place": township.places["west"], "number": "7", "since": TODAY.isoformat(), **more}


def test_from_one_place_to_the_other(as_: Reader, township: Township, mover: str) -> None:
    page = as_("worker").get(f"/p/{mover}/moving").content.decode()
    assert re.findall(r'name="service" value="(\w+)"', page) == ["antenatal", "postnatal"]
    code = make(as_, mover, "antenatal")
    assert code not in as_("worker").get(f"/p/{mover}/moving").content.decode()  # shown once
    assert CANARY not in as_("worker").post("/find", {"typed": CANARY[:2]}).content.decode()
    html = as_("neighbour").post("/arrive", opening(township, code)).content.decode()
    new = re.search(r'href="/p/([^"]+)"', html)
    assert new and (CANARY in html, "3 records came along." in html) == (True, True)
    assert as_("neighbour").get(f"/p/{new[1]}").status_code == 200
    assert {as_(who).get(f"/p/{new[1]}").status_code for who in ("worker", "manager", "installer")} == {404}
    assert as_("neighbour").get(f"/p/{mover}").status_code == 404
    logged = db.current().rows("SELECT output FROM access_log WHERE user_id = ?", [township.users["neighbour"]])
    assert [output for (output,) in logged].count("arrive") == 2


def test_a_code_opens_once_and_wrong_ones_make_wait(
    as_: Reader, township: Township, mover: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "_now", lambda: 1_000_000)
    code = make(as_, mover)
    neighbour = as_("neighbour")
    for n in range(5):
        wrong = neighbour.post("/arrive", opening(township, f"{n:012d}"))
        assert (wrong.status_code, "This code opens nothing here." in wrong.content.decode()) == (404, True)
    late = neighbour.post("/arrive", opening(township, code))
    assert (late.status_code, "Try again in 1 minute." in late.content.decode()) == (429, True)
    assert as_("supervisor").post("/arrive", opening(township, code)).status_code == 404  # not a page of theirs
    monkeypatch.setattr(attempts, "_now", lambda: 1_000_060)
    assert neighbour.post("/arrive", opening(township, code)).status_code == 200
    again = neighbour.post("/arrive", opening(township, code))
    assert (again.status_code, "This code was used already." in again.content.decode()) == (409, True)


def test_what_is_typed_wrongly_is_no_try(as_: Reader, township: Township, mover: str) -> None:
    code = make(as_, mover)
    for told, status in (({"code": "12"}, 400), ({"number": "99"}, 404), ({"place": township.places["east"]}, 404)):
        assert as_("neighbour").post("/arrive", opening(township, code) | told).status_code == status
    assert db.current().rows("SELECT COUNT(*) FROM access_log WHERE output = ?", [WRONG_CODE]) == [(0,)]
    assert handing.packed(code.replace(" ", ""))["person"]["name"] == CANARY


def test_without_a_yes_there_is_no_code(as_: Reader, township: Township) -> None:
    asked = township.person("李四")
    html = as_("worker").get(f"/p/{asked}/moving").content.decode()
    assert ("It was not asked yet" in html, "Make the code" in html) == (True, False)
    told = {"kind": "moves", "left_on": TODAY.isoformat()}
    assert "may not move along" in as_("worker").post(f"/p/{asked}/moving", told).content.decode()
    assert register.people([asked])[asked].is_here


def test_the_slip_and_the_file_are_for_who_made_the_code(as_: Reader, township: Township, mover: str) -> None:
    code = make(as_, mover, "antenatal")
    slip = as_("worker").post(f"/paper/p/{mover}/code.pdf", {"code": code})
    words = text_of(slip.content)
    assert (code.replace(" ", "") in words, CANARY in words, "antenatal" in words.lower()) == (True, False, False)
    assert as_("worker").post(f"/paper/p/{mover}/code.pdf", {"code": "000000000000"}).status_code == 404
    file = as_("worker").post(f"/p/{mover}/moving/file", {"code": code})
    assert (file.status_code, CANARY.encode() in file.content, CANARY in file.headers["Content-Disposition"]) == (
        200,
        False,
        False,
    )
    for who in ("neighbour", "clinician", "supervisor"):
        assert as_(who).post(f"/p/{mover}/moving/file", {"code": code}).status_code == 404
    assert as_("worker").post(f"/p/{mover}/moving/back").status_code == 302
    assert register.people([mover])[mover].is_here
    upload = SimpleUploadedFile("record.txt", file.content)
    came = as_("neighbour").post("/arrive", opening(township, code, file=upload))
    assert "3 records came along." in came.content.decode()


def test_it_can_be_undone_where_she_arrived(as_: Reader, township: Township, mover: str) -> None:
    code = make(as_, mover, "antenatal")
    html = as_("neighbour").post("/arrive", opening(township, code)).content.decode()
    new = re.search(r'href="/p/([^"]+)"', html)[1]  # type: ignore[index]
    assert as_("worker").post(f"/p/{new}/arrive/back").status_code == 404
    assert as_("neighbour").post(f"/p/{new}/arrive/back").status_code == 302
    assert register.people([new]) == {}
    assert as_("neighbour").post("/arrive", opening(township, code)).status_code == 200


def test_a_stay_has_its_last_day(as_: Reader, township: Township, mover: str) -> None:
    told = {"kind": "stays", "until_on": (TODAY + timedelta(20)).isoformat(), "service": ["antenatal"]}
    assert "Shown only now" in as_("worker").post(f"/p/{mover}/moving", told).content.decode()
    assert register.people([mover])[mover].is_here
    wrong = told | {"until_on": (TODAY - timedelta(1)).isoformat()}
    assert "The day does not fit." in as_("worker").post(f"/p/{mover}/moving", wrong).content.decode()
