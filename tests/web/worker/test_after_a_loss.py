"""After a stillbirth, an ending or a child's death: one offer on the receipt, and nothing is planned or said again."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from doorstep.intake import rebuild
from doorstep.lib import db
from doorstep.programmes import actions as programmes
from tests.cast import Township, shipped
from tests.web.worker.conftest import TODAY, Reader

LMP = date(2025, 9, 1)
OFFER = "nobody will ask again"
BABY_WORDS = re.compile(r"bab(y|ies)|newborn|vaccin|child|subsid", re.IGNORECASE)


@pytest.fixture
def both_on(township: Township) -> None:
    for name in ("postnatal_newborn", "loss_support"):
        pack = programmes.install(shipped(name), by=township.users["installer"])
        programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])


def main_of(page: bytes) -> str:
    """The words of a page's own part, without its forms' addresses."""
    part = page.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"<[^>]+>", " ", part)


def page(as_: Reader, person: str) -> str:
    return as_("worker").get(f"/p/{person}").content.decode()


def listed(person: str) -> list[str]:
    rows = db.current().rows(
        "SELECT contact FROM due_visit WHERE person_id = ? AND met_by = '' ORDER BY contact", [person]
    )
    return [contact for (contact,) in rows if not contact.startswith("anc_")]  # those of the past are done with


def test_the_receipt_of_a_birth_leads_to_writing_the_baby_down(as_: Reader, township: Township) -> None:
    mother = township.person()
    township.pregnancy(mother, LMP, care="worker")
    born = TODAY - timedelta(days=2)
    answers = {"person": mother, "ended_on": born, "result": "birth", "babies": [{"alive": "yes"}, {"alive": "no"}]}
    seq = township.write("worker", "pregnancy_outcome", answers, on=TODAY).seq
    home = db.current().value("SELECT household_id FROM person WHERE id = ?", [mother])
    address = f"/register?household={home}&after={seq}"
    assert address.replace("&", "&amp;") in as_("worker").get(f"/receipt/{seq}").content.decode()
    assert f'value="{born.isoformat()}"' in as_("worker").get(address).content.decode()
    assert (
        born.isoformat()
        not in as_("worker").get(f"/register?household={township.household(number='9')}&after={seq}").content.decode()
    )
    assert as_("neighbour").get(f"/register?after={seq}").status_code == 404


@pytest.mark.parametrize("result", ["ended", "birth"])
def test_the_receipt_offers_help_once_and_names_no_baby(as_: Reader, township: Township, result: str) -> None:
    mother = township.person()
    township.pregnancy(mother, LMP, care="worker")
    answers = {"person": mother, "ended_on": TODAY, "result": result}
    if result == "birth":
        answers |= {"discharged_on": TODAY, "babies": [{"alive": "no"}]}
    seq = township.write("worker", "pregnancy_outcome", answers, on=TODAY).seq
    said = main_of(as_("worker").get(f"/receipt/{seq}").content)
    assert (said.count(OFFER), BABY_WORDS.findall(said)) == (1, [])
    assert listed(mother) == ([] if result == "ended" else ["pnc_check_42", "pnc_home"])
    for address in ("/today", "/"):
        assert BABY_WORDS.findall(main_of(as_("worker").get(address, follow=True).content)) == []
    assert OFFER not in main_of(as_("worker").get(f"/p/{mother}").content)


def test_after_a_childs_death_nothing_of_it_is_left(as_: Reader, township: Township, both_on: None) -> None:
    home, born = township.household(number="21"), TODAY - timedelta(days=10)
    child = township.person("小满", home=home, born=born, sex="male", on=TODAY - timedelta(days=8))
    mother = township.person(home=home)
    second = township.person("小雪", home=home, born=born, on=TODAY - timedelta(days=8))
    signed = {"person": child, "registered_on": TODAY - timedelta(days=6), "asked": "yes", "seen_with_mother": "alone"}
    township.write("worker", "newborn_registration", {**signed, "discharged_on": born, "care_by": "worker"}, on=TODAY)
    assert listed(child) == ["newborn_28", "newborn_home"]
    offered = [f"/fill/newborn_registration?person={one}" in page(as_, one) for one in (mother, second)]
    assert offered == [False, True]  # a grown-up is nobody's newborn, and her page does not speak of one
    seq = township.write("worker", "death", {"person": child, "died_on": TODAY}, on=TODAY, entity=child).seq
    assert listed(child) == []
    said = main_of(as_("worker").get(f"/receipt/{seq}").content)
    assert (said.count("nobody will ask again"), BABY_WORDS.findall(said)) == (1, [])
    assert "小满" not in main_of(as_("worker").get("/today").content)
    assert rebuild.verify() == []
