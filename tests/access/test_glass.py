"""Opening a record in an emergency: a reason, one hour to the second, to read, never what was chosen; told and counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from doorstep.access import glass
from doorstep.access import queries as access
from doorstep.access.actions import log_shown
from doorstep.intake import ends
from doorstep.lib import days, db
from doorstep.programmes import actions as programmes
from tests.cast import PASSWORD, Township, shipped

BORN = date(1996, 4, 2)
ASKED = {"name": "王秀英", "birth_date": BORN.isoformat(), "reason": "danger", "words": "大出血"}


def browser(who: str) -> Client:
    found = Client(headers={"accept-language": "en"})
    assert found.login(username=who, password=PASSWORD)
    return found


@pytest.fixture
def her(township: Township) -> str:
    """Somebody in the care of her village's worker alone, for a pregnancy and for contraception."""
    pack = programmes.install(shipped("contraception"), by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    person, on = township.person(), date(2026, 3, 2)
    township.pregnancy(person, date(2025, 12, 1), on=on, care="me")
    visit = {"person": person, "visit_date": on, "referred": "no", "systolic": 147, "diastolic": 93, "weight": 61.5}
    assert township.write("worker", "anc_visit", visit, on=on).problem is None
    chosen = {
        "person": person,
        "chosen_on": on,
        "asked": "start",
        "method": "implant",
        "all_shown": "yes",
        "care_by": "me",
    }
    assert township.write("worker", "contraception_choice", chosen, on=on).problem is None
    return person


def opened_by(who: str, **more: str) -> tuple[Client, str]:
    client = browser(who)
    answer = client.post("/emergency", ASKED | more)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    return client, answer["Location"]


@pytest.mark.parametrize("who", ["clinician", "supervisor"])
def test_it_opens_health_records_and_nothing_of_choice(township: Township, her: str, who: str) -> None:
    before = browser(who).get(f"/p/{her}")
    assert before.status_code == 404
    client, page = opened_by(who)
    shown = client.get(page).content.decode()
    assert "王秀英" in shown and "147" in shown and "大出血" in shown
    for mark in ("contracept", "Contracept", "implant", "Implant", "Which method"):
        assert mark not in shown
    assert her not in shown and her not in page
    with db.transaction():
        assert browser("worker").get(f"/p/{her}").content.decode().count("ontracept") > 0  # it is there to leak


def test_it_lasts_an_hour_to_the_second(township: Township, her: str) -> None:
    actor = access.actor(township.users["clinician"])
    one = glass.opening(glass.begin(actor, her, "danger", ""), actor)
    assert one is not None and one.ends_at - one.at == timedelta(hours=1)
    assert [one.open_at(one.at + after) for after in (timedelta(0), timedelta(minutes=59, seconds=59), glass.HOUR)] == [
        True, True, False,
    ]  # fmt: skip


def test_when_the_hour_is_over_the_page_is_closed(township: Township, her: str) -> None:
    client, page = opened_by("clinician")
    assert client.get(page).status_code == 200
    db.current().run("UPDATE broken_glass SET at = ?, ends_at = ?", [days.now() - glass.HOUR, days.now()])
    answer = client.get(page, follow=True)
    assert answer.redirect_chain == [("/emergency", 302)]
    assert "147" not in answer.content.decode() and "王秀英" not in answer.content.decode()
    assert glass.open_now(access.actor(township.users["clinician"])) == []


def test_it_is_hers_who_asked_alone_and_only_to_read(township: Township, her: str) -> None:
    client, page = opened_by("clinician")
    assert browser("supervisor").get(page).status_code == 404
    assert browser("worker").get(page).status_code == 404
    assert [getattr(client, verb)(page).status_code for verb in ("post", "put", "delete", "patch")] == [405] * 4
    shown = client.get(page).content.decode()
    assert "/fill/" not in shown and "/correct/" not in shown and "/p/" not in shown
    for address in (f"/fill/anc_visit?person={her}", f"/p/{her}", f"/p/{her}/then", f"/p/{her}/methods"):
        assert client.get(address).status_code == 404, address
    seq = db.current().value("SELECT seq FROM entry WHERE form_id = 'anc_visit'")
    assert client.get(f"/correct/{seq}").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"reason": ""}, {"reason": "curious"}, {"reason": "other", "words": ""}, {"words": "x" * 101}, {"name": "王秀"},
     {"birth_date": "1996-04-03"}, {"birth_date": ""}, {"number": "99"}],
)  # fmt: skip
def test_without_a_reason_or_the_very_person_nothing_opens(township: Township, her: str, wrong: dict[str, str]) -> None:
    answer = browser("clinician").post("/emergency", ASKED | wrong)
    assert answer.status_code == 422
    assert db.current().value("SELECT COUNT(*) FROM broken_glass") == 0


