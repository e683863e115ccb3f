"""The second step of logging in: six digits from an app on one's own phone (TOTP, RFC 6238), or a recovery code.

Asked of everybody who works at a desk. A digit group is good once; the one before and the one after the clock's count too.
The secret lies sealed in the store, recovery codes as keyed hashes. Only a store that was made as a demonstration, and
held nobody when it was, does without: no setting and no page can say so later.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from doorstep.lib import days, db, keyring, sealed
from doorstep.places.counters import Snapshot, settings_changed

# who works at a desk, over the records or the log-ins of many; whoever goes from door to door has a password and a cheap phone
DESK_ROLES = frozenset({"supervisor", "manager", "installer", "reviewer", "auditor", "benefits_clerk", "clerk"})
STEP_SECONDS = 30
DIGITS = 6
CLOCKS_DIFFER = 1  # steps a phone's clock may be before or behind
RECOVERY_CODES = 10
_NONCE = 12
_MADE_UP = "demonstration"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


# ---------------------------------------------------------------- of whom it is asked


def _load() -> bool:
    return bool(db.current().value("SELECT value FROM counter WHERE name = ?", [_MADE_UP]))


_demonstration = Snapshot(_load)


def is_demonstration() -> bool:
    """Whether this store was made for made-up people: its pages say so for ever, and nobody is asked for a second step."""
    return _demonstration.get()


def make_demonstration() -> None:
    """Make an empty store one for made-up people. Raises ValueError when somebody works here or anybody is written down."""
    connection = db.current()
    if any(connection.value(f"SELECT 1 FROM {table} LIMIT 1") for table in ("account", "person", "entry")):
        raise ValueError("only a store that holds nobody becomes a demonstration")
    connection.run("INSERT INTO counter (name, value) VALUES (?, 1)", [_MADE_UP])
    settings_changed(connection)


def is_asked_of(role: str) -> bool:
    """Whether somebody of this role has to have a second step."""
    return role in DESK_ROLES and not is_demonstration()


# ---------------------------------------------------------------- setting it up


@dataclass(frozen=True, slots=True)
class Offered:
    """A secret nobody uses yet, shown to its owner: as text to type, and as the address a code is drawn from."""

    secret: str
    uri: str


def is_set(user_id: int) -> bool:
    return bool(db.current().value("SELECT 1 FROM sign_in WHERE user_id = ? AND confirmed_at IS NOT NULL", [user_id]))


def set_by(user_ids: Iterable[int]) -> frozenset[int]:
    """Those of these members who are asked for one."""
    sql = "SELECT user_id FROM sign_in WHERE confirmed_at IS NOT NULL AND user_id IN (?*)"
    return frozenset(int(row[0]) for row in db.current().rows_in(sql, user_ids))


def offer(user_id: int, username: str, title: str) -> Offered:
    """A new secret that waits until its owner types what the app shows; one offered before is forgotten."""
    secret = pyotp.random_base32()
    _row(user_id)
    db.current().run("UPDATE sign_in SET offered = ? WHERE user_id = ?", [_sealed(user_id, secret), user_id])
    return _offered(secret, username, title)


def offered(user_id: int, username: str, title: str) -> Offered | None:
    """What was offered last and waits still."""
    kept = db.current().value("SELECT offered FROM sign_in WHERE user_id = ?", [user_id])
    return _offered(_opened(user_id, kept), username, title) if kept else None


def _offered(secret: str, username: str, title: str) -> Offered:
    return Offered(secret, pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=title))


def confirm(user_id: int, digits: str) -> list[str] | None:
    """Begin to ask for the offered secret, if these are its digits. Gives the recovery codes, which are shown this once."""
    connection = db.current()
    kept = connection.value("SELECT offered FROM sign_in WHERE user_id = ?", [user_id])
    step = _step_of(_opened(user_id, kept), _plain(digits)) if kept else None
    if step is None:
        return None
    connection.run(
        "UPDATE sign_in SET secret = offered, offered = '', confirmed_at = ?, last_step = ? WHERE user_id = ?",
        [days.now(), step, user_id],
    )
    return new_recovery_codes(user_id)


def new_recovery_codes(user_id: int) -> list[str]:
    """New ones; those given out before open nothing any more."""
    connection = db.current()
    codes = ["-".join(_chosen(4) for _ in range(6)) for _ in range(RECOVERY_CODES)]
    connection.run("DELETE FROM recovery_code WHERE user_id = ?", [user_id])
    connection.many(
        "INSERT INTO recovery_code (user_id, code_hash) VALUES (?, ?)",
        [(user_id, _code_hash(user_id, c)) for c in codes],
    )
    return codes


def _chosen(letters: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))


def codes_left(user_id: int) -> int:
    return int(db.current().value("SELECT COUNT(*) FROM recovery_code WHERE user_id = ?", [user_id]))


def reset(user_id: int) -> None:
    """Forget somebody's second step: at the next log-in a new one is set up."""
    connection = db.current()
    connection.run(
        "UPDATE sign_in SET secret = '', offered = '', confirmed_at = NULL, last_step = 0 WHERE user_id = ?", [user_id]
    )
    connection.run("DELETE FROM recovery_code WHERE user_id = ?", [user_id])


