"""Somebody written down twice: made one by an entry, parted by another, and everything derived follows both ways."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.forms.queries import APPLIED, HELD
from doorstep.intake import door, same
from doorstep.intake.rebuild import rebuild, verify
from doorstep.lib import db, sealed
from doorstep.places import counters
from doorstep.register import queries as register
from doorstep.register.queries import find_ids
from tests.cast import Township, at_noon, fill, new_id
from tests.intake.test_arrival import derived

ON = date(2026, 5, 2)
BORN = date(1990, 3, 4)


@pytest.fixture
def two(township: Township) -> tuple[str, str]:
    """One woman written down twice in one family, by two people, each with a record of care."""
    home = township.household()
    one = township.person("王秀英", home=home, born=BORN)
    other = township.person("王秀英", home=home, born=BORN, who="supervisor", phone="13800001234")
    township.pregnancy(one, date(2026, 2, 1), care="worker")
    return one, other


def say(township: Township, kept: str, other: str, yes: bool, who: str = "supervisor", on: date = ON) -> door.Receipt:
    told = {"kept": kept, "other": other, "same": "yes" if yes else "no", "on": on}
    return township.write(who, "same_person", told, on=on)


def about(person: str) -> list[str]:
    sql = "SELECT form_id FROM entry WHERE person_id = ? AND state = 0 ORDER BY seq"
    return [form for (form,) in db.current().rows(sql, [person])]


def weigh(township: Township, person: str, on: date = ON, instance: str = "") -> door.Receipt:
    told = {"person": person, "visit_date": on, "weight": 61, "systolic": 118, "diastolic": 76, "danger_signs": "none", "referred": "no"}  # fmt: skip
    return township.write("worker", "anc_visit", told, on=on, instance=instance)


def care(person: str) -> set[tuple[str, int, int]]:
    sql = "SELECT service, user_id, clinic_id FROM care_member WHERE person_id = ?"
    return {(s, u, c) for s, u, c in db.current().rows(sql, [person])}


def test_everything_of_both_stands_in_one_place(township: Township, two: tuple[str, str]) -> None:
    one, other = two
    weigh(township, other)
    before = about(one), about(other)
    assert sorted(find_ids("王秀英", [township.places["east"]])) == sorted(two)
    say(township, one, other, True)
    assert (sorted(about(one)), about(other)) == (sorted(before[0] + before[1]), [])
    assert find_ids("王秀英", [township.places["east"]]) == [one]
    assert (list(register.people(two)), register.aliases(two)) == ([one], {other: one})
    met = db.current().rows("SELECT contact FROM due_visit WHERE person_id = ? AND met_by <> ''", [one])
    assert len(met) == 1 and care(one) == {("antenatal", township.users["worker"], 0)} | {
        row for row in care(one) if row[0] != "antenatal"
    }
    assert verify() == []


def test_the_warehouse_is_told_to_read_again_what_became_hers(township: Township, two: tuple[str, str]) -> None:
    one, other = two
    seq = weigh(township, other).seq
    db.current().run("DELETE FROM changed")
    say(township, one, other, True)
    notes = set(db.current().rows("SELECT what, id, person_id FROM changed"))
    assert {("entry", str(seq), other), ("person", other, "")} <= notes


def test_records_that_still_come_for_the_other_find_her(township: Township, two: tuple[str, str]) -> None:
    one, other = two
    say(township, one, other, True)
    receipt = weigh(township, other)
    assert (receipt.person_id, state(receipt.seq)) == (one, APPLIED)
    told = {"person": other, "changed_on": ON, "what": "phone", "phone": "13911112222"}
    township.write("worker", "person_change", told, on=ON, entity=other)
    assert sealed.opened(register.people([one])[one].phone) == "13911112222"
    assert verify() == []
    say(township, one, other, False)
    assert about(other)[-2:] == ["anc_visit", "person_change"]
    assert sealed.opened(register.people([other])[other].phone) == "13911112222"
    assert verify() == []


def state(seq: int) -> int:
    return int(db.current().value("SELECT state FROM entry WHERE seq = ?", [seq]))


def test_the_stricter_wins_until_she_is_asked_again(township: Township, two: tuple[str, str]) -> None:
    one, other = two
    earlier = ON - timedelta(days=9)
    asked = {"person": other, "said_on": earlier, "agreed_by": "self", "contact": "no", "counts": "no"}
    township.write("worker", "consent", asked, on=earlier, entity=other)
    asked = {
        "person": one,
        "said_on": earlier + timedelta(days=1),
        "agreed_by": "self",
        "contact": "yes",
        "counts": "yes",
    }
    township.write("worker", "consent", asked, on=earlier + timedelta(days=1), entity=one)
    township.write(
        "worker", "do_not_list", {"person": other, "wished_on": earlier, "listed": "no"}, on=earlier, entity=other
    )
    say(township, one, other, True)
    assert consents(one) == {"contact": False, "counts": False, "listed": True}
    assert (register.people([one])[one].phone, register.people([one])[one].listed) == ("", False)
    later = ON + timedelta(days=1)
    township.write("worker", "consent", {"person": other, "said_on": later, "agreed_by": "self", "contact": "yes"}, on=later, entity=other)  # fmt: skip
    assert consents(one) == {"contact": True, "counts": False, "listed": True}
    assert verify() == []


def consents(person: str) -> dict[str, bool]:
    sql = "SELECT purpose, given FROM consent WHERE person_id = ?"
    return {purpose: bool(given) for purpose, given in db.current().rows(sql, [person])}


def test_only_who_works_with_the_register_where_both_are_may_say_so(township: Township, two: tuple[str, str]) -> None:
    one, other = two
    before = derived_but_words()
    for who in ("neighbour", "clinician", "manager"):
        say(township, one, other, True, who)
        assert derived_but_words() == before, who
    say(township, one, other, True, "worker")
    assert register.aliases(two) == {other: one}


def test_a_word_that_came_before_those_it_is_about(township: Township) -> None:
    home, one, other = township.household(), new_id(), new_id()
    say(township, one, other, True)
    for person in (one, other):
        told = {"household": home, "registered_on": ON, "agreed_by": "self", "name": "李四", "sex": "male", "birth_date": BORN, "reach": "any"}  # fmt: skip
        township.write("worker", "person", told, on=ON, entity=person, label="李四")
    assert register.aliases([one, other]) == {other: one}
    assert verify() == []


def test_three_are_one_and_one_of_them_is_parted_again(township: Township) -> None:
    home = township.household()
    a, b, c = (township.person("王秀英", home=home, born=BORN) for _ in range(3))
    say(township, a, b, True)
    say(township, b, c, True)
    assert register.aliases([a, b, c]) == {b: a, c: a}
    say(township, b, c, False)
    assert (register.aliases([a, b, c]), sorted(register.people([a, b, c]))) == ({b: a}, sorted([a, c]))
    rebuild()
    assert (register.aliases([a, b, c]), verify()) == ({b: a}, [])


def test_who_is_alike_is_asked_about_once_and_never_beyond_the_village(
    township: Township, two: tuple[str, str]
) -> None:
    one, other = two
    far = township.person("王秀英", who="neighbour", home=township.household("neighbour", "c1-t1-v2"), born=BORN)
    twin = township.person("王秀红", home=register.people([one])[one].household_id or "", born=BORN)
    everywhere = [township.places["east"], township.places["west"]]
    found = same.to_ask(everywhere)
    assert [(p.first, p.second) for p in found] == [tuple(sorted(two))]
    assert found[0].reasons == ("name", "birth_date", "household", "phone")
    assert not {far, twin} & {p.first for p in found} | {p.second for p in found} - set(two)
    say(township, one, other, False, "neighbour")  # not hers to say
    assert len(same.to_ask(everywhere)) == 1
    say(township, one, other, False)
    assert (same.to_ask(everywhere), register.aliases(two)) == ([], {})
    assert verify() == []


def test_who_left_or_asked_not_to_be_listed_is_not_looked_for(township: Township, two: tuple[str, str]) -> None:
    one, other = two
    township.write("worker", "moving_away", {"person": other, "left_on": ON}, on=ON, entity=other)
    assert same.to_ask([township.places["east"]]) == []
    third = township.person("王秀英", home=register.people([one])[one].household_id or "", born=BORN)
    assert len(same.to_ask([township.places["east"]])) == 1
    township.write("worker", "do_not_list", {"person": third, "wished_on": ON, "listed": "no"}, on=ON, entity=third)
    assert same.to_ask([township.places["east"]]) == []


# ---------------------------------------------------------------- any history, any order


def derived_but_words() -> dict[str, set[tuple[object, ...]]]:
    found = derived()
    sql = "SELECT instance_id FROM entry WHERE form_id = 'same_person'"
    words = {i for (i,) in db.current().rows(sql)}
    return {
        table: {row for row in rows if not (table.startswith("entry") and row[0] in words)}
        for table, rows in found.items()
    }


def _history(township: Township, random: Random, home: str, ids: list[str]) -> list[tuple[bytes, object, object]]:
    sent = []

    def send(who: str, form: str, told: dict[str, object], day: date, entity: str = "") -> None:
        content = fill(township.spec(form), told, instance=f"uuid:{random.getrandbits(64)}", entity=entity, label=str(told.get("name", "")))  # fmt: skip
        sent.append((content, township.sender(who), at_noon(day)))

    for person in ids:
        told = {"household": home, "registered_on": ON, "agreed_by": "self", "name": "李四", "sex": "female", "birth_date": BORN, "reach": random.choice(["any", "none"]), "phone": "13800000000"}  # fmt: skip
        send("worker", "person", told, ON, person)
    for n in range(random.randint(2, 6)):
        person, day = random.choice(ids), ON + timedelta(days=n)
        kind = random.choice(["consent", "sign_up", "end", "phone"])
        if kind == "consent":
            said = {"person": person, "said_on": day, "agreed_by": "self", "counts": random.choice(["yes", "no"])}
            send("worker", "consent", said, day, person)
        elif kind == "sign_up":
            said = {"person": person, "registered_on": day, "asked": "yes", "lmp_known": "yes", "lmp": day - timedelta(60), "care_by": "worker"}  # fmt: skip
            send("worker", "pregnancy_registration", said, day)
        elif kind == "end":
            send("worker", "service_end", {"person": person, "service": "antenatal", "on": day}, day)
        else:
            said = {"person": person, "changed_on": day, "what": "phone", "phone": f"1390000000{n}"}
            send("worker", "person_change", said, day, person)
    return sent


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_making_one_and_parting_again_leaves_no_trace_in_any_order(township: Township, seed: int) -> None:
    random = Random(seed)
    home = township.household(number=str(seed))
    ids = [str(uuid.UUID(int=random.getrandbits(128), version=4)) for _ in range(2)]
    sent = _history(township, random, home, ids)
    try:
        with transaction.atomic():
            door.accept_many(sent)
            apart = derived_but_words()
            say(township, *ids, True)
            one = derived_but_words()
            assert (one != apart, verify()) == (True, [])
            say(township, *ids, False)
            assert (derived_but_words(), verify()) == (apart, [])
            transaction.set_rollback(True)
        counters.forget()
        with transaction.atomic():  # the word first, then everything in another order, one by one
            say(township, *ids, True)
            for each in random.sample(sent, len(sent)):
                door.accept_many([each])
            assert (derived_but_words(), verify()) == (one, [])
            transaction.set_rollback(True)
    finally:
        counters.forget()
    assert HELD not in {row[2] for row in derived()["entry"]}
