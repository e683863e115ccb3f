"""Which entry meets which planned visit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.engine.model.history import Entry, Window
from doorstep.engine.rules.program import Slot

Accepts = Callable[[Entry], bool | None]


@dataclass(slots=True, eq=False)
class Planned:
    """A window not yet turned into a row. ``accepts`` is its ``settled_by`` for an entry; without a reason to exist it
    does not ``stand``. ``start`` and ``this``, the entry it is counted from, are those of a recurring one."""

    slot: Slot
    k: int
    from_on: date | None
    due_on: date | None
    until_on: date | None
    need: tuple[str, ...] = ()
    accepts: Accepts | None = None
    met: Entry | None = None
    stands: bool = True
    start: date | None = None
    this: Entry | None = None

    @property
    def preference(self) -> tuple[date, date, str, int]:
        """Earliest end first (none stated is last), then earliest beginning, then id."""
        return (self.until_on or date.max, self.from_on or date.min, self.slot.contact.id, self.k)

    @property
    def can_be_met(self) -> bool:
        """A stated side that is not known yet leaves open what it would hold."""
        return not (self.slot.from_ is not None and self.from_on is None) and not (
            self.slot.until is not None and self.until_on is None
        )

    def holds(self, entry: Entry) -> bool:
        day = entry.occurred_on
        if (self.from_on is not None and day < self.from_on) or (self.until_on is not None and day > self.until_on):
            return False
        return self.takes(entry)

    def takes(self, entry: Entry) -> bool:
        """Whether its ``settled_by`` holds for the entry; unknown does not."""
        return self.accepts is None or self.accepts(entry) is True

    def opens_after(self, last_day: date | None) -> bool:
        """Whether it would only open when its form can no longer belong to the care."""
        opens = self.from_on or self.due_on
        return last_day is not None and opens is not None and opens > last_day

    def row(self, episode: str, ends_on: date | None) -> Window:
        contact, met = self.slot.contact, self.met
        return Window(
            contact.id,
            self.k,
            episode,
            contact.form,
            contact.service,
            self.from_on,
            self.due_on,
            self.until_on,
            met.instance_id if met else "",
            met.occurred_on if met else None,
            self.need,
            self.slot.kind == "recurring",
            contact.priority,
            ends_on,
        )


def settle(planned: Sequence[Planned], entries: Iterable[Entry]) -> list[Planned]:
    """Walks the entries in order; each meets the first window, by preference, that is not met and holds it.

    Gives back the windows that stand: a window superseded by one that was met, and not met itself, does not.
    """
    waiting: dict[str, list[Planned]] = {}
    for window in sorted(planned, key=lambda w: w.preference):
        if window.can_be_met:
            waiting.setdefault(window.slot.contact.form, []).append(window)
    gone: set[str] = set()
    for entry in entries:
        among = waiting.get(entry.form)
        if not among:
            continue
        while among and among[0].until_on is not None and among[0].until_on < entry.occurred_on:
            del among[0]  # past for every later entry too, since both stand in the order of days
        chosen = next((w for w in among if w.holds(entry) and w.slot.contact.id not in gone), None)
        if chosen is not None:
            chosen.met = entry
            among.remove(chosen)
            gone.update(chosen.slot.contact.supersedes)
    return [w for w in planned if w.met is not None or w.slot.contact.id not in gone]
