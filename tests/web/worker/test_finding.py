"""Families in walking order, finding someone, and registering someone who may be here already."""

from __future__ import annotations

import re
from datetime import date

import pytest

from doorstep.lib import db
from doorstep.register.queries import FAMILIES_AT_ONCE
from tests.cast import Township
from tests.web.worker.conftest import Reader
from tests.web.worker.test_fill import config_of

LMP = date(2026, 1, 5)


def numbers(page: bytes) -> list[str]:
    return re.findall(r"<strong>No\. ([^<]+)</strong>", page.decode())


def names(page: bytes) -> list[str]:
    return re.findall(r"<strong>([^<]+)</strong>", page.decode())


def walking(township: Township, number: str, order: int) -> str:
    home = township.household(number=number)
    township.write(
        "worker", "household_change",
        {"household": home, "changed_on": date(2025, 1, 7), "what": "walk_order", "walk_order": order},
        on=date(2025, 1, 7), entity=home,
    )  # fmt: skip
    return home


def test_families_stand_in_walking_order(as_: Reader, township: Township) -> None:
    for number, order in (("9", 1), ("2", 3), ("5", 2)):
        walking(township, number, order)
    township.household("neighbour", "c1-t1-v2", "77")
    assert numbers(as_("worker").get("/families").content) == ["9", "5", "2"]
    assert numbers(as_("neighbour").get("/families").content) == ["77"]


def test_long_walks_come_in_pages(as_: Reader, township: Township) -> None:
    for n in range(FAMILIES_AT_ONCE + 2):
        township.household(number=f"{n:03}")
    client = as_("worker")
    first = client.get("/families")
    place = township.places["east"]
    assert numbers(first.content) == [f"{n:03}" for n in range(FAMILIES_AT_ONCE)]
    assert f"?place={place}&amp;from={FAMILIES_AT_ONCE}" in first.content.decode()
    second = client.get(f"/families?place={place}&from={FAMILIES_AT_ONCE}")
    assert numbers(second.content) == ["040", "041"]


def test_another_places_families_are_not_opened_by_their_number(as_: Reader, township: Township) -> None:
    theirs = township.household("neighbour", "c1-t1-v2", "77")
    township.household(number="5")
    client = as_("worker")
    assert client.get(f"/families/{theirs}").status_code == 404
    assert numbers(client.get(f"/families?place={township.places['west']}").content) == ["5"]
    assert client.get(f"/register?household={theirs}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("王", ["王秀英"]), ("秀英", ["王秀英"]), ("wangxiu", ["王秀英"]), ("wxy", ["王秀英"]), ("1234", ["王秀英"]),
        ("张", ["张三"]), ("zs", ["张三"]), ("李", []), ("*", []), ("%", []), ("_", []), ("", []), ("12", []),
    ],
)  # fmt: skip
def test_people_are_found_as_people_look_for_them(
    as_: Reader, township: Township, typed: str, found: list[str]
) -> None:
    township.person("王秀英", phone="13800001234")
    township.person("张三", phone="13955556789", sex="male")
    township.person("李四", who="neighbour", home=township.household("neighbour", "c1-t1-v2", "3"))
    answer = as_("worker").post("/find", {"typed": typed}, headers={"hx-request": "true"})
    assert names(answer.content) == found


def test_a_clinician_finds_those_who_named_the_clinic(as_: Reader, township: Township) -> None:
    mine, theirs = township.person("王一"), township.person("王二")
    township.person("王三")
    township.pregnancy(mine, LMP, care="clinic")
    township.pregnancy(theirs, LMP, care="worker")
    answer = as_("clinician").post("/find", {"typed": "王"}, headers={"hx-request": "true"})
    assert names(answer.content) == ["王一"]


def test_whom_a_search_found_is_logged(as_: Reader, township: Township) -> None:
    person = township.person("王秀英")
    as_("worker").post("/find", {"typed": "王"})
    assert db.current().rows("SELECT output, persons FROM access_log") == [("find", f'["{person}"]')]


def test_nothing_typed_ever_stands_in_an_address(as_: Reader, township: Township) -> None:
    page = as_("worker").get("/find").content.decode()
    assert 'method="post"' in page and 'method="get"' not in page
    register = as_("worker").get("/register").content.decode()
    assert register.count('method="get"') == 0


def test_someone_alike_is_shown_before_writing_again(as_: Reader, township: Township) -> None:
    home = township.household(number="8")
    person = township.person("王秀英", born=date(1996, 4, 2))
    told = {"household": home, "name": "王秀英", "birth_date": "1996-04-02"}
    client = as_("worker")
    page = client.post("/register", told)
    assert "Someone much alike is already here." in page.content.decode()
    assert f"/p/{person}" in page.content.decode()
    config = config_of(client.post("/register", {**told, "new": "yes"}).content)
    assert config["prefill"] == {"home/household": home, "self/name": "王秀英", "self/birth_date": "1996-04-02"}
    assert config["fixed"] == ["home/household"]


def test_someone_new_goes_straight_to_the_form(as_: Reader, township: Township) -> None:
    home = township.household(number="8")
    township.person("王秀英", born=date(1996, 4, 2))
    told = {"household": home, "name": "孙新来", "birth_date": "2001-05-06"}
    config = config_of(as_("worker").post("/register", told).content)
    assert config["submitUrl"] == "/fill/person/send"
    page = as_("worker").post("/register", {"household": home, "name": " "}).content.decode()
    assert "Please write the name." in page


def test_people_of_other_areas_are_never_alike(as_: Reader, township: Township) -> None:
    township.person("王秀英", who="neighbour", home=township.household("neighbour", "c1-t1-v2", "3"))
    told = {"household": township.household(number="8"), "name": "王秀英", "birth_date": "1996-04-02"}
    assert config_of(as_("worker").post("/register", told).content)["submitUrl"] == "/fill/person/send"
