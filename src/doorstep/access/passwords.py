"""Passwords: long enough, not what everybody takes, changed by their owners; no rule about kinds of signs, and no end."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any, Literal

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.http import HttpRequest

from doorstep.access.second import DESK_ROLES
from doorstep.lib import db

SHORTEST, SHORTEST_AT_A_DESK, LONGEST = 8, 12, 128
Trouble = Literal["short", "long", "common", "name"]
_COMMON = Path(__file__).parent / "common_passwords.txt"  # those of China and of this program; Django's 20,000 besides
_MOST_AT_ONCE = threading.BoundedSemaphore(2)  # each check takes 100 MB for a moment


def shortest(role: str) -> int:
    return SHORTEST_AT_A_DESK if role in DESK_ROLES else SHORTEST


def trouble(password: str, role: str, *names: str) -> Trouble | None:
    """What is wrong with a new password of somebody with these names; None when it is good."""
    if len(password) < shortest(role):
        return "short"
    if len(password) > LONGEST:
        return "long"
    word = password.strip().casefold()
    bare = word.strip("0123456789!@#$%^&*()_+-=.,?~ ")
    if word in _common() or bare in _common() or len(set(word)) < 4:
        return "common"
    return "name" if any(len(name) > 3 and name.casefold() in word for name in names) else None


@cache
def _common() -> frozenset[str]:
    ours = _COMMON.read_text(encoding="utf-8").split()
    return frozenset(ours) | frozenset(CommonPasswordValidator().passwords)


def member_of(request: HttpRequest | None, username: str, password: str) -> Any:
    """The member this password belongs to, or None. It takes as long for a name nobody has."""
    if len(password) > LONGEST:
        password = ""
    with _MOST_AT_ONCE:
        return authenticate(request, username=username, password=password)


def must_change(user_id: int) -> bool:
    """Whether somebody else knows the password, because they made it."""
    return bool(db.current().value("SELECT must_change FROM sign_in WHERE user_id = ?", [user_id]))


def set_must_change(user_id: int, *, must: bool) -> None:
    sql = "INSERT INTO sign_in (user_id, must_change) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET must_change = ?"
    db.current().run(sql, [user_id, must, must])
