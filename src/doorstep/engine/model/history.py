"""A person's history as the rules see it, and what the rules answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in force about one subject.

    ``instance_id`` is that of the entry as in force; ``root_id`` and ``counter`` are those of the first
    entry of its chain of corrections, so that a correction keeps the place of the entry it replaces.
    ``answers`` has the shape given in ``spec``. ``seq`` serves as-of only and never orders anything.
    """

    form: str
    instance_id: str
    occurred_on: date
    recorded_on: date
    answers: Mapping[str, Any]
    root_id: str = ""
    counter: int = 0
    place: str = ""  # code of the person's place on that day
    author: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """Everything the rules may know about one subject: its properties and its entries in force, in any order.

    ``properties`` are those of ``engine.model.subjects``: text, or ``date`` for the dated ones; missing = absent.
    """

    subject: str  # the person's or household's id
    properties: Mapping[str, Any]
    entries: tuple[Entry, ...]
    kind: Literal["person", "household"] = "person"


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """A stretch of care. ``key`` is the root id of the entry that opened it."""

    kind: str
    key: str
    opened_on: date
    closed_on: date | None = None  # day of the closing entry
    ended_on: date | None = None  # last day on which an entry can still belong to it
    entries: tuple[str, ...] = ()  # instance ids, in order


@dataclass(frozen=True, slots=True)
class Window:
    """A due visit: one contact worked out for one subject. ``k`` counts recurrences or table rows from 0.

    ``met_by`` is the instance id of the entry that settled it. ``need`` names the facts that are missing
    when a stated bound could not be worked out. ``ends_on`` is the day from which it is asked for no more: that on
    which its care was closed (an entry of that day still belongs to it), or the one after a dose's last day; None while
    that is open. Whether it is open or overdue is asked with a day, never stored.
    """

    contact: str
    k: int
    episode: str  # key of its episode, '' for a person's whole life
    form: str
    service: str
    from_on: date | None
    due_on: date | None
    until_on: date | None
    met_by: str = ""
    met_on: date | None = None
    need: tuple[str, ...] = ()
    recurring: bool = False
    priority: int = 0
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that follows from one history under one pack: episodes, windows, and the entries that fit nowhere."""

    episodes: tuple[EpisodeRow, ...]
    windows: tuple[Window, ...]
    unplaced: tuple[str, ...] = ()  # instance ids of entries that belong to no episode
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # episode key → fact name → value


Verdict = Literal[
    "counted",
    "too_early_age",
    "too_early_interval",
    "too_late",
    "not_for_person",
    "other_product",
    "complete",
    "not_in_schedule",
    "unknown",
    "no_day",
]


@dataclass(frozen=True, slots=True)
class JudgedDose:
    """How one given dose stands in one chain of a series; ``chain`` is '' when it belongs to none.

    ``row`` is its place in the repeat, from 0. ``row_id`` names the schedule row it was judged by, in the edition in
    force on its day ``on``; ``days`` by how many it was too early or too late. ``from_on`` is the first day that
    would have been valid.
    """

    series: str
    instance_id: str
    form: str
    row: int
    on: date | None
    chain: str
    row_id: str
    verdict: Verdict
    days: int = 0
    from_on: date | None = None

    @property
    def counted(self) -> bool:
        return self.verdict == "counted"


State = Literal["coming", "due_soon", "open", "overdue", "missed", "met", "unknown"]


def state_on(window: Window, day: date, soon_days: int) -> State:
    """How a window stands on ``day``. ``soon_days`` is how long before it opens it counts as due soon.

    A recurring window is never missed: it stays overdue until it is met or the care ends. On the very day its care ends
    nothing is asked for any more, though an entry of that day still belongs to it.
    """
    if window.met_by:
        return "met"
    if window.ends_on is not None and day >= window.ends_on:
        return "missed"
    start, due, until = window.from_on, window.due_on, window.until_on
    if start is None and due is None and until is None:
        return "unknown"
    if until is not None and day > until:
        return "overdue" if window.recurring else "missed"
    if due is not None and day > due:
        return "overdue"
    first = start or due
    if first is not None and day < first:
        return "due_soon" if (first - day).days <= soon_days else "coming"
    return "open"


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One reason: a fact or bound, its value as text-ready data, and the entry it came from."""

    name: str  # fact, number, property or bound ('lmp', 'from', …)
    rule: str  # the rule's own text, '' for an answer
    value: Any
    label: Mapping[str, str] = field(default_factory=dict)
    entry: str = ""  # instance id it was read from, '' when worked out
    on: date | None = None  # day of that entry
    source: str = ""  # id of the pack's source for a number or a contact
    steps: tuple[TraceStep, ...] = ()
