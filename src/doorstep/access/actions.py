"""Every write of access: members, where they serve, devices, the log of who was shown whom."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import orjson
from django.contrib.auth.hashers import make_password
from django.db import transaction

from doorstep.access import chain, history, passwords, sessions
from doorstep.access.permissions import ROLES, Actor
from doorstep.access.queries import WRONG_CODE, token_hash
from doorstep.lib import days, db, sealed, writer
from doorstep.places.counters import settings_changed

TOKEN_DAYS = 365
OUTSIDE = frozenset({"reviewer"})  # roles that belong to nobody's line of work
COLLECT_DAYS = 30  # how long another app may use an address before the installer looks at it again


def add_user(
    username: str, name: str, role: str, password: str | None, *, clinic_id: int | None = None, phone: str = ""
) -> int:
    """Add a member and give the id; without a password nobody can log in as them yet.

    Raises ValueError for an unknown role, a name already taken, or a reviewer of a clinic."""
    if role not in ROLES or (role in OUTSIDE and clinic_id is not None):
        raise ValueError(role)
    connection = db.current()
    if connection.value("SELECT 1 FROM account WHERE username = ?", [username]):
        raise ValueError(username)
    connection.run(
        "INSERT INTO account (username, name, role, password, clinic_id, phone, is_active, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [username, name, role, make_password(password), clinic_id, sealed.token(phone), True, days.now()],
    )
    settings_changed(connection)
    return int(connection.value("SELECT id FROM account WHERE username = ?", [username]))


def serve(
    user_id: int,
    place_id: int,
    from_on: date,
    to_on: date | None = None,
    *,
    covers: int | None = None,
    by: int | None = None,
) -> None:
    """From a day on (and to a day), someone serves a place with all below it; ``covers``: in the place of this member.

    Raises ValueError for a reviewer: independent is who stands outside everybody's line of work (charter C19)."""
    connection = db.current()
    if connection.value("SELECT role FROM account WHERE id = ?", [user_id]) in OUTSIDE:
        raise ValueError(user_id)
    connection.run(
        "INSERT INTO catchment (user_id, place_id, from_on, to_on, covers_id, by_id) VALUES (?, ?, ?, ?, ?, ?)",
        [user_id, place_id, from_on, to_on, covers, by],
    )
    settings_changed(connection)


def serve_until(catchment_ids: Iterable[int], to_on: date) -> None:
    """These end on a day; one that would end before it began is as if it had never been."""
    connection, ids = db.current(), sorted(catchment_ids)
    connection.many("DELETE FROM catchment WHERE id = ? AND from_on > ?", [(i, to_on) for i in ids])
    connection.many("UPDATE catchment SET to_on = ? WHERE id = ?", [(to_on, i) for i in ids])
    settings_changed(connection)


def touch_now(device_id: int) -> None:
    """Remember that a device was heard of now."""
    writer.do(_write_touch, device_id)


def _write_touch(connection: db.Db, device_ids: Sequence[int]) -> list[None]:
    touch_device(connection, device_ids, days.now())
    return [None] * len(device_ids)


def add_device(user_id: int, label: str, *, lasts_days: int = TOKEN_DAYS, desk_code: str = "") -> str:
    """A new device of a member. Gives its token, which is kept nowhere: only its hash is. ``desk_code``: what opens the
    device's own sealed store when its PIN is forgotten; the device keeps nothing of it."""
    token = secrets.token_urlsafe(32)
    connection = db.current()
    connection.run(
        "INSERT INTO device (user_id, token_hash, label, created_at, expires_on, desk_code) VALUES (?, ?, ?, ?, ?, ?)",
        [user_id, token_hash(token), label, days.now(), days.today() + timedelta(days=lasts_days), desk_code],
    )
    settings_changed(connection)
    return token


def add_collect_device(user_id: int, label: str, *, lasts_days: int = COLLECT_DAYS) -> str:
    """A new address of a member for another app, ODK Collect. Gives its token. Only installers do this: the list of
    people goes along (charter C18)."""
    token = add_device(user_id, label, lasts_days=lasts_days)
    connection = db.current()
    connection.run(
        "UPDATE device SET collect_until = expires_on WHERE token_hash = ?",
        [token_hash(token)],
    )
    settings_changed(connection)
    return token


