"""Files in the store, under their digest: the same bytes are kept once."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from django.conf import settings

from doorstep.engine.warehouse.manifest import make_durable


def path_of(digest: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(settings.STORE) / "attachments" / digest[:2] / digest


def keep(content: bytes) -> str:
    """Durably write a file and give its digest."""
    digest = hashlib.sha256(content).hexdigest()
    target = path_of(digest)
    if not target.exists():
        _write(target, content)
    make_durable(target.parent)  # its name too must outlive a power cut, whoever wrote it
    return digest


def _write(target: Path, content: bytes) -> None:
    if not target.parent.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        make_durable(target.parent.parent)
        make_durable(target.parent.parent.parent)
    partial = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    with partial.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(target)
