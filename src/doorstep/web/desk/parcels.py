"""A file on its way in: kept inside the store, sealed, from its upload until it is taken in, given up, or half a day old."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from doorstep.lib import sealed

LASTS_SECONDS = 12 * 3600
SUFFIXES = frozenset({".xlsx", ".csv"})
MOST_BYTES = 20_000_000
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it


def keep(user_id: int, sent: UploadedFile[Any]) -> Path | None:
    """Keep an upload of a member, instead of any earlier one. None when it is too large or not a table."""
    suffix = Path(sent.name or "").suffix.lower()
    if suffix not in SUFFIXES or (sent.size or 0) > MOST_BYTES:
        return None
    drop(user_id)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = "".join(c for c in Path(sent.name or "").stem if c.isalnum() or c in "-_ ")[:80] or "register"
    path = folder / f"{user_id}-{secrets.token_hex(8)}"
    path.mkdir(mode=0o700)
    file = path / f"{name}{suffix}"
    file.write_bytes(sealed.seal_bytes(b"".join(sent.chunks())))
    return file


def kept(user_id: int) -> Path | None:
    """The file a member last uploaded, if it is still here."""
    _sweep()
    return next((file for folder in _of(user_id) for file in folder.iterdir()), None)


@contextmanager
def opened(file: Path) -> Iterator[Path]:
    """The same file as it was sent, for as long as it takes to read it; in memory where the machine can."""
    where = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="doorstep-", dir=where) as folder:
        plain = Path(folder) / file.name
        plain.write_bytes(sealed.open_bytes(file.read_bytes()))
        yield plain


def drop(user_id: int) -> None:
    """Forget a member's upload."""
    for folder in _of(user_id):
        _remove(folder)


def _folder() -> Path:
    return Path(settings.STORE) / "uploads"


def _of(user_id: int) -> list[Path]:
    return sorted(_folder().glob(f"{user_id}-*"))


def _sweep() -> None:
    for folder in _folder().glob("*-*"):
        if time.time() - folder.stat().st_mtime > LASTS_SECONDS:
            _remove(folder)


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
