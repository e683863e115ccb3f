"""What a law compels (charter C21): two different people, never more than is asked, once, told, counted, kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from doorstep.access import queries as people
from doorstep.access.permissions import HERSELF, ROLES
from doorstep.disclosures import actions, queries
from doorstep.disclosures.acts import HOLDS, Asked
from doorstep.disclosures.queries import Year
from doorstep.intake import ending, resealing
from doorstep.lib import days, db, sealed
from tests.cast import Township
from tests.disclosures.orders import ASKED, FIELDS, GIVEN, ORDER, begun, given, handed, in_days, second_supervisor
from tests.web.worker.conftest import TODAY


def state(act_id: int) -> str:
    found = queries.one(act_id)
    assert found is not None
    return found.state(days.now())


def counts() -> tuple[int, ...]:
    every = [(y.agreed, y.refused, y.given, y.told, y.not_told, y.told_later) for y in queries.counted()]
    return tuple(map(sum, zip(*every, strict=True)))


def test_two_people_agree_and_it_is_given_once(township: Township) -> None:
    her, second = township.person(), second_supervisor(township)
    first, act_id = people.actor(township.users["supervisor"]), handed(township, her)
    assert state(act_id) == "waiting"
    with pytest.raises(actions.NotYours):
        actions.decide(first, act_id, agrees=True)  # nobody agrees to their own
    with pytest.raises(actions.NotYours):
        actions.may_give(first, act_id)
    actions.decide(second, act_id, agrees=True)
    with pytest.raises(actions.NotYours):
        actions.decide(second, act_id, agrees=False, why_not="no")  # decided is decided
    act = actions.may_give(first, act_id)
    assert (act.person_id, act.order, act.asked, act.given) == (her, ORDER, ASKED, GIVEN)
    actions.give(first, act_id)
    for one in (first, second):
        with pytest.raises(actions.NotYours):
            actions.give(one, act_id)
    assert state(act_id) == "given" and counts() == (1, 0, 1, 0, 1, 0)


def test_never_more_than_is_asked(township: Township) -> None:
    first, act_id = people.actor(township.users["supervisor"]), begun(township, township.person())
    for wrong in (Asked(ASKED.first, ASKED.last, {"contraception_choice": ("method",)}), replace(ASKED, fields={})):
        with pytest.raises(ValueError, match="asked"):
            actions.ask(first, act_id, wrong)
    actions.ask(first, act_id, ASKED)
    for more in (
        {"anc_visit": (*FIELDS["anc_visit"], "remark")},
        {**FIELDS, "postpartum_visit": ("x",)},
        {},
        {"anc_visit": ()},
    ):
        with pytest.raises(ValueError, match="given"):
            actions.hand(first, act_id, more)
    assert state(act_id) == "draft"
    actions.hand(first, act_id, FIELDS)
    with pytest.raises(actions.NotYours):
        actions.ask(first, act_id, ASKED)  # what was signed is not changed any more


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "police"}, {"order": replace(ORDER, office="")}, {"order": replace(ORDER, number="x" * 121)},
        {"order": replace(ORDER, law="")}, {"order": replace(ORDER, dated=in_days(1))}, {"order": replace(ORDER, forms=())},
        {"hidden_until": in_days(5)}, {"hidden_until": TODAY, "order": replace(ORDER, silence="不得告知")},
        {"hidden_until": in_days(367), "order": replace(ORDER, silence="不得告知")},
    ],
)  # fmt: skip
def test_an_order_says_who_asks_by_what_and_keeps_nobody_silent_without_words(
    township: Township, wrong: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        begun(township, township.person(), **wrong)
    assert queries.counted() == [Year(TODAY.year)]


def test_only_supervisors_of_her_place_sign_and_a_draft_is_its_writers(township: Township) -> None:
    her, second, far = township.person(), second_supervisor(township), second_supervisor(township, "far", "clinic")
    draft, waiting = begun(township, her), handed(township, her)
    roles = [replace(second, user_id=900 + n, role=role) for n, role in enumerate(ROLES) if role != "supervisor"]
    for actor in (far, *roles):
        for act_id in (draft, waiting):
            with pytest.raises(actions.NotYours):
                actions.reachable(actor, act_id)
        with pytest.raises(actions.NotYours):
            actions.decide(actor, waiting, agrees=True)
        with pytest.raises(actions.NotYours):
            actions.begin(actor, her, township.places["east"], "court", ORDER, None)
    with pytest.raises(actions.NotYours):
        actions.reachable(second, draft)
    assert [a.id for a in queries.of_area(second)] == [waiting] and queries.of_area(far) == []
    assert state(waiting) == "waiting"


def test_a_refusal_says_why_and_nothing_is_given(township: Township) -> None:
    second, act_id = second_supervisor(township), handed(township, township.person())
    with pytest.raises(ValueError, match="why"):
        actions.decide(second, act_id, agrees=False, why_not=" ")
    actions.decide(second, act_id, agrees=False, why_not="没有盖章")
    act = queries.one(act_id)
    assert act is not None and (act.why_not, act.second_id, state(act_id)) == ("没有盖章", second.user_id, "refused")
    with pytest.raises(actions.NotYours):
        actions.may_give(second, act_id)
    assert counts() == (0, 1, 0, 0, 0, 0)


def test_given_up_counts_nowhere_and_what_was_agreed_ends_after_thirty_days(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    her, second = township.person(), second_supervisor(township)
    dropped, agreed = handed(township, her), handed(township, her)
    with pytest.raises(actions.NotYours):
        actions.drop(second, dropped)
    actions.drop(people.actor(township.users["supervisor"]), dropped)
    assert state(dropped) == "dropped" and counts() == (0,) * 6
    actions.decide(second, agreed, agrees=True)
    act = queries.one(agreed)
    assert act is not None
    at = act.steps[2].at
    assert [act.state(at + after) for after in (HOLDS - timedelta(seconds=1), HOLDS)] == ["agreed", "lapsed"]
    monkeypatch.setattr(days, "now", lambda: at + HOLDS)
    with pytest.raises(actions.NotYours):
        actions.give(second, agreed)


def test_of_two_who_decide_at_the_same_moment_one_is_too_late(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, act_id = second_supervisor(township), handed(township, township.person())
    before = queries.one(act_id)
    actions.decide(second, act_id, agrees=True)
    monkeypatch.setattr(actions, "one", lambda _: before)  # as it was read a moment ago
    with pytest.raises(actions.NotYours):
        actions.decide(second, act_id, agrees=False, why_not="later")
    monkeypatch.undo()
    found = queries.one(act_id)
    assert found is not None and (found.steps[2].what, found.why_not) == ("agreed", "")


def test_she_knows_when_it_is_given_or_on_the_day_the_order_allows(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    her, second = township.person(), second_supervisor(township)
    actions.decide(second, handed(township, her), agrees=True)
    assert queries.to_be_known(her) == []  # agreed is not given yet
    now = given(township, her, second)
    later = given(township, her, second, hidden_until=in_days(10), order=replace(ORDER, silence="十日内不得告知"))
    assert [a.id for a in queries.to_tell(her)] == [now] and counts() == (3, 0, 2, 0, 1, 1)
    actions.told([a for i in (now, later) if (a := queries.one(i))])
    actions.told([a for i in (now, later) if (a := queries.one(i))], by=second.user_id)  # told once is told
    assert counts() == (3, 0, 2, 1, 0, 1)
    found = queries.one(now)
    assert found is not None and found.steps[4].by_id == HERSELF
    monkeypatch.setenv("DOORSTEP_TODAY", in_days(9).isoformat())
    assert queries.to_tell(her) == []
    monkeypatch.setenv("DOORSTEP_TODAY", in_days(10).isoformat())
    assert [a.id for a in queries.to_tell(her)] == [later]
    assert [a.id for a in queries.to_be_known(her)] == [later, now]


def test_zero_is_shown_as_zero_and_every_year_stands(township: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    assert queries.counted() == [Year(TODAY.year)]
    given(township, township.person(), second_supervisor(township))
    year = days.now().year
    monkeypatch.setenv("DOORSTEP_TODAY", date(year + 2, 1, 2).isoformat())
    assert [(y.year, y.agreed) for y in queries.counted()] == [(year + 2, 0), (year + 1, 0), (year, 1)]


def test_what_was_done_can_be_neither_changed_nor_taken_away(township: Township) -> None:
    given(township, township.person(), second_supervisor(township))
    for sql in (
        "DELETE FROM disclosure_step", "UPDATE disclosure_step SET what = 'refused'", "DELETE FROM disclosure",
        "UPDATE disclosure SET hidden_until = NULL",
    ):  # fmt: skip
        with pytest.raises(Exception, match="only ever added"), transaction.atomic():
            db.current().run(sql)
    assert DatabaseError and counts() == (1, 0, 1, 0, 1, 0)


def test_erasing_her_takes_every_word_and_leaves_the_count(township: Township) -> None:
    her, second = township.person("欧阳兰"), second_supervisor(township)
    act_id = given(township, her, second)
    ending.erase_person(her, by=township.users["supervisor"])
    assert db.current().value("SELECT COUNT(*) FROM disclosure_word") == 0
    act = queries.one(act_id)
    assert act is not None and (act.person_id, act.order, act.given) == ("", None, {})
    assert counts() == (1, 0, 1, 0, 1, 0)


def test_the_words_lie_sealed_and_are_sealed_anew_when_keys_turn(township: Township) -> None:
    begun(township, township.person())
    ((content,),) = db.current().rows("SELECT sealed FROM disclosure_word")
    assert "法院".encode() not in bytes(content) and "法院".encode() in sealed.open_bytes(bytes(content))
    assert ("disclosure_word", "id", "sealed") in resealing.BYTES


def test_written_down_twice_she_is_told_of_what_was_given_under_either_name(township: Township) -> None:
    her, other, second = township.person(), township.person("王秀英二"), second_supervisor(township)
    act_id = given(township, other, second)
    db.current().run("INSERT INTO person_alias (person_id, same_as, since) VALUES (?, ?, ?)", [other, her, TODAY])
    assert [a.id for a in queries.to_tell(her)] == [act_id]
    found = queries.one(act_id)
    assert found is not None and found.person_id == her
