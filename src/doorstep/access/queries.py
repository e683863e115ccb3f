"""Who works here, what each may reach, and who was named for a person's care."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from doorstep.access.consent import COUNTS, Consent
from doorstep.access.permissions import Actor, Verb
from doorstep.lib import days, db
from doorstep.places import queries as places
from doorstep.places.counters import Snapshot


@dataclass(frozen=True, slots=True)
class Serves:
    """A place someone serves from a day to a day. ``covers``: the member in whose place; ``id`` is the row's."""

    place_id: int
    from_on: date
    to_on: date | None
    covers: int | None = None
    id: int = 0

    def on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    username: str
    name: str
    role: str
    clinic_id: int | None
    phone: str  # as it is stored: open it where it is shown
    is_active: bool
    serves: tuple[Serves, ...]


class Staff:
    """Everybody who works here, and what each reaches on a day."""

    def __init__(self, members: list[Member], tree: places.Tree):
        self.by_id = {m.id: m for m in members}
        self.tree = tree
        self.reach = lru_cache(maxsize=4096)(self._reach)
        self.reach_of = lru_cache(maxsize=4096)(self._reach_of)
        self.nearest_of = lru_cache(maxsize=8)(self._nearest_of)

    def _reach(self, user_id: int, day: date) -> frozenset[int]:
        """Ids of all places someone serves on ``day``, with everything below them."""
        member = self.by_id.get(user_id)
        found: set[int] = set()
        for served in member.serves if member else ():
            if served.on(day):
                found |= self.tree.below(served.place_id)
        return frozenset(found)

    def _reach_of(self, author_id: int, happened_on: date, received_on: date) -> frozenset[int]:
        """The places about which someone's record counts: those served on the day it came in, and those served on the day
        it happened. What a phone still held when its owner left, or was moved, is not lost by that (decision 0028)."""
        now = self.reach(author_id, received_on)
        return now if happened_on >= received_on else now | self.reach(author_id, happened_on)

    def has(self, user_id: int, verb: Verb) -> bool:
        """Whether a member's role holds a verb."""
        member = self.by_id.get(user_id)
        return member is not None and Actor(user_id, member.role).has(verb)

    def nearest(self, place_id: int, verb: Verb, day: date) -> int | None:
        """The one active member with this verb who serves a place: of several, who serves the fewest places."""
        return self.nearest_of(verb, day).get(place_id)

    def _nearest_of(self, verb: Verb, day: date) -> dict[int, int]:
        found: dict[int, tuple[int, int]] = {}
        for member in self.by_id.values():
            if member.is_active and self.has(member.id, verb):
                reach = self.reach(member.id, day)
                for place_id in reach:
                    mine = (len(reach), member.id)
                    found[place_id] = min(found.get(place_id, mine), mine)
        return {place_id: user_id for place_id, (_, user_id) in found.items()}

    def care_clinic(self, user_id: int) -> int:
        """The clinic whose patients a member serves, 0 for none."""
        member = self.by_id.get(user_id)
        return Actor(user_id, member.role, clinic_id=member.clinic_id).care_clinic if member else 0

    def actor(self, user_id: int, day: date) -> Actor:
        """The asking side of ``may`` for one member on one day. Raises KeyError for an unknown id."""
        member = self.by_id[user_id]
        return Actor(user_id, member.role, self.reach(user_id, day), member.clinic_id, member.name)


def _load() -> Staff:
    connection = db.current()
    serves: dict[int, list[Serves]] = {}
    sql = "SELECT user_id, place_id, from_on, to_on, covers_id, id FROM catchment ORDER BY id"
    for user_id, place_id, from_on, to_on, covers, row_id in connection.rows(sql):
        serves.setdefault(user_id, []).append(Serves(place_id, from_on, to_on, covers, row_id))
    rows = connection.rows("SELECT id, username, name, role, clinic_id, phone, is_active FROM account ORDER BY id")
    members = [Member(i, u, n, r, c, p, bool(a), tuple(serves.get(i, ()))) for i, u, n, r, c, p, a in rows]
    return Staff(members, places.tree())


_staff = Snapshot(_load)


def staff() -> Staff:
    return _staff.get()


def actor(user_id: int) -> Actor:
    """Someone as they stand today."""
    return staff().actor(user_id, days.today())


