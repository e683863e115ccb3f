"""Every paper: what stands on it, what never does, and who may print it. The words are read back out of the PDF."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import HttpResponse

from doorstep.access import actions as access
from doorstep.lib import db
from doorstep.places import actions as places
from doorstep.places import counters
from doorstep.programmes import actions as programmes
from doorstep.visits.queries import DueVisit
from doorstep.web.paper.slip import is_near
from tests.cast import STARTED, Township, shipped
from tests.web.paper.reading import pages_of, text_of, words_of
from tests.web.worker.conftest import TODAY, Reader

OWN = ("contraception", "immunisation", "health_record")
# What no paper may say of her that is not hers alone, in both languages.
BETRAYS = ("孕", "避孕", "产前", "pregnan", "antenatal", "ontracep", "Copper coil", "宫内", "married", "已婚", "婚")


def on(township: Township, *packs: str) -> None:
    for name in packs:
        pack = programmes.install(shipped(name), by=township.users["installer"])
        programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])


def printed(as_: Reader, who: str, address: str, **posted: str) -> str:
    """The paper's words without blanks, in English and in Chinese, one after the other."""
    both = []
    for lang in ("en", "zh"):
        answer = ask(as_, who, address, lang, **posted)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf"), answer.content[:300]
        both.append(text_of(answer.content))
    return "\n".join(both)


def ask(as_: Reader, who: str, address: str, lang: str = "en", **posted: str) -> HttpResponse:
    client = as_(who)
    if posted:
        return client.post(address, {**posted, "lang": lang})
    return client.get(address + ("&" if "?" in address else "?") + f"lang={lang}")


def squeezed(words: str) -> str:
    return words.replace(" ", "")


@pytest.fixture
def her(township: Township) -> str:
    """A woman in care for her pregnancy, who also chose a method of contraception; a canary on every list."""
    on(township, *OWN)
    person = township.person("欧阳秋月")
    township.pregnancy(person, TODAY - timedelta(weeks=18), on=TODAY - timedelta(weeks=8))
    chosen = {"asked": "start", "method": "copper_iud", "all_shown": "yes", "care_by": "worker"}
    come = {"person": person, "chosen_on": TODAY - timedelta(3), "come_again_on": TODAY, **chosen}
    township.write("worker", "contraception_choice", come, on=TODAY - timedelta(3))
    return person


def household_of(person: str) -> str:
    return str(db.current().value("SELECT household_id FROM person WHERE id = ?", [person]))


def visit_of(person: str, service: str) -> str:
    sql = "SELECT min(id) FROM due_visit WHERE person_id = ? AND service = ? AND met_by = '' AND contact <> 'anc_1'"
    return str(db.current().value(sql, [person, service]))


# --- the walking list -----------------------------------------------------------------------------------------
def test_the_walking_list_names_no_care_anybody_signed_up_for(as_: Reader, township: Township, her: str) -> None:
    child = township.person("小明", born=date(2026, 3, 1), sex="male", home=household_of(her))
    card = {"person": child, "opened_on": date(2026, 3, 3), "booklet": "given", "care_by": "worker"}
    township.write("worker", "vaccination_card", card, on=date(2026, 3, 3))
    shown = printed(as_, "worker", "/paper/walking.pdf?ahead=yes")
    assert "欧阳秋月30yearsVisit" in shown and "欧阳秋月30岁随访" in shown
    assert "小明3monthsChildren'svaccines" in shown.replace("’", "'") and "小明3个月预防接种" in shown
    assert [word for word in BETRAYS if word in shown] == []
    today = as_("worker").get("/today").content.decode()
    assert (
        "16–20 weeks" in today and "Look in, as the person asked" in today
    )  # the screen, for her care team, does say it