def renew_collect(device_id: int, *, lasts_days: int = COLLECT_DAYS) -> date:
    """Another app may use this address for so many days from today. Gives the last of them."""
    connection, until = db.current(), days.today() + timedelta(days=lasts_days)
    connection.run(
        "UPDATE device SET collect_until = ?, expires_on = CASE WHEN expires_on < ? THEN ? ELSE expires_on END"
        " WHERE id = ? AND revoked_at IS NULL",
        [until, until, until, device_id],
    )
    settings_changed(connection)
    return until


def revoke_device(device_id: int) -> None:
    """The device's address stops working at once. Nothing it still holds is deleted."""
    connection = db.current()
    connection.run("UPDATE device SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", [days.now(), device_id])
    settings_changed(connection)


def sign_out_device(device_id: int) -> None:
    """At its next contact the device lets go of everybody on it; what it still has to send is taken and waits at the desk."""
    connection = db.current()
    connection.run(
        "UPDATE device SET signed_out_at = ? WHERE id = ? AND signed_out_at IS NULL", [days.now(), device_id]
    )
    settings_changed(connection)


class NotLogged(Exception):
    """The log could not be written: nothing of anybody may be shown (charter C14)."""


def log_shown(actor: Actor, output: str, persons: Iterable[str]) -> None:
    """Record, durably and before anything of them is read, that ``actor`` is shown these people in ``output``.

    Raises NotLogged: no log row, no page (charter C14).
    """
    named = tuple(dict.fromkeys(persons))
    if named:
        _log((days.now(), actor.user_id, actor.role, output, named))


def log_wrong_code(actor: Actor) -> None:
    """Record that somebody typed a code that opens nothing. Of nobody anything was read. Raises NotLogged."""
    _log((days.now(), actor.user_id, actor.role, WRONG_CODE, ()))


def _log(said: chain.Said) -> None:
    try:
        head = writer.do(write_log, said)
    except Exception as error:
        raise NotLogged from error
    if head is not None:
        transaction.on_commit(lambda: chain.note(head))


@writer.goes_last
def write_log(connection: db.Db, said: Sequence[chain.Said]) -> list[chain.Head | None]:
    """Rows of the log, those that wait together as one batch; the first of them is given the new end of the chain. Goes
    last in its transaction: whoever holds the chain's end waits for no other lock."""
    return [chain.append(connection, said), *[None] * (len(said) - 1)]


def forget(person_id: str, *, by: int = 0) -> int:
    """Take an erased person's name out of the log, in the caller's transaction or one of its own; the chain still proves
    every row, and a row of its own says what was taken out. ``by``: who did it. Gives how many rows named her."""
    with db.transaction():
        connection = db.current()
        chain.lock(connection)
        rows = _rows_naming(connection, person_id)
        bare = [row.without(person_id) for row in rows]
        connection.many(
            "UPDATE access_log SET persons = ?, salt = ? WHERE id = ?",
            [(orjson.dumps(row.persons).decode(), row.salt, row.id) for row in bare],
        )
        connection.run("DELETE FROM access_opened WHERE person_id = ?", [person_id])
        if not rows:
            return 0
        gone = [new for old, row in zip(rows, bare, strict=True) for new, was in zip(row.persons, old.persons, strict=True)
                if was == person_id]  # fmt: skip
        staff_role = connection.value("SELECT role FROM account WHERE id = ?", [by]) or ""
        head = chain.append(connection, [(days.now(), by, str(staff_role), chain.FORGOTTEN, tuple(gone))])
        transaction.on_commit(lambda: chain.note(head))
    return len(rows)


def _rows_naming(connection: db.Db, person_id: str) -> list[chain.Row]:
    """The rows of the log that name somebody, by way of who opened her on which day."""
    found: dict[int, chain.Row] = {}
    sql = "SELECT DISTINCT user_id, day FROM access_opened WHERE person_id = ?"
    for user_id, day in connection.rows(sql, [person_id]):
        start = datetime.combine(day, time(), days.zone()).astimezone(UTC)
        within = [
            user_id,
            start,
            start + timedelta(hours=26),
        ]  # a day may have 25 hours; what is too much is left out below
        for row in chain.rows_of(connection, "user_id = ? AND at >= ? AND at <= ?", within):
            if person_id in row.persons:
                found[row.id] = row
    return [found[n] for n in sorted(found)]


def touch_device(connection: db.Db, device_ids: Iterable[int], at: datetime) -> None:
    """Remember when these devices were last heard of."""
    connection.many("UPDATE device SET last_contact_at = ? WHERE id = ?", [(at, i) for i in set(device_ids)])


