"""One's own page: who reads what, who never does, and what a press says (charter C3, C6, C11, C12, C13, C14)."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from doorstep.access import actions as access
from doorstep.access import codes
from doorstep.access.permissions import HERSELF, ROLES, Actor
from doorstep.feedback import cards
from doorstep.forms.builtin import SAID_WRONG, WRONG_ANSWERED
from doorstep.intake import ending, herself
from doorstep.intake.rebuild import verify
from doorstep.lib import days, db
from doorstep.register import queries as register
from tests.cast import Township
from tests.web.worker.conftest import TODAY, Reader

WORD = "yellow boat"
MARK = "青石巷的李秀兰"
OTHERS = "别人家的赵大海"
PRESSES = ("service", "consent", "reach", "wrong", "delete", "complain")


def card_for(
    township: Township, person: str, who: str = "worker", holder: str = "self", services: set[str] | None = None
) -> str:
    actor = Actor(township.users[who], "worker")
    return cards.give(actor, person, WORD, holder, {"antenatal"} if services is None else services)  # type: ignore[arg-type]


def with_card(code: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    answer = client.post("/me/enter", {"code": codes.spoken(code), "word": WORD})
    assert answer.status_code == 302 and answer.headers["Location"] == "/me"
    return client


@pytest.fixture
def her(township: Township) -> str:
    person = township.person(MARK)
    township.pregnancy(person, TODAY - timedelta(weeks=12))
    return person


def rows(form: str) -> list[dict[str, object]]:
    sql = "SELECT answers FROM entry WHERE form_id = ? AND state = 0 ORDER BY seq"
    return [json.loads(answers) for (answers,) in db.current().rows(sql, [form])]


def test_she_reads_her_record_her_dates_and_who_looked(township: Township, as_: Reader, her: str) -> None:
    township.person(OTHERS, home=str(register.people([her])[her].household_id), sex="male")
    assert as_("worker").get(f"/p/{her}").status_code == 200
    assert as_("clinician").get(f"/p/{her}").status_code == 200
    page = with_card(card_for(township, her)).get("/me").content.decode()
    written = page.split('id="written"')[1].split("</section>")[0]
    assert re.findall(r'</span> <strong>(.*?)</strong> <span class="soft">(.*?)</span></summary>', written) == [
        ("Pregnancy care: sign up", "Village worker"),
        ("New person", "Village worker"),
    ]
    looked = page.split('id="looked"')[1].split("</section>")[0]
    assert re.findall(r"<strong>(.*?)</strong><br><span class=\"soft\">(.*?)</span>", looked) == [
        ("clinician", "Clinician"),
        ("worker", "Village worker"),
    ]
    assert OTHERS not in page
    assert MARK not in re.search(r"<title>(.*?)</title>", page, re.S)[1]  # type: ignore[index]
    assert her not in page, "no id of hers stands in the page or its addresses"


def test_her_own_opening_is_logged_first_and_not_told_to_her(township: Township, her: str) -> None:
    page = with_card(card_for(township, her)).get("/me").content.decode()
    found = db.current().rows("SELECT user_id, role, output FROM access_log ORDER BY id DESC LIMIT 1")
    assert found == [(HERSELF, "resident", "resident.page")]
    assert "Nobody yet." in page.split('id="looked"')[1]


def test_no_log_no_page(township: Township, her: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = with_card(card_for(township, her))
    client.raise_request_exception = False

    def broken(*_: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr("doorstep.web.resident.own.log_shown", broken)
    for address in ("/me", "/me/copy.json", "/me/copy.pdf"):
        answer = client.get(address)
        assert answer.status_code >= 500 and MARK.encode() not in answer.content


def test_a_card_opens_no_more_than_its_giver_sees(township: Township, as_: Reader, her: str) -> None:
    """Giving a card to oneself is no way round the care team (charter C15)."""
    mine = with_card(card_for(township, her, services=set())).get("/me").content.decode()
    assert "New person" in mine
    assert not re.search("pregnan|antenatal", mine, re.IGNORECASE)
    as_("supervisor").post(f"/p/{her}/own-page", {"say": "give", "word": WORD})
    (newest, *_rest) = cards.of_person([her])
    assert newest.services == frozenset()
    as_("worker").post(f"/p/{her}/own-page", {"say": "give", "word": WORD})
    assert "antenatal" in cards.of_person([her])[0].services


@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_member_opens_anybodys_own_page(township: Township, her: str, role: str) -> None:
    card_for(township, her)
    user_id = access.add_user(f"some-{role}", role, role, None)
    client = Client(headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get(pk=user_id))
    for address in ("/me", "/me/copy.json", "/me/copy.pdf"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/me/enter")
    assert [client.post(f"/me/{one}", {}).status_code for one in PRESSES] == [401] * len(PRESSES)


def test_her_visit_is_no_log_in(township: Township, her: str) -> None:
    client = with_card(card_for(township, her))
    for address in (f"/p/{her}", "/today", "/families", "/find", "/desk/", "/complaints", "/said-wrong"):
        assert client.get(address).headers.get("Location", "").startswith("/login"), address
    stolen = Client()
    stolen.cookies["sessionid"] = client.cookies["own_page"].value
    assert stolen.get("/today").status_code == 302


def test_a_log_in_is_no_card(township: Township, as_: Reader, her: str) -> None:
    card_for(township, her)
    client = as_("worker")
    client.cookies["own_page"] = client.cookies["sessionid"].value
    assert client.get("/me").status_code == 302


def test_the_visit_ends_after_fifteen_minutes_at_the_button_and_with_a_new_card(
    township: Township, her: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = card_for(township, her)
    client = with_card(code)
    now = days.now()
    with monkeypatch.context() as later:
        later.setattr("doorstep.web.resident.session._now", lambda: int(now.timestamp()) + 15 * 60 + 2)
        assert client.get("/me").status_code == 302
    assert client.get("/me").status_code == 302, "it does not come back"
    client = with_card(code)
    kept = client.cookies["own_page"].value
    assert client.post("/me/leave", {"hide": "yes"}).headers["Location"] == "/leaflets"
    client.cookies["own_page"] = kept
    assert client.get("/me").status_code == 302
    client = with_card(code)
    card_for(township, her)
    assert client.get("/me").status_code == 302


def test_wrong_codes_and_words_open_nothing_and_get_slower(township: Township, her: str) -> None:
    code = card_for(township, her)
    client = Client(headers={"accept-language": "en"})
    seen = [client.post("/me/enter", {"code": code, "word": f"wrong {n}"}).status_code for n in range(8)]
    assert seen[:4] == [422] * 4 and seen[-1] == 429
    assert client.post("/me/enter", {"code": code, "word": WORD}).status_code == 429, (
        "not even the right one, for a while"
    )
    assert client.post("/me/enter", {"code": "????", "word": WORD}).status_code == 422


def test_stopping_is_one_press_and_starting_again_too(township: Township, her: str) -> None:
    client = with_card(card_for(township, her))
    assert client.post("/me/service", {"service": "antenatal", "say": "end"}).status_code == 302
    page = client.get("/me").content.decode()
    assert "ended on" in page and "Nothing is planned." in page
    client.post("/me/service", {"service": "antenatal", "say": "want"})
    assert "Nothing is planned." not in client.get("/me").content.decode()
    assert [(r["service"]) for r in rows("service_end") + rows("service_wanted")] == ["antenatal"] * 2
    assert client.post("/me/service", {"service": "contraception", "say": "end"}).status_code == 404
    assert verify() == []


def test_she_takes_a_yes_back_and_gives_it_again(township: Township, her: str) -> None:
    client = with_card(card_for(township, her))
    for say, listed in (("no", False), ("yes", True)):
        client.post("/me/consent", {"purpose": "listed", "say": say})
        if say == "no":
            assert register.people([her])[her].listed is listed
    assert client.post("/me/consent", {"purpose": "contact", "say": "no"}).status_code == 302
    assert register.people([her])[her].phone == ""
    assert client.post("/me/consent", {"purpose": "none such", "say": "no"}).status_code == 302
    assert [(r.get("agreed_by"), r.get("contact")) for r in rows("consent")][-1] == ("self", "no")
    assert verify() == []


def test_she_says_how_she_may_be_reached(township: Township, her: str) -> None:
    client = with_card(card_for(township, her))
    client.post("/me/reach", {"reach": "clinic_only"})
    person = register.people([her])[her]
    assert (person.reach, person.name) == ("clinic_only", MARK)
    client.post("/me/reach", {"reach": "by drone"})
    assert register.people([her])[her].reach == "clinic_only"


def test_what_is_wrong_stands_beside_it_until_somebody_of_her_care_answers(
    township: Township, as_: Reader, her: str
) -> None:
    client = with_card(card_for(township, her))
    seq = db.current().value("SELECT seq FROM entry WHERE form_id = 'pregnancy_registration'")
    said = "我没有说过这个"
    assert client.post("/me/wrong", {"record": seq, "text": said}).status_code == 302
    assert said in client.get("/me").content.decode()
    for who in ("worker", "clinician"):
        assert said in as_(who).get("/said-wrong").content.decode()
        assert said in as_(who).get(f"/p/{her}").content.decode()
    for who in ("neighbour", "supervisor"):  # the supervisor reads no care
        assert said not in as_(who).get("/said-wrong").content.decode()
    (one,) = herself.unanswered()
    assert as_("supervisor").post(f"/said-wrong/{one.seq}/answer", {"text": "x"}).status_code == 404
    assert as_("worker").post(f"/said-wrong/{one.seq}/answer", {"text": "已经改了"}).status_code == 302
    assert said not in as_("worker").get("/said-wrong").content.decode()
    assert "已经改了" in client.get("/me").content.decode()
    assert (rows(SAID_WRONG)[0]["said"], rows(WRONG_ANSWERED)[0]["answer"]) == (said, "已经改了")
    assert verify() == []


@pytest.mark.parametrize("text", ["", "  ", "x" * 201])
def test_nothing_and_too_much_are_not_taken(township: Township, her: str, text: str) -> None:
    client = with_card(card_for(township, her))
    seq = db.current().value("SELECT seq FROM entry WHERE form_id = 'pregnancy_registration'")
    client.post("/me/wrong", {"record": seq, "text": text})
    assert rows(SAID_WRONG) == []


def test_only_records_of_ones_own_can_be_said_to_be_wrong(township: Township, her: str) -> None:
    other = township.person(OTHERS)
    seq = db.current().value("SELECT seq FROM entry WHERE person_id = ?", [other])
    client = with_card(card_for(township, her))
    for record in (seq, 10**9, "x", "9" * 40):
        assert client.post("/me/wrong", {"record": record, "text": "no"}).status_code == 404
    assert rows(SAID_WRONG) == []


def test_deleting_is_asked_for_and_taken_back(township: Township, her: str) -> None:
    client = with_card(card_for(township, her))
    client.post("/me/delete", {"say": "ask"})
    assert [(one.person_id, one.seq, one.by) for one in ending.asked()] == [(her, None, 0)]
    assert "You asked on" in client.get("/me").content.decode()
    client.post("/me/delete", {"say": "not"})
    assert ending.asked() == []
    client.post("/me/delete", {"say": "ask"})
    ending.erase_person(her, by=township.users["supervisor"])
    assert client.get("/me").headers["Location"] == "/me/enter"
    assert cards.of_person([her]) == []


def test_the_copy_holds_what_the_page_shows(township: Township, as_: Reader, her: str) -> None:
    as_("worker").get(f"/p/{her}")
    client = with_card(card_for(township, her))
    answer = client.get("/me/copy.json")
    told = orjson.loads(answer.content)
    assert "no-store" in answer.headers["Cache-Control"] and MARK not in answer.headers["Content-Disposition"]
    assert told["person"]["name"] == MARK
    assert [one["by"] for one in told["written"]] == ["Village worker"] * 2
    assert told["opened_by"] == [{"who": "worker", "role": "Village worker", "on": days.day_of(days.now()).isoformat(), "emergency": False}]  # fmt: skip
    assert len(told["coming"]) > 1 and len(told["agreed"]) == 5
    paper = client.get("/me/copy.pdf")
    assert (
        paper.content.startswith(b"%PDF") and paper.headers["Content-Disposition"] == 'inline; filename="resident.pdf"'
    )


def test_a_complaint_of_hers_is_answered_on_her_page_and_the_reviewer_sees_no_name(
    township: Township, her: str
) -> None:
    client = with_card(card_for(township, her))
    client.post("/me/complain", {"kind": "conduct", "text": "他态度不好"})
    assert "他态度不好" in client.get("/me").content.decode()
    assert db.current().rows("SELECT person_id FROM complaint_author") == [(her,)]
    reviewer_id = access.add_user("some-reviewer", "reviewer", "reviewer", None)
    reviewer = Client(headers={"accept-language": "en"})
    reviewer.force_login(get_user_model().objects.get(pk=reviewer_id))
    number = db.current().value("SELECT id FROM complaint")
    page = reviewer.get(f"/complaints/{number}").content.decode()
    assert "他态度不好" in page and MARK not in page and her not in page
    other = township.person(OTHERS)
    assert "他态度不好" not in with_card(card_for(township, other)).get("/me").content.decode()


# ---------------------------------------------------------------- children, and who gives a card


def child(township: Township, born: date) -> str:
    return township.person("小明", born=born, sex="male", phone="")


@pytest.mark.parametrize(
    ("born", "on", "opens"),
    [
        (date(2012, 6, 16), TODAY, True),  # fourteen tomorrow
        (date(2012, 6, 15), TODAY, False),  # fourteen today
        (date(2012, 2, 29), date(2026, 2, 28), True),
        (date(2012, 2, 29), date(2026, 3, 1), False),
        (date(1990, 1, 1), TODAY, False),
    ],
)
def test_a_guardians_card_ends_on_the_fourteenth_birthday(
    township: Township, monkeypatch: pytest.MonkeyPatch, born: date, on: date, opens: bool
) -> None:
    code = card_for(township, child(township, born), holder="guardian", services=set())
    monkeypatch.setenv("DOORSTEP_TODAY", on.isoformat())
    client = with_card(code)
    assert client.get("/me").status_code == (200 if opens else 403)


def test_a_guardian_reads_nothing_a_child_told_in_confidence(township: Township) -> None:
    """The same record with her own card and with the guardian's: what she told in confidence stands in hers alone."""
    girl = township.person("小花", born=date(2013, 1, 1), phone="")
    township.pregnancy(girl, TODAY - timedelta(weeks=10))
    own = with_card(card_for(township, girl)).get("/me").content.decode()
    guardian = with_card(card_for(township, girl, holder="guardian"))
    assert "antenatal" in own and "My services" in own
    page, copy = guardian.get("/me").content.decode(), guardian.get("/me/copy.json").content.decode()
    for told in (page, copy):
        assert "小花" in told
        assert not re.search("pregnan|antenatal|孕", told.split("</header>")[-1].replace('pregnancy"', ""), re.I)
    assert guardian.post("/me/service", {"service": "antenatal", "say": "end"}).status_code == 404
    seq = db.current().value("SELECT seq FROM entry WHERE form_id = 'pregnancy_registration'")
    assert guardian.post("/me/wrong", {"record": seq, "text": "x"}).status_code == 404
    assert "complain" not in page.split('id="looked"')[1].split("</section>")[1]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("worker", 200),
        ("clinician", 404),
        ("supervisor", 200),
        ("neighbour", 404),
        ("manager", 404),
        ("installer", 404),
    ],
)
def test_who_gives_a_card(township: Township, as_: Reader, who: str, status: int) -> None:
    """A clinician only to who named her or her clinic; nobody outside reach, and nobody without the verb."""
    person = township.person(MARK)
    page = as_(who).get(f"/p/{person}/own-page")
    assert page.status_code == status and (MARK in page.content.decode()) == (status == 200)
    made = as_(who).post(f"/p/{person}/own-page", {"say": "give", "word": WORD})
    assert made.status_code == status and len(cards.of_person([person])) == (status == 200)


