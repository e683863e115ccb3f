"""What a person said about each purpose stands on her page, is no task, and is obeyed there."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tests.cast import Township, new_id
from tests.web.worker.conftest import TODAY, Reader


def shown(html: str) -> list[str]:
    part = html.split('id="consents"')[1].split("</section>")[0]
    rows = re.findall(r"<span>([^<]+)</span><span class=\"(?:soft|wish)\">([^<]+)</span>", part)
    return [" · ".join(row) for row in rows]


def test_her_page_says_what_may_be_done(as_: Reader, township: Township) -> None:
    person = township.person(on=TODAY)
    page = f"/p/{person}"
    assert "tel:13800001234" in as_("worker").get(page).content.decode()
    said = {"person": person, "said_on": TODAY, "agreed_by": "self", "contact": "no", "moving": "yes"}
    township.write("worker", "consent", said, on=TODAY, entity=person)
    html = as_("worker").get(page).content.decode()
    assert shown(html) == [
        "Name, birth and home in the list · yes, 15 June",
        "Visits at home · not asked yet",
        "Ringing or writing · no, 15 June",
        "The record moves along · yes, 15 June",
        "Counted in figures · not asked yet",
    ]
    assert "13800001234" not in html, "neither at the top nor in the record of her registration"
    assert "13800001234" not in as_("worker").get(f"/fill/person_change?person={person}").content.decode()


def test_a_grown_child_is_asked_anew(as_: Reader, township: Township) -> None:
    turned = date(TODAY.year - 14, TODAY.month, TODAY.day)
    for born, words in ((turned, "old enough now: ask again"), (turned + timedelta(days=1), "yes, 1 May")):
        child, on = township.person("小明", born=born, phone="", on=date(2026, 4, 1)), date(2026, 5, 1)
        said = {"person": child, "said_on": on, "agreed_by": "guardian", "counts": "yes"}
        township.write("worker", "consent", said, on=on, entity=child)
        assert shown(as_("worker").get(f"/p/{child}").content.decode())[-1] == f"Counted in figures · {words}"


def test_who_came_from_a_list_is_marked_and_listed_nowhere_for_it(as_: Reader, township: Township) -> None:
    home, person = township.household(), new_id()
    told = {
        "household": home, "registered_on": TODAY, "agreed_by": "not_asked", "name": "李梅", "sex": "female",
        "birth_date": "1990-01-01", "reach": "only_me",
    }  # fmt: skip
    empty = as_("worker").get("/today").content.decode()
    township.write("worker", "person", told, on=TODAY, entity=person, label="李梅")
    html = as_("worker").get(f"/p/{person}").content.decode()
    assert "Taken over from an old list. Nobody was asked yet." in html
    assert {row.split(" · ")[1] for row in shown(html)} == {"not asked yet"}
    assert (
        "Nobody is waiting for you." in empty
        and "Nobody is waiting for you." in as_("worker").get("/today").content.decode()
    )
