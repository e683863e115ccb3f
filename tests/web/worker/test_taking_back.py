"""Consent is taken back at any clinic, and the page tells nobody who is registered where (charter C12)."""

from __future__ import annotations

from datetime import date

from doorstep.lib import db
from tests.cast import Township
from tests.web.worker.conftest import Reader, steady

HER = {"name": "王秀英", "birth_date": "1996-04-02", "number": "12", "agreed_by": "self"}


def refused(person: str) -> set[str]:
    rows = db.current().rows("SELECT purpose FROM consent WHERE person_id = ? AND NOT given", [person])
    return {purpose for (purpose,) in rows}


def test_it_works_for_someone_of_another_village(as_: Reader, township: Township) -> None:
    person = township.person(born=date(1996, 4, 2))
    for who in ("neighbour", "clinician"):
        purpose = {"neighbour": ["contact", "listed"], "clinician": ["counts"]}[who]
        assert as_(who).get(f"/p/{person}").status_code == 404
        answer = as_(who).post("/take-back", HER | {"purpose": purpose})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/take-back")
    assert refused(person) == {"contact", "listed", "counts"}
    assert db.current().rows("SELECT listed, phone FROM person WHERE id = ?", [person]) == [(False, "")]


def test_the_answer_is_the_same_whoever_is_asked_for(as_: Reader, township: Township) -> None:
    person = township.person(born=date(1996, 4, 2))
    client = as_("neighbour")
    pages = []
    for told in (HER, HER | {"name": "王秀"}, HER | {"birth_date": "1996-04-03"}, HER | {"number": "1"}):
        answer = client.post("/take-back", told | {"purpose": ["moving"]}, follow=True)
        pages.append((answer.status_code, steady(answer.content)))
    assert len(set(pages)) == 1
    entries = db.current().value("SELECT COUNT(*) FROM entry WHERE form_id = 'consent'")
    assert (entries, refused(person)) == (1, {"moving"})


def test_of_two_people_alike_neither_is_touched(as_: Reader, township: Township) -> None:
    people = [township.person(born=date(1996, 4, 2)) for _ in range(2)]
    as_("neighbour").post("/take-back", HER | {"purpose": ["moving"]})
    assert [refused(person) for person in people] == [set(), set()]


def test_it_is_for_those_who_serve_people(as_: Reader, township: Township) -> None:
    for who, status in (("worker", 200), ("clinician", 200), ("manager", 404), ("installer", 404)):
        assert as_(who).get("/take-back").status_code == status
    answer = as_("worker").post("/take-back", HER | {"purpose": []})
    assert "Please give name, birth, house number" in answer.content.decode()
