"""The second step: digits are good once and for a moment, codes once, the secret lies sealed, and only an empty store does
without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from doorstep.access import actions as access
from doorstep.access import second
from doorstep.access.permissions import ROLES
from doorstep.lib import days, db
from tests.cast import PASSWORD

START = datetime(2026, 6, 15, 4, 0, 10, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [START]
    monkeypatch.setattr(days, "now", lambda: now[0])

    def go(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)

    return go


@pytest.fixture
def someone(store: None, clock: Callable[[float], None]) -> tuple[int, pyotp.TOTP, list[str]]:
    user = access.add_user("chen", "陈主任", "supervisor", PASSWORD)
    secret = second.offer(user, "chen", "Doorstep").secret
    codes = second.confirm(user, pyotp.TOTP(secret).at(days.now()))
    assert codes
    return user, pyotp.TOTP(secret), codes


def test_it_is_asked_of_everybody_at_a_desk_and_of_nobody_else(store: None) -> None:
    asked = {role for role in ROLES if second.is_asked_of(role)}
    assert asked == second.DESK_ROLES & set(ROLES)
    assert not asked & {"worker", "volunteer", "clinician", "hospital"}


def test_only_an_empty_store_becomes_a_demonstration(store: None) -> None:
    assert not second.is_demonstration()
    second.make_demonstration()
    assert second.is_demonstration() and not any(second.is_asked_of(role) for role in ROLES)


def test_a_store_where_somebody_works_never_becomes_one(store: None) -> None:
    access.add_user("chen", "陈主任", "supervisor", PASSWORD)
    with pytest.raises(ValueError, match="only a store that holds nobody"):
        second.make_demonstration()
    assert second.is_asked_of("supervisor")


def test_digits_are_good_once(someone, clock) -> None:  # type: ignore[no-untyped-def]
    user, totp, _ = someone
    assert not second.right(user, totp.at(days.now()))  # those that set it up were used by it
    clock(30)
    digits = totp.at(days.now())
    assert second.right(user, f" {digits[:3]} {digits[3:]} ")
    assert not second.right(user, digits)
    clock(30)
    wide = "".join(chr(ord(d) + 0xFEE0) for d in totp.at(days.now()))
    assert second.right(user, wide)  # a Chinese keyboard types them like this


@pytest.mark.parametrize(("off", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_clocks_may_differ_by_one_step(someone, clock, off: int, good: bool) -> None:  # type: ignore[no-untyped-def]
    user, totp, _ = someone
    clock(300)
    assert second.right(user, totp.at(days.now() + timedelta(seconds=off))) is good


def test_after_later_digits_earlier_ones_are_over(someone, clock) -> None:  # type: ignore[no-untyped-def]
    user, totp, _ = someone
    clock(300)
    early = totp.at(days.now())
    assert second.right(user, totp.at(days.now() + timedelta(seconds=30)))
    assert not second.right(user, early)


def test_a_recovery_code_is_good_once_however_it_is_written(someone) -> None:  # type: ignore[no-untyped-def]
    user, _, codes = someone
    assert len(set(codes)) == 10
    assert second.right(user, codes[3].lower().replace("-", " "))
    assert not second.right(user, codes[3])
    assert second.codes_left(user) == 9
    other = access.add_user("other", "别人", "supervisor", PASSWORD)
    assert not second.right(other, codes[4])
    renewed = second.new_recovery_codes(user)
    assert (second.right(user, codes[4]), second.right(user, renewed[0])) == (False, True)


@pytest.mark.parametrize("typed", ["", "000000", "abcdef", "-", "١٢٣٤٥٦", "²²²²²²", "0" * 30])
def test_what_is_not_right_is_not_right(someone, clock, typed: str) -> None:  # type: ignore[no-untyped-def]
    clock(300)
    assert not second.right(someone[0], typed)


def test_nothing_of_it_can_be_read_in_the_store(someone) -> None:  # type: ignore[no-untyped-def]
    _user, totp, codes = someone
    kept = repr(db.current().rows("SELECT * FROM sign_in")) + repr(db.current().rows("SELECT * FROM recovery_code"))
    assert totp.secret not in kept and not any(c in kept or c.replace("-", "") in kept for c in codes)


def test_a_secret_moved_to_another_account_does_not_open(someone) -> None:  # type: ignore[no-untyped-def]
    user, totp, _ = someone
    thief = access.add_user("thief", "别人", "supervisor", PASSWORD)
    second.offer(thief, "thief", "Doorstep")
    stolen = db.current().value("SELECT secret FROM sign_in WHERE user_id = ?", [user])
    db.current().run("UPDATE sign_in SET secret = ?, confirmed_at = ? WHERE user_id = ?", [stolen, days.now(), thief])
    with pytest.raises(second.Unopened):
        second.right(thief, totp.at(days.now()))


def test_until_it_is_confirmed_it_is_not_asked_for_and_after_a_reset_no_more(someone, clock) -> None:  # type: ignore[no-untyped-def]
    user, totp, codes = someone
    waiting = access.add_user("waiting", "等", "manager", PASSWORD)
    second.offer(waiting, "waiting", "Doorstep")
    assert second.confirm(waiting, "000000") is None
    assert (second.is_set(waiting), second.is_set(user)) == (False, True)
    second.reset(user)
    clock(60)
    assert (second.is_set(user), second.right(user, totp.at(days.now())), second.right(user, codes[0])) == (False,) * 3
