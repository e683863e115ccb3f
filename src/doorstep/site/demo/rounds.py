"""This year's round at one door: what became of the call, and, at some, the five sentences read aloud."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta

from doorstep.access.consent import PURPOSES
from doorstep.forms.filling import Item
from doorstep.site.demo import figures, land
from doorstep.site.demo.households import Being, Household
from doorstep.site.demo.writing import Pen

OUTCOMES = (("nothing_changed", 0.82), ("not_in", 0.11), ("corrected", 0.07))
FINDINGS = (("wrong", 0.6), ("missing", 0.25), ("double", 0.1), ("invented", 0.05))


def call(pen: Pen, rng: random.Random, home: Household, door: land.Door, since: Mapping[str, date]) -> None:
    """The call at this door, where the round has come to it. ``since``: when each person was written down."""
    first = max(date(pen.until.year, 1, 1), home.registered_on)
    if first > pen.until or rng.random() > figures.ROUND_WALKED:
        return
    on = first + timedelta(days=rng.randint(0, (pen.until - first).days))
    outcome = _one_of(rng, OUTCOMES)
    answers: dict[str, object] = {"household": home.id, "walked_on": on.isoformat(), "outcome": outcome}
    if outcome == "corrected":
        answers["findings"] = [_one_of(rng, FINDINGS)]
    pen.write(door.worker, "round_visit", on, answers)
    if outcome != "not_in" and rng.random() < figures.SENTENCES_READ:
        for being in home.members:
            if being.id in since and since[being.id] <= on <= being.last_day_here(pen.until):
                _ask(pen, rng, being, door, on)


def _ask(pen: Pen, rng: random.Random, being: Being, door: land.Door, on: date) -> None:
    """Four of the five purposes: the list stays as it is, whatever was said about it before."""
    said = {purpose: "no" if rng.random() < figures.SAID_NO else "yes" for purpose in PURPOSES[1:]}
    by = "guardian" if being.age(on) < figures.GUARDIAN_YEARS else "self"
    answers = {"person": being.id, "said_on": on.isoformat(), "agreed_by": by, **said}
    pen.write(door.worker, "consent", on, answers, item=Item(being.id))


def _one_of(rng: random.Random, shares: tuple[tuple[str, float], ...]) -> str:
    return rng.choices([what for what, _ in shares], [share for _, share in shares])[0]
