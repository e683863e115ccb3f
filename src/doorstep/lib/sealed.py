"""What identifies somebody, as it is stored: phone and ID numbers as tokens, the bytes of records sealed whole (decision 0041).

A token is made of the same text in the same way each time (AES-SIV, RFC 5297), so that what is worked out again is the same and
two records are compared without opening them. It is opened only where it is shown. Bytes are sealed with AES-GCM and a
random nonce. What finds a number is an HMAC of it: who has the database alone can neither read nor try numbers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from doorstep.lib import keyring
from doorstep.lib.keyring import NoKeys

PREFIX = "sealed:"
_TOKEN = re.compile(r"sealed:([0-9a-f]{8}):([A-Za-z0-9_-]+={0,2})")
_MAGIC = b"\x00DS1"  # no XML begins like this
_NAME, _NONCE, _TAG = keyring.NAME_LENGTH, 12, 16
OVERHEAD = len(_MAGIC) + _NAME + _NONCE + _TAG
"""How much longer bytes are sealed."""
_BLIND = 16  # hex digits


# Texts


def token(text: str) -> str:
    """A text as it is stored: '' stays '', what is a token already is made one of the current key."""
    if text.startswith(PREFIX):
        text = opened(text)
    if not text:
        return ""
    keys = keyring.ring().data
    cipher = _siv(keys.by_name[keys.current])
    return f"{PREFIX}{keys.current}:{base64.urlsafe_b64encode(cipher.encrypt(text.encode(), None)).decode()}"


def opened(text: str) -> str:
    """The text of a token; any other text as it is. Raises NoKeys when its key is not there."""
    if not text.startswith(PREFIX):
        return text
    found = _TOKEN.fullmatch(text)
    if found is None:
        return text
    try:
        return _siv(_key(found[1])).decrypt(base64.urlsafe_b64decode(found[2]), None).decode()
    except (InvalidTag, ValueError):
        return text  # somebody wrote words that look like a token


def opened_json(text: str) -> Any:
    """What a JSON text says, with every token in it opened."""
    said = orjson.loads(text)
    return opened_in(said) if PREFIX in text else said


def opened_in(said: Any) -> Any:
    """The same with every token in it opened."""
    if isinstance(said, str):
        return opened(said)
    if isinstance(said, dict):
        return {key: opened_in(value) for key, value in said.items()}
    if isinstance(said, list):
        return [opened_in(one) for one in said]
    return said


# Which answers and properties

_NAMES = re.compile(r"phone|mobile|(^|_)tel($|_)|id_?number|id_?card|(^|_)id_?no($|_)|identity_?(no|number|card)|电话|手机|身份证", re.I)  # fmt: skip
_LEAST_DIGITS = 3


def is_secret(name: str, value: Any) -> bool:
    """Whether an answer or property of this name holds a phone or ID number."""
    return (
        isinstance(value, str)
        and _by_name(name)  # known by heart: it spares counting the digits of every answer
        and (value.startswith(PREFIX) or sum(map(str.isdigit, value)) >= _LEAST_DIGITS)
    )


@lru_cache(maxsize=4096)
def _by_name(name: str) -> bool:
    return _NAMES.search(name) is not None


def sealed_in(said: Mapping[str, Any]) -> dict[str, Any]:
    """Answers or properties as they are stored: phone and ID numbers in them as tokens."""
    return {name: _sealed(name, value) for name, value in said.items()}


def _sealed(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return token(value) if is_secret(name, value) else value
    if isinstance(value, dict):
        return sealed_in(value)
    if isinstance(value, list):
        return [_sealed(name, one) for one in value]
    return value


# Bytes


def seal_bytes(content: bytes, bound: str = "") -> bytes:
    """Bytes as they are stored. None stay none: a record that was erased has nothing to hide. ``bound``: whose they are;
    under another's name they do not open."""
    if not content:
        return b""
    keys = keyring.ring().data
    nonce, name = os.urandom(_NONCE), keys.current.encode()
    sealed = _gcm(keys.by_name[keys.current]).encrypt(nonce, content, name + bound.encode())
    return b"".join((_MAGIC, name, nonce, sealed))


def open_bytes(stored: bytes, bound: str = "", keys: keyring.Keys | None = None) -> bytes:
    """The bytes that were sealed; any others as they are. What was altered opens as nothing that fits its hash: b''.
    ``keys``: those of another store. Raises NoKeys when the one needed is not there."""
    content = bytes(stored)
    if not content.startswith(_MAGIC):
        return content
    name = content[len(_MAGIC) : len(_MAGIC) + _NAME]
    rest = content[len(_MAGIC) + _NAME :]
    try:
        key = _key(name.decode("ascii", "replace"), keys)
        return _gcm(key).decrypt(rest[:_NONCE], rest[_NONCE:], name + bound.encode())
    except (InvalidTag, ValueError):
        return b""


def key_of(stored: str | bytes) -> str:
    """The name of the key something stored was sealed with; '' when it is not sealed."""
    if isinstance(stored, str):
        found = _TOKEN.fullmatch(stored)
        return found[1] if found else ""
    return stored[len(_MAGIC) : len(_MAGIC) + _NAME].decode("ascii", "replace") if stored.startswith(_MAGIC) else ""


# Finding


def blind(text: str, purpose: str) -> str:
    """What a number is found by: it tells nothing of the number."""
    keys = keyring.ring().data
    return _blind(keys.by_name[keys.current], text, purpose)


def blinds(text: str, purpose: str) -> list[str]:
    """The same under every key there is: while keys are turned, some are still found by the old one."""
    return [_blind(key, text, purpose) for key in keyring.ring().data.by_name.values()]


def _blind(key: bytes, text: str, purpose: str) -> str:
    return hmac.new(_derived(key, "blind index"), f"{purpose} {text}".encode(), hashlib.sha256).hexdigest()[:_BLIND]


def _key(name: str, keys: keyring.Keys | None = None) -> bytes:
    known = keys or keyring.ring().data
    key = known.by_name.get(name) or (None if keys else keyring.ring(fresh=True).data.by_name.get(name))
    if key is None:
        raise NoKeys(f"{keyring.FILE}: {name}")
    return key


@lru_cache(maxsize=64)
def _derived(key: bytes, purpose: str) -> bytes:
    return keyring.derived(key, purpose)


@lru_cache(maxsize=16)
def _siv(key: bytes) -> AESSIV:
    return AESSIV(_derived(key, "tokens, one") + _derived(key, "tokens, two"))


@lru_cache(maxsize=16)
def _gcm(key: bytes) -> AESGCM:
    return AESGCM(_derived(key, "bytes"))
