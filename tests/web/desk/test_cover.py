"""Somebody covers for a worker who is away or has left: what she may open, and what still comes from the other's phone."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from doorstep.access import actions as access
from doorstep.access.queries import staff
from doorstep.api.openrosa import multipart, receiving
from doorstep.api.openrosa.devices import device_of
from doorstep.forms import queries as forms
from doorstep.forms.queries import APPLIED, REVIEW
from doorstep.intake.parse import Sender
from doorstep.intake.rebuild import rebuild, verify
from doorstep.lib import days, db, sealed
from tests.cast import Township, fill
from tests.web.worker.conftest import TODAY, Reader

BEGINS, LAST = TODAY, TODAY + timedelta(days=13)


def hand_over(as_: Reader, township: Township, **more: Any) -> int:
    told = {"member": township.users["neighbour"], "from_on": BEGINS.isoformat(), "to_on": LAST.isoformat(), **more}
    return as_("supervisor").post(f"/desk/workers/{township.users['worker']}/cover", told).status_code


def reached(township: Township, who: str, day: date) -> set[str]:
    named = {i: name for name, i in township.places.items()}
    return {named[i] for i in staff().reach(township.users[who], day)}


def test_from_the_first_day_to_the_last(as_: Reader, township: Township) -> None:
    person = township.person()
    assert as_("neighbour").get(f"/p/{person}").status_code == 404
    assert hand_over(as_, township) == 302
    days_ = (BEGINS - timedelta(days=1), BEGINS, LAST, LAST + timedelta(days=1))
    assert [reached(township, "neighbour", d) for d in days_] == [
        {"west"},
        {"east", "west"},
        {"east", "west"},
        {"west"},
    ]
    assert reached(township, "worker", LAST) == {"east"}  # who is away may still write
    assert as_("neighbour").get(f"/p/{person}").status_code == 200
    assert verify() == []


def test_the_page_says_what_is_taken_over_and_hides_small_numbers(as_: Reader, township: Township) -> None:
    homes = [township.household(number=str(n)) for n in range(12)]
    for n, home in enumerate(homes[:4]):
        township.person(f"王{n}", home=home)
    hand_over(as_, township)
    html = as_("supervisor").get("/desk/workers").content.decode()
    assert "in the place of worker, " in html
    assert html.count("10 families, ") == 1
    assert 'title="' in html.split("10 families, ")[1][:80] or "hidden" in html.split("10 families, ")[1][:120]
    assert "4 people" not in html


def test_it_can_be_ended_and_the_work_goes_back(as_: Reader, township: Township) -> None:
    hand_over(as_, township, leaves="yes", to_on="")
    assert (reached(township, "worker", BEGINS), reached(township, "neighbour", BEGINS)) == (set(), {"east", "west"})
    row = next(s for s in staff().by_id[township.users["neighbour"]].serves if s.covers)
    address = f"/desk/workers/{township.users['neighbour']}/cover/{row.id}/end"
    for who in ("worker", "neighbour", "manager"):
        assert as_(who).post(address).status_code in (403, 404)
    assert as_("supervisor").post(address).status_code == 302
    assert (reached(township, "worker", BEGINS), reached(township, "neighbour", BEGINS)) == ({"east"}, {"west"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"member": ""},
        {"from_on": "", "leaves": ""},
        {"to_on": ""},
        {"to_on": (BEGINS - timedelta(days=1)).isoformat()},
        {"from_on": (BEGINS - timedelta(days=32)).isoformat()},
        {"member": "clinician"},
        {"member": "worker"},
    ],
)
def test_what_cannot_be_changes_nothing(as_: Reader, township: Township, wrong: dict[str, str]) -> None:
    if wrong.get("member"):
        wrong = {"member": str(township.users[wrong["member"]])}
    before = db.current().rows("SELECT user_id, place_id, from_on, to_on FROM catchment ORDER BY id")
    assert hand_over(as_, township, **wrong) == 302
    assert db.current().rows("SELECT user_id, place_id, from_on, to_on FROM catchment ORDER BY id") == before


def test_only_who_oversees_both_decides(as_: Reader, township: Township) -> None:
    told = {"member": township.users["neighbour"], "from_on": BEGINS.isoformat(), "to_on": LAST.isoformat()}
    address = f"/desk/workers/{township.users['worker']}/cover"
    found = {who: as_(who).post(address, told).status_code for who in ("worker", "clinician", "manager", "installer")}
    assert found == dict.fromkeys(("worker", "clinician", "manager", "installer"), 404)


def test_a_cover_from_last_week_lets_in_what_waited(as_: Reader, township: Township) -> None:
    person, on = township.person(), TODAY - timedelta(days=3)
    told = {"person": person, "changed_on": on, "what": "phone", "phone": "13900000000"}
    seq = township.write("neighbour", "person_change", told, on=on, entity=person).seq
    assert state(seq) == REVIEW
    hand_over(as_, township, from_on=(TODAY - timedelta(days=7)).isoformat())
    assert state(seq) == APPLIED
    assert verify() == []


def test_what_came_in_this_morning_follows_a_cover_from_today_on_and_its_end(as_: Reader, township: Township) -> None:
    def told(who: str, phone: str) -> int:
        person = township.person(phone, who="supervisor")  # each of her own: a word about somebody works her out anew
        answers = {"person": person, "changed_on": TODAY, "what": "phone", "phone": phone}
        return int(township.write(who, "person_change", answers, on=TODAY, entity=person).seq)

    by_neighbour = told("neighbour", "13900000001")
    assert state(by_neighbour) == REVIEW
    hand_over(as_, township, leaves="yes", to_on="")
    assert state(by_neighbour) == APPLIED
    by_worker = told("worker", "13900000002")
    assert state(by_worker) == REVIEW
    row = next(s for s in staff().by_id[township.users["neighbour"]].serves if s.covers)
    as_("supervisor").post(f"/desk/workers/{township.users['neighbour']}/cover/{row.id}/end")
    assert (state(by_neighbour), state(by_worker)) == (REVIEW, APPLIED)
    assert verify() == []


def state(seq: int) -> int:
    return forms.entries("seq IN (?*)", [seq])[0].state


# ---------------------------------------------------------------- what the old worker's phone still holds


def left(as_: Reader, township: Township, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, str]:
    """She leaves today; her phone is heard of again ten days later. Gives a person, a stranger of another village, her
    phone's token."""
    person = township.person(who="supervisor")  # whoever registered somebody may always write about her
    stranger = township.person("赵云", who="neighbour", home=township.household("neighbour", "c1-t1-v2"))
    token = access.add_collect_device(township.users["worker"], "phone")
    hand_over(as_, township, leaves="yes", to_on="")
    monkeypatch.setenv("DOORSTEP_TODAY", (TODAY + timedelta(days=10)).isoformat())
    assert days.today() > LAST - timedelta(days=4)
    return person, stranger, token


