"""Imports that were run: who took in which file, what came of it, whether it was taken back. No names are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doorstep.lib import db

MOST_SHOWN = 20
_RUNS = "SELECT id, at, file_name, summary, undone_at FROM import_run WHERE user_id = ? ORDER BY id DESC LIMIT ?"


@dataclass(frozen=True, slots=True)
class Run:
    """One import. ``summary`` holds the counts of ``importing.Preview.as_dict``; empty when it was broken off."""

    id: int
    at: datetime
    file_name: str
    summary: Mapping[str, Any]
    undone_at: datetime | None


def runs(user_id: int) -> list[Run]:
    """The latest imports of a member, the latest first."""
    rows = db.current().rows(_RUNS, [user_id, MOST_SHOWN])
    return [Run(i, at, name, json.loads(summary), undone) for i, at, name, summary, undone in rows]
