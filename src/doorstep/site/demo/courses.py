"""Visits as the packs' own rules plan them, kept by people: mostly in time, sometimes late, sometimes not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from doorstep.engine import rules
from doorstep.engine.model.history import Entry, History, Window
from doorstep.site.demo.households import Being

Day = Callable[[Window, date], date | None]  # (window, not before) → the day it is kept, None when it is not
Write = Callable[[Window, date], Entry]
MOST_VISITS = 60  # of one course of care; a guard against rules that always want another visit


@dataclass(slots=True)
class Course:
    """What is on record of one person's care under one pack."""

    being: Being
    rules: rules.Compiled
    entries: list[Entry] = field(default_factory=list)

    def history(self) -> History:
        properties = {"sex": self.being.sex, "birth_date": self.being.born, "name": self.being.name}
        return History(self.being.id, properties, tuple(self.entries))

    def keep_visits(self, since: date, until: date, day_of: Day, write: Write) -> None:
        """Keep the visits that the rules plan, one after the other, looking at the plan anew after each."""
        done_with: set[tuple[str, int, date | None]] = set()
        for _ in range(MOST_VISITS):
            window = self._next(done_with, until)
            if window is None:
                return
            done_with.add(_key(window))
            day = day_of(window, since)
            if day is not None and since <= day <= until:
                self.entries.append(write(window, day))

    def _next(self, done_with: set[tuple[str, int, date | None]], until: date) -> Window | None:
        waiting = [
            w
            for w in self.rules.plan(self.history(), until).windows
            if not w.met_by and _start(w) is not None and _key(w) not in done_with
        ]
        return min(waiting, key=lambda w: (_start(w), w.contact, w.k), default=None)


def _start(window: Window) -> date | None:
    return window.from_on or window.due_on


def _key(window: Window) -> tuple[str, int, date | None]:
    return window.contact, window.k, window.from_on
