"""Sessions: known by a hash, with an end that comes by itself, and ended at once when they have to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from doorstep.access import actions as access
from doorstep.access import sessions
from doorstep.access.sessions import SessionStore
from doorstep.lib import days, db
from tests.cast import PASSWORD


@pytest.fixture
def clock(store: None, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [datetime.now(UTC)]
    monkeypatch.setattr(days, "now", lambda: now[0])
    return now


def begun(user_id: int, clock: list[datetime], label: str = "Chrome · Android") -> str:
    session = SessionStore()
    session.update({"_auth_user_id": str(user_id), sessions.BEGAN: clock[0].isoformat(), sessions.LABEL: label})
    session.create()
    assert session.session_key
    return session.session_key


def holds(key: str) -> bool:
    return "_auth_user_id" in SessionStore(key).load()


def test_the_store_cannot_be_used_to_go_on_in_somebodys_name(clock: list[datetime]) -> None:
    key = begun(7, clock)
    stored = [k for (k,) in db.current().rows("SELECT session_key FROM log_in")]
    assert stored == [sessions.hashed(key)] and key not in repr(db.current().rows("SELECT * FROM log_in"))
    assert (holds(key), holds(stored[0])) == (True, False)


def test_left_alone_it_ends(clock: list[datetime]) -> None:
    key = begun(7, clock)
    clock[0] += timedelta(minutes=settings.SESSION_IDLE_MINUTES - 1)
    assert holds(key)  # and was seen by that
    clock[0] += timedelta(minutes=settings.SESSION_IDLE_MINUTES - 1)
    assert holds(key)
    clock[0] += timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    assert not holds(key) and sessions.of(7) == []


def test_used_all_day_it_ends_too(clock: list[datetime]) -> None:
    key, began = begun(7, clock), clock[0]
    while clock[0] < began + sessions.longest() - timedelta(minutes=31):
        clock[0] += timedelta(minutes=30)
        session = SessionStore(key)
        assert "_auth_user_id" in session.load()
        session["something"] = clock[0].isoformat()
        session.save()  # what is written to it does not make it longer
    clock[0] = began + sessions.longest()
    assert not holds(key)


def test_ended_ones_end_at_once_and_only_those(clock: list[datetime]) -> None:
    mine, other, theirs = begun(7, clock), begun(7, clock, "Edge · Windows"), begun(8, clock)
    assert sorted((one.label, one.mine) for one in sessions.of(7, mine)) == [
        ("Chrome · Android", True),
        ("Edge · Windows", False),
    ]
    found = next(one for one in sessions.of(7, mine) if not one.mine)
    assert not sessions.end(8, found.id)  # not theirs to end
    assert not sessions.end(7, "")
    assert sessions.end(7, found.id)
    assert [holds(key) for key in (mine, other, theirs)] == [True, False, True]
    begun(7, clock)
    assert sessions.end_all(7, mine) == 1
    assert [holds(key) for key in (mine, theirs)] == [True, True]
    sessions.end_all(7)
    assert [holds(key) for key in (mine, theirs)] == [False, True]


@pytest.mark.parametrize("what", ["role", "password", "closed"])
def test_another_role_another_password_a_closed_log_in_end_all(clock: list[datetime], what: str) -> None:
    user = access.add_user("chen", "陈主任", "supervisor", PASSWORD)
    key, theirs = begun(user, clock), begun(user + 1, clock)
    if what == "role":
        access.set_role(user, "manager")
    elif what == "password":
        access.set_password(user, "another one entirely")
    else:
        access.set_active(user, False)
    assert (holds(key), holds(theirs)) == (False, True)


def test_what_is_over_is_deleted(clock: list[datetime]) -> None:
    begun(7, clock)
    clock[0] += timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    begun(8, clock)
    sessions.tidy()
    assert db.current().rows("SELECT user_id FROM log_in") == [(8,)]
