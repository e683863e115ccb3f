"""Consent at work: every service in every state of it, taken back anywhere, obeyed everywhere (charter C12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from doorstep.access import queries as access
from doorstep.access.consent import PURPOSES
from doorstep.engine.packs import load
from doorstep.indicators import periods
from doorstep.indicators.values import find_report
from doorstep.indicators.values import table as table_of
from doorstep.intake.follow import follow
from doorstep.intake.persons import lives
from doorstep.intake.rebuild import verify
from doorstep.lib import db, sealed
from doorstep.register.queries import find_ids, people_counts
from doorstep.visits.queries import worklist
from tests.cast import PACKS, Township, new_id

ON = date(2026, 3, 4)


def rows(sql: str, *params: object) -> list[tuple[Any, ...]]:
    return db.current().rows(sql, params)


def ask(
    township: Township, person: str, said: Mapping[str, str], *, on: date = ON, who: str = "worker", by: str = "self"
) -> int:
    """Read the sentences; the answers by purpose."""
    more = {"listed_said": said["listed"]} if "listed" in said else {}
    answers = {"person": person, "said_on": on, "agreed_by": by, **said, **more}
    return township.write(who, "consent", answers, on=on, entity=person).seq


def in_every_service(township: Township) -> str:
    person = township.person()
    township.pregnancy(person, date(2026, 1, 5))
    township.write(
        "worker", "htn_registration", {"person": person, "registered_on": ON, "asked": "yes", "care_by": "both"}, on=ON
    )
    return person


def consents(person: str) -> dict[str, tuple[Any, ...]]:
    sql = "SELECT purpose, given, said_by, since, until_on FROM consent WHERE person_id = ?"
    return {row[0]: (bool(row[1]), *row[2:]) for row in rows(sql, person)}


def test_registering_with_a_phone_is_a_yes_to_that_alone(township: Township) -> None:
    person = township.person(on=ON)
    assert consents(person) == {"listed": (True, "self", ON, None), "contact": (True, "self", ON, None)}


def test_every_service_stays_the_same_in_every_state_of_consent(township: Township) -> None:
    """All 243 states × every planned visit of every programme: the very same rows."""
    person = in_every_service(township)
    due = "SELECT pack_id, contact, k, service, form_id, from_on, due_on, until_on, met_by FROM due_visit WHERE person_id = ? ORDER BY pack_id, contact, k"
    before = rows(due, person)
    assert {row[0] for row in before} == {"maternal", "hypertension"}
    actor = access.actor(township.users["worker"])
    listed = [line.id for line in worklist(actor, date(2026, 5, 1)).lines]
    assert listed
    life, world = lives(db.current(), [person])
    plain = follow(life[person], world)
    tried = 0
    for state in product(("", "yes", "no"), repeat=len(PURPOSES)):
        said = {p: answer for p, answer in zip(PURPOSES, state, strict=True) if answer}
        with_said = _told(township, person, said)
        assert with_said.visits == plain.visits, said
        assert (with_said.care, with_said.episodes, with_said.ends) == (plain.care, plain.episodes, plain.ends), said
        tried += 1
    assert tried == 243
    ask(township, person, dict.fromkeys(PURPOSES, "no"))
    assert rows(due, person) == before
    assert [line.id for line in worklist(actor, date(2026, 5, 1)).lines] == listed


def _told(township: Township, person: str, said: Mapping[str, str]) -> Any:
    from doorstep.lib.db import transaction

    class _Back(Exception):
        pass

    try:
        with transaction():
            if said:
                ask(township, person, said)
            life, world = lives(db.current(), [person])
            found = follow(life[person], world)
            asked = {p: "yes" if c.yes else "no" for p, c in life[person].consents.items() if p in said}
            assert asked == dict(said)
            raise _Back
    except _Back:
        return found


def test_a_phone_she_does_not_want_used_is_shown_nowhere(township: Township) -> None:
    person = township.person(phone="13800001234")
    east = [township.places["east"]]
    assert find_ids("1234", east) == [person]
    ask(township, person, {"contact": "no"})
    assert rows("SELECT phone, reach FROM person WHERE id = ?", person) == [("", "any")]
    assert find_ids("1234", east) == []
    ask(township, person, {"contact": "yes"}, on=ON + timedelta(days=1))
    assert rows("SELECT phone FROM person WHERE id = ?", person) == [(sealed.token("13800001234"),)]
    assert verify() == []


@pytest.mark.parametrize(
    ("said", "reach"),
    [
        ({"home_visits": "no"}, "by_phone"),
        ({"home_visits": "no", "contact": "no"}, "clinic_only"),
        ({"home_visits": "yes", "contact": "no"}, "any"),
    ],
)
def test_a_no_to_visits_at_home_stands_wherever_she_is_shown(
    township: Township, said: Mapping[str, str], reach: str
) -> None:
    person = township.person()
    ask(township, person, said)
    assert rows("SELECT reach FROM person WHERE id = ?", person) == [(reach,)]


def test_a_no_to_the_list_leaves_the_house_number(township: Township) -> None:
    person = township.person()
    ask(township, person, {"listed": "no"})
    assert rows("SELECT listed FROM person WHERE id = ?", person) == [(False,)]
    assert find_ids("王秀英", [township.places["east"]]) == []
    ask(township, person, {"contact": "no"}, on=ON + timedelta(days=1))  # not read that day: stays as it was
    assert rows("SELECT listed FROM person WHERE id = ?", person) == [(False,)]


def test_who_does_not_want_to_be_counted_is_in_no_figure(township: Township) -> None:
    person, other = in_every_service(township), in_every_service(township)
    found = find_report("maternal_quarter", township.places["township"])
    assert found is not None and other
    programme, report = found
    quarter = periods.containing(date(2026, 3, 4), "quarter")

    def people() -> int:
        from doorstep.indicators.values import _people

        return len(_people(programme, frozenset(township.places.values()), None))

    assert (people(), people_counts([township.places["east"]])) == (2, {township.places["east"]: 2})
    ask(township, person, {"counts": "no"})
    assert (people(), people_counts([township.places["east"]])) == (1, {township.places["east"]: 1})
    assert table_of(programme, report, [quarter], [township.places["township"]]).values


def test_taking_back_works_at_any_clinic_and_giving_does_not(township: Township) -> None:
    person = township.person()
    taken = ask(township, person, {"contact": "no", "moving": "no"}, who="neighbour")
    given = ask(township, person, {"counts": "yes"}, who="neighbour", on=ON + timedelta(days=1))
    mixed = ask(township, person, {"counts": "yes", "moving": "no"}, who="clinician", on=ON + timedelta(days=2))
    by_clinic = ask(township, person, {"counts": "no"}, who="clinician", on=ON + timedelta(days=3))
    by_desk = ask(township, person, {"home_visits": "no"}, who="installer", on=ON + timedelta(days=3))
    states = dict(rows("SELECT seq, state FROM entry WHERE form_id = 'consent'"))
    assert states == {taken: 0, given: 2, mixed: 2, by_clinic: 0, by_desk: 2}
    assert {p: c[0] for p, c in consents(person).items()} == {
        "listed": True, "contact": False, "moving": False, "counts": False,
    }  # fmt: skip
    assert verify() == []


def test_a_clinic_she_named_may_ask_her(township: Township) -> None:
    person = in_every_service(township)
    ask(township, person, {"moving": "yes"}, who="clinician")
    assert consents(person)["moving"] == (True, "self", ON, None)
    assert verify() == []


def test_a_correction_takes_the_place_of_what_it_corrects(township: Township) -> None:
    person = township.person()
    answers = {"person": person, "said_on": ON, "agreed_by": "self", "contact": "no"}
    township.write("worker", "consent", answers, on=ON, entity=person, instance="uuid:first")
    township.write("worker", "consent", answers | {"contact": "yes"}, on=ON, entity=person, corrects="uuid:first")
    assert consents(person)["contact"] == (True, "self", ON, None)


def test_a_guardian_says_yes_for_a_child_until_the_birthday(township: Township) -> None:
    child = township.person("小明", born=date(2012, 8, 31), phone="")
    ask(township, child, {"contact": "yes", "counts": "yes"})
    assert "counts" not in consents(child)  # a child's own yes does not count
    ask(township, child, {"counts": "yes"}, by="guardian", on=ON + timedelta(days=1))
    assert consents(child)["counts"] == (True, "guardian", ON + timedelta(days=1), date(2026, 8, 31))
    assert verify() == []


def test_nobody_taken_over_from_a_list_is_taken_to_have_said_yes(township: Township) -> None:
    home, person = township.household(), new_id()
    answers = {
        "household": home, "registered_on": ON, "agreed_by": "not_asked", "name": "李梅", "sex": "female",
        "birth_date": "1990-01-01", "reach": "only_me", "phone": "13800001234",
    }  # fmt: skip
    township.write("worker", "person", answers, on=ON, entity=person, label="李梅")
    assert consents(person) == {}
    life, _ = lives(db.current(), [person])
    assert life[person].unasked
    ask(township, person, {"contact": "yes"})
    assert consents(person) == {"contact": (True, "self", ON, None)}


def test_no_rule_of_any_pack_can_rest_on_what_was_consented() -> None:
    """Rules name the forms of their own pack alone, and the register, whose form it is, plans and counts nothing."""
    holding = {file.parent.parent.name for file in PACKS.glob("*/forms/consent.md")}
    assert holding == {"register"}
    pack = load(PACKS / "register")
    assert [pack.schedules, pack.indicators, pack.facts, pack.episodes, pack.services] == [{}, {}, {}, {}, {}]
