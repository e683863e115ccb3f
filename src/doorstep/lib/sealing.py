"""Files nobody can read or alter without the key: AES-256-GCM in pieces, so that files of any size pass through.

A sealed file is a line of plain JSON (what may be known without the key), then pieces: four bytes of length, then the
piece with its tag. Each piece is sealed under its number, whether it is the last, and the hash of the first line: none can
be cut off, moved, or taken from another file (the STREAM construction, Hoang, Reyhanitabar, Rogaway and Vizár 2015).
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import secrets
from collections.abc import Mapping
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PIECE = 1 << 20
LONGEST_FIRST_LINE = 1 << 16
_GROUP = 4
_CHECK = 3  # bytes at the end of a key's text that tell a slip of the pen


class Unreadable(Exception):
    """Not a sealed file, another key, or a file that was cut or altered. ``code`` says which."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


# Keys


def new_key() -> bytes:
    return secrets.token_bytes(32)


def key_text(key: bytes) -> str:
    """A key as it can be written down by hand: letters and digits in groups of four, the last of them a check."""
    text = base64.b32encode(key + _check(key)).decode().rstrip("=")
    return "-".join(text[n : n + _GROUP] for n in range(0, len(text), _GROUP))


def key_from(text: str) -> bytes:
    """The key of such a text, however it is spaced. Raises Unreadable('key_text')."""
    letters = "".join(c for c in text.upper() if c.isalnum()).replace("0", "O").replace("1", "I").replace("8", "B")
    try:
        known = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError as error:
        raise Unreadable("key_text") from error
    key, check = known[:-_CHECK], known[-_CHECK:]
    if len(key) != 32 or check != _check(key):
        raise Unreadable("key_text")
    return key


def key_name(key: bytes) -> str:
    """Tells keys apart without telling anything of them."""
    return hashlib.sha256(b"doorstep key name" + key).hexdigest()[:12]


def _check(key: bytes) -> bytes:
    return hashlib.sha256(b"doorstep key check" + key).digest()[:_CHECK]


# Files


class Sealing(io.RawIOBase):
    """Writes a sealed file into ``out``. Whole only once ``close`` returned; ``out`` itself stays open."""

    def __init__(self, out: IO[bytes], key: bytes, first_line: Mapping[str, Any]):
        line = json.dumps({**first_line, "key": key_name(key), "salt": secrets.token_hex(16)}, sort_keys=True)
        self._out, self._held, self._number = out, bytearray(), 0
        self._cipher, self._bound = _cipher(key, line)
        out.write(line.encode() + b"\n")

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        while len(self._held) > PIECE:
            self._seal(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._held), last=True)
        super().close()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), piece, self._bound)
        self._out.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class Opening(io.RawIOBase):
    """Reads what ``Sealing`` wrote. Raises Unreadable, at the latest where the file was altered or ends too early."""

    def __init__(self, source: IO[bytes], key: bytes):
        line = _line(source)
        if json.loads(line).get("key") != key_name(key):
            raise Unreadable("other_key")
        self._source, self._held, self._number, self._ended = source, b"", 0, False
        self._cipher, self._bound = _cipher(key, line)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held and not self._ended:
            self._held = self._piece()
        taken = self._held[: len(buffer)]
        buffer[: len(taken)] = taken
        self._held = self._held[len(taken) :]
        return len(taken)

    def _piece(self) -> bytes:
        length = int.from_bytes(self._source.read(4), "big")
        sealed = self._source.read(min(length, PIECE + 64))
        for last in (False, True):
            try:
                piece = self._cipher.decrypt(_nonce(self._number, last), sealed, self._bound)
            except (InvalidTag, ValueError):
                continue
            self._number, self._ended = self._number + 1, last
            if last and self._source.read(1):
                raise Unreadable("altered")
            return piece
        raise Unreadable("altered")


def first_line(source: IO[bytes]) -> dict[str, Any]:
    """What a sealed file says without its key. Raises Unreadable('not_sealed')."""
    found: dict[str, Any] = json.loads(_line(source))
    return found


def _line(source: IO[bytes]) -> str:
    told = source.readline(LONGEST_FIRST_LINE)
    try:
        if not told.endswith(b"\n") or len(bytes.fromhex(json.loads(told)["salt"])) != 16:
            raise Unreadable("not_sealed")
        return told[:-1].decode()
    except (ValueError, TypeError, KeyError) as error:
        raise Unreadable("not_sealed") from error


def _cipher(key: bytes, line: str) -> tuple[AESGCM, bytes]:
    salt = bytes.fromhex(json.loads(line)["salt"])
    own = HKDF(hashes.SHA256(), 32, salt, b"doorstep sealed file").derive(key)
    return AESGCM(own), hashlib.sha256(line.encode()).digest()


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