def test_group_by_group_in_walking_order(as_: Reader, township: Township) -> None:
    first = places.add("c1-t1-v1-g1", "group", {"zh": "一组", "en": "Group 1"}, township.places["east"])
    places.add("c1-t1-v1-g2", "group", {"zh": "二组", "en": "Group 2"}, township.places["east"])
    for name, group, number in (
        ("周四", "c1-t1-v1-g2", "2"),
        ("吴三", "c1-t1-v1-g1", "9"),
        ("郑一", "c1-t1-v1-g1", "3"),
    ):
        home = township.household(place=group, number=number)
        township.pregnancy(township.person(name, home=home), TODAY - timedelta(weeks=17), on=TODAY - timedelta(weeks=9))
    shown = words_of(ask(as_, "worker", "/paper/walking.pdf", "zh").content)
    wanted = ("东坡村", "一组", "郑一", "吴三", "二组", "周四")
    assert [word for word in shown if word in wanted] == list(wanted)
    one = words_of(ask(as_, "worker", f"/paper/walking.pdf?place={first}", "zh").content)
    assert [word for word in one if word in wanted] == ["东坡村", "一组", "郑一", "吴三"]
    elsewhere = words_of(ask(as_, "worker", f"/paper/walking.pdf?place={township.places['west']}", "zh").content)
    assert "现在没有人等您走访。" in elsewhere and not [word for word in elsewhere if word in wanted]


def test_whoever_is_not_to_be_seen_at_home_is_not_on_it(as_: Reader, township: Township, her: str) -> None:
    def change(day: date, reach: str) -> None:
        said = {"person": her, "changed_on": day, "what": "reach", "reach": reach}
        township.write("worker", "person_change", said, on=day, entity=her)

    change(TODAY - timedelta(1), "not_home")
    shown = printed(as_, "worker", "/paper/walking.pdf")
    assert "欧阳秋月" not in shown and squeezed("1 more wishes to be met elsewhere") in shown
    change(TODAY, "only_me")
    assert "○欧阳秋月" in printed(as_, "worker", "/paper/walking.pdf")


@pytest.mark.parametrize(("what", "stays"), [("listed", True), ("visits", False)])
def test_of_a_family_that_said_no_only_the_number_stays(
    as_: Reader, township: Township, her: str, what: str, stays: bool
) -> None:
    home = household_of(her)
    said = {"household": home, "changed_on": TODAY, "what": what, what: "no"}
    township.write("worker", "household_change", said, on=TODAY, entity=home)
    walking = words_of(ask(as_, "worker", "/paper/walking.pdf").content)
    assert ("12" in walking, "欧阳秋月" in walking, "Visit" in walking) == (stays, False, False)
    sheet = words_of(ask(as_, "worker", "/paper/round.pdf").content)
    assert "12" in sheet and "欧阳秋月" not in "".join(sheet)
    card = printed(as_, "worker", f"/paper/family/{home}.pdf")
    assert ("欧阳秋月" in card) == (what == "visits")


def test_what_she_ended_is_on_no_list(as_: Reader, township: Township, her: str) -> None:
    for service in ("antenatal", "postnatal", "contraception", "contraception_visits"):
        township.end_service(her, service, TODAY)
    assert "欧阳秋月" not in printed(as_, "worker", "/paper/walking.pdf?ahead=yes")


# --- the round and the household card -------------------------------------------------------------------------
def test_the_round_sheet_has_every_door(as_: Reader, township: Township, her: str) -> None:
    township.household(number="13")
    shown = printed(as_, "worker", "/paper/round.pdf")
    assert "欧阳秋月30years" in shown and "13" in shown
    assert [word for word in BETRAYS if word in shown] == []
    assert ask(as_, "worker", f"/paper/round.pdf?place={township.places['west']}").status_code == 404


def test_the_household_card_says_what_every_member_may_read(as_: Reader, township: Township, her: str) -> None:
    on(township, "elder")
    home = household_of(her)
    township.person("老李", home=home, born=date(1950, 1, 1), sex="male", phone="13912349876")
    child = township.person("小明", born=date(2026, 3, 1), sex="male", home=home, phone="")
    card = {"person": child, "opened_on": date(2026, 3, 3), "booklet": "given", "care_by": "worker"}
    township.write("worker", "vaccination_card", card, on=date(2026, 3, 3))
    shown = printed(as_, "worker", f"/paper/family/{home}.pdf")
    assert "欧阳秋月1996…1234" in shown.replace("⋯", "…") and "老李1950…9876" in shown.replace("⋯", "…")
    assert "小明Children'svaccines1March2026" in shown.replace("’", "'")
    assert "13912349876" not in shown and "Visit" not in shown and "随访" not in shown
    # being offered to everybody from 65 on, his check stands on the worker's list, but his family does not read of it
    assert "Yearlycheckfrom65on" in printed(as_, "worker", "/paper/walking.pdf") and "Yearly" not in shown
    assert [word for word in BETRAYS if word in shown] == []


