"""What has come so far of a file, on disk: piece after piece, each sealed by itself with its length before it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from doorstep.lib import sealed

_LENGTH = 4


def append(part: Path, content: bytes) -> None:
    """Durably add a piece. One that was cut off while it was written is gone first."""
    with part.open("ab") as out:
        out.truncate(max((end for _start, end in _records(part)), default=0))
        out.write(one(content))
        out.flush()
        os.fsync(out.fileno())


def one(content: bytes) -> bytes:
    """A piece as it lies on disk."""
    record = sealed.seal_bytes(content)
    return len(record).to_bytes(_LENGTH, "big") + record


def have(part: Path) -> int:
    """How many bytes have come."""
    return sum(end - start - sealed.OVERHEAD for start, end in _records(part))


def read(part: Path) -> bytes:
    """All that has come. A piece that does not open is left out: then the whole is not what it should be."""
    content = part.read_bytes() if part.exists() else b""
    return b"".join(sealed.open_bytes(content[start:end]) for start, end in _records(part))


def is_sealed(part: Path) -> bool:
    """Whether a file is made of sealed pieces and nothing else."""
    content = part.read_bytes()
    found = list(_records(part))
    return bool(found) and found[-1][1] == len(content) and all(sealed.key_of(content[a:b]) for a, b in found)


def keys_of(part: Path) -> set[str]:
    """The names of the keys its pieces are sealed with."""
    content = part.read_bytes()
    return {sealed.key_of(content[start:end]) for start, end in _records(part)}


def _records(part: Path) -> Iterator[tuple[int, int]]:
    """Where each whole piece begins and ends."""
    if not part.exists():
        return
    size, at = part.stat().st_size, 0
    with part.open("rb") as source:
        while at + _LENGTH < size:
            source.seek(at)
            length = int.from_bytes(source.read(_LENGTH), "big")
            at += _LENGTH
            if length <= sealed.OVERHEAD or at + length > size:
                return
            yield at, at + length
            at += length
