"""Whether the last good backup is recent: what ``doorstep backup`` leaves in the store, as a page tells it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from doorstep.lib import days

STATE = "backup.json"
OLDEST = timedelta(hours=36)
DEMONSTRATION = "demo.json"  # what a made-up store holds; nobody misses it
WHO = frozenset({"installer", "supervisor", "manager"})


def read(folder: Path) -> dict[str, Any]:
    """What was written about the backups of the store in ``folder``; empty when there was none."""
    try:
        found: dict[str, Any] = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def age(folder: Path) -> timedelta | None:
    """How long ago the last good backup was made; None when there is none."""
    told = read(folder).get("good", {}).get("made_at")
    return days.now() - datetime.fromisoformat(told) if told else None


def hours_without(folder: Path | None = None) -> int | None:
    """For how many hours there has been no good backup, once that is too long; None while all is well."""
    folder = folder or settings.STORE
    if (folder / DEMONSTRATION).exists():
        return None
    told = read(folder).get("good", {}).get("made_at")
    since = datetime.fromisoformat(told) if told else _made(folder)
    without = days.now() - since
    return int(without / timedelta(hours=1)) if without > OLDEST else None


def _made(folder: Path) -> datetime:
    """When the store was made."""
    try:
        return datetime.fromtimestamp((folder / "secret.key").stat().st_mtime, tz=days.now().tzinfo)
    except OSError:
        return days.now()