# --- the slip -------------------------------------------------------------------------------------------------
def test_the_slip_names_nobody_and_nothing_unless_she_asks(as_: Reader, township: Township, her: str) -> None:
    db.current().run("UPDATE account SET phone = '0551-223344' WHERE id = ?", [township.users["worker"]])
    counters.settings_changed(db.current())
    for service, title in (
        ("antenatal", "Visit at 16–20 weeks"),
        ("contraception_visits", "Look in, as the person asked"),
    ):
        asked = {"visit": visit_of(her, service), "where": "clinic", "on": "2026-06-20"}
        shown = printed(as_, "worker", f"/paper/p/{her}/slip.pdf", **asked)
        for word in ("20June2026", "2026年6月20日", "Liulinclinic", "柳林乡卫生院", "0551-223344"):
            assert word in shown
        assert "欧阳秋月" not in shown and [word for word in BETRAYS if word in shown] == []
        named = printed(as_, "worker", f"/paper/p/{her}/slip.pdf", **asked, named="yes")
        assert squeezed(title) in named


def test_a_slip_is_for_a_visit_of_hers_that_waits(as_: Reader, township: Township, her: str) -> None:
    other = township.person("别人")
    township.pregnancy(other, TODAY - timedelta(weeks=17), on=TODAY - timedelta(weeks=9))
    address = f"/paper/p/{her}/slip.pdf"
    assert ask(as_, "worker", address, visit=visit_of(other, "antenatal")).status_code == 404
    assert ask(as_, "worker", address, visit="").status_code == 404
    assert ask(as_, "worker", address).status_code == 405
    assert ask(as_, "neighbour", address, visit=visit_of(her, "antenatal")).status_code == 404


# --- papers of one person -------------------------------------------------------------------------------------
def test_the_vaccine_card_has_every_dose_with_its_batch(as_: Reader, township: Township) -> None:
    on(township, "immunisation")
    child = township.person("小明", born=date(2025, 9, 15), sex="male")
    card = {"person": child, "opened_on": date(2025, 9, 20), "booklet": "given", "care_by": "worker"}
    township.write("worker", "vaccination_card", card, on=date(2025, 9, 20))
    for day, product, batch, site in (
        (date(2025, 9, 20), "HepB", "B-7731", "right_arm"),
        (date(2025, 10, 16), "HepB", "B-7732", "left_arm"),
        (date(2025, 10, 20), "HepB", "B-7733", "left_leg"),
    ):
        dose = {"product": product, "batch": batch, "site": site}
        told = {"person": child, "visit_date": day, "doses": [dose], "watched": "yes"}
        township.write("worker", "vaccination", told, on=TODAY)
    address = f"/paper/p/{child}/card/immunisation/vaccine.pdf"
    shown = printed(as_, "worker", address)
    for words in (
        "120September2025RightarmB-7731worker",
        "220October2025LeftlegB-7733worker",
        "315March2026",
        "16October2025LeftarmB-7732workerItdoesnotcountasHepatitisB,dose2",
        "12025年9月20日右胳膊B-7731worker",
        "接种部位疫苗批号",
    ):
        assert words in shown, words
    assert "boy" not in shown and "小明" in shown
    township.end_service(child, "vaccines", TODAY)
    assert "15March2026" not in printed(as_, "worker", address)
    seen = {who: ask(as_, who, address).status_code for who in ("worker", "neighbour", "clinician", "supervisor")}
    assert seen == {"worker": 200, "neighbour": 404, "clinician": 404, "supervisor": 404}
    assert ask(as_, "worker", address.replace("vaccine.pdf", "none.pdf")).status_code == 404


