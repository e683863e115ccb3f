"""How far a phone has come: what it hands back with its next question. It holds numbers and days, nothing of anybody."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import orjson

Phase = Literal["pressing", "all", "days", "new"]
"""``pressing``: first those with a visit overdue or due; ``all``: everybody else; ``days``: those of whom something is told
otherwise because days went by; ``new``: whatever changed. The first two are a fresh pull, the last two any other."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """``at``: the number up to which this phase has come. ``n``: what had changed when a fresh pull, or the one before, began.
    ``day``: the day the phone's people were told for. ``to``: the day a turn of days goes to."""

    epoch: int
    mark: str  # of everything that makes the phone begin anew when it changes
    phase: Phase
    at: int
    n: int
    day: date
    to: date

    def text(self) -> str:
        told = [self.epoch, self.mark, self.phase, self.at, self.n, self.day, self.to]
        return base64.urlsafe_b64encode(orjson.dumps(told)).decode().rstrip("=")

    def on(self, phase: Phase, at: int) -> Cursor:
        return replace(self, phase=phase, at=at)


def read(text: str) -> Cursor | None:
    """A cursor as it came back; None for anything that is none."""
    try:
        told = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        epoch, mark, phase, at, n, day, to = told
        if phase not in Phase.__args__:  # type: ignore[attr-defined]
            return None
        days = date.fromisoformat(day), date.fromisoformat(to)
        return Cursor(int(epoch), str(mark), phase, int(at), int(n), *days)
    except (ValueError, TypeError, binascii.Error):
        return None
