"""Guessing gets slower: per account and per address, for ever for nobody, alike for those who are not here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.access import attempts
from doorstep.access.attempts import OF_AN_ADDRESS, PACES, Pace
from doorstep.lib import days, db

Later = Callable[[float], None]


@pytest.fixture
def later(store: None, monkeypatch: pytest.MonkeyPatch) -> Later:
    """``later(60)``: a minute has passed."""
    clock = [datetime(2026, 6, 15, 4, tzinfo=UTC)]
    monkeypatch.setattr(days, "now", lambda: clock[0])

    def pass_by(seconds: float) -> None:
        clock[0] += timedelta(seconds=seconds)

    return pass_by


def fail(times: int, key: str = "worker", address: str = "", later: Later | None = None) -> list[int]:
    """Try so often and fail; with ``later`` each wait is waited for. Gives the waits."""
    waits = []
    for _ in range(times):
        waits.append(attempts.check("login", key, address))
        if waits[-1] and later:
            later(waits[-1])
            assert attempts.check("login", key, address) == 0
    return waits


def test_a_few_are_free_then_each_wait_is_twice_the_one_before(later: Later) -> None:
    assert fail(9, later=later) == [0, 0, 0, 0, 0, 5, 10, 20, 40]


def test_while_waiting_nothing_counts_and_the_wait_ends(later: Later) -> None:
    fail(5)
    assert fail(50) == [5] * 50
    later(4)
    assert fail(1) == [1]
    later(1)
    assert fail(2) == [0, 10]


def test_nobody_is_shut_out_for_ever(later: Later) -> None:
    fail(40, later=later)
    wait = attempts.check("login", "worker")
    assert wait == PACES["login"].longest == 900
    later(wait)
    assert attempts.check("login", "worker") == 0
    attempts.passed("login", "worker")
    assert fail(5) == [0] * 5


def test_who_is_not_here_waits_alike(later: Later) -> None:
    assert fail(7, "worker", "192.0.2.1") == fail(7, "nobody at all", "192.0.2.2")


def test_each_kind_and_each_key_by_itself_and_case_is_no_way_round(later: Later) -> None:
    fail(5)
    assert attempts.check("login", " WORKER ") == 5
    assert attempts.check("second", "worker") == attempts.check("login", "other") == 0


def test_many_names_from_one_address_make_it_wait(later: Later) -> None:
    address = "2001:db8:1:2::1"
    assert [attempts.check("login", f"name {n}", address) for n in range(31)] == [0] * 30 + [5]
    assert attempts.check("login", "another", "2001:db8:1:2:ffff::9") == 5  # the same network
    assert attempts.check("login", "another", "2001:db8:1:3::1") == 0


def test_who_logs_in_is_not_counted_against_the_address_and_blames_nobody(later: Later) -> None:
    for n in range(100):
        assert attempts.check("login", f"name {n}", "192.0.2.1") == 0
        attempts.passed("login", f"name {n}", "192.0.2.1")
    fail(1, "thief", "192.0.2.1")
    assert attempts.check("login", "thief", "192.0.2.1") == 0
    attempts.passed("login", "own account of the thief", "192.0.2.1")
    of_address = "SELECT failures FROM attempt WHERE kind = 'address'"
    assert db.current().value(of_address) == 1


def test_no_name_and_no_address_is_kept_and_a_day_later_nothing(later: Later) -> None:
    attempts.check("login", "王秀英", "192.0.2.77")
    kept = repr(db.current().rows("SELECT * FROM attempt")) + repr(db.current().rows("SELECT * FROM attempt_salt"))
    assert "王秀英" not in kept and "192.0.2" not in kept
    salts = db.current().rows("SELECT salt FROM attempt_salt")
    later(86_401)
    attempts.check("login", "somebody", "192.0.2.77")
    assert db.current().rows("SELECT COUNT(*) FROM attempt") == [(2,)]
    assert len(found := db.current().rows("SELECT salt FROM attempt_salt")) == 1 and found != salts


def test_tries_sent_together_are_counted_together(store: None) -> None:
    """Each is counted before it is known whether it was right."""
    tries = attempts._tries("login", "worker", "192.0.2.1")
    assert attempts._count(db.current(), [tries] * 20) == [0] * 5 + [5] * 15


@given(st.sampled_from([*PACES.values(), OF_AN_ADDRESS]), st.integers(0, 10_000))
def test_waits_only_grow_up_to_the_longest(pace: Pace, failures: int) -> None:
    assert 0 <= pace.wait(failures) <= pace.wait(failures + 1) <= pace.longest
    assert (pace.wait(failures) == 0) == (failures < pace.free)
