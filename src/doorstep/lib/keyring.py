"""The store's own keys, in one file beside the database that only its owner may read (decision 0040).

Two sets of them: ``data`` seals what is told of nobody (phone and ID numbers, the bytes of records, second factors);
``log`` seals the chain of the access log. Of each set one key is current; the others still open what they once sealed. A key
is named by the first digits of a hash of it, so a name can stand beside what it sealed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from doorstep.lib import sealing

FILE = "keys.json"
NAME_LENGTH = 8
LOOK_AGAIN_SECONDS = 0.2  # how long this process may go on with keys another process turned


class NoKeys(Exception):
    """There is no file of keys, it cannot be read, or it lacks a key something was sealed with. Says which."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One set: every key by its name, and which of them seals from now on."""

    current: str
    by_name: Mapping[str, bytes]

    @classmethod
    def new(cls) -> Keys:
        return cls("", {}).turned()

    def turned(self) -> Keys:
        """The same with a fresh key that seals from now on."""
        key = sealing.new_key()
        return Keys(name_of(key), {**self.by_name, name_of(key): key})

    def without_old(self) -> Keys:
        return Keys(self.current, {self.current: self.by_name[self.current]})


@dataclass(frozen=True, slots=True)
class Ring:
    data: Keys
    log: Keys


def name_of(key: bytes) -> str:
    return sealing.key_name(key)[:NAME_LENGTH]


def derived(key: bytes, purpose: str) -> bytes:
    """Another key of 32 bytes for one purpose; it tells nothing of the first."""
    return HKDF(hashes.SHA256(), 32, b"", b"doorstep " + purpose.encode()).derive(key)


_file: Path | None = None
_held: tuple[tuple[int, int], Ring] | None = None
_looked = 0.0


def configure(file: Path) -> None:
    """Say where the keys lie."""
    global _file, _held
    _file, _held = file, None


def file() -> Path:
    if _file is None:
        raise RuntimeError("where the keys lie was not said yet")
    return _file


def there() -> bool:
    return file().exists()


def ring(*, fresh: bool = False) -> Ring:
    """The keys as they stand in the file, at most a moment ago: another process may turn them. Raises NoKeys."""
    global _held, _looked
    now = time.monotonic()
    if _held is not None and not fresh and now - _looked < LOOK_AGAIN_SECONDS:
        return _held[1]
    try:
        stat = file().stat()
    except OSError as error:
        raise NoKeys(f"{file().name}: {error.strerror}") from error
    mark, _looked = (stat.st_mtime_ns, stat.st_ino), now
    if _held is None or _held[0] != mark:
        _held = (mark, read(file()))
    return _held[1]


def make() -> None:
    """Make the first keys, unless there are some. Only where nothing was ever sealed."""
    if not there():
        keep(Ring(Keys.new(), Keys.new()))


def turn() -> Ring:
    """From now on new keys seal; the old ones stay until ``drop_old``."""
    known = ring()
    keep(Ring(known.data.turned(), known.log.turned()))
    return ring()


def drop_old() -> None:
    """Let go of the old keys for data: nothing is sealed with them any more. Old keys of the log stay, they hide nothing."""
    known = ring()
    keep(replace(known, data=known.data.without_old()))


def keep(kept: Ring) -> None:
    """Write the file whole, durably, in the place of the one before."""
    target = file()
    draft = target.with_name(target.name + ".draft")
    draft.unlink(missing_ok=True)
    said = {"format": 1, "data": _as_json(kept.data), "log": _as_json(kept.log)}
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(said, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    draft.rename(target)
    _forget()
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _forget() -> None:
    global _held
    _held = None


def _as_json(keys: Keys) -> dict[str, object]:
    return {"current": keys.current, "keys": {name: sealing.key_text(key) for name, key in keys.by_name.items()}}


def read(place: Path) -> Ring:
    """The keys in a file. Raises NoKeys."""
    try:
        said = json.loads(place.read_text(encoding="utf-8"))
        return Ring(_keys(said["data"]), _keys(said["log"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, sealing.Unreadable) as error:
        raise NoKeys(f"{place.name}: cannot be read") from error


def _keys(said: Mapping[str, object]) -> Keys:
    told = said["keys"]
    assert isinstance(told, dict)
    found = {name: sealing.key_from(text) for name, text in told.items()}
    current = str(said["current"])
    if current not in found or any(name != name_of(key) for name, key in found.items()):
        raise ValueError(current)
    return Keys(current, found)
