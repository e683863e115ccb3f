"""The card of doses: what was given, whether it counts and why, what is next; for the care team alone."""

from __future__ import annotations

import re
from datetime import date

import pytest

from doorstep.intake import rebuild
from doorstep.lib import db
from doorstep.programmes import actions as programmes
from tests.cast import Township, shipped
from tests.web.worker.conftest import TODAY, Reader

BORN = date(2025, 9, 15)


@pytest.fixture
def child(township: Township) -> str:
    pack = programmes.install(shipped("immunisation"), by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    return township.person("小明", born=BORN, sex="male")


def opened(township: Township, child: str, care: str = "worker") -> None:
    said = {"person": child, "opened_on": date(2025, 9, 20), "booklet": "given", "care_by": care}
    township.write("worker", "vaccination_card", said, on=date(2025, 9, 20))


def given(township: Township, child: str, on: date, *products: str) -> int:
    doses = [{"product": product} for product in products]
    said = {"person": child, "visit_date": on, "doses": doses, "watched": "yes"}
    township.write("worker", "vaccination", said, on=TODAY)
    return int(db.current().value("SELECT MAX(seq) FROM entry"))


def address(child: str) -> str:
    return f"/p/{child}/card/immunisation/vaccine"


def lines(page: str) -> dict[str, str]:
    """Chain → its words, as the page shows them."""
    found = {}
    for part in page.split('<li class="card-line')[1:]:
        words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part.split('<details class="why')[0].split(">", 1)[1]))
        title = re.search(r"<h2>([^<]*)</h2>", part)
        assert title
        found[title[1]] = words.replace(title[1], "", 1).strip()
    return found


def test_a_newborn_is_invited_and_nothing_else(township: Township, child: str, as_: Reader) -> None:
    page = as_("worker").get(f"/p/{child}").content.decode()
    assert "Open the child&#x27;s vaccine card" in page and "Hepatitis B, dose 1" not in page
    assert address(child) not in page


def test_every_dose_says_whether_it_counts_and_what_is_next(township: Township, child: str, as_: Reader) -> None:
    opened(township, child)
    given(township, child, date(2025, 9, 20), "HepB", "BCG")
    given(township, child, date(2025, 10, 16), "HepB")
    given(township, child, date(2025, 10, 20), "HepB")
    page = as_("worker").get(f"/p/{child}").content.decode()
    assert f'href="{address(child)}"' in page
    shown = lines(as_("worker").get(address(child)).content.decode())
    assert shown["BCG (against tuberculosis)"] == (
        "20 September 2025 BCG (against tuberculosis), dose 1 Nothing more is planned here."
    )
    assert shown["Hepatitis B"] == (
        "20 September 2025 Hepatitis B, dose 1"
        " 16 October 2025 Hepatitis B, dose 2"
        " It does not count as Hepatitis B, dose 2: 2 days too soon after an earlier dose. Valid from 18 October 2025."
        " 20 October 2025 Hepatitis B, dose 2"
        " Next: Hepatitis B, dose 3 on 15 March 2026 or after overdue"
    )
    assert "HPV" not in "".join(shown)
    assert rebuild.verify() == []


def test_both_languages(township: Township, child: str, as_: Reader) -> None:
    opened(township, child)
    given(township, child, date(2025, 9, 20), "HepB")
    client = as_("worker")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    page = client.get(address(child), headers={"accept-language": "zh-hans"}).content.decode()
    assert "接种卡" in page and "2025年9月20日" in page and "下一剂" in page and "Next:" not in page


def test_a_caution_stands_above_everything_and_takes_its_doses_off(township: Township, child: str, as_: Reader) -> None:
    opened(township, child)
    assert "MMR (measles" in str(lines(as_("worker").get(address(child)).content.decode()))
    said = {"person": child, "said_on": TODAY, "decided_by": "hospital", "how_long": "lasting", "about": "MMR"}
    township.write("worker", "vaccine_caution", said, on=TODAY)
    page = as_("worker").get(address(child)).content.decode()
    assert page.index("Vaccines: not now, or not at all") < page.index("card-lines")
    assert "MMR (measles" not in str(lines(page))


def test_the_card_is_for_the_care_team_alone(township: Township, child: str, as_: Reader) -> None:
    opened(township, child, "worker")
    given(township, child, date(2025, 9, 20), "HepB")
    seen = {who: as_(who).get(address(child)).status_code for who in ("worker", "neighbour", "clinician", "supervisor")}
    assert seen == {"worker": 200, "neighbour": 404, "clinician": 404, "supervisor": 404}
    assert as_("worker").get(f"/p/{child}/card/immunisation/nothing").status_code == 404
    assert as_("worker").get(f"/p/{child}/card/maternal/vaccine").status_code == 404


def test_it_is_logged_before_anything_is_read(township: Township, child: str, as_: Reader) -> None:
    opened(township, child)
    given(township, child, date(2025, 9, 20), "HepB")
    as_("worker").get(address(child))
    last = db.current().rows("SELECT user_id, output, persons FROM access_log ORDER BY id DESC LIMIT 1")
    assert last == [(township.users["worker"], "person.card", f'["{child}"]')]
    client = as_("worker")
    client.raise_request_exception = False
    db.current().run("ALTER TABLE access_log RENAME TO gone")
    try:
        answer = client.get(address(child))
        assert (answer.status_code, "小明" in answer.content.decode()) == (503, False)
    finally:
        db.current().run("ALTER TABLE gone RENAME TO access_log")


def test_no_thank_you_takes_the_next_doses_off_the_card(township: Township, child: str, as_: Reader) -> None:
    opened(township, child)
    given(township, child, date(2025, 9, 20), "HepB")
    as_("worker").post(f"/p/{child}/service", {"service": "vaccines", "say": "end"})
    shown = lines(as_("worker").get(address(child)).content.decode())
    assert list(shown) == ["Hepatitis B"] and "Next:" not in shown["Hepatitis B"]


def test_the_receipt_says_how_the_dose_stands(township: Township, child: str, as_: Reader) -> None:
    opened(township, child)
    seq = given(township, child, date(2026, 5, 14), "MMR", "HepB")
    page = as_("worker").get(f"/receipt/{seq}").content.decode()
    part = page.split('<ul class="dose-words">')[1].split("</ul>")[0]
    assert re.findall("<li>([^<]+)</li>", part) == [
        "It does not count as MMR (measles, mumps, rubella), dose 1: given 1 day too early for the age. Valid from 15 May 2026.",
        "It counts: Hepatitis B, dose 1.",
    ]