# ---------------------------------------------------------------- asking


def right(user_id: int, typed: str) -> bool:
    """Whether these are the digits of now, or a recovery code; either is good once."""
    word = _plain(typed)
    return _used_digits(user_id, word) if word.isdigit() else _used_code(user_id, word)


def _plain(typed: str) -> str:
    """Without spaces, and wide signs of a Chinese keyboard as the plain ones they stand for."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed) if c.isascii() and not c.isspace())


def _used_digits(user_id: int, digits: str) -> bool:
    connection = db.current()
    found = connection.row("SELECT secret FROM sign_in WHERE user_id = ? AND confirmed_at IS NOT NULL", [user_id])
    step = _step_of(_opened(user_id, found[0]), digits) if found else None
    # one statement: of two that come with the same digits at once, one is too late
    taken = "UPDATE sign_in SET last_step = ? WHERE user_id = ? AND last_step < ?"
    return step is not None and connection.run(taken, [step, user_id, step]) == 1


def _used_code(user_id: int, typed: str) -> bool:
    code = "-".join(
        letters[n : n + 4] for letters in [typed.upper().replace("-", "")] for n in range(0, len(letters), 4)
    )
    gone = "DELETE FROM recovery_code WHERE user_id = ? AND code_hash = ?"
    return db.current().run(gone, [user_id, _code_hash(user_id, code)]) == 1


def _step_of(secret: str, digits: str) -> int | None:
    """The step of the clock these digits belong to, among those that count now; of several the latest."""
    now, totp = int(days.now().timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    steps = range(now - CLOCKS_DIFFER, now + CLOCKS_DIFFER + 1)
    return max((s for s in steps if hmac.compare_digest(totp.generate_otp(s), digits)), default=None)


# ---------------------------------------------------------------- how it is kept


def _row(user_id: int) -> None:
    db.current().run("INSERT INTO sign_in (user_id) VALUES (?) ON CONFLICT (user_id) DO NOTHING", [user_id])


def _code_hash(user_id: int, code: str) -> str:
    """The codes are 117 random bits each, so one keyed round is enough."""
    return hmac.new(_key(b"recovery codes"), f"{user_id} {code}".encode(), hashlib.sha256).hexdigest()


def _key(purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, b"", b"doorstep " + purpose).derive(settings.SECRET_KEY.encode())


def _sealed(user_id: int, secret: str) -> str:
    """Bound to its owner: moved to another row it cannot be opened."""
    return base64.b64encode(sealed.seal_bytes(secret.encode(), _bound(user_id))).decode()


def _opened(user_id: int, stored: str) -> str:
    """Raises Unopened when it was sealed with another key, altered, or is somebody else's."""
    raw = base64.b64decode(stored)
    try:
        secret = sealed.open_bytes(raw, _bound(user_id)) if sealed.key_of(raw) else _of_an_older_version(user_id, raw)
    except (InvalidTag, keyring.NoKeys) as error:
        raise Unopened from error
    if not secret:
        raise Unopened
    return secret.decode()


def sealed_again(user_id: int, stored: str) -> str | None:
    """A secret sealed with the current key; None when it is, and when it does not open: its owner is helped as one who
    lost it."""
    if not stored or sealed.key_of(base64.b64decode(stored)) == keyring.ring().data.current:
        return None
    try:
        return _sealed(user_id, _opened(user_id, stored))
    except Unopened:
        return None


def _of_an_older_version(user_id: int, raw: bytes) -> bytes:
    """A secret sealed by the key of sessions."""
    return AESGCM(_key(b"second step")).decrypt(raw[:_NONCE], raw[_NONCE:], _bound(user_id).encode())


class Unopened(Exception):
    """The keys of the store are not those the secret was sealed with."""


def _bound(user_id: int) -> str:
    return f"account {user_id}"
