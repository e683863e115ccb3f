"""What follows from a person's entries in force: care team, ended services, courses of care, visits due. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from doorstep.engine.model.history import Entry, History, Plan
from doorstep.forms.builtin import SERVICE_END, SERVICE_WANTED
from doorstep.intake.clashing import of_visits
from doorstep.intake.life import About, Life, World, care_named
from doorstep.programmes.actions import EpisodeRow
from doorstep.programmes.histories import as_entry
from doorstep.programmes.library import Programme
from doorstep.register.whereabouts import place_on
from doorstep.visits.actions import Key, Values, row_of
from doorstep.visits.gate import Ending, ServiceWord, endings, passes

UNPLACED = "unplaced"  # a mark: it fits no course of care


@dataclass(slots=True)
class Followed:
    """Derived rows of one person, ready to be written."""

    care: set[tuple[str, str, int, int]] = field(default_factory=set)
    ends: set[tuple[str, str, Any]] = field(default_factory=set)
    episodes: set[EpisodeRow] = field(default_factory=set)
    visits: dict[Key, Values] = field(default_factory=dict)
    notes: list[tuple[int, str, str]] = field(default_factory=list)
    packs: set[str] = field(default_factory=set)  # packs that were worked out anew
    forms: set[str] = field(default_factory=set)  # and the forms their rules look at


def follow(life: Life, world: World, wanted: Callable[[Programme], bool] = lambda _: True) -> Followed:
    """Everything that follows for a person. ``wanted`` limits which programmes run (the others keep their rows)."""
    found = Followed()
    if life.person is None:
        return found
    person_id, place_id = life.person_id, life.person.place_id
    found.care = {(person_id, *named) for named in care_named(life, life.in_force, world)}
    programmes = world.programmes.at(place_id)
    ends = endings_of(life, world, programmes)
    found.ends = {(person_id, service, e.ended_on) for service, e in ends.items() if e.ended_on is not None}
    for programme in programmes:
        if wanted(programme):
            found.packs.add(programme.pack.id)
            found.forms |= programme.rules.forms
            history = history_of(life, programme, world)
            plan = programme.rules.plan(history, until=world.horizon)
            _add_plan(found, life, programme, plan, ends)
            found.notes += of_visits(life.in_force, plan, programme.pack)
    return found


def _add_plan(found: Followed, life: Life, programme: Programme, plan: Plan, ends: dict[str, Ending]) -> None:
    person = life.person
    if person is None:
        return
    pack_id, place_id = programme.pack.id, person.place_id
    for e in plan.episodes:
        row = (life.person_id, pack_id, e.kind, e.key, e.opened_on, e.closed_on, e.ended_on, place_id)
        found.episodes.add(row)
    for window in plan.windows:
        if passes(window, ends, person.is_here):
            key, values = row_of(life.person_id, pack_id, window, place_id)
            found.visits[key] = values
    if plan.unplaced:
        seqs = {a.row.instance_id: a.row.seq for a in life.in_force}
        found.notes += [(seqs[i], UNPLACED, "{}") for i in plan.unplaced]


def history_of(life: Life, programme: Programme, world: World) -> History:
    """The part of a person's history that a programme's rules may look at."""
    forms = programme.rules.forms
    entries = tuple(_entry(a, life, world) for a in life.in_force if a.row.form_id in forms)
    return History(life.person_id, life.properties, entries)


def _entry(a: About, life: Life, world: World) -> Entry:
    row, root = a.row, a.standing.root
    place_id = life.person.place_id if life.person else None
    if life.timeline:
        place_id = place_on(row.occurred_on, life.timeline, world.tree, world.household_place)
    node = world.tree.by_id.get(place_id) if place_id is not None else None
    return as_entry(row, root, node.code if node else "")


def endings_of(life: Life, world: World, programmes: Sequence[Programme]) -> dict[str, Ending]:
    """Where each of her services stands. What she has ended today is ended at every past moment too (charter C4)."""
    ends = service_endings(life.in_force, programmes)
    today = world.wishes.get(life.person_id) if world.wishes else None
    return ends | {service: Ending(on) for service, on in today.ended.items()} if today else ends


def service_endings(in_force: Sequence[About], programmes: Sequence[Programme]) -> dict[str, Ending]:
    """Where each service stands. Signing up for care anew, by her own wish, is a wish for its service."""
    opening = {
        episode.opens: programme.pack.uses[episode.opens].service
        for programme in programmes
        for episode in programme.pack.episodes.values()
        if episode.opens in programme.pack.uses
    }
    words = []
    for a in in_force:
        if a.row.form_id in (SERVICE_END, SERVICE_WANTED):
            service = orjson.loads(a.row.answers).get("service", "")
            words.append(ServiceWord(a.row.occurred_on, service, a.row.form_id == SERVICE_END))
        elif service := opening.get(a.row.form_id, ""):
            words.append(ServiceWord(a.row.occurred_on, service, False))
    return endings(words)
