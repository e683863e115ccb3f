"""What a phone is given: exactly whom and what its owner's pages show, and what changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from doorstep.access import actions as access
from doorstep.access.queries import devices
from doorstep.lib import db
from doorstep.places import counters
from doorstep.programmes import actions as programmes
from doorstep.register import changes
from doorstep.register.changes import Left
from tests.cast import Township, shipped
from tests.web.field.conftest import TODAY, Phone

PhoneOf = Callable[..., Phone]


def test_a_worker_makes_this_browser_her_phone(township: Township) -> None:
    client = Client()
    assert client.post("/sync/enrol", {"label": "x"}, content_type="application/json").status_code == 401
    client.force_login(get_user_model().objects.get(pk=township.users["worker"]))
    answer = client.post("/sync/enrol", {"label": "Blue phone"}, content_type="application/json")
    told = answer.json()
    assert (answer.status_code, told["worker"]) == (201, {"id": township.users["worker"], "name": "worker"})
    assert [one.label for one in devices([township.users["worker"]])] == ["Blue phone"]
    assert db.current().value("SELECT COUNT(*) FROM device WHERE token_hash = ?", [told["token"]]) == 0
    assert Phone(told["token"]).pull().me["role"] == "worker"
    client.force_login(get_user_model().objects.get(pk=township.users["manager"]))
    refused = client.post("/sync/enrol", {"label": "x"}, content_type="application/json")
    assert (refused.status_code, refused.json()["problem"]["code"]) == (403, "sync.may_not_send")


def test_the_phone_holds_ones_own_area_and_care_and_nobody_else(township: Township, phone_of: PhoneOf) -> None:
    mine = township.person("王秀英")
    township.pregnancy(mine, TODAY - timedelta(weeks=20))
    other = township.person("李小红", who="neighbour", home=township.household("neighbour", "c1-t1-v2", "3"))
    township.pregnancy(other, TODAY - timedelta(weeks=20), who="neighbour", care="worker")
    worker, neighbour, clinician = (phone_of(who).pull() for who in ("worker", "neighbour", "clinician"))
    assert (set(worker.people), set(neighbour.people), set(clinician.people)) == ({mine}, {other}, {mine})
    assert (len(worker.families), len(neighbour.families), len(clinician.families)) == (1, 1, 0)
    held = worker.people[mine]
    assert (held["name"], held["born"], held["phone"], held["family"]) == (
        "王秀英",
        "1996-04-02",
        "13800001234",
        *worker.families,
    )
    assert held["find"] == "wangxiuying wxy xiuying xy y ying 13800001234"
    assert {visit["pack"] for visit in held["visits"] if visit["service"] == "antenatal"} == {"maternal"}
    assert [one["form"] for one in held["records"]] == ["pregnancy_registration", "person"]
    assert held["courses"][0]["counts"] == {"since": str(TODAY - timedelta(weeks=20)), "unit": "week"}
    assert {form["form"]: form["part"] for form in held["forms"]}["anc_visit"] == "care"
    for nobody in ("supervisor", "manager"):
        assert (phone_of(nobody).pull().people, phone_of(nobody).pull().families) == ({}, {})


def test_who_wants_no_list_stands_there_by_the_house_number_alone(township: Township, phone_of: PhoneOf) -> None:
    home, quiet = township.household(number="7"), township.household(number="8")
    named, silent = township.person("赵小兰", home=home), township.person("周静文", home=quiet, born=date(2019, 3, 1))
    expected = township.person("孙丽丽", home=quiet)
    township.pregnancy(expected, TODAY - timedelta(weeks=20))
    answers = {"household": quiet, "changed_on": TODAY, "what": "listed", "listed": "no"}
    township.write("worker", "household_change", answers, on=TODAY, entity=quiet)
    phone = phone_of("worker").pull()
    assert set(phone.people) == {named, expected}
    told = json.dumps([phone.people[expected], phone.families[quiet]], ensure_ascii=False)
    assert [word in told for word in ("孙", "sun", "13800001234", "1996-04-02")] == [False] * 4
    assert (phone.people[expected]["listed"], phone.people[expected]["row"]["label"]) == (False, "8号")
    assert (phone.families[quiet]["listed"], phone.families[quiet]["address"]) == (False, "")
    assert silent not in phone.people


def test_nobody_is_shown_without_a_row_in_the_log(township: Township, phone_of: PhoneOf) -> None:
    ids = {township.person(name) for name in ("王秀英", "李小红")}
    before = db.current().value("SELECT COUNT(*) FROM access_log")
    phone = phone_of("worker").pull()
    rows = db.current().rows("SELECT output, persons FROM access_log ORDER BY id")[before:]
    assert [(output, set(json.loads(persons))) for output, persons in rows] == [("phone.people", ids)]
    phone.pull()
    assert db.current().value("SELECT COUNT(*) FROM access_log") == before + 1  # nothing new, nobody shown


def test_only_what_changed_comes_again(township: Township, phone_of: PhoneOf) -> None:
    first, second = township.person("王秀英"), township.person("李小红")
    phone = phone_of("worker").pull()
    assert [(len(one["people"]), one["fresh"], one["more"]) for one in phone.pull().answers] == [(0, False, False)]
    township.pregnancy(second, TODAY - timedelta(weeks=20))
    assert [{one["id"] for one in told["people"]} for told in phone.pull().answers] == [{second}]
    township.write("worker", "moving_away", {"person": first, "left_on": TODAY}, on=TODAY, entity=first)
    assert [told["gone"]["people"] for told in phone.pull().answers] == [[first]]
    assert phone.contents == phone_of("worker").pull().contents


def test_another_store_area_or_language_begins_anew(township: Township, phone_of: PhoneOf) -> None:
    township.person("王秀英")
    phone = phone_of("worker").pull()

    def begins() -> bool:
        return bool(phone.pull().answers[0]["fresh"])

    assert begins() is False
    counters.new_epoch(db.current())
    assert (begins(), begins()) == (True, False)
    phone.lang = "en"
    assert (begins(), begins()) == (True, False)
    access.serve(township.users["worker"], township.places["west"], date(2020, 1, 1))
    assert (begins(), begins()) == (True, False)
    access.set_role(township.users["worker"], "supervisor")
    assert (begins(), phone.people, phone.families) == (True, {}, {})


def test_a_phone_signed_out_or_taken_back_gets_nobody(township: Township, phone_of: PhoneOf) -> None:
    township.person("王秀英")
    for act in (access.sign_out_device, access.revoke_device):
        phone = phone_of("worker").pull()
        act(devices([township.users["worker"]])[0].id)
        status, told = phone.ask("/sync/pull", since=phone.since)
        assert (status, told["problem"]["code"]) == (403, "sync.signed_out")
    for_collect = access.add_collect_device(township.users["worker"], "another app's address")
    for token in ("never given out", for_collect):
        status, told = Phone(token).ask("/sync/pull")
        assert (status, told["problem"]["code"]) == (401, "sync.unknown_phone")


def test_forms_come_as_published_and_only_ones_own(township: Township, phone_of: PhoneOf) -> None:
    phone = phone_of("worker").pull()
    kept = {form["id"]: form for form in phone.forms}
    assert [kept["anc_visit"][key] for key in ("who", "on", "opens")] == ["who/person", "who/visit_date", False]
    assert "maternal/anc_1" in kept["anc_visit"]["meets"]
    assert (kept["pregnancy_registration"]["opens"], kept["service_end"]["who"]) == (True, "person")
    status, xml = phone.ask("/sync/form", id="anc_visit", version=kept["anc_visit"]["version"])
    assert (status, hashlib.sha256(xml).hexdigest()) == (200, kept["anc_visit"]["sha256"])
    status, told = phone.ask("/sync/form", id="birth_notice", version="1")
    assert (status, told["problem"]["code"]) == (404, "sync.no_such_form")


@pytest.mark.parametrize("pack_id, form", [("immunisation", "vaccination"), ("womens_health", "cervical_test")])
def test_a_phone_is_not_told_to_guess_from_the_day_what_an_answer_decides(
    township: Township, phone_of: PhoneOf, pack_id: str, form: str
) -> None:
    pack = programmes.install(shipped(pack_id), by=township.users["installer"])
    programmes.switch(township.places["county"], pack_id, pack.version, by=township.users["installer"])
    kept = {one["id"]: one for one in phone_of("worker").pull().forms}
    assert kept[form]["meets"] == []


@pytest.mark.parametrize("text", ["", "nonsense", "W10", "bnVsbA", "WzEsMiwzLDQsNSw2LDdd"])
def test_a_mark_that_is_none_begins_anew(phone_of: PhoneOf, text: str) -> None:
    phone = phone_of("worker")
    status, told = phone.ask("/sync/pull", since=text)
    assert (status, told["fresh"]) == (200, True)


def forms_of(phone: Phone, person: str, part: str) -> list[str]:
    return [form["form"] for form in phone.people[person]["forms"] if form["part"] == part]


def test_a_plain_visit_comes_back_at_once(township: Township, phone_of: PhoneOf) -> None:
    her = township.person()
    township.pregnancy(her, TODAY - timedelta(weeks=18))
    phone = phone_of("worker").pull()
    told = {
        "person": her,
        "visit_date": TODAY,
        "weight": "61.5",
        "systolic": "118",
        "diastolic": "72",
        "urine_protein": "negative",
        "danger_signs": "none",
        "referred": "no",
    }
    township.write("worker", "anc_visit", told, on=TODAY)
    phone.pull()
    assert phone.people[her]["records"][0]["form"] == "anc_visit"
    assert {v["met"] for v in phone.people[her]["visits"]} == {None, str(TODAY)}
    assert phone.contents == phone_of("worker").pull().contents


def test_who_names_somebody_else_for_her_care_leaves_the_phone(township: Township, phone_of: PhoneOf) -> None:
    """She lives in the next village by now; what kept her on the phone was that she had named the worker."""
    her, west = township.person(), township.household("neighbour", "c1-t1-v2", "3")
    kin = township.person("李小红")  # goes along, and had named nobody
    township.pregnancy(her, TODAY - timedelta(weeks=20), care="worker")
    phone, theirs = phone_of("worker").pull(), phone_of("neighbour").pull()
    for one in (her, kin):
        moved = {"person": one, "changed_on": TODAY, "what": "household", "household": west}
        township.write("worker", "person_change", moved, on=TODAY, entity=one)
    assert (set(phone.pull().people), phone.people[her]["family"]) == ({her}, None)
    assert phone.answers[0]["gone"]["people"] == [kin]
    assert (set(theirs.pull().people), [one["form"] for one in theirs.people[her]["records"]]) == (
        {her, kin},
        ["person_change", "person"],
    )
    township.pregnancy(her, TODAY - timedelta(weeks=20), who="neighbour", on=TODAY, care="worker")
    assert (phone.pull().people, phone.answers[0]["gone"]["people"]) == ({}, [her])
    assert "antenatal" in {visit["service"] for visit in theirs.pull().people[her]["visits"]}


def test_a_family_that_wants_no_list_is_told_with_each_of_its_people(township: Township, phone_of: PhoneOf) -> None:
    home = township.household(number="9")
    her, child = township.person(home=home), township.person("王小宝", home=home, born=date(2020, 1, 1))
    township.pregnancy(her, TODAY - timedelta(weeks=20))
    phone = phone_of("worker").pull()
    answers = {"household": home, "changed_on": TODAY, "what": "listed", "listed": "no"}
    township.write("worker", "household_change", answers, on=TODAY, entity=home)
    assert (set(phone.pull().people), phone.people[her]["name"], phone.answers[0]["gone"]["people"]) == (
        {her},
        "",
        [child],
    )


def test_days_alone_end_what_has_had_its_time(
    township: Township, phone_of: PhoneOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pregnancy nobody closed ends by itself: its forms are offered no more, though nobody wrote anything."""
    her = township.person()
    township.pregnancy(her, TODAY - timedelta(days=300))
    phone = phone_of("worker").pull()
    assert "anc_visit" in forms_of(phone, her, "care")
    for later in (30, 60):
        phone.pull()
        monkeypatch.setenv("DOORSTEP_TODAY", str(TODAY + timedelta(days=later)))
    assert (phone.pull().answers[0]["fresh"], "anc_visit" in forms_of(phone, her, "care")) == (False, False)
    assert phone.contents == phone_of("worker").pull().contents


