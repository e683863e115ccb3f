"""Checked by one, handed in by another, and never changed after."""

from __future__ import annotations

from typing import Any

import pytest

from doorstep.access import actions as access
from doorstep.access import queries
from doorstep.access.permissions import Actor
from doorstep.indicators import handed_in
from doorstep.indicators.handed_in import Key
from doorstep.lib import db
from doorstep.lib.problems import Problems
from tests.cast import PASSWORD, STARTED, Township, forge

CONTENT: dict[str, Any] = {"title": {"zh": "季报", "en": "Quarter"}, "cells": ["86.2", None], "as_of": {"seq": 7}}


@pytest.fixture
def key(township: Township) -> Key:
    return Key("maternal_quarter", township.places["township"], "2026-Q2")


@pytest.fixture
def second(township: Township) -> Actor:
    """Another manager of the same township."""
    user = access.add_user("deputy", "deputy", "manager", PASSWORD)
    access.serve(user, township.places["township"], STARTED)
    return queries.actor(user)


def manager(township: Township) -> Actor:
    return queries.actor(township.users["manager"])


def refusal(problems: pytest.ExceptionInfo[Problems]) -> list[str]:
    return [p.code for p in problems.value.problems]


def test_two_people_make_a_copy(township: Township, key: Key, second: Actor) -> None:
    checked = handed_in.check(manager(township), key, CONTENT)
    copy = handed_in.hand_in(second, checked.seq)
    assert (copy.step, copy.number, copy.checked, copy.sha256) == ("handed_in", 1, checked.seq, checked.sha256)
    assert handed_in.content_of(copy.seq) == CONTENT
    assert [c.by_name for c in handed_in.copies([key.report_id], key.place_id)] == ["manager", "deputy"]
    assert copy.seq == checked.seq + 1  # in one sequence with the entries
    assert handed_in.altered() == []


def test_whoever_checked_it_does_not_hand_it_in(township: Township, key: Key, second: Actor) -> None:
    checked = handed_in.check(manager(township), key, CONTENT)
    with pytest.raises(Problems) as problems:
        handed_in.hand_in(manager(township), checked.seq)
    assert refusal(problems) == ["indicators.same_person"]


def test_who_is_the_only_manager_may_do_both(township: Township, key: Key) -> None:
    checked = handed_in.check(manager(township), key, CONTENT)
    assert handed_in.hand_in(manager(township), checked.seq).number == 1


def test_a_copy_is_handed_in_once(township: Township, key: Key, second: Actor) -> None:
    checked = handed_in.check(manager(township), key, CONTENT)
    handed_in.hand_in(second, checked.seq)
    with pytest.raises(Problems) as problems:
        handed_in.hand_in(second, checked.seq)
    assert refusal(problems) == ["indicators.handed_in_already"]
    assert "copy 1" in problems.value.problems[0].text("en") and "第1份" in problems.value.problems[0].text("zh")


def test_a_corrected_report_is_a_copy_beside_the_first(township: Township, key: Key, second: Actor) -> None:
    first = handed_in.hand_in(second, handed_in.check(manager(township), key, CONTENT).seq)
    with pytest.raises(Problems) as problems:  # nothing but the moment it was made differs
        handed_in.check(manager(township), key, {**CONTENT, "as_of": {"seq": 9}})
    assert refusal(problems) == ["indicators.nothing_to_correct"]
    corrected = {**CONTENT, "cells": ["86.3", None]}
    again = handed_in.hand_in(second, handed_in.check(manager(township), key, corrected).seq)
    assert again.number == 2
    assert handed_in.content_of(first.seq) == CONTENT
    assert handed_in.content_of(again.seq) == corrected


def test_the_later_check_is_the_one_to_hand_in(township: Township, key: Key, second: Actor) -> None:
    early = handed_in.check(manager(township), key, CONTENT)
    handed_in.check(second, key, {**CONTENT, "cells": ["1", None]})
    with pytest.raises(Problems) as problems:
        handed_in.hand_in(second, early.seq)
    assert refusal(problems) == ["indicators.checked_again"]


@pytest.mark.parametrize("who", ["supervisor", "worker", "clinician", "installer"])
def test_nobody_else_may(township: Township, key: Key, who: str) -> None:
    with pytest.raises(PermissionError):
        handed_in.check(queries.actor(township.users[who]), key, CONTENT)
    checked = handed_in.check(manager(township), key, CONTENT)
    with pytest.raises(PermissionError):
        handed_in.hand_in(queries.actor(township.users[who]), checked.seq)


def test_a_manager_of_another_place_may_not(township: Township, key: Key) -> None:
    with pytest.raises(PermissionError):
        handed_in.check(manager(township), Key(key.report_id, township.places["county"], key.period), CONTENT)


def test_an_altered_copy_is_found(township: Township, key: Key, second: Actor) -> None:
    checked = handed_in.check(manager(township), key, CONTENT)
    copy = handed_in.hand_in(second, checked.seq)
    forged = handed_in.canonical({**CONTENT, "cells": ["99.9", None]})
    with pytest.raises(Exception, match="only ever added"), db.transaction():
        db.current().run("UPDATE report_copy SET content = ? WHERE seq = ?", [forged, copy.seq])
    with pytest.raises(Exception, match="only ever added"), db.transaction():
        db.current().run("DELETE FROM report_copy WHERE seq = ?", [copy.seq])
    forge("report_copy", "UPDATE report_copy SET content = ? WHERE seq = ?", [forged, copy.seq])
    assert [c.seq for c in handed_in.altered()] == [copy.seq]
    with pytest.raises(Problems) as problems:
        handed_in.content_of(copy.seq)
    assert refusal(problems) == ["indicators.copy_altered"]
    # with a hash made to fit it differs from what was checked
    db.current().run("UPDATE report_copy SET sha256 = ? WHERE seq = ?", [handed_in.sha256_of(forged), copy.seq])
    assert [c.seq for c in handed_in.altered()] == [copy.seq]
