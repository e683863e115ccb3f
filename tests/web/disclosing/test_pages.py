"""The pages of what a law compels (charter C21): from the document in the hand to the person who is told."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from django.test import Client

from doorstep.access import queries as people
from doorstep.access import second
from doorstep.disclosures import actions, queries
from doorstep.lib import days, db
from doorstep.programmes import actions as programmes
from doorstep.web.disclosing import kinds
from tests.cast import PASSWORD, Township, shipped
from tests.disclosures.orders import ASKED, FIELDS, ORDER, begun, given, handed, in_days, second_supervisor
from tests.web.paper.reading import text_of
from tests.web.resident.test_own_page import card_for, with_card
from tests.web.worker.conftest import TODAY, Reader

NAME = "欧阳秋月"
TYPED = {
    "kind": "court", "office": ORDER.office, "number": ORDER.number, "dated": "2026-06-01", "law": ORDER.law,
    "name": NAME, "birth_date": "1996-04-02", "form": ["anc_visit"],
}  # fmt: skip


@pytest.fixture
def her(township: Township) -> str:
    """A woman in the care of her village's worker alone, seen twice."""
    second_supervisor(township)
    person = township.person(NAME)
    township.pregnancy(person, TODAY - timedelta(weeks=14), on=TODAY - timedelta(weeks=5))
    for back, systolic, weight in ((28, 147, 61.5), (2, 139, 62.5)):
        on = TODAY - timedelta(days=back)
        visit = {
            "person": person, "visit_date": on, "referred": "no", "systolic": systolic, "diastolic": 93, "danger_signs": "none", "weight": weight,
        }  # fmt: skip
        assert township.write("worker", "anc_visit", visit, on=on).problem is None
    return person


def shown(answer: object) -> str:
    return html.unescape(answer.content.decode())  # type: ignore[attr-defined]


def test_the_whole_way_through_the_pages(township: Township, as_: Reader, her: str) -> None:
    first, other = as_("supervisor"), as_("second")
    begin = first.post("/disclosures/new", TYPED)
    assert begin.status_code == 302
    page = begin.headers["Location"]
    assert other.get(page).status_code == 404  # a draft is its writer's alone
    questions = shown(first.get(page))
    assert 'value="anc_visit:systolic"' in questions and "checked" not in questions
    assert "147" not in questions and "139" not in questions  # which kinds of records, never what they hold
    wanted = [f"anc_visit:{key}" for key in FIELDS["anc_visit"]]
    span = {"first": (TODAY - timedelta(days=10)).isoformat(), "last": TODAY.isoformat()}
    assert first.post(f"{page}/asked", {**span, "field": wanted}).status_code == 302
    assert shown(first.get(page)).count("checked") == 3  # what is asked, to take away from
    give = {"field": wanted[:1], "proof": PASSWORD}
    assert first.post(f"{page}/hand", give).status_code == 302
    assert "I agree" not in shown(first.get(page))
    assert first.post(f"{page}/decide", {"say": "agree", "proof": PASSWORD}).status_code == 404
    assert "I agree, with my name" in shown(other.get(page))
    assert other.post(f"{page}/decide", {"say": "agree", "proof": PASSWORD}).status_code == 302
    paper = first.post(f"{page}/paper")
    assert paper.headers["Content-Type"] == "application/pdf"
    told = text_of(paper.content)
    assert "139" in told and NAME in told and ORDER.number in told and "supervisor" in told and "second" in told
    for left_out in ("147", "62.5", "93"):  # before the first day; asked but not given
        assert left_out not in told
    assert first.post(f"{page}/paper").status_code == 404 and other.post(f"{page}/paper").status_code == 404
    logged = db.current().rows("SELECT output FROM access_log WHERE output LIKE '%disclosure%' ORDER BY id")
    assert [name for (name,) in logged].count("print.disclosure") == 1
    assert {name for (name,) in logged} == {"disclosure", "disclosure.new", "print.disclosure"}