def test_a_newborn_grows_too_old_for_what_newborns_are_offered(
    township: Township, phone_of: PhoneOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = programmes.install(shipped("postnatal_newborn"), by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    baby = township.person("王小宝", born=TODAY - timedelta(days=30))
    phone = phone_of("worker").pull()
    begin = set(forms_of(phone, baby, "asked"))
    monkeypatch.setenv("DOORSTEP_TODAY", str(TODAY + timedelta(days=35)))
    assert phone.pull().answers[0]["fresh"] is False
    assert set(forms_of(phone, baby, "asked")) < begin
    assert phone.contents == phone_of("worker").pull().contents


def test_a_phone_is_told_how_old_somebody_may_be_whom_a_birth_begins_something_for(
    township: Township, phone_of: PhoneOf
) -> None:
    pack = programmes.install(shipped("postnatal_newborn"), by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    oldest = {form["id"]: form["oldest"] for form in phone_of("worker").pull().forms}
    limit = oldest["newborn_registration"]
    people = {age: township.person(f"宝{age}", born=TODAY - timedelta(days=age)) for age in (limit, limit + 1)}
    held = phone_of("worker").pull().people
    offered = [age for age, id_ in people.items() if "newborn_registration" in {f["form"] for f in held[id_]["forms"]}]
    assert (limit > 0, offered, oldest["pregnancy_registration"], oldest["anc_visit"]) == (True, [limit], None, None)


def test_who_left_is_told_of_for_as_long_as_a_phone_may_come_back(
    township: Township, phone_of: PhoneOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, stays = township.person("王秀英"), township.person("李小红")
    late, later = phone_of("worker").pull(), phone_of("worker").pull()

    def day(number: int) -> int:
        on = TODAY + timedelta(days=number)
        monkeypatch.setenv("DOORSTEP_TODAY", on.isoformat())
        with db.transaction():
            return changes.prune(db.current(), on)

    assert day(0) == 0
    township.write("worker", "moving_away", {"person": first, "left_on": TODAY}, on=TODAY, entity=first)
    with db.transaction():
        changes.note(db.current(), changes.PERSON, [], [Left(changes.PERSON, first, township.places["east"])])
    rows = db.current().value("SELECT COUNT(*) FROM pull_left")
    assert (rows > 0, day(1), day(35), day(36)) == (True, 0, 0, 0)
    mark = late.since
    monkeypatch.setenv("DOORSTEP_TODAY", (TODAY + timedelta(days=35)).isoformat())
    assert (late.pull().answers[0]["fresh"], set(late.people)) == (False, {stays})
    assert mark != late.since
    assert (day(37), db.current().value("SELECT COUNT(*) FROM pull_left")) == (rows, 0)
    assert (later.pull().answers[0]["fresh"], set(later.people)) == (True, {stays})


def test_a_first_pull_ends_as_soon_as_everybody_was_told(township: Township, phone_of: PhoneOf) -> None:
    waits, other = township.person("王秀英"), township.person("李小红", sex="male")
    township.pregnancy(waits, TODAY - timedelta(weeks=20))
    answers = phone_of("worker").pull().answers
    assert [({p["id"] for p in one["people"]}, one["fresh"], one["more"]) for one in answers] == [
        ({waits}, True, True),
        ({other}, False, False),
    ]