def test_the_health_record_ticks_what_was_said(as_: Reader, township: Township, her: str) -> None:
    opened = {
        "person": her, "opened_record_on": TODAY, "asked": "yes", "care_by": "worker", "blood_group": "o",
        "allergies": "penicillin food", "medicines": "pressure", "remark": "amlodipine",
    }  # fmt: skip
    township.write("worker", "health_record", opened, on=TODAY)
    address = f"/paper/p/{her}/record/health_record/record.pdf"
    shown = printed(as_, "worker", address)
    assert "BloodgroupO" in shown and "DoesnotbearPenicillin,Afood" in shown and "amlodipine" in shown
    assert "过敏青霉素、食物" in shown
    assert [word for word in BETRAYS if word in shown] == []
    seen = {who: ask(as_, who, address).status_code for who in ("worker", "neighbour", "clinician", "supervisor")}
    assert seen == {"worker": 200, "neighbour": 404, "clinician": 404, "supervisor": 404}


def test_the_mothers_sheet_is_for_the_care_team(as_: Reader, township: Township, her: str) -> None:
    day = TODAY - timedelta(20)
    told = {
        "person": her, "visit_date": day, "weight": "56.4", "systolic": 118, "diastolic": 76, "danger_signs": "none",
        "risks": "none", "referred": "no", "advice_given": "danger_signs", "remark": "走得慢",
    }  # fmt: skip
    assert township.write("worker", "anc_visit", told, on=day).seq
    address = f"/paper/p/{her}/care/maternal/pregnancy.pdf"
    shown = printed(as_, "worker", address)
    assert "26May2026" in shown and "56.4" in shown and "预产期" in shown and "走得慢" in shown
    assert [word for word in ("ontracep", "Copper coil", "避孕", "宫内", "婚") if word in shown] == []
    seen = {who: ask(as_, who, address).status_code for who in ("worker", "clinician", "neighbour", "supervisor")}
    assert seen == {"worker": 200, "clinician": 200, "neighbour": 404, "supervisor": 404}


def test_no_paper_says_how_it_ended_or_how_she_feels(as_: Reader, township: Township, her: str) -> None:
    born = {"person": her, "ended_on": TODAY - timedelta(4), "result": "birth", "babies": [{"alive": "no"}]}
    township.write("worker", "pregnancy_outcome", born, on=TODAY)
    seen = {
        "person": her, "visit_date": TODAY, "mood": "low", "danger_signs": "none", "temperature": "36.8",
        "babies_known": "0", "referred": "no",
    }  # fmt: skip
    township.write("worker", "postpartum_visit", seen, on=TODAY)
    shown = printed(as_, "worker", f"/paper/p/{her}/care/maternal/pregnancy.pdf")
    assert "36.8" in shown
    told = ("Lowor", "mood", "心情", "情绪", "Aliveat", "Howdidit", "怎么结束", "活着")
    assert [word for word in told if word in shown] == []


def test_a_choice_has_no_paper_at_all(as_: Reader, township: Township, her: str) -> None:
    kinds = {
        str(kind) for (kind,) in db.current().rows("SELECT DISTINCT form_id FROM entry WHERE person_id = ?", [her])
    }
    assert "contraception_choice" in kinds
    page = as_("worker").get(f"/paper/p/{her}").content.decode()
    assert f"/paper/p/{her}/care/maternal/pregnancy.pdf" in page and "care/contraception" not in page
    for kind in ("method", "contraception", "choice"):
        assert ask(as_, "worker", f"/paper/p/{her}/care/contraception/{kind}.pdf").status_code == 404


def test_someone_not_listed_has_no_name_on_paper(as_: Reader, township: Township, her: str) -> None:
    wish = {"person": her, "wished_on": TODAY, "listed": "no"}
    township.write("worker", "do_not_list", wish, on=TODAY, entity=her)
    for address in (f"/paper/p/{her}/care/maternal/pregnancy.pdf", "/paper/walking.pdf", "/paper/round.pdf"):
        assert "欧阳秋月" not in printed(as_, "worker", address)


# --- all of them ----------------------------------------------------------------------------------------------
def addresses(person: str) -> list[tuple[str, dict[str, str]]]:
    return [
        ("/paper/walking.pdf", {}),
        ("/paper/round.pdf", {}),
        (f"/paper/family/{household_of(person)}.pdf", {}),
        (f"/paper/p/{person}/slip.pdf", {"visit": visit_of(person, "antenatal")}),
        (f"/paper/p/{person}/care/maternal/pregnancy.pdf", {}),
    ]