def record(township: Township, person: str, on: date, phone: str) -> tuple[str, bytes]:
    instance = f"uuid:{phone}"
    told = {"person": person, "changed_on": on, "what": "phone", "phone": phone}
    return instance, fill(township.spec("person_change"), told, instance=instance, entity=person)


WRITTEN = (  # when she wrote it, of whom, what becomes of it
    (TODAY - timedelta(days=2), "hers", APPLIED),
    (TODAY + timedelta(days=5), "hers", REVIEW),  # after she had left
    (TODAY - timedelta(days=2), "stranger", REVIEW),
)


def test_unsent_records_of_who_left_arrive_by_push_and_count(
    as_: Reader, township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, stranger, token = left(as_, township, monkeypatch)
    written = [
        record(township, person if whose == "hers" else stranger, on, f"1390000000{n}")
        for n, (on, whose, _) in enumerate(WRITTEN)
    ]
    entries = [{"id": i, "xml": xml.decode(), "sha256": hashlib.sha256(xml).hexdigest()} for i, xml in written]
    answer = Client().post(
        "/sync/push",
        json.dumps({"entries": entries, "sent": 3, "unsent": 0}),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )
    assert [one["result"] for one in answer.json()["receipts"]] == ["applied", "review", "review"]
    assert [state(one["seq"]) for one in answer.json()["receipts"]] == [expected for *_, expected in WRITTEN]
    before = db.current().rows("SELECT seq, state, problem FROM entry ORDER BY seq")
    rebuild()
    assert db.current().rows("SELECT seq, state, problem FROM entry ORDER BY seq") == before


def test_unsent_records_of_who_left_arrive_by_openrosa_and_count(
    as_: Reader, township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _, token = left(as_, township, monkeypatch)
    _, xml = record(township, person, TODAY - timedelta(days=1), "13900000009")
    device, _ = device_of(token)  # as for every request of a device, without the loop around it
    part = b'Content-Disposition: form-data; name="xml_submission_file"; filename="f.xml"\r\nContent-Type: text/xml'
    body = b"--edge\r\n" + part + b"\r\n\r\n" + xml + b"\r\n--edge--\r\n"
    receipt = receiving._hand_in(
        body, multipart.boundary_of("multipart/form-data; boundary=edge"), Sender(device.user_id)
    )
    assert receipt.result().http == 201
    assert db.current().value("SELECT phone FROM person WHERE id = ?", [person]) == sealed.token("13900000009")
    assert verify() == []