def test_contraception_is_not_ticked_beforehand_and_marked(township: Township, as_: Reader, her: str) -> None:
    pack = programmes.install(shipped("contraception"), by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    form = shown(as_("supervisor").get("/disclosures/new"))
    assert "checked" not in form
    choice = [kind for kind in kinds.known() if kind.choice]
    assert choice and all(form.count(f'value="{kind.form_id}"') == 1 for kind in choice)
    assert form.count("private choice") == len(choice)
    one = choice[0]
    first = as_("supervisor")
    page = first.post("/disclosures/new", {**TYPED, "form": ["anc_visit", one.form_id]}).headers["Location"]
    wanted = [f"{one.form_id}:{one.questions[0][0]}", "anc_visit:weight"]
    first.post(f"{page}/asked", {"first": "2026-01-01", "last": TODAY.isoformat(), "field": wanted})
    draft = shown(first.get(page))
    assert f'value="{wanted[1]}" checked' in draft and f'value="{wanted[0]}"' in draft and draft.count("checked") == 1


def test_no_question_that_sorts_people_or_names_them_is_offered(township: Township) -> None:
    offered = {(kind.form_id, key) for kind in kinds.known() for key in kind.keys}
    assert ("anc_visit", "systolic") in offered
    assert {key for _form, key in offered} & {
        "name",
        "phone",
        "relation",
        "marital",
        "address",
        "person",
        "id_number",
    } == set()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"form": []}, "Tick the kinds"), ({"name": "欧阳"}, "Nobody with this name"), ({"birth_date": ""}, "whole name"),
        ({"dated": "yesterday"}, "day of the document"), ({"office": ""}, "Write down who asks"), ({"dated": "2026-06-16"}, "Write down who asks"),
        ({"hidden_until": "2026-08-01"}, "To stay silent"),
    ],
)  # fmt: skip
def test_what_is_not_whole_begins_nothing(
    township: Township, as_: Reader, her: str, wrong: dict[str, object], said: str
) -> None:
    answer = as_("supervisor").post("/disclosures/new", TYPED | wrong)
    assert answer.status_code == 422 and said in shown(answer)
    assert db.current().value("SELECT COUNT(*) FROM disclosure") == 0


@pytest.mark.parametrize("way", ["hand", "decide"])
def test_a_wrong_password_signs_nothing(township: Township, as_: Reader, her: str, way: str) -> None:
    act_id = begun(township, her) if way == "hand" else handed(township, her)
    if way == "hand":
        actions.ask(people.actor(township.users["supervisor"]), act_id, ASKED)
    who = as_("supervisor" if way == "hand" else "second")
    told = {"field": ["anc_visit:systolic"], "say": "agree", "proof": "guess" + PASSWORD}
    answer = who.post(f"/disclosures/{act_id}/{way}", told)
    assert answer.status_code == 422 and "That is not your password" in shown(answer)
    found = queries.one(act_id)
    assert found is not None and found.state(days.now()) == ("draft" if way == "hand" else "waiting")