def test_it_is_shown_not_kept_and_named_after_no_person(as_: Reader, township: Township, her: str) -> None:
    names = []
    for address, posted in addresses(her):
        answer = ask(as_, "worker", address, **posted)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), address
        names.append(answer.headers["Content-Disposition"])
        assert "Demonstration" in " ".join(words_of(answer.content))
    assert names == [f'inline; filename="{n}.pdf"' for n in ("walking", "round", "household", "slip", "care")]


def test_a_neighbour_gets_nothing(as_: Reader, township: Township, her: str) -> None:
    for address, posted in addresses(her):
        for who in ("neighbour", "supervisor", "manager", "installer"):
            answer = ask(as_, who, address, **posted)
            if answer.status_code == 200:
                assert "欧阳秋月" not in text_of(answer.content), (who, address)
            else:
                assert answer.status_code == 404, (who, address)
            assert answer.status_code == 404 or (who == "neighbour" and "/p/" not in address), (who, address)


def test_the_log_row_stands_before_anything_is_read(as_: Reader, township: Township, her: str) -> None:
    for address, posted in addresses(her):
        ask(as_, "worker", address, **posted)
    sql = "SELECT output, persons FROM access_log WHERE user_id = ? AND output LIKE 'print.%' ORDER BY id"
    rows = db.current().rows(sql, [township.users["worker"]])
    wanted = [f"print.{name}" for name in ("walking", "round", "household", "slip", "care")]
    assert [(output, her in persons) for output, persons in rows] == [(output, True) for output in wanted]
    client = as_("worker")
    client.raise_request_exception = False
    db.current().run("ALTER TABLE access_log RENAME TO gone")
    try:
        for address, posted in addresses(her):
            answer = client.post(address, posted) if posted else client.get(address)
            assert (answer.status_code, b"%PDF" in answer.content) == (503, False), address
    finally:
        db.current().run("ALTER TABLE gone RENAME TO access_log")


def test_the_pages_of_choosing(as_: Reader, township: Township, her: str) -> None:
    lists = as_("worker").get("/paper/lists").content.decode()
    assert "/paper/walking.pdf" in lists and "/paper/round.pdf" in lists and "东坡村" not in lists
    assert "/paper/round.pdf" not in as_("clinician").get("/paper/lists").content.decode()
    assert as_("supervisor").get("/paper/lists").status_code == 404
    assert as_("neighbour").get(f"/paper/p/{her}").status_code == 404
    for address, link in (
        ("/today", "/paper/lists"),
        (f"/p/{her}", f"/paper/p/{her}"),
        (f"/families/{household_of(her)}", f"/paper/family/{household_of(her)}.pdf"),
    ):
        assert link in as_("worker").get(address).content.decode(), address
    colleague = township.users["colleague"] = access.add_user("colleague", "colleague", "worker", None)
    access.serve(colleague, township.places["east"], STARTED)
    page = as_("colleague").get(f"/paper/p/{her}").content.decode()
    assert "There is nothing of this person that you can print." in page and "pregnancy" not in page


def test_no_door_is_cut_off_at_the_foot_of_a_page(as_: Reader, township: Township) -> None:
    for number in range(1, 46):
        township.household(number=f"H{number}")
    content = ask(as_, "worker", "/paper/round.pdf").content
    assert pages_of(content) == 2
    assert [word for word in words_of(content) if word.startswith("H") and word[1:].isdigit()] == sorted(
        f"H{n}" for n in range(1, 46)
    )
    assert words_of(content).count("Who lives here") == 2  # the head stands on every page


def test_a_slip_is_offered_for_the_next_months_alone() -> None:
    def begins(first: date | None) -> DueVisit:
        return DueVisit(1, "p", "maternal", "c", "", 0, "f", "s", first, None, None, False, "", 0, None, "", None, None,
                        "", None, "", "", True, "", True)  # fmt: skip

    days = (None, TODAY, date(2026, 12, 15), date(2026, 12, 16), date(2035, 1, 1))
    assert [is_near(begins(first), TODAY) for first in days] == [True, True, True, False, False]
