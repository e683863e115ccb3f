"""From a history to a plan: facts, windows of every kind, and who met them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from doorstep.engine.model.history import Entry, EpisodeRow, History, Plan, Window
from doorstep.engine.model.subjects import PERSON
from doorstep.engine.rules.doses import Book, SeriesWalk
from doorstep.engine.rules.program import LIVES, Program, Slot, ranks_of, subject_of_form
from doorstep.engine.rules.python_program import PythonProgram, subject_place
from doorstep.engine.rules.runtime import as_date
from doorstep.engine.rules.settling import Planned, settle
from doorstep.engine.rules.walking import Subject, Walk, in_order

_LIFE_SPAN = {"person": ("birth_date", "died_on")}


class Planner:
    """Works out plans for one program, from the entries of ``forms``: those some rule rests on."""

    def __init__(self, program: Program, forms: frozenset[str]):
        self.program = program
        self.python = PythonProgram(program)
        self.ranks = {form: rank for form, rank in ranks_of(program.pack).items() if form in forms}
        self.walks = {id_: self._walk(id_) for id_ in program.episodes}
        self._slots: dict[str, list[tuple[int, Slot]]] = {}
        for number, slot in enumerate(program.slots):
            self._slots.setdefault(slot.contact.of, []).append((number, slot))
        series = enumerate(program.series.values())
        self._series = {one.id: SeriesWalk(program, n, one, self.python) for n, one in series}
        self._bounds = [self.python[f"bounds_{number}"] for number in range(len(program.slots))]
        self._in_episodes = frozenset(form for walk in self.walks.values() for form in walk.forms)
        self._facts = {
            subject: self.python[f"facts_{subject_place(program, subject)}"] for subject in (*LIVES, *program.episodes)
        }

    def _walk(self, id_: str) -> Walk:
        place = list(self.program.episodes).index(id_)
        parts = (self.python.get(f"{part}_{place}") for part in ("stays_open_days", "ends_by_itself", "new_one_if"))
        return Walk(self.program.episodes[id_], *parts)

    def subjects(self, history: History) -> tuple[Subject, list[Subject], tuple[str, ...]]:
        """The life and the episodes of ``history`` with their facts, and the ids of entries that fit nowhere."""
        entries = in_order(history.entries, self.ranks)
        life = self._life(history, entries)
        episodes: list[Subject] = []
        placed: set[str] = set()
        for walk in self.walks.values():
            if walk.definition.of != history.kind:
                continue
            found, ids = walk.episodes(entries, history.properties)
            episodes += found
            placed |= ids
        for episode in episodes:
            episode.life_facts = life.facts
            episode.facts = self._facts[episode.kind](episode)
        lost = tuple(e.instance_id for e in entries if e.form in self._in_episodes and e.instance_id not in placed)
        return life, episodes, lost

    def episodes(self, history: History, kind: str) -> tuple[EpisodeRow, ...]:
        """The episodes of one kind. They rest on entries and the register alone, on no fact."""
        walk = self.walks[kind]
        if walk.definition.of != history.kind:
            return ()
        found, _ = walk.episodes(in_order(history.entries, self.ranks), history.properties)
        return tuple(episode.row() for episode in found)

    def _life(self, history: History, entries: list[Entry]) -> Subject:
        life = Subject(history.kind, "", history.properties)
        first, last = _LIFE_SPAN.get(history.kind, ("", ""))
        life.opened_on = as_date(history.properties.get(first))
        life.closed_on = as_date(history.properties.get(last))
        for entry in entries:
            life.take(entry)
        if history.kind == PERSON:
            life.series = Book(self._series, life)
        life.facts = life.life_facts = self._facts[history.kind](life)
        return life

    def walk_of(self, series: str) -> SeriesWalk:
        return self._series[series]

    def nothing_of(self, kind: str, life: Subject) -> Subject:
        """A care that never began, for rules about an entry that fits none."""
        nothing = Subject(kind, "", life.person, life_facts=life.facts)
        nothing.facts = self._facts[kind](nothing)
        return nothing

    def subject_on(self, history: History, form: str, day: date) -> Subject:
        """Whose facts hold for an entry of ``form`` made on ``day``."""
        life, episodes, _ = self.subjects(history)
        kind = subject_of_form(self.program.pack, form)
        if kind in LIVES:
            return life
        walk = self.walks[kind]
        began = [e for e in episodes if e.kind == kind and e.opened_on is not None and e.opened_on <= day]
        return next((e for e in reversed(began) if walk.holds(e, form, day)), self.nothing_of(kind, life))

    def plan(self, history: History, until: date | None = None) -> Plan:
        """All windows, ordered by contact, care and count. ``until`` is the asked day, for yearly contacts."""
        life, episodes, lost = self.subjects(history)
        asked = until or (life.entries[-1].occurred_on if life.entries else None)
        windows = [w for subject in (life, *episodes) for w in self.windows(subject, asked)]
        windows += life.series.windows() if life.series is not None else ()
        windows.sort(key=lambda w: (w.contact, w.episode, w.k))
        facts: dict[str, Mapping[str, Any]] = {subject.key: subject.facts for subject in (life, *episodes)}
        return Plan(tuple(e.row() for e in episodes), tuple(windows), lost, facts)

    def windows(self, subject: Subject, asked: date | None) -> Iterator[Window]:
        """The windows of one subject, met or not."""
        competing: list[Planned] = []
        recurring: list[Planned] = []
        for number, slot in self._slots.get(subject.kind, ()):
            if slot.kind == "recurring":
                recurring += self._recurring(number, slot, subject)
            elif slot.kind == "year":
                competing += self._yearly(number, slot, subject, asked)
            else:
                competing.append(self._planned(number, slot, slot.k, subject))
        standing = settle([p for p in competing if p.stands], subject.entries)
        last_days = {
            form: self._last_day(subject, form) for form in {p.slot.contact.form for p in (*standing, *recurring)}
        }
        for planned in (*standing, *(p for p in recurring if p.stands)):
            last_day = last_days[planned.slot.contact.form]
            if planned.met is not None or not planned.opens_after(last_day):
                yield planned.row(subject.key, last_day)

    def _planned(
        self,
        number: int,
        slot: Slot,
        k: int,
        subject: Subject,
        start: date | None = None,
        this: Entry | None = None,
    ) -> Planned:
        """The window with its bounds; without reason to exist (``while`` is false) it does not stand."""
        stands, from_on, due_on, until_on, lacking = self._bounds[number](subject, start, this, k)
        planned = Planned(slot, k, from_on, due_on, until_on, stands=stands is not False)
        if not lacking and slot.settled_by is None:
            return planned
        bounds = (from_on, due_on, until_on)
        if lacking:
            planned.need = self.python[f"need_{number}"](subject, start, this, k, *bounds)
        if slot.settled_by is not None:
            accepts = self.python[f"settles_{number}"]
            planned.accepts = lambda entry: accepts(subject, entry, start, this, k, *bounds)
        return planned

    def _yearly(self, number: int, slot: Slot, subject: Subject, asked: date | None) -> Iterator[Planned]:
        """One window per calendar year, from the year the care opened to that of the asked day or the care's end."""
        opened = subject.opened_on
        if opened is None:
            yield self._planned(number, slot, 0, subject)
            return
        if asked is None:
            return
        last = self._last_day(subject, slot.contact.form)
        final = min(asked.year, last.year) if last is not None else asked.year
        for k, year in enumerate(range(opened.year, final + 1)):
            yield self._planned(number, slot, k, subject, max(opened, date(year, 1, 1)))

    def _recurring(self, number: int, slot: Slot, subject: Subject) -> Iterator[Planned]:
        """The first window starts at enrolment, window k where ``every`` says from the entry that met window k-1.

        Each is met by the next entry of its form, early or late.
        """
        next_start = self.python[f"start_{number}"]
        start, this, k = subject.opened_on, None, 0
        entries = (e for e in subject.rows.get(slot.contact.form, ()) if e is not subject.opened)
        while True:
            planned = self._planned(number, slot, k, subject, start, this)
            planned.start, planned.this = start, this
            this = planned.met = next((e for e in entries if planned.takes(e)), None)
            yield planned
            if this is None:
                return
            k += 1
            start = next_start(subject, this, k)

    def recurrence(self, subject: Subject, slot: Slot, k: int) -> tuple[date | None, Entry | None]:
        """The start of window ``k`` of a recurring contact, and the entry it is counted from."""
        number = self.program.slots.index(slot)
        return next((p.start, p.this) for p in self._recurring(number, slot, subject) if p.k == k)

    def _last_day(self, subject: Subject, form: str) -> date | None:
        return None if subject.kind in LIVES else self.walks[subject.kind].last_day(subject, form)