def test_fresh_digits_sign_once_and_whoever_has_no_second_step_signs_nothing(
    township: Township, as_: Reader, her: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_id, other = handed(township, her), as_("second")
    monkeypatch.setattr(second, "is_demonstration", lambda: False)  # a store of real people asks for it
    agree = f"/disclosures/{act_id}/decide"
    answer = other.post(agree, {"say": "agree", "proof": PASSWORD})
    assert answer.status_code == 422 and "set up your second step" in shown(answer)
    user = township.users["second"]
    totp = pyotp.TOTP(second.offer(user, "second", "Doorstep").secret)
    now = days.now().timestamp()
    assert second.confirm(user, totp.at(now - 30))
    assert other.post(agree, {"say": "agree", "proof": totp.at(now - 30)}).status_code == 422  # used already
    assert other.post(agree, {"say": "agree", "proof": totp.at(now)}).status_code == 302


def test_a_refusal_wants_words(township: Township, as_: Reader, her: str) -> None:
    act_id, other = handed(township, her), as_("second")
    assert other.post(f"/disclosures/{act_id}/decide", {"say": "refuse", "proof": PASSWORD}).status_code == 422
    told = {"say": "refuse", "proof": PASSWORD, "why_not": "没有盖章"}
    assert other.post(f"/disclosures/{act_id}/decide", told).status_code == 302
    assert "没有盖章" in shown(as_("supervisor").get(f"/disclosures/{act_id}"))
    assert as_("supervisor").post(f"/disclosures/{act_id}/paper").status_code == 404


def test_nobody_else_finds_any_of_it(township: Township, as_: Reader, her: str) -> None:
    act_id = given(township, her, second_supervisor(township, "third"))
    for who in ("worker", "clinician", "manager", "installer"):
        for address in ("/disclosures", "/disclosures/new", f"/disclosures/{act_id}"):
            assert as_(who).get(address).status_code == 404, (who, address)
    listing = shown(as_("second").get("/disclosures"))
    assert NAME not in listing and ORDER.number not in listing and her not in listing


def test_she_reads_it_on_her_page_and_on_paper(township: Township, as_: Reader, her: str) -> None:
    given(township, her, second_supervisor(township, "third"))
    client = with_card(card_for(township, her))
    text = shown(client.get("/me"))
    part = text.split('id="disclosed"')[1].split("</section>")[0]
    for said in (ORDER.office, ORDER.number, ORDER.law, "supervisor and third", "An order of a court"):
        assert said in part
    assert "upper" in part.lower() and "lower" not in part.lower()  # what was given, not what was only asked for
    printed = text_of(client.get("/me/copy.pdf").content)
    assert ORDER.office in printed and ORDER.number in printed
    assert client.get("/me/copy.json").json()["disclosed"][0]["to"] == ORDER.office
    assert queries.to_tell(her) == []  # she has read it
    assert "Tell her" not in shown(as_("worker").get(f"/p/{her}"))


def test_whoever_visits_her_is_asked_to_say_it_and_says_so(township: Township, as_: Reader, her: str) -> None:
    act_id = given(township, her, second_supervisor(township, "third"))
    worker = as_("worker")
    page = shown(worker.get(f"/p/{her}"))
    assert "Tell her, alone with her" in page and ORDER.office in page
    assert as_("neighbour").post(f"/p/{her}/told", {"act": act_id}).status_code == 404
    assert worker.post(f"/p/{her}/told", {"act": act_id + 1}).status_code == 404
    assert worker.post(f"/p/{her}/told", {"act": act_id}).status_code == 302
    assert "Tell her" not in shown(worker.get(f"/p/{her}"))
    assert "told on" in shown(as_("second").get(f"/disclosures/{act_id}"))
    assert 'id="disclosed"' in shown(with_card(card_for(township, her)).get("/me"))  # it stays on her page


def test_where_the_order_forbids_it_she_is_told_on_the_day(
    township: Township, as_: Reader, her: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = {"hidden_until": in_days(10), "order": replace(ORDER, silence="十日内不得告知")}
    given(township, her, second_supervisor(township, "third"), **silent)
    card, worker = card_for(township, her), as_("worker")
    for day, known in ((9, False), (10, True)):
        monkeypatch.setenv("DOORSTEP_TODAY", in_days(day).isoformat())
        assert ("Tell her" in shown(worker.get(f"/p/{her}"))) is known
        counted = shown(Client(headers={"accept-language": "en"}).get("/about"))
        waits = "the person is not told yet" if known else "forbids to tell her until a day"
        assert f"{waits}</dt><dd>1</dd>" in counted
    assert 'id="disclosed"' in shown(with_card(card).get("/me"))


def test_a_guardian_is_not_told_of_what_a_child_says_in_confidence(township: Township) -> None:
    child = township.person("小月", born=TODAY - timedelta(days=3000))
    given(township, child, second_supervisor(township))  # a record of a pregnancy: told in confidence
    page = shown(with_card(card_for(township, child, holder="guardian")).get("/me"))
    assert 'id="disclosed"' not in page and ORDER.office not in page
    assert len(queries.to_tell(child)) == 1  # and nobody has told her


def test_everybody_can_see_how_often_and_never_of_whom(township: Township, her: str) -> None:
    anybody = Client(headers={"accept-language": "en"})
    assert "Orders two people agreed to</dt><dd>0</dd>" in shown(anybody.get("/about"))
    given(township, her, second_supervisor(township, "third"))
    page = shown(anybody.get("/about"))
    assert "Orders two people agreed to</dt><dd>1</dd>" in page and "Papers given</dt><dd>1</dd>" in page
    for private in (NAME, ORDER.office, ORDER.number, ORDER.law, her):
        assert private not in page
