"""A worker's own figures: raw, of the people who named her, seen by nobody else; each opens into its people."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from doorstep.lib import db
from tests.cast import Township
from tests.web.worker.conftest import Reader

BORN = date(2026, 5, 4)
PAGE = "/mine/maternal/{}?period=2026-Q2"


def woman(township: Township, name: str, weeks: int, care: str = "worker", birth: bool = True) -> str:
    """One first seen at so many weeks, who gave birth or not."""
    person, lmp = township.person(name), BORN - timedelta(days=280)
    seen = lmp + timedelta(weeks=weeks)
    told = {"person": person, "registered_on": seen, "asked": "yes", "lmp_known": "yes", "lmp": lmp, "care_by": care}
    township.write("worker", "pregnancy_registration", told, on=seen)
    visit = {
        "person": person, "visit_date": seen, "weight": 61, "systolic": 118, "diastolic": 76, "danger_signs": "none",
        "referred": "no",
    }  # fmt: skip
    township.write("worker", "anc_visit", visit, on=seen)
    if birth:
        ended = {"person": person, "ended_on": BORN, "result": "birth", "babies": [{"alive": "yes"}]}
        township.write("worker", "pregnancy_outcome", ended, on=BORN)
    return person


@pytest.fixture
def women(township: Township) -> dict[str, str]:
    return {
        "early": woman(township, "早早", 9),
        "late": woman(township, "晚晚", 20),
        "waiting": woman(township, "等等", 9, birth=False),
        "clinic": woman(township, "卫生", 9, care="clinic"),
    }


def groups(html: str) -> dict[str, list[str]]:
    """Heading → the names under it."""
    parts = re.split(r"<h2>", html)[1:]
    return {re.sub(r"\s*<.*", "", p, flags=re.S): re.findall(r"<strong>(.*?)</strong>", p) for p in parts}


def test_a_figure_opens_into_its_people(township: Township, as_: Reader, women: dict[str, str]) -> None:
    html = as_("worker").get(PAGE.format("early_registration_rate")).content.decode()
    assert groups(html) == {
        "Counted above and below the line": ["早早"],
        "Counted below the line only": ["晚晚"],
        "Not counted in this period": ["等等"],
    }
    assert re.findall(r"<dd>([\d,]+)</dd>", html)[:2] == ["1", "2"] and "50.0 %" in html
    assert "First visit in this pregnancy" in html and f"{(BORN - timedelta(days=280 - 63)).day} " in html
    assert f'href="/p/{women["early"]}"' in html and women["clinic"] not in html


def test_that_she_was_shown_them_is_written_down(township: Township, as_: Reader, women: dict[str, str]) -> None:
    as_("worker").get(PAGE.format("early_registration_rate"))
    rows = db.current().rows("SELECT user_id, persons FROM access_log WHERE output = 'figures.own.people'")
    assert [user for user, _ in rows] == [township.users["worker"]]
    assert all(women[one] in str(rows[0][1]) for one in ("early", "late", "waiting"))


def test_the_list_of_her_figures_is_raw(township: Township, as_: Reader, women: dict[str, str]) -> None:
    html = as_("worker").get("/mine?programme=maternal&period=2026-Q2").content.decode()
    found = dict(re.findall(r"<strong>([^<]+)</strong><br>\s*<span class=\"soft\">([^<]+)</span>", html))
    assert found["Early registration rate"].strip() == "1 of 2"
    assert found["WHO: first contact by 12 weeks"].strip() == "0 of 0"
    assert "早早" not in html


def test_nobody_else_sees_her_people(township: Township, as_: Reader, women: dict[str, str]) -> None:
    for other in ("neighbour", "clinician"):
        html = as_(other).get(PAGE.format("early_registration_rate")).content.decode()
        named = [name for name in ("早早", "晚晚", "等等") if name in html]
        assert named == [], other
    for other in ("supervisor", "manager", "installer"):
        assert as_(other).get("/mine").status_code == 404, other
        assert as_(other).get(PAGE.format("early_registration_rate")).status_code == 404, other


def test_the_clinic_sees_who_named_the_clinic(township: Township, as_: Reader, women: dict[str, str]) -> None:
    html = as_("clinician").get(PAGE.format("early_registration_rate")).content.decode()
    assert groups(html) == {"Counted above and below the line": ["卫生"]}


@pytest.mark.parametrize(
    "address",
    [
        "/mine?programme=nothing", "/mine?period=x", "/mine?period=2027", "/mine?period=2026-10-T1",
        "/mine/maternal/nothing", "/mine/nothing/early_registration_rate", "/mine/contraception/all_shown_share",
    ],
)  # fmt: skip
def test_addresses_lead_nowhere_else(township: Township, as_: Reader, address: str) -> None:
    assert as_("worker").get(address).status_code == 404


def test_who_does_not_want_to_be_listed_is_counted_and_not_named(
    township: Township, as_: Reader, women: dict[str, str]
) -> None:
    db.current().run("UPDATE person SET listed = ? WHERE id = ?", [False, women["early"]])
    html = as_("worker").get(PAGE.format("early_registration_rate")).content.decode()
    assert groups(html)["Counted above and below the line"] == []
    assert "早早" not in html and "1 more is not named here." in html
