"""What was held at places: entries about a place and nobody, and what was said on anonymous forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import orjson

from doorstep.engine.outputs import Condition, select
from doorstep.forms.outputs import HELD, HELD_FIGURES, VOICES
from doorstep.lib import db

MOST_SHOWN = 50
_SOURCES = {
    "form.seq": "h.seq",
    "form.id": "h.form_id",
    "form.version": "e.form_version",
    "place.id": "h.place_id",
    "period.day": "h.occurred_on",
    "form.filled": "e.answers",
}
_FROM = "place_entry h JOIN entry e ON e.seq = h.seq"
_SAID = {"form.id": "a.form_id", "form.filled": "a.answers", "place.id": "a.place_id", "period.month": "a.month"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing held at a place."""

    seq: int
    form_id: str
    form_version: str
    place_id: int
    on: date
    answers: str


def held(place_ids: Iterable[int]) -> list[Event]:
    """The latest things held at these places, the last one first."""
    ids = sorted(place_ids)
    if not ids:
        return []
    sql, params = select(HELD, _SOURCES, _FROM, [Condition("place.id", "in", ids)])
    rows = db.current().rows(f"{sql} ORDER BY h.occurred_on DESC, h.seq DESC LIMIT ?", [*params, MOST_SHOWN])
    return [Event(*row) for row in rows]


def place_of(seq: int) -> int | None:
    """The place an entry is about, when it is about one and counts."""
    found = db.current().value("SELECT place_id FROM place_entry WHERE seq = ?", [seq])
    return int(found) if found is not None else None


@dataclass(slots=True)
class Figures:
    """What was held in a period: how often, where, and the sums of what was counted."""

    times: Counter[str]  # by form
    at: Counter[int]  # by place
    sums: Counter[tuple[str, str]]  # by form and question


def figures(place_ids: Iterable[int], first: date, last: date, counted: Mapping[str, Iterable[str]]) -> Figures:
    """What was held at these places from the first to the last day. ``counted``: the questions to add up, by form."""
    found = Figures(Counter(), Counter(), Counter())
    ids = sorted(place_ids)
    if not ids:
        return found
    conditions = [
        Condition("place.id", "in", ids),
        Condition("period.day", ">=", first),
        Condition("period.day", "<=", last),
    ]
    sql, params = select(HELD_FIGURES, _SOURCES, _FROM, conditions)
    for form_id, place_id, answers in db.current().rows(sql, params):
        found.times[form_id] += 1
        found.at[place_id] += 1
        said = orjson.loads(answers)
        for question in counted.get(form_id, ()):
            found.sums[form_id, question] += int(Decimal(str(said.get(question) or 0)))
    return found


def voices(form_id: str, place_ids: Iterable[int], first: date, last: date) -> dict[str, Counter[str]]:
    """How often each answer was given to each question of an anonymous form; '' counts the sheets filled."""
    ids = sorted(place_ids)
    found: dict[str, Counter[str]] = {"": Counter()}
    if not ids:
        return found
    conditions = [
        Condition("form.id", "=", form_id),
        Condition("place.id", "in", ids),
        Condition("period.month", ">=", first.replace(day=1)),
        Condition("period.month", "<=", last),
    ]
    sql, params = select(VOICES, _SAID, "anonymous_answer a", conditions)
    for _, answers in db.current().rows(sql, params):
        found[""]["sheets"] += 1
        for question, answer in orjson.loads(answers).items():
            found.setdefault(question, Counter())[answer] += 1
    return found
