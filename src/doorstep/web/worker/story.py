"""One person as one reader may see her: who she is, and the care she named the reader for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Protocol, TypeVar

import orjson
from django.http import Http404

from doorstep.engine.model.history import EpisodeRow, History, Plan
from doorstep.engine.model.pack import EpisodeDef, FormUse, Service
from doorstep.forms import queries as forms
from doorstep.forms.queries import SUPERSEDED, StoredEntry
from doorstep.intake.follow import endings_of, follow, history_of
from doorstep.intake.homes import as_known as homes_then
from doorstep.intake.life import Life, World
from doorstep.intake.persons import lives
from doorstep.lib import days, db
from doorstep.programmes.library import Programme
from doorstep.programmes.moment import Moment
from doorstep.register import queries as register
from doorstep.register.fold import HouseholdRow, PersonRow
from doorstep.visits.gate import Ending
from doorstep.visits.past import as_listed, in_order
from doorstep.visits.queries import DueVisit, of_person
from doorstep.web.worker.reach import Reach

T = TypeVar("T")


@dataclass(frozen=True)
class Course:
    """A stretch of care as worked out, with what its pack says about it."""

    programme: Programme
    definition: EpisodeDef
    row: EpisodeRow
    facts: Mapping[str, Any]

    def open_on(self, day: date) -> bool:
        return self.row.ended_on is None or day <= self.row.ended_on

    @property
    def services(self) -> frozenset[str]:
        """The services its forms belong to."""
        own = self.definition
        forms_of = (own.opens, *own.closes, *own.visits, *own.stays_open_forms)
        uses = self.programme.pack.uses
        return frozenset(uses[form].service for form in forms_of if form in uses)


class Planned(Protocol):
    """What of a planned visit tells whether it concerns her."""

    @property
    def form(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def from_on(self) -> date | None: ...
    @property
    def until_on(self) -> date | None: ...


class _AskedFor(dict[str, T]):
    """By pack id, each made when first asked for."""

    def __init__(self, programmes: Iterable[Programme], make: Callable[[Programme], T]):
        super().__init__()
        self._programmes, self._make = {p.pack.id: p for p in programmes}, make

    def __missing__(self, pack_id: str) -> T:
        made = self[pack_id] = self._make(self._programmes[pack_id])
        return made


class Story:
    """Everything a page about one person needs, worked out once. Log that she is shown before making one.

    Raises Http404 when nothing in force makes her exist.
    """

    def __init__(self, within: Reach, moment: Moment | None = None):
        self.within, self.moment = within, moment
        found, world = lives(db.current(), [within.person_id], moment)
        self.life: Life = found[within.person_id]
        self.world: World = world
        if self.life.person is None:
            raise Http404
        person = self.life.person
        self.home = _home(person.household_id or "", moment)
        # where the family asked not to be listed only the house number remains, of everyone in it
        unlisted = self.home is not None and not self.home.listed
        self.person: PersonRow = replace(person, listed=False) if unlisted else person

    @cached_property
    def programmes(self) -> tuple[Programme, ...]:
        return self.world.programmes.at(self.person.place_id)

    @cached_property
    def histories(self) -> Mapping[str, History]:
        """By pack id."""
        return _AskedFor(self.programmes, lambda p: history_of(self.life, p, self.world))

    @cached_property
    def plans(self) -> Mapping[str, Plan]:
        """By pack id: worked out when first asked for, as most programmes have nothing to say of most people."""
        until = self.world.horizon
        return _AskedFor(self.programmes, lambda p: p.rules.plan(self.histories[p.pack.id], until=until))

    @cached_property
    def written(self) -> frozenset[str]:
        """The forms of her records in force."""
        return frozenset(about.row.form_id for about in self.life.in_force)

    def windows(self, programme: Programme) -> Iterable[Planned]:
        """Everything planned for her, whoever may see it: to know what concerns her, not to be shown."""
        return self.plans[programme.pack.id].windows

    @cached_property
    def courses(self) -> list[Course]:
        """The courses of care the reader may see, the newest first."""
        found = [course for course in self._all_courses() if course.services & self.within.services]
        return sorted(found, key=lambda c: c.row.opened_on, reverse=True)

    def _all_courses(self) -> Iterator[Course]:
        for programme in self.programmes:
            if not any(definition.opens in self.written for definition in programme.pack.episodes.values()):
                continue  # nothing began: nothing need be worked out to know it
            plan = self.plans[programme.pack.id]
            for row in plan.episodes:
                definition = programme.pack.episodes[row.kind]
                yield Course(programme, definition, row, plan.facts.get(row.key, {}))

    @cached_property
    def visits(self) -> list[DueVisit]:
        """Every visit the reader may see, met or not."""
        if self.moment is not None:
            planned = follow(self.life, self.world).visits
            mine = {key: values for key, values in planned.items() if values[0] in self.within.services}
            return in_order(as_listed(key, values, self.person, self.home, self.moment) for key, values in mine.items())
        return of_person(self.within.actor, self.person.id)

    @cached_property
    def endings(self) -> Mapping[str, Ending]:
        return endings_of(self.life, self.world, self.programmes)

    @cached_property
    def services(self) -> list[tuple[Service, Ending]]:
        """The services she named the reader for, and where each stands. One offered to everybody stands there when it
        concerns her: a visit of it is planned, something was written, or it has ended."""
        return [
            (service, self.endings.get(service.id, Ending()))
            for programme in self.programmes
            for service in programme.pack.services.values()
            if service.id in self.within.services and (not service.offered or self._concerns(programme, service))
        ]

    def _concerns(self, programme: Programme, service: Service) -> bool:
        uses = programme.pack.uses
        if service.id in self.endings or any(
            form in uses and uses[form].service == service.id for form in self.written
        ):
            return True
        soon = self.world.horizon
        return any(
            window.service == service.id
            and (window.from_on is None or window.from_on <= soon)
            and (window.until_on is None or window.until_on >= days.today())
            for window in self.windows(programme)
        )

    def use_of(self, form_id: str) -> FormUse | None:
        """What a pack in force at her place says about a form."""
        for programme in self.programmes:
            if form_id in programme.pack.uses:
                return programme.pack.uses[form_id]
        return None

    def records(self) -> list[StoredEntry]:
        """Her records that the reader may see, the latest first; those replaced by a correction are left out."""
        library = self.world.library
        rows = forms.entries("person_id IN (?*)", [self.person.id])
        if self.moment is not None:  # each as it stood then
            stood = self.life.states
            rows = [replace(r, state=stood[r.seq][0], problem=stood[r.seq][1]) for r in rows if r.seq in stood]
        seen = [r for r in rows if r.state != SUPERSEDED and self.within.sees(library.current[r.form_id])]
        return sorted(seen, key=lambda r: (r.occurred_on, r.seq), reverse=True)

    def may_show(self, form_id: str) -> bool:
        """Whether records of this form may be shown to the reader."""
        return self.within.sees(self.world.library.current[form_id])

    def answers_of(self, instance_ids: frozenset[str]) -> Iterator[tuple[StoredEntry, Mapping[str, Any]]]:
        """The records in force with these instance ids, in order, with their answers."""
        for about in self.life.in_force:
            if about.row.instance_id in instance_ids:
                yield about.row, orjson.loads(about.row.answers)


def _home(household_id: str, moment: Moment | None) -> HouseholdRow | None:
    """Her household, now or as it was known at a moment."""
    if moment is None:
        return register.households([household_id]).get(household_id)
    return homes_then(db.current(), [household_id], moment).get(household_id)