WRONG_CODE = "arrive.wrong"  # stands in the log where a code opened nothing


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody was shown a person on a day. Never as part of which service (charter C14)."""

    name: str
    role: str
    day: date
    emergency: bool = False  # by somebody she had not named, because it could not wait


def opened(person_id: str, *others: str) -> list[Opened]:
    """Who opened a person's record, the latest first; ``others``: ids she is also known by."""
    sql = "SELECT DISTINCT user_id, role, day FROM access_opened WHERE person_id IN (?*)"
    names = {member.id: member.name for member in staff().by_id.values()}
    connection, hers = db.current(), [person_id, *others]
    urgent = connection.rows_in("SELECT user_id, role, at FROM broken_glass WHERE person_id IN (?*)", hers)
    in_emergency = {(user_id, role, days.day_of(at)) for user_id, role, at in urgent}
    found = {
        Opened(names.get(user_id, ""), role, day, (user_id, role, day) in in_emergency)
        for user_id, role, day in connection.rows_in(sql, hers)
    }
    return sorted(found, key=lambda one: (-one.day.toordinal(), one.name, one.role))


def token_hash(token: str) -> str:
    """How a device's token is kept. The token is 256 random bits, so one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class DeviceRow:
    id: int
    user_id: int
    label: str
    created_at: datetime
    expires_on: date | None
    revoked_at: datetime | None
    last_contact_at: datetime | None
    sent: int
    unsent: int
    collect_until: date | None  # None: an address of the app, closed to any other
    signed_out_at: datetime | None  # since then its people have to go at its next contact

    def usable(self, day: date) -> bool:
        return self.revoked_at is None and (self.expires_on is None or day <= self.expires_on)

    def usable_by_collect(self, day: date) -> bool:
        return self.usable(day) and self.collect_until is not None and day <= self.collect_until


_DEVICE = (
    "SELECT id, user_id, label, created_at, expires_on, revoked_at, last_contact_at, sent, unsent, collect_until,"
    " signed_out_at FROM device"
)


def _load_devices() -> dict[str, DeviceRow]:
    rows = db.current().rows(_DEVICE.replace("SELECT ", "SELECT token_hash, ", 1))
    return {row[0]: DeviceRow(*row[1:]) for row in rows}


_devices = Snapshot(_load_devices)


def with_desk_code(device_ids: Iterable[int]) -> frozenset[int]:
    """Those of these devices that gave a code for the desk."""
    rows = db.current().rows_in("SELECT id FROM device WHERE desk_code <> '' AND id IN (?*)", device_ids)
    return frozenset(int(row[0]) for row in rows)


def desk_code(device_id: int) -> str:
    """What opens the sealed store of a device; '' when it gave none. Never kept in memory."""
    return str(db.current().value("SELECT desk_code FROM device WHERE id = ?", [device_id]) or "")


def device(token: str) -> DeviceRow | None:
    """The device of a token, usable today and of an active member; None otherwise."""
    found = _devices.get().get(token_hash(token))
    if found is None or found.signed_out_at is not None or not found.usable(days.today()):
        return None
    member = staff().by_id.get(found.user_id)
    return found if member and member.is_active else None


def known_device(token: str) -> DeviceRow | None:
    """The device of a token, usable or not; None for a token that was never given out."""
    return _devices.get().get(token_hash(token))


def devices(user_ids: Iterable[int]) -> list[DeviceRow]:
    """All devices of these members, newest first."""
    rows = db.current().rows_in(f"{_DEVICE} WHERE user_id IN (?*) ORDER BY id DESC", user_ids)
    return [DeviceRow(*row) for row in rows]


def counted_sql(person_id: str) -> str:
    """A condition that leaves out whoever does not want to be counted. ``person_id``: the SQL of the id."""
    return (
        f"NOT EXISTS (SELECT 1 FROM consent uncounted WHERE uncounted.person_id = {person_id}"
        f" AND uncounted.purpose = '{COUNTS}' AND NOT uncounted.given)"
    )


def consents_stored(person_ids: Iterable[str]) -> dict[str, dict[str, Consent]]:
    """Where each purpose stands with these persons: person → purpose → consent."""
    found: dict[str, dict[str, Consent]] = {}
    sql = "SELECT person_id, purpose, given, said_by, since, until_on FROM consent WHERE person_id IN (?*)"
    for person_id, purpose, given, said_by, since, until in db.current().rows_in(sql, person_ids):
        found.setdefault(person_id, {})[purpose] = Consent(purpose, bool(given), said_by, since, until)
    return found


def care_of(person_ids: Iterable[str]) -> dict[str, dict[str, tuple[frozenset[int], frozenset[int]]]]:
    """person → service → (users, clinics) the person named."""
    found: dict[str, dict[str, tuple[set[int], set[int]]]] = {}
    sql = "SELECT person_id, service, user_id, clinic_id FROM care_member WHERE person_id IN (?*)"
    for person_id, service, user_id, clinic_id in db.current().rows_in(sql, person_ids):
        users, clinics = found.setdefault(person_id, {}).setdefault(service, (set(), set()))
        (users.add(user_id) if user_id else clinics.add(clinic_id))
    return {p: {s: (frozenset(u), frozenset(c)) for s, (u, c) in named.items()} for p, named in found.items()}
