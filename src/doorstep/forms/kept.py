"""Files in the store, under the digest of what they hold: the same bytes are kept once. Each lies sealed (decision 0041)."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from doorstep.engine.warehouse.manifest import make_durable
from doorstep.lib import keyring, sealed

LENGTH = 64  # of a digest


def path_of(digest: str) -> Path:
    """Where the sealed bytes of a digest lie."""
    return _folder() / digest[:2] / digest


def _folder() -> Path:
    return Path(settings.STORE) / "attachments"


def keep(content: bytes) -> str:
    """Durably write a file and give its digest."""
    digest = hashlib.sha256(content).hexdigest()
    target = path_of(digest)
    if not target.exists():
        _make_folder(target.parent)
        _draft(target, content).replace(target)
    make_durable(target.parent)  # its name too must outlive a power cut, whoever wrote it
    return digest


def read(digest: str) -> bytes:
    """The bytes of a digest. Raises FileNotFoundError."""
    return sealed.open_bytes(path_of(digest).read_bytes())


def size(digest: str) -> int:
    """How many bytes ``read`` gives. Raises FileNotFoundError."""
    return max(path_of(digest).stat().st_size - sealed.OVERHEAD, 0)


def drop(digest: str) -> None:
    """Delete a file; what it held is overwritten, as far as the disk does that."""
    target = path_of(digest)
    with _alone():
        if not target.exists():
            return
        with target.open("r+b") as before:
            target.unlink()
            overwrite(before.fileno())


def every() -> Iterator[str]:
    """The digests of all files there are."""
    for file in sorted(_folder().glob("??/*")):
        if len(file.name) == LENGTH:
            yield file.name


def is_sealed(digest: str) -> bool:
    """Whether a file lies sealed at all; False also when it is not there."""
    return bool(_key_of(path_of(digest)))


def seal(digest: str) -> bool:
    """Seal a file with the current key, unless it is. What it was before is overwritten, as far as the disk does that.
    False when there is nothing to do, or it was altered and does not open."""
    target = path_of(digest)
    with _alone():  # a file that is deleted meanwhile must not come back
        if not target.exists() or _key_of(target) == keyring.ring().data.current:
            return False
        with target.open("r+b") as before:
            content = sealed.open_bytes(before.read())
            if hashlib.sha256(content).hexdigest() != digest:
                return False
            _draft(target, content).replace(target)
            make_durable(target.parent)
            overwrite(before.fileno())
    return True


def overwrite(descriptor: int) -> None:
    """Write over what an open file holds."""
    length = os.fstat(descriptor).st_size
    os.pwrite(descriptor, bytes(length), 0)
    os.fsync(descriptor)


def _key_of(file: Path) -> str:
    try:
        with file.open("rb") as source:
            return sealed.key_of(source.read(sealed.OVERHEAD))
    except FileNotFoundError:
        return ""


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        make_durable(folder.parent)
        make_durable(folder.parent.parent)


def _draft(target: Path, content: bytes) -> Path:
    draft = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    with draft.open("wb") as out:
        out.write(sealed.seal_bytes(content))
        out.flush()
        os.fsync(out.fileno())
    return draft


@contextmanager
def _alone() -> Iterator[None]:
    _make_folder(_folder())
    with (_folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
