"""The built-in gate: it removes due visits and can only remove (charter C3).

A person who ended a service, died or moved away has no visit waiting. No rule can name this and nothing stores why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from doorstep.engine.model.history import Window


class ServiceWord(NamedTuple):
    """The person said that a service ends, or, present, that she wants it (again)."""

    on: date
    service: str
    ends: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a service stands after all words: ended since a day, or wanted again since a day."""

    ended_on: date | None = None
    wanted_again_on: date | None = None


def endings(words: Iterable[ServiceWord]) -> dict[str, Ending]:
    """Where each service stands. Words sort by day, an ending after a wish of the same day; arrival changes nothing."""
    found: dict[str, Ending] = {}
    for word in sorted(words, key=lambda w: (w.on, w.ends)):
        before = found.get(word.service, Ending())
        if word.ends:
            found[word.service] = Ending(ended_on=word.on)
        elif before.ended_on is not None:
            found[word.service] = Ending(wanted_again_on=word.on)
    return found


def passes(window: Window, ends: Mapping[str, Ending], here: bool) -> bool:
    """Whether a window may be listed. ``here``: the person lives here."""
    if window.met_by:
        return True
    if not here:
        return False
    ending = ends.get(window.service)
    if ending is None:
        return True
    if ending.ended_on is not None:
        return False
    again = ending.wanted_again_on
    return again is None or window.until_on is None or window.until_on >= again
