"""A code somebody carries, and a parcel only that code opens. Pure.

The code is twelve digits, said in groups of three. Nothing keeps it: what is kept is the hash of a hash that takes long to
work out, by which the code is recognised and from which it cannot be guessed back.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

DIGITS = 12
_HEAD = b"doorstep parcel 1\n"
_SALT, _NONCE = 16, 12
_OPENS = b"doorstep: a code opens"
_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 2**20}  # some 0.1 s and 32 MB for every guess


class NotOpened(Exception):
    """The code is another, or the parcel is not whole."""


def new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def spoken(code: str) -> str:
    """The code as it is printed and said: four groups of three."""
    return " ".join(code[n : n + 3] for n in range(0, DIGITS, 3))


def typed(text: str) -> str:
    """The digits somebody typed, in any script and with anything between; '' when these are no code."""
    digits = "".join(str(int(c)) for c in text if c.isdecimal())
    return digits if len(digits) == DIGITS else ""


def lock_of(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(hashlib.scrypt(code.encode(), salt=_OPENS, dklen=32, **_COST)).hexdigest()


def sealed(told: Mapping[str, Any], code: str) -> bytes:
    """A parcel that this code opens."""
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    box = AESGCM(_key(code, salt)).encrypt(nonce, orjson.dumps(told), _HEAD)
    return _HEAD + base64.encodebytes(salt + nonce + box)


def opened(parcel: bytes, code: str) -> dict[str, Any]:
    """What is in a parcel. Raises NotOpened."""
    if not parcel.startswith(_HEAD):
        raise NotOpened
    try:
        raw = base64.decodebytes(parcel[len(_HEAD) :])
        salt, nonce, box = raw[:_SALT], raw[_SALT : _SALT + _NONCE], raw[_SALT + _NONCE :]
        found: dict[str, Any] = orjson.loads(AESGCM(_key(code, salt)).decrypt(nonce, box, _HEAD))
    except (InvalidTag, ValueError) as error:
        raise NotOpened from error
    return found


def _key(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, dklen=32, **_COST)
