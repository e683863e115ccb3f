"""A service offered to everybody of an age: who is asked to offer it, and who sees what is written."""

from __future__ import annotations

from datetime import date

import pytest

from doorstep.programmes import actions as programmes
from tests.cast import Township, shipped
from tests.web.worker.conftest import TODAY, Reader
from tests.web.worker.test_today import seen

FIRST, TELL = "First yearly check", "Tell the results of the check"


@pytest.fixture
def elders(township: Township) -> Township:
    """The township with the yearly check from 65 on."""
    pack = programmes.install(shipped("elder"), by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    return township


def exam(township: Township, person: str, care: str, who: str = "worker") -> None:
    answers = {
        "person": person, "visit_date": TODAY, "care_by": care, "self_care": "alone", "living": "none",
        "systolic": 128, "diastolic": 78, "found": "none", "told": "no",
    }  # fmt: skip
    township.write(who, "elder_exam", answers, on=TODAY)


def listed(as_: Reader, who: str) -> set[str]:
    return {name for names in seen(as_(who).get("/today").content).values() for name in names}


def test_those_who_serve_her_place_are_asked_to_offer_it(as_: Reader, elders: Township) -> None:
    elders.person("赵奶奶", born=date(1950, 3, 1))
    elders.person("钱阿姨", born=date(1970, 3, 1))
    assert {who: listed(as_, who) for who in ("worker", "neighbour", "clinician")} == {
        "worker": {"赵奶奶"},
        "neighbour": set(),
        "clinician": set(),
    }
    assert as_("supervisor").get("/today").status_code == 404


@pytest.mark.parametrize(
    ("care", "who", "readers"), [("worker", "worker", {"worker"}), ("clinic", "worker", {"clinician"})]
)
def test_once_she_named_somebody_only_they_see_it(
    as_: Reader, elders: Township, care: str, who: str, readers: set[str]
) -> None:
    person = elders.person("赵奶奶", born=date(1950, 3, 1))
    exam(elders, person, care, who)
    for reader in ("worker", "clinician", "neighbour"):
        assert (listed(as_, reader) == {"赵奶奶"}) is (reader in readers), reader
        page = as_(reader).get(f"/p/{person}").content.decode()
        assert (TELL in page) is (reader in readers), reader
        assert (FIRST in page) is False, reader


def test_one_press_ends_it_before_anything_was_written(as_: Reader, elders: Township) -> None:
    person = elders.person("赵奶奶", born=date(1950, 3, 1))
    assert FIRST in as_("worker").get(f"/p/{person}").content.decode()
    answer = as_("worker").post(f"/p/{person}/service", {"service": "elder_check", "say": "end"})
    assert (answer.status_code, listed(as_, "worker")) == (302, set())
    assert FIRST not in as_("worker").get(f"/p/{person}").content.decode()
    as_("worker").post(f"/p/{person}/service", {"service": "elder_check", "say": "want"})
    assert listed(as_, "worker") == {"赵奶奶"}


def test_the_page_of_somebody_younger_says_nothing_of_it(as_: Reader, elders: Township) -> None:
    person = elders.person("钱阿姨", born=date(2000, 3, 1))
    page = as_("worker").get(f"/p/{person}").content.decode()
    assert "/fill/person_change" in page
    assert "Yearly check from 65 on" not in page and FIRST not in page


def test_measuring_the_pressure_is_offered_alike_whomever_she_named(as_: Reader, township: Township) -> None:
    """A button that vanished would tell that she was measured elsewhere."""
    one, other = township.person("赵奶奶", born=date(1950, 3, 1)), township.person("钱阿姨", born=date(1950, 3, 1))
    answers = {
        "person": other,
        "visit_date": TODAY,
        "systolic": 150,
        "diastolic": 95,
        "risks": "none",
        "care_by": "clinic",
    }
    township.write("worker", "bp_screen", answers, on=TODAY)
    for person in (one, other):
        page = as_("worker").get(f"/p/{person}").content.decode()
        assert f"/fill/bp_screen?person={person}" in page
        assert "Measure the pressure again" not in page
        assert as_("worker").get(f"/fill/bp_screen?person={person}").status_code == 200
    assert "Measure the pressure again" in as_("clinician").get(f"/p/{other}").content.decode()
