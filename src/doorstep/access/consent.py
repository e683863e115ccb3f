"""Consent, one per purpose: refusable, withdrawable, never in the way of a service (charter C12), children's rule (C13).

Pure. A purpose is what is done beyond the care itself. Nobody asked yet is neither yes nor no. A no counts from
whoever says it, and wins over a yes of the same day; a yes counts only from the one who may give it: the guardian of
a child under the age the law sets, else the person alone. A guardian's yes ends with the birthday that makes the
child old enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Literal, NamedTuple

from doorstep.engine.rules.runtime import add_years

LISTED, HOME_VISITS, CONTACT, MOVING, COUNTS = PURPOSES = ("listed", "home_visits", "contact", "moving", "counts")
SELF, GUARDIAN = "self", "guardian"
State = Literal["yes", "no", "ask"]
AgeOn = Callable[[date], int | None]  # the age at which one answers alone, as the law of that day sets it


class Word(NamedTuple):
    """What was said about one purpose. ``weak``: follows from being registered, not from the purpose being asked."""

    on: date
    purpose: str
    yes: bool
    by: str
    weak: bool = False


class Consent(NamedTuple):
    """Where one purpose stands. ``until``: the first day a guardian's yes does not hold any more."""

    purpose: str
    yes: bool
    by: str
    since: date
    until: date | None = None

    def on(self, day: date) -> State:
        """How it stands on a day: 'ask' once the child is old enough to be asked alone."""
        if self.until is not None and day >= self.until:
            return "ask"
        return "yes" if self.yes else "no"


def grown_up_on(born: date | None, age: int | None) -> date | None:
    """The first day someone answers alone; None when the birthday or the age is not known. Born on 29 February: 1 March."""
    return add_years(born, age)


def may_say_yes(by: str, born: date | None, on: date, age: int | None) -> bool:
    """Whether a yes of that day counts. Where birth or law is unknown nobody can tell, and it counts as it was said."""
    grown = grown_up_on(born, age)
    return grown is None or by == (GUARDIAN if on < grown else SELF)


def standing(words: Iterable[Word], born: date | None, age_on: AgeOn) -> dict[str, Consent]:
    """Where each purpose stands after all words, in whatever order they are given. A weak word counts only while the
    purpose itself was never answered."""
    found: dict[str, Consent] = {}
    told = [w for w in words if not w.yes or may_say_yes(w.by, born, w.on, age_on(w.on))]
    asked = {w.purpose for w in told if not w.weak}
    for word in sorted(told, key=lambda w: (w.on, not w.yes, w.by)):
        if word.purpose not in PURPOSES or (word.weak and word.purpose in asked):
            continue
        before = found.get(word.purpose)
        if before is not None and (before.yes, before.by) == (word.yes, word.by):
            continue  # said again: it stands since the first time
        until = grown_up_on(born, age_on(word.on)) if word.yes and word.by == GUARDIAN else None
        found[word.purpose] = Consent(word.purpose, word.yes, word.by, word.on, until)
    return found


def states(consents: Mapping[str, Consent], day: date) -> dict[str, State]:
    """Every purpose with how it stands on a day."""
    return {p: consents[p].on(day) if p in consents else "ask" for p in PURPOSES}


def said_no(consents: Mapping[str, Consent], purpose: str) -> bool:
    """Whether the last word about a purpose was no."""
    found = consents.get(purpose)
    return found is not None and not found.yes
