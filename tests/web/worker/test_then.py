"""As known on an earlier day: for the care team alone, to read only, under today's rights and wishes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import transaction

from doorstep.lib import db
from doorstep.places import counters
from doorstep.programmes import actions
from doorstep.programmes.library import programmes
from tests.cast import Township, at_noon
from tests.web.worker.conftest import TODAY, Reader, steady

LMP = date(2026, 1, 5)
THEN = LMP + timedelta(weeks=12)


@pytest.fixture
def woman(township: Township) -> str:
    person = township.person(on=LMP)
    township.pregnancy(person, LMP, on=LMP + timedelta(weeks=9))
    return person


def visit(township: Township, person: str, on: date, weight: str, *, heard: date, **more: str) -> None:
    told = {"person": person, "visit_date": on, "weight": weight, "systolic": 118, "diastolic": 76,
            "danger_signs": "none", "referred": "no"}  # fmt: skip
    township.write("worker", "anc_visit", told, on=heard, **more)


@contextmanager
def undone() -> Iterator[None]:
    counters.forget()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    counters.forget()


def main(html: bytes) -> str:
    found = re.search(r"<main.*</main>", steady(html), re.S)
    assert found
    return found[0]


def test_what_was_heard_of_later_is_not_there(as_: Reader, township: Township, woman: str) -> None:
    visit(township, woman, THEN - timedelta(3), "61.5", heard=THEN - timedelta(2), instance="uuid:first")
    visit(township, woman, THEN - timedelta(3), "77.5", heard=THEN + timedelta(5), corrects="uuid:first")
    page = as_("worker").get(f"/p/{woman}/then?day={THEN}").content.decode()
    assert "61.5" in page and "77.5" not in page
    now = as_("worker").get(f"/p/{woman}").content.decode()
    assert "77.5" in now and "61.5" not in now
    before = as_("worker").get(f"/p/{woman}/then?day={THEN - timedelta(3)}").content.decode()
    assert "61.5" not in before


def test_it_is_only_for_looking_up(as_: Reader, township: Township, woman: str) -> None:
    visit(township, woman, THEN - timedelta(3), "61.5", heard=THEN - timedelta(2))
    for address in (f"/p/{woman}/then?day={THEN}", f"/today/then?day={LMP + timedelta(weeks=10)}"):
        page = main(as_("worker").get(address).content)
        links = set(re.findall(r'href="([^"]+)"', page))
        assert not [one for one in links if re.match(r"/(fill|correct|tel:|why)|tel:", one)]
        assert 'method="post"' not in page
        assert {f"/p/{woman}", "/today"} & links  # the way back


def test_the_list_of_then_is_the_list_that_stood(as_: Reader, township: Township, woman: str) -> None:
    day = LMP + timedelta(weeks=10)
    there = main(as_("worker").get(f"/today/then?day={day}").content)
    assert "王秀英" in there
    seen = LMP + timedelta(weeks=10, days=1)
    visit(township, woman, seen, "61.5", heard=seen + timedelta(20))
    assert main(as_("worker").get(f"/today/then?day={day}").content) == there
    later = main(as_("worker").get(f"/today/then?day={seen + timedelta(20)}").content)
    assert later != there


@pytest.mark.parametrize("reader", ["neighbour", "supervisor", "manager", "installer"])
def test_nobody_outside_the_care_team_looks_back(as_: Reader, township: Township, woman: str, reader: str) -> None:
    assert as_(reader).get(f"/p/{woman}/then?day={THEN}").status_code in (403, 404)
    listed = as_(reader).get(f"/today/then?day={THEN}")
    assert listed.status_code in (403, 404) or "王秀英" not in listed.content.decode()


def test_whoever_left_the_care_team_cannot_look_back(as_: Reader, township: Township, woman: str) -> None:
    """The reader's rights are today's, whatever they were then."""
    assert "16–20" in main(as_("worker").get(f"/p/{woman}/then?day={THEN}").content)
    again = {"person": woman, "registered_on": THEN + timedelta(20), "asked": "yes", "lmp_known": "yes", "lmp": LMP,
             "care_by": "clinic", "language": "zh"}  # fmt: skip
    township.write("clinician", "pregnancy_registration", again, on=THEN + timedelta(20))
    after = as_("worker").get(f"/p/{woman}/then?day={THEN}")
    assert after.status_code == 404 or "16–20" not in after.content.decode()
    assert "王秀英" not in as_("worker").get(f"/today/then?day={THEN}").content.decode()


def test_an_end_leaves_the_same_page_whenever_and_however_it_came(as_: Reader, township: Township, woman: str) -> None:
    """C4: what was said no to later shows in no look back; the bytes are those of an end that was known then."""
    addresses = [
        f"/p/{woman}/then?day={THEN}",
        f"/today/then?day={THEN}",
        f"/today/then?day={LMP + timedelta(weeks=10)}",
    ]
    plain = [main(as_("worker").get(one).content) for one in addresses]
    seen = []
    for on, heard in ((THEN - timedelta(9), THEN - timedelta(9)), (THEN - timedelta(9), TODAY), (TODAY, TODAY)):
        with undone():
            content = township.spec("service_end")
            from doorstep.intake import door
            from tests.cast import fill

            sent = fill(content, {"person": woman, "service": "antenatal", "on": on})
            door.accept(sent, township.sender("worker"), received_at=at_noon(heard))
            seen.append([main(as_("worker").get(one).content) for one in addresses])
    assert seen[0] == seen[1] == seen[2]
    assert seen[0] != plain
    assert all("王秀英" not in page for page in seen[0][1:])


def test_reasons_are_those_of_the_programme_of_then(as_: Reader, township: Township, woman: str) -> None:
    version = {p.pack.id: p.pack.version for p in programmes().at(township.places["east"])}["maternal"]
    east, by = township.places["east"], township.users["installer"]
    seq = actions.switch(east, "maternal", version, schedule="who_2016", by=by)
    db.current().run("UPDATE pack_switch SET at = ? WHERE seq = ?", [at_noon(THEN + timedelta(2)), seq])
    counters.settings_changed(db.current())
    then = main(as_("worker").get(f"/p/{woman}/then?day={THEN}").content)
    later = main(as_("worker").get(f"/p/{woman}/then?day={THEN + timedelta(2)}").content)
    assert "16–20" in then and "16–20" not in later


@pytest.mark.parametrize(
    ("typed", "said"),
    [("2026-13-01", "is not a day"), ("2027-01-01", "still to come"), ("2019-01-01", "Records begin")],
)
def test_a_wrong_day_gets_a_sentence(as_: Reader, township: Township, woman: str, typed: str, said: str) -> None:
    for address in (f"/p/{woman}/then?day={typed}", f"/today/then?day={typed}"):
        page = as_("worker").get(address)
        assert page.status_code == 200
        assert said in page.content.decode()
        assert "王秀英" not in main(page.content)


def test_before_anybody_wrote_her_down(as_: Reader, township: Township, woman: str) -> None:
    township.household(on=LMP - timedelta(20))
    page = main(as_("worker").get(f"/p/{woman}/then?day={LMP - timedelta(2)}").content)
    assert "nobody had written this person down" in page
    assert "王秀英" not in page


def test_what_came_in_since_is_named(as_: Reader, township: Township, woman: str) -> None:
    visit(township, woman, THEN - timedelta(3), "61.5", heard=THEN - timedelta(2), instance="uuid:first")
    visit(township, woman, THEN - timedelta(3), "77.5", heard=THEN + timedelta(5), corrects="uuid:first")
    visit(township, woman, THEN - timedelta(9), "58.5", heard=THEN + timedelta(6))
    page = main(as_("worker").get(f"/p/{woman}/then?day={THEN}").content)
    since = page[page.index('id="since"') :]
    assert len(re.findall("<li>", since)) == 2
    assert since.count("correction received") == 1 and since.count("· received") == 1
    assert "77.5" not in page and "58.5" not in page  # answers stand on the page of now
    after = main(as_("worker").get(f"/p/{woman}/then?day={THEN + timedelta(6)}").content)
    assert 'id="since"' not in after
