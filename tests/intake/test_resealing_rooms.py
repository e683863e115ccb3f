"""Numbers of those who work here, second steps and complaints: under the keys of the store, turned with them."""

from __future__ import annotations

import base64
import secrets

import pyotp
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from doorstep.access import actions as access
from doorstep.access import queries, second
from doorstep.feedback import actions as feedback
from doorstep.feedback import queries as complaints
from doorstep.feedback import sealed as words
from doorstep.intake import resealing
from doorstep.lib import days, db, keyring, sealed
from tests.cast import PASSWORD
from tests.intake.test_resealing import PHONE, own_keys  # noqa: F401 - a fixture

SAID = "她说不来就不给钱"


def as_before(purpose: bytes, content: str, bound: str) -> bytes:
    """Sealed by the key of sessions, as versions before kept it."""
    key = HKDF(hashes.SHA256(), 32, b"", b"doorstep " + purpose).derive(settings.SECRET_KEY.encode())
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, content.encode(), bound.encode())


def stored() -> bytes:
    rows = [
        row for table in ("account", "sign_in", "complaint_word") for row in db.current().rows(f"SELECT * FROM {table}")
    ]
    return b" ".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for row in rows for v in row)


def right(user: int, totp: pyotp.TOTP) -> bool:
    db.current().run("UPDATE sign_in SET last_step = 0")
    return second.right(user, totp.at(days.now()))


@pytest.fixture
def who(store: None, own_keys: None) -> tuple[int, pyotp.TOTP, str]:  # noqa: F811
    user = access.add_user("chen", "陈主任", "supervisor", PASSWORD, phone=PHONE)
    totp = pyotp.TOTP(second.offer(user, "chen", "Doorstep").secret)
    assert second.confirm(user, totp.at(days.now()))
    second.offer(user, "chen", "Doorstep")
    return user, totp, feedback.take_in("conduct", SAID, "web")


def whole(who: tuple[int, pyotp.TOTP, str]) -> bool:
    user, totp, code = who
    found = complaints.by_code(code)
    offered = second.offered(user, "chen", "Doorstep")
    return (
        sealed.opened(queries.staff().by_id[user].phone) == PHONE
        and right(user, totp)
        and offered is not None
        and len(offered.secret) == 32
        and found is not None
        and [one.text for one in found[1]] == [SAID]
    )


def test_turned_keys_leave_nothing_under_the_old(who: tuple[int, pyotp.TOTP, str]) -> None:
    old = keyring.ring().data.current
    resealing.seal_all()
    assert (whole(who), PHONE.encode() in stored()) == (True, False)
    assert sealed.key_of(str(db.current().value("SELECT phone FROM account"))) == old
    resealing.rotate()
    new = keyring.ring().data.current
    assert (whole(who), list(keyring.ring().data.by_name), old.encode() in stored()) == (True, [new], False)
    kept = [base64.b64decode(v) for v in db.current().row("SELECT secret, offered FROM sign_in") or ()]
    assert {sealed.key_of(one) for one in kept} == {new}


def test_what_the_key_of_sessions_sealed_comes_up(
    who: tuple[int, pyotp.TOTP, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, totp, code = who
    connection, complaint = db.current(), complaints.id_of(code)
    connection.run("UPDATE account SET phone = ?", [PHONE])
    offered = second.offered(user, "chen", "Doorstep")
    assert offered is not None
    for column, secret in (("secret", totp.secret), ("offered", offered.secret)):
        older = base64.b64encode(as_before(b"second step", secret, f"account {user}")).decode()
        connection.run(f"UPDATE sign_in SET {column} = ?", [older])
    connection.run("UPDATE complaint_word SET sealed = ?", [as_before(b"complaints", SAID, f"complaint {complaint}")])
    connection.run("UPDATE counter SET value = 1 WHERE name = 'sealed'")
    assert (resealing.is_whole(), whole(who), PHONE.encode() in stored()) == (False, True, True)
    assert (resealing.seal_all(), resealing.is_whole()) == (4, True)
    monkeypatch.setattr(settings, "SECRET_KEY", "another")
    assert (whole(who), PHONE.encode() in stored(), resealing.seal_all()) == (True, False, 0)


def test_words_of_one_complaint_do_not_open_as_anothers(who: tuple[int, pyotp.TOTP, str]) -> None:
    kept = bytes(db.current().value("SELECT sealed FROM complaint_word"))
    number = complaints.id_of(who[2])
    assert number is not None and words.opened(kept, number) == SAID
    with pytest.raises(ValueError, match=str(number + 1)):
        words.opened(kept, number + 1)


def test_a_second_step_that_does_not_open_stops_no_turning(who: tuple[int, pyotp.TOTP, str]) -> None:
    """Its owner is helped as one who lost it; the others keep theirs."""
    lost = access.add_user("lost", "丢了", "manager", PASSWORD)
    second.offer(lost, "lost", "Doorstep")
    db.current().run("UPDATE sign_in SET offered = ? WHERE user_id = ?", [base64.b64encode(b"x" * 80).decode(), lost])
    resealing.rotate()
    assert whole(who)
    with pytest.raises(second.Unopened):
        second.offered(lost, "lost", "Doorstep")