def test_two_of_one_name_and_birthday_need_the_house_number(township: Township, her: str) -> None:
    other = township.person(home=township.household(number="13"))
    client = browser("clinician")
    assert client.post("/emergency", ASKED).status_code == 422
    client.post("/emergency", ASKED | {"number": "13"})
    assert db.current().value("SELECT person_id FROM broken_glass") == other


def test_who_may_not(township: Township, her: str) -> None:
    for who in ("worker", "neighbour", "manager", "installer"):
        client = browser(who)
        assert client.get("/emergency").status_code == 404 and client.post("/emergency", ASKED).status_code == 404
        with pytest.raises(PermissionError):
            glass.begin(access.actor(township.users[who]), her, "danger", "")


def test_nobody_elsewhere_and_nobody_unlisted(township: Township, her: str) -> None:
    db.current().run("UPDATE person SET place_id = ? WHERE id = ?", [township.places["county"], her])
    assert browser("supervisor").post("/emergency", ASKED).status_code == 422
    db.current().run("UPDATE person SET place_id = ?, listed = ? WHERE id = ?", [township.places["east"], False, her])
    assert browser("supervisor").post("/emergency", ASKED).status_code == 422


def test_moved_away_within_the_hour_it_is_closed(township: Township, her: str) -> None:
    client, page = opened_by("supervisor")
    db.current().run("UPDATE person SET place_id = ? WHERE id = ?", [township.places["county"], her])
    assert client.get(page).status_code == 404


def test_every_page_is_logged_the_person_is_told_and_the_reviewer_sees_how_often(township: Township, her: str) -> None:
    from doorstep.access import actions

    actions.add_user("reviewer", "reviewer", "reviewer", PASSWORD)
    client, page = opened_by("clinician")
    client.get(page)
    client.get(page)
    logged = "SELECT COUNT(*) FROM access_log WHERE output = 'emergency.record' AND user_id = ?"
    assert db.current().value(logged, [township.users["clinician"]]) == 2
    assert glass.emergencies(her) == [glass.Emergency("clinician", "clinician", days.today(), "danger", "大出血")]
    log_shown(access.actor(township.users["worker"]), "families", [her])
    assert access.opened(her) == [
        access.Opened("clinician", "clinician", days.today(), emergency=True),
        access.Opened("worker", "worker", days.today()),
    ]
    mine = {one.user_id: (one.pages, one.emergencies) for one in glass.counts(days.today(), days.today())}
    assert mine == {township.users["clinician"]: (3, 1), township.users["worker"]: (1, 0)}
    shown = browser("reviewer").get("/openings").content.decode()
    assert "1 emergency" in shown and "3 pages" in shown
    assert her not in shown and "王秀英" not in shown and "大出血" not in shown
    assert browser("supervisor").get("/openings").status_code == 404


def test_counts_stand_in_the_month_they_belong_to(township: Township, her: str) -> None:
    actor = access.actor(township.users["clinician"])
    for at in (datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC), datetime(2026, 2, 28, 16, tzinfo=UTC)):  # midnight there
        glass.begin(actor, her, "danger", "")
        last = "(SELECT MAX(id) FROM broken_glass)"
        db.current().run(f"UPDATE broken_glass SET at = ?, ends_at = ? WHERE id = {last}", [at, at + glass.HOUR])
    found = glass.counts(date(2026, 1, 15), date(2026, 3, 9))
    assert [(one.month, one.emergencies) for one in found] == [(date(2026, 3, 1), 1), (date(2026, 2, 1), 1)]


def test_of_an_erased_person_no_opening_stays(township: Township, her: str) -> None:
    glass.begin(access.actor(township.users["clinician"]), her, "danger", "")
    ends.delete(db.current(), [her])
    assert db.current().value("SELECT COUNT(*) FROM broken_glass") == 0
