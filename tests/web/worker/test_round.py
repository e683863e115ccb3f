"""The round at the doors: one press each, taken back by one more, and only the number of who wants no more."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.test import Client

from doorstep.intake.rebuild import verify
from doorstep.lib import db
from doorstep.register import rounds
from doorstep.register.rounds import Progress
from tests.cast import Township
from tests.web.worker.conftest import TODAY, Reader

YEAR = rounds.Period(date(TODAY.year, 1, 1), date(TODAY.year, 12, 31))


def press(client: Client, home: str, outcome: str, **more: object) -> str:
    answer = client.post(f"/round/{home}/say", {"outcome": outcome, **more}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def stands(township: Township) -> Progress:
    east = township.places["east"]
    return rounds.progress([east], YEAR).get(east, Progress(0, 0, 0))


def entries() -> int:
    return int(db.current().value("SELECT COUNT(*) FROM entry"))


def test_every_door_is_one_press(as_: Reader, township: Township) -> None:
    homes = [township.household(number=str(n)) for n in (2, 1, 3)]
    township.person("王秀英", home=homes[0])
    client = as_("worker")
    page = client.get("/round").content.decode()
    assert re.findall(r'id="door-([^"]+)"', page) == [homes[1], homes[0], homes[2]], "walking order, then number"
    assert "0 of 3 this round" in page and "王秀英" in page
    row = press(client, homes[0], "nothing_changed")
    assert "Nothing changed · 15 June" in row and "1 of 3 this round" in row and 'hx-swap-oob="true"' in row
    assert "1 not in" in press(client, homes[1], "not_in")
    assert stands(township) == Progress(3, 1, 1)
    todo = client.get("/round?show=todo").content.decode()
    assert re.findall(r'id="door-([^"]+)"', todo) == [homes[1], homes[2]], "who was not in is still to do"
    assert verify() == []


def test_the_last_press_of_a_day_counts_and_can_be_taken_back(as_: Reader, township: Township) -> None:
    home, client = township.household(), as_("worker")
    before = entries()
    press(client, home, "not_in")
    press(client, home, "nothing_changed")
    assert stands(township) == Progress(1, 1, 0)
    row = press(client, home, "taken_back")
    assert "0 of 1 this round" in row and "15 June" not in row and 'value="nothing_changed"' in row
    press(client, home, "not_in")
    assert stands(township) == Progress(1, 0, 1)
    assert entries() == before + 4, "each press is a record, the later ones correct the first"
    assert db.current().rows("SELECT COUNT(*) FROM round_call") == [(1,)]
    assert verify() == []


def test_a_press_of_another_day_is_not_taken_back(as_: Reader, township: Township) -> None:
    home, client = township.household(), as_("worker")
    on = TODAY - timedelta(days=1)
    told = {"household": home, "walked_on": on, "outcome": "nothing_changed"}
    township.write("worker", "round_visit", told, on=on)
    assert "Pressed by mistake" not in client.get("/round").content.decode()
    assert client.post(f"/round/{home}/say", {"outcome": "taken_back"}).status_code == 404
    assert stands(township) == Progress(1, 1, 0)


def test_a_round_of_last_year_is_over(township: Township) -> None:
    home, on = township.household(), date(TODAY.year - 1, 12, 31)
    township.write("worker", "round_visit", {"household": home, "walked_on": on, "outcome": "nothing_changed"}, on=on)
    assert stands(township) == Progress(1, 0, 0)


def test_do_not_list_us_leaves_the_number_alone(as_: Reader, township: Township) -> None:
    home = township.household(number="77")
    person = township.person("王秀英", home=home)
    township.pregnancy(person, date(2026, 1, 5))
    client = as_("worker")
    row = press(client, home, "do_not_list_us")
    assert "No. 77" in row and "Only the number, as the family wished" in row and "王秀英" not in row
    assert stands(township) == Progress(0, 0, 0), "neither done nor to do"
    for page in ("/round", "/families", f"/families/{home}", "/today", f"/p/{person}"):
        html = client.get(page).content.decode()
        assert "王秀英" not in html, page
    assert "王秀英" not in client.post("/find", {"typed": "wxy"}).content.decode()
    assert "王秀英" in press(client, home, "taken_back"), "pressed by mistake"
    assert db.current().rows("SELECT listed FROM household WHERE id = ?", [home]) == [(True,)]
    assert "王秀英" in client.post("/find", {"typed": "wxy"}).content.decode()
    assert verify() == []


def test_something_different_is_put_right_and_told(as_: Reader, township: Township) -> None:
    home = township.household()
    person = township.person(home=home)
    client = as_("worker")
    page = client.get(f"/round/{home}").content.decode()
    assert f"/fill/person_change?person={person}" in page and f"/register?household={home}" in page
    told = {"outcome": "corrected", "findings": ["double", "wrong", "gossip"], "remark": "重复的是大女儿" + "x" * 200}
    answer = client.post(f"/round/{home}/say", told)
    assert (answer.status_code, answer.headers["Location"]) == (
        302, f"/round?place={township.places['east']}#door-{home}",
    )  # fmt: skip
    sql = "SELECT outcome, findings, LENGTH(remark), settled FROM round_call"
    assert [tuple(r) for r in db.current().rows(sql)] == [("corrected", "wrong double", 100, False)]
    assert db.current().rows("SELECT state FROM entry WHERE form_id = 'round_visit'") == [(0,)]


def test_the_worker_of_the_next_village_walks_her_own_doors(as_: Reader, township: Township) -> None:
    home = township.household()
    client = as_("neighbour")
    assert f"door-{home}" not in client.get("/round").content.decode()
    before = entries()
    for answer in (client.get(f"/round/{home}"), client.post(f"/round/{home}/say", {"outcome": "not_in"})):
        assert answer.status_code == 404
    assert entries() == before
    assert as_("supervisor").get("/round").status_code == 404


def test_what_is_no_outcome_is_not_taken(as_: Reader, township: Township) -> None:
    home, client = township.household(), as_("worker")
    assert client.post(f"/round/{home}/say", {"outcome": "burnt_down"}).status_code == 404
    assert client.get(f"/round/{home}/say").status_code == 405


def test_who_was_shown_is_on_record(as_: Reader, township: Township) -> None:
    person = township.person()
    as_("worker").get("/round")
    assert db.current().rows("SELECT output, persons FROM access_log") == [("round", f'["{person}"]')]
