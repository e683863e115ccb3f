"""Codes on paper: letters and digits nobody mistakes for each other, in groups of four."""

from __future__ import annotations

import hashlib
import secrets

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 and O, 1, I and L
GROUP = 4


def new(groups: int) -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(groups * GROUP))


def spoken(code: str) -> str:
    """The code as it is printed and said."""
    return "-".join(code[n : n + GROUP] for n in range(0, len(code), GROUP))


def typed(text: str, groups: int) -> str:
    """The code somebody typed, in any case and with anything between; '' when it is none."""
    found = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    return found if len(found) == groups * GROUP and set(found) <= set(SIGNS) else ""


def kept(code: str) -> str:
    """How a code is kept that has to be found again and holds enough chance by itself (four groups: 79 bits)."""
    return hashlib.sha256(b"doorstep code " + code.encode()).hexdigest()
