"""The small pack of these tests, and copies of it with one thing changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

CLINIC = Path(__file__).parent / "clinic"

Change = tuple[str, str | None, str]
"""A file of the pack, the text in it to replace (None = write the file anew), and the new text."""


def changed(folder: Path, changes: Iterable[Change]) -> Path:
    """A copy of the pack in ``folder`` with each change made; the change must really change something."""
    copy = folder / "clinic"
    shutil.copytree(CLINIC, copy)
    for file, old, new in changes:
        path = copy / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if old is None:
            path.write_text(new, encoding="utf-8")
            continue
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    return copy