def test_the_word_is_shown_to_nobody_and_the_code_once(township: Township, as_: Reader, her: str) -> None:
    made = as_("worker").post(f"/p/{her}/own-page", {"say": "give", "word": "violet kite"}).content.decode()
    code = re.search(r"<strong>([A-Z0-9-]{14})</strong>", made)[1]  # type: ignore[index]
    again = as_("worker").get(f"/p/{her}/own-page").content.decode()
    assert "violet" not in made + again and code not in again
    paper = as_("worker").post(f"/paper/p/{her}/own-card.pdf", {"code": code})
    assert paper.content.startswith(b"%PDF")
    other = township.person(OTHERS)
    assert as_("worker").post(f"/paper/p/{other}/own-card.pdf", {"code": code}).status_code == 404
    assert as_("neighbour").post(f"/paper/p/{her}/own-card.pdf", {"code": code}).status_code == 404
    logged = db.current().value("SELECT COUNT(*) FROM access_log WHERE output = 'resident.card'")
    assert logged == 2


def test_a_second_giver_adds_only_with_code_and_word(township: Township, as_: Reader, her: str) -> None:
    code = card_for(township, her, services=set())
    assert (
        as_("clinician").post(f"/p/{her}/own-page", {"say": "add", "code": code, "word": "guessed"}).status_code == 422
    )
    assert cards.of_person([her])[0].services == frozenset()
    other = card_for(township, township.person(OTHERS), services=set())
    assert as_("clinician").post(f"/p/{her}/own-page", {"say": "add", "code": other, "word": WORD}).status_code == 422
    assert as_("clinician").post(f"/p/{her}/own-page", {"say": "add", "code": code, "word": WORD}).status_code == 200
    assert "antenatal" in cards.of_person([her])[0].services


