"""A subject's entries in order, and the episodes they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from doorstep.engine.model.history import Entry, EpisodeRow
from doorstep.engine.rules.program import ReadEpisode
from doorstep.engine.rules.python_program import Function
from doorstep.engine.rules.runtime import add_days


@dataclass(slots=True, eq=False)
class Subject:
    """A life or an episode, as the generated functions see it."""

    kind: str
    key: str
    person: Mapping[str, Any]
    opened: Entry | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    ended_on: date | None = None
    entries: list[Entry] = field(default_factory=list)
    rows: dict[str, list[Entry]] = field(default_factory=dict)
    life_facts: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    series: Any = None  # the person's Book of doses

    def take(self, entry: Entry) -> None:
        """Adds the next entry in order."""
        self.entries.append(entry)
        self.rows.setdefault(entry.form, []).append(entry)

    def row(self) -> EpisodeRow:
        ids = tuple(entry.instance_id for entry in self.entries)
        assert self.opened_on is not None
        return EpisodeRow(self.kind, self.key, self.opened_on, self.closed_on, self.ended_on, ids)


def root_of(entry: Entry) -> str:
    """The id of the first entry of its chain of corrections."""
    return entry.root_id or entry.instance_id


def in_order(entries: Iterable[Entry], ranks: Mapping[str, int]) -> list[Entry]:
    """Entries of the pack's forms by day, rank of form, the sender's counter, root id. Never by arrival."""
    known = [entry for entry in entries if entry.form in ranks]
    known.sort(key=lambda e: (e.occurred_on, ranks[e.form], e.counter, e.root_id or e.instance_id, e.instance_id))
    return known


class Walk:
    """Places entries of one kind of episode, one after the other.

    ``stays_open_days``, ``ends_by_itself`` and ``new_one_if`` are the generated functions, None when not stated.
    """

    def __init__(
        self,
        episode: ReadEpisode,
        stays_open_days: Function | None,
        ends_by_itself: Function | None,
        new_one_if: Function | None,
    ):
        self.definition = episode.definition
        self.forms = frozenset(episode.forms)
        self._turning = frozenset((episode.definition.opens, *episode.definition.closes))
        self._stays_open_days = stays_open_days
        self._ends_by_itself = ends_by_itself
        self._new_one_if = new_one_if

    def episodes(self, entries: Sequence[Entry], person: Mapping[str, Any]) -> tuple[list[Subject], set[str]]:
        """The episodes in the order they opened, and the ids of the entries placed. ``entries`` are in order."""
        found: list[Subject] = []
        placed: set[str] = set()
        for entry in entries:
            if entry.form not in self.forms:
                continue
            home = self._home(entry, found)
            if entry.form == self.definition.opens and self._begins(entry, home):
                home = self._open(entry, person, home)
                found.append(home)
            if home is None:
                continue
            home.take(entry)
            placed.add(entry.instance_id)
            if entry.form in self.definition.closes and home.closed_on is None:
                self._close(entry, home)
        return found, placed

    def _home(self, entry: Entry, found: Sequence[Subject]) -> Subject | None:
        """The latest opened episode that the entry's form can belong to on its day. What opens or closes care
        concerns the latest one only."""
        among = found[-1:] if entry.form in self._turning else reversed(found)
        return next((s for s in among if self.holds(s, entry.form, entry.occurred_on)), None)

    def holds(self, episode: Subject, form: str, day: date) -> bool:
        """Whether an entry of ``form`` on ``day``, a day not before the opening, can belong to ``episode``."""
        last = self.last_day(episode, form)
        return last is None or day <= last

    def last_day(self, episode: Subject, form: str) -> date | None:
        """The last day on which an entry of ``form`` can belong to ``episode``; None while that is open."""
        if episode.closed_on is None or form in self.definition.stays_open_forms:
            return episode.ended_on
        return episode.closed_on

    def _begins(self, entry: Entry, home: Subject | None) -> bool:
        """Whether an opening entry opens another episode, rather than adding to the open one."""
        return home is None or (self._new_one_if is not None and self._new_one_if(home, entry) is True)

    def _open(self, entry: Entry, person: Mapping[str, Any], before: Subject | None) -> Subject:
        if before is not None:
            before.ended_on = entry.occurred_on
        episode = Subject(self.definition.id, root_of(entry), person, entry, entry.occurred_on)
        if self._ends_by_itself is not None:
            episode.ended_on = self._ends_by_itself(episode, entry)
        return episode

    def _close(self, entry: Entry, episode: Subject) -> None:
        episode.closed_on = entry.occurred_on
        days = self._stays_open_days(episode, entry) if self._stays_open_days is not None else None
        later = add_days(entry.occurred_on, days)
        episode.ended_on = entry.occurred_on if later is None or later < entry.occurred_on else later
