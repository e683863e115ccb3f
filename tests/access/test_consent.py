"""One consent per purpose: who may give it, what takes it back, when a guardian's yes ends (charter C12, C13)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest

from doorstep.access.consent import (
    CONTACT,
    GUARDIAN,
    MOVING,
    PURPOSES,
    SELF,
    Consent,
    Word,
    may_say_yes,
    standing,
    states,
)
from doorstep.access.family import CONFIDENTIAL, OfAPerson, may_see

LAW = date(2021, 11, 1)
DAY = date(2026, 3, 4)
GROWN = date(1996, 4, 2)


def law(on: date) -> int | None:
    return 14 if on >= LAW else None


@pytest.mark.parametrize(
    ("born", "on", "self_counts", "guardian_counts"),
    [
        (date(2012, 2, 10), date(2026, 2, 9), False, True),
        (date(2012, 2, 10), date(2026, 2, 10), True, False),
        (date(2012, 2, 29), date(2026, 2, 28), False, True),
        (date(2012, 2, 29), date(2026, 3, 1), True, False),
        (date(2008, 2, 29), date(2022, 2, 28), False, True),
        (date(2014, 2, 28), date(2028, 2, 28), True, False),
        (GROWN, DAY, True, False),
        (DAY, DAY, False, True),
        (None, DAY, True, True),
        (date(2012, 2, 10), date(2021, 10, 31), True, True),
    ],
)
def test_who_may_say_yes(born: date | None, on: date, self_counts: bool, guardian_counts: bool) -> None:
    assert may_say_yes(SELF, born, on, law(on)) is self_counts
    assert may_say_yes(GUARDIAN, born, on, law(on)) is guardian_counts


def test_purposes_stand_each_by_itself() -> None:
    found = standing([Word(DAY, CONTACT, False, SELF), Word(DAY, MOVING, True, SELF)], GROWN, law)
    assert states(found, DAY) == {
        "listed": "ask", "home_visits": "ask", "contact": "no", "moving": "yes", "counts": "ask",
    }  # fmt: skip


def test_a_no_wins_on_the_same_day_and_arrival_decides_nothing() -> None:
    words = [
        Word(DAY, CONTACT, True, SELF),
        Word(DAY, CONTACT, False, SELF),
        Word(DAY - timedelta(days=9), CONTACT, True, SELF),
    ]
    expected = {CONTACT: Consent(CONTACT, False, SELF, DAY)}
    assert [standing(order, GROWN, law) for order in permutations(words)] == [expected] * 6
    again = [*words, Word(DAY + timedelta(days=1), CONTACT, True, SELF)]
    assert standing(again, GROWN, law)[CONTACT] == Consent(CONTACT, True, SELF, DAY + timedelta(days=1))


def test_saying_it_again_keeps_the_first_day() -> None:
    words = [Word(DAY + timedelta(days=n), CONTACT, False, SELF) for n in (0, 5)]
    assert standing(words, GROWN, law)[CONTACT].since == DAY


def test_a_no_counts_from_anybody_and_a_childs_own_yes_does_not() -> None:
    born = date(2015, 1, 1)
    assert standing([Word(DAY, CONTACT, True, SELF)], born, law) == {}
    assert standing([Word(DAY, CONTACT, False, SELF)], born, law)[CONTACT].yes is False
    assert standing([Word(DAY, CONTACT, False, GUARDIAN)], GROWN, law)[CONTACT].yes is False
    assert standing([Word(DAY, CONTACT, True, GUARDIAN)], GROWN, law) == {}


@pytest.mark.parametrize(
    ("born", "until"), [(date(2012, 8, 31), date(2026, 8, 31)), (date(2012, 2, 29), date(2026, 3, 1))]
)
def test_a_guardians_yes_ends_with_the_birthday_and_a_no_stays(born: date, until: date) -> None:
    on = date(2024, 5, 1)
    found = standing([Word(on, CONTACT, True, GUARDIAN), Word(on, MOVING, False, GUARDIAN)], born, law)
    assert found[CONTACT].until == until
    assert [states(found, d)[CONTACT] for d in (until - timedelta(days=1), until)] == ["yes", "ask"]
    assert states(found, until + timedelta(days=999))[MOVING] == "no"


def test_where_birth_is_unknown_a_guardians_yes_has_no_end() -> None:
    assert standing([Word(DAY, CONTACT, True, GUARDIAN)], None, law)[CONTACT].until is None


def test_registering_is_a_weak_yes_that_any_answer_replaces() -> None:
    weak = Word(DAY + timedelta(days=3), CONTACT, True, SELF, weak=True)
    assert standing([weak], GROWN, law)[CONTACT].yes is True
    assert standing([weak, Word(DAY, CONTACT, False, SELF)], GROWN, law)[CONTACT].yes is False


def test_what_is_no_purpose_is_nothing() -> None:
    assert standing([Word(DAY, "advertising", True, SELF)], GROWN, law) == {}
    assert len(set(PURPOSES)) == 5


CHILD = date(2016, 6, 1)
HEALTH = frozenset({"sensitive.health"})


@pytest.mark.parametrize(
    ("viewer", "born", "day", "age", "tags", "allowed"),
    [
        ("her", GROWN, DAY, 14, frozenset({"choice"}), True),  # one's own, whatever it is
        ("head", GROWN, DAY, 14, HEALTH, False),
        ("mother", CHILD, DAY, 14, HEALTH, True),
        ("head", CHILD, DAY, 14, HEALTH, False),  # the head of the family is not the guardian
        ("mother", date(2012, 3, 5), DAY, 14, HEALTH, True),
        ("mother", date(2012, 3, 4), DAY, 14, HEALTH, False),
        ("mother", date(2012, 2, 29), date(2026, 2, 28), 14, HEALTH, True),
        ("mother", date(2012, 2, 29), date(2026, 3, 1), 14, HEALTH, False),
        ("mother", None, DAY, 14, HEALTH, False),
        ("mother", CHILD, DAY, None, HEALTH, False),
        ("mother", CHILD, DAY, 14, frozenset(), False),  # nobody said what it tells
    ],
)
def test_who_of_a_family_sees_what(
    viewer: str, born: date | None, day: date, age: int | None, tags: frozenset[str], allowed: bool
) -> None:
    thing = OfAPerson("her", tags, born, frozenset({"mother"}))
    assert bool(may_see(viewer, thing, day, age)) is allowed


@pytest.mark.parametrize("tag", sorted(CONFIDENTIAL))
def test_what_a_child_told_in_confidence_no_guardian_sees(tag: str) -> None:
    thing = OfAPerson("her", HEALTH | {tag}, CHILD, frozenset({"mother"}))
    assert not may_see("mother", thing, DAY, 14)
    assert may_see("her", thing, DAY, 14)


def test_a_refusal_does_not_tell_what_there_is() -> None:
    things = (
        OfAPerson("her", tags, CHILD, frozenset({"mother"})) for tags in (frozenset({"choice"}), frozenset[str]())
    )
    assert len({may_see("mother", thing, DAY, 14).reason for thing in things}) == 1
