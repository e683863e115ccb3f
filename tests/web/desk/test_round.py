"""The round at the desk: started for a time, told by village, what was found looked into, and nobody's name anywhere."""

from __future__ import annotations

import re
from datetime import date, timedelta

from doorstep.intake.rebuild import verify
from doorstep.lib import db
from doorstep.register import rounds
from doorstep.register.rounds import Period
from tests.cast import Township, new_id
from tests.web.worker.conftest import TODAY, Reader


def families(township: Township, count: int, *, done: int, place: str = "east", who: str = "worker") -> list[str]:
    code = {"east": "c1-t1-v1", "west": "c1-t1-v2"}[place]
    homes = [township.household(who, code, f"{n}") for n in range(count)]
    for home in homes[:done]:
        told = {"household": home, "walked_on": TODAY, "outcome": "nothing_changed"}
        township.write(who, "round_visit", told, on=TODAY)
    return homes


def figures(html: str, part: str) -> list[list[str]]:
    body = html.split(f'aria-labelledby="{part}"')[1].split("</section>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)[1:]
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)] for row in rows
    ]


def find(township: Township, home: str, kinds: str, *, on: date = TODAY, remark: str = "", **more: object) -> str:
    instance = "uuid:" + new_id()
    told = {"household": home, "walked_on": on, "outcome": "corrected", "findings": kinds, "remark": remark}
    township.write("worker", "round_visit", told, on=on, instance=instance, **more)
    return instance


def test_progress_stands_by_village_and_never_by_worker(as_: Reader, township: Township) -> None:
    families(township, 24, done=12)
    families(township, 26, done=14, place="west", who="neighbour")
    html = as_("supervisor").get("/desk/round").content.decode()
    assert figures(html, "progress") == [
        ["East Slope", "25", "10", "10", "hidden"],
        ["West Gully", "25", "15", "10", "hidden"],
        ["Liulin township", "50", "25", "25", "hidden"],
    ]
    assert "1 January 2026 to 31 December 2026" in html and "nobody has started another" in html
    main = html.split('id="main"')[1]
    assert "neighbour" not in main and "worker<" not in main


def test_a_round_is_started_for_a_time_and_holds_below(as_: Reader, township: Township) -> None:
    east, home = township.places["east"], families(township, 1, done=1)[0]
    client = as_("supervisor")
    period = {"starts_on": "2026-06-10", "ends_on": "2026-07-10"}
    assert client.post("/desk/round/start", period).status_code == 302
    assert rounds.period_at(east, TODAY) == Period(date(2026, 6, 10), date(2026, 7, 10), True)
    assert rounds.period_at(east, date(2026, 6, 9)) == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert rounds.period_at(east, date(2026, 7, 11)) == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert "10 June 2026 to 10 July 2026" in client.get("/desk/round").content.decode()
    assert "1 of 1 this round" in as_("worker").get("/round").content.decode()
    on = date(2026, 6, 9)
    township.write("worker", "round_visit", {"household": home, "walked_on": on, "outcome": "not_in"}, on=on)
    assert rounds.progress([east], rounds.period_at(east, TODAY))[east] == (1, 1, 0), (
        "a call before it is no part of it"
    )
    assert verify() == []


def test_a_round_ends_after_it_begins(as_: Reader, township: Township) -> None:
    client = as_("supervisor")
    client.post("/desk/round/start", {"starts_on": "2026-06-10", "ends_on": "2026-06-09"})
    assert db.current().rows("SELECT COUNT(*) FROM entity") == [(0,)]
    assert "Please give a first and a last day" in client.get("/desk/round").content.decode()


def test_only_a_supervisor_of_the_place_starts_a_round(as_: Reader, township: Township) -> None:
    told = {"place": "c1-t1-v1", "decided_on": TODAY, "starts_on": "2026-06-01", "ends_on": "2026-06-30"}
    township.write("worker", "round_start", told, on=TODAY, entity=new_id(), label="x")
    assert rounds.period_at(township.places["east"], TODAY).decided is False
    for who in ("worker", "clinician", "manager", "installer"):
        assert as_(who).post("/desk/round/start", told).status_code == 404, who
        assert as_(who).get("/desk/round").status_code == 404, who


def test_what_was_found_is_looked_into_and_carries_nobodys_name(as_: Reader, township: Township) -> None:
    home = families(township, 1, done=0)[0]
    find(township, home, "double", on=TODAY - timedelta(days=2), remark="大女儿写了两次")
    client = as_("supervisor")
    html = client.get("/desk/round").content.decode()
    waiting = html.split('aria-labelledby="settle"')[1].split("</section>")[0]
    assert "Someone stands there twice" in waiting and "大女儿写了两次" in waiting and "worker" not in waiting
    columns = (
        {row[1] for row in db.current().rows("SELECT * FROM pragma_table_info('round_call')")}
        if (db.current().dialect == "sqlite")
        else set()
    )
    assert not columns & {"author_id", "user_id", "author"}
    address = re.findall(r'action="(/desk/round/found/\d+/settle)"', waiting)
    assert client.post(address[0]).status_code == 302
    assert "Nothing waits." in client.get("/desk/round").content.decode()
    assert verify() == []


def test_something_found_later_the_same_day_waits_again(as_: Reader, township: Township) -> None:
    home = families(township, 1, done=0)[0]
    first = find(township, home, "wrong")
    told = {"household": home, "settled_on": TODAY, "finding": first}
    township.write("supervisor", "round_settled", told, on=TODAY)
    assert rounds.waiting([township.places["east"]], 9) == []
    find(township, home, "missing")
    assert len(rounds.waiting([township.places["east"]], 9)) == 1
    again = find(township, home, "wrong missing", corrects=first)
    assert again and len(rounds.waiting([township.places["east"]], 9)) == 1, "a correction of what is settled stays so"


def test_what_waits_elsewhere_is_out_of_reach(as_: Reader, township: Township) -> None:
    home = families(township, 1, done=0)[0]
    find(township, home, "wrong")
    seq = rounds.waiting([township.places["east"]], 9)[0][0]
    for who in ("worker", "manager"):
        assert as_(who).post(f"/desk/round/found/{seq}/settle").status_code == 404
    township.write(
        "worker",
        "household_change",
        {"household": home, "changed_on": TODAY, "what": "listed", "listed": "no"},
        on=TODAY,
        entity=home,
    )
    assert rounds.waiting([township.places["east"]], 9) == [], "of who wants no more only the number stays"
    assert as_("supervisor").post(f"/desk/round/found/{seq}/settle").status_code == 404


def test_counts_of_what_was_found_by_village(as_: Reader, township: Township) -> None:
    for home in families(township, 22, done=0):
        find(township, home, "wrong")
    html = as_("supervisor").get("/desk/round").content.decode()
    assert figures(html, "found")[-1][:3] == ["Liulin township", "20", "hidden"]