def test_the_person_page_says_who_wrote_it(township: Township, as_: Reader, her: str) -> None:
    with_card(card_for(township, her)).post("/me/reach", {"reach": "only_me"})
    assert "the person herself or himself" in as_("worker").get(f"/p/{her}").content.decode()


def test_a_moment_is_not_given_away(township: Township, her: str) -> None:
    """The log tells her days, never hours."""
    assert (
        datetime.now(UTC).strftime("%H:%M")
        not in with_card(card_for(township, her)).get("/me").content.decode().split('id="looked"')[1]
    )


def test_a_supervisor_finds_whom_she_gives_a_card_by_what_she_is_told(township: Township, as_: Reader) -> None:
    person, born = township.person(MARK), "1996-04-02"
    found = as_("supervisor").post("/own-pages", {"name": MARK, "birth_date": born, "number": "12"})
    assert found.headers["Location"] == f"/p/{person}/own-page"
    for who, told in (
        ("supervisor", {"name": MARK, "birth_date": "1996-04-03", "number": "12"}),
        ("supervisor", {"name": "", "birth_date": "", "number": ""}),
        ("neighbour", {"name": MARK, "birth_date": born, "number": "12"}),
    ):
        answer = as_(who).post("/own-pages", told)
        assert answer.status_code == 422 and person not in answer.content.decode()
    assert as_("manager").get("/own-pages").status_code == 404
