"""Guessing gets slower and slower: passwords, codes, anything that can be tried again and again.

    if wait := attempts.check("login", username, address):
        …say how long to wait; nothing was tried…
    elif it_was_right:
        attempts.passed("login", username, address)

``check`` counts the try as a failure at once, so that many tries sent at the same moment are slowed down too; ``passed``
takes that back. A few tries are free, then each wait is twice the one before, up to a longest: nobody is shut out for
ever. A key is counted whether or not it is anybody's, so a wait tells nothing.

Kept are keyed hashes only. An address is hashed with a salt that lasts for a day and is then thrown away.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Literal

from django.conf import settings

from doorstep.lib import days, db, writer

MINUTE, HOUR, DAY = 60, 3600, 86_400
Kind = Literal["login", "second", "password", "take_back", "arrive", "desk_code", "resident", "complaint"]


@dataclass(frozen=True, slots=True)
class Pace:
    """``free`` tries, then a wait of ``first`` seconds that doubles up to ``longest``; after ``forgets`` seconds without
    a try everything is forgotten."""

    free: int
    first: int
    longest: int
    forgets: int

    def wait(self, failures: int) -> int:
        """Seconds before the next try after so many failures."""
        over = failures - self.free
        return 0 if over < 0 else min(self.longest, self.first << min(over, 20))


PACES: Mapping[Kind, Pace] = {
    "login": Pace(5, 5, 15 * MINUTE, DAY),
    "second": Pace(5, 15, 15 * MINUTE, DAY),
    "password": Pace(5, 15, 15 * MINUTE, DAY),
    "take_back": Pace(10, 30, HOUR, HOUR),  # every try counts: the page never says whether it was right
    "arrive": Pace(5, MINUTE, HOUR, DAY),
    "desk_code": Pace(10, MINUTE, HOUR, HOUR),
    "resident": Pace(5, 30, HOUR, DAY),
    "complaint": Pace(10, 30, HOUR, DAY),
}
# a whole clinic may sit behind one address: more is free, and nobody waits long for what another one did
OF_AN_ADDRESS = Pace(30, 5, 5 * MINUTE, HOUR)


@dataclass(frozen=True, slots=True)
class _Try:
    key_hash: str
    pace: Pace
    kind: str


def check(kind: Kind, key: str, address: str = "") -> int:
    """Seconds to wait, and then nothing may be tried; or 0: go on, and the try counts as failed until ``passed``."""
    return writer.do(_count, _tries(kind, key, address))


def passed(kind: Kind, key: str, address: str = "") -> None:
    """It was right: the key begins anew, and the address is not blamed for this try."""
    writer.do(_passed, _tries(kind, key, address))


def _tries(kind: Kind, key: str, address: str) -> tuple[_Try, ...]:
    mine = _Try(_hashed(settings.SECRET_KEY.encode(), kind, key), PACES[kind], kind)
    if not address:
        return (mine,)
    return mine, _Try(_hashed(_salt_of_today(), kind, _network(address)), OF_AN_ADDRESS, "address")


def _hashed(key: bytes, kind: str, said: str) -> str:
    told = f"{kind}\n{said.strip().casefold()}".encode(errors="replace")
    return hmac.new(key, told, hashlib.sha256).hexdigest()


def _network(address: str) -> str:
    """An address as it is counted: one household has a whole IPv6 network to choose from."""
    try:
        known = ip_address(address)
    except ValueError:
        return "?"
    return str(known.exploded[:19]) if isinstance(known, IPv6Address) and not known.ipv4_mapped else str(known)


def _now() -> int:
    return int(days.now().timestamp())


def _count(connection: db.Db, asked: Sequence[tuple[_Try, ...]]) -> list[int]:
    now = _now()
    connection.run("DELETE FROM attempt WHERE forget_at <= ?", [now])
    return [_counted(connection, tries, now) for tries in asked]


def _counted(connection: db.Db, tries: Sequence[_Try], now: int) -> int:
    waiting = connection.rows_in("SELECT wait_until FROM attempt WHERE key_hash IN (?*)", [t.key_hash for t in tries])
    wait = max((int(until) - now for (until,) in waiting), default=0)
    if wait > 0:
        return wait
    for one in tries:
        counted = connection.value(
            "INSERT INTO attempt (key_hash, kind, failures, wait_until, forget_at) VALUES (?, ?, 1, 0, ?)"
            " ON CONFLICT (key_hash) DO UPDATE SET failures = attempt.failures + 1"
            " WHERE attempt.wait_until <= ? RETURNING failures",
            [one.key_hash, one.kind, now + one.pace.forgets, now],
        )
        if counted is None:  # another process was first, and now this one has to wait
            return one.pace.first
        wait = one.pace.wait(int(counted))
        connection.run(
            "UPDATE attempt SET wait_until = ?, forget_at = ? WHERE key_hash = ?",
            [now + wait, now + wait + one.pace.forgets, one.key_hash],
        )
    return 0


def _passed(connection: db.Db, asked: Sequence[tuple[_Try, ...]]) -> list[None]:
    for mine, *of_address in asked:
        connection.run("DELETE FROM attempt WHERE key_hash = ?", [mine.key_hash])
        for one in of_address:
            connection.run(
                "UPDATE attempt SET failures = failures - 1, wait_until = 0 WHERE key_hash = ? AND failures > 0",
                [one.key_hash],
            )
    return [None] * len(asked)


def _salt_of_today() -> bytes:
    """Drawn by chance each day; yesterday's is thrown away, and with it what its hashes could be compared with."""
    today = days.now().date()
    found = db.current().value("SELECT salt FROM attempt_salt WHERE on_day = ?", [today])
    return bytes.fromhex(found or writer.do(_draw_salt, today))


def _draw_salt(connection: db.Db, asked: Sequence[object]) -> list[str]:
    today = asked[-1]
    connection.run("DELETE FROM attempt_salt WHERE on_day < ?", [today])
    connection.run(
        "INSERT INTO attempt_salt (on_day, salt) VALUES (?, ?) ON CONFLICT (on_day) DO NOTHING",
        [today, secrets.token_hex(32)],
    )
    return [connection.value("SELECT salt FROM attempt_salt WHERE on_day = ?", [today])] * len(asked)