@dataclass(frozen=True, slots=True)
class Contact:
    """What a phone said of itself when it was heard of: records handed over ever, and records it still holds."""

    device_id: int
    sent: int
    unsent: int


def heard_of(contact: Contact) -> None:
    """Remember a phone's own counts, and when it gave them."""
    writer.do(_write_contact, contact)


def _write_contact(connection: db.Db, contacts: Sequence[Contact]) -> list[None]:
    connection.many(
        "UPDATE device SET last_contact_at = ?, sent = ?, unsent = ? WHERE id = ?",
        [(days.now(), c.sent, c.unsent, c.device_id) for c in contacts],
    )
    return [None] * len(contacts)


CareRow = tuple[str, str, int, int]  # person, service, user or 0, clinic or 0


def write_care(connection: db.Db, persons: Iterable[str], wanted: set[CareRow]) -> set[CareRow]:
    """Make the care teams of these persons exactly ``wanted``. Gives what was taken away."""
    sql = "SELECT person_id, service, user_id, clinic_id FROM care_member WHERE person_id IN (?*)"
    had = {(p, s, u, c) for p, s, u, c in connection.rows_in(sql, persons)}
    key = "person_id = ? AND service = ? AND user_id = ? AND clinic_id = ?"
    connection.many(f"DELETE FROM care_member WHERE {key}", sorted(had - wanted))
    connection.many(
        "INSERT INTO care_member (person_id, service, user_id, clinic_id) VALUES (?, ?, ?, ?)", sorted(wanted - had)
    )
    return had - wanted


ConsentRow = tuple[str, str, bool, str, date, date | None]  # person, purpose, yes, by, since, until


def write_consents(connection: db.Db, persons: Iterable[str], wanted: set[ConsentRow]) -> None:
    """Make what these persons said about each purpose exactly ``wanted``."""
    sql = "SELECT person_id, purpose, given, said_by, since, until_on FROM consent WHERE person_id IN (?*)"
    had = {
        (p, purpose, bool(yes), by, since, until)
        for p, purpose, yes, by, since, until in connection.rows_in(sql, persons)
    }
    gone = sorted((row[0], row[1]) for row in had - wanted)
    connection.many("DELETE FROM consent WHERE person_id = ? AND purpose = ?", gone)
    connection.many(
        "INSERT INTO consent (person_id, purpose, given, said_by, since, until_on) VALUES (?, ?, ?, ?, ?, ?)",
        sorted(wanted - had, key=lambda row: f"{row[0]} {row[1]}"),
    )


def set_password(user_id: int, password: str, *, by: int | None = None, keep: str = "") -> None:
    """Give a member a new password; wherever they are logged in ends, except the session with the key ``keep``."""
    db.current().run("UPDATE account SET password = ? WHERE id = ?", [make_password(password), user_id])
    sessions.end_all(user_id, keep)
    passwords.set_must_change(user_id, must=by != user_id)
    history.note(user_id, "password" if by == user_id else "password_given", by)


def set_role(user_id: int, role: str, *, by: int | None = None) -> None:
    """Give a member another role. Wherever they are logged in ends; what their phones may do is asked at each contact.
    Raises ValueError for an unknown one, and where a reviewer would serve a place."""
    connection = db.current()
    busy = "SELECT 1 FROM account a WHERE id = ? AND (clinic_id IS NOT NULL OR EXISTS (SELECT 1 FROM catchment WHERE user_id = a.id))"
    if role not in ROLES or (role in OUTSIDE and connection.value(busy, [user_id])):
        raise ValueError(role)
    connection.run("UPDATE account SET role = ? WHERE id = ?", [role, user_id])
    sessions.end_all(user_id)
    history.note(user_id, "role", by, role)
    settings_changed(connection)


def set_active(user_id: int, active: bool, *, by: int | None = None) -> None:
    """Close a log-in at once, with its sessions and phones, or open it again. What they wrote stays theirs."""
    connection = db.current()
    connection.run("UPDATE account SET is_active = ? WHERE id = ?", [active, user_id])
    if not active:
        log_out_everywhere(user_id)
    history.note(user_id, "opened" if active else "closed", by)
    settings_changed(connection)


def log_out_everywhere(user_id: int, *, but: str = "") -> None:
    """End somebody's sessions (except the one with the key ``but``) and phones at once. What a phone still holds unsent
    it may hand over; it waits at the desk."""
    connection, now = db.current(), days.now()
    sessions.end_all(user_id, but)
    connection.run("UPDATE device SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL", [now, user_id])
    settings_changed(connection)
