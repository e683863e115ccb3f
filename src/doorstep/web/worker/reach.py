"""Whether the reader may open a person, a family or a record. Asked with places and care teams, before any name is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404

from doorstep.access import queries as access
from doorstep.access.permissions import Actor, Thing, may
from doorstep.engine.outputs.tags import SENSITIVE
from doorstep.forms import queries as forms
from doorstep.forms.builtin import OWNER
from doorstep.forms.held import place_of
from doorstep.forms.queries import Published, StoredEntry
from doorstep.programmes.library import programmes
from doorstep.register import queries as register

Named = Mapping[str, tuple[frozenset[int], frozenset[int]]]  # service → the members and clinics a person named
CARE_TEAM_TAGS = SENSITIVE | {"claim"}


@dataclass(frozen=True, slots=True)
class Reach:
    """What one reader may know of one person: the register's part, the services she named the reader for (``named``),
    and beside these those offered to everybody for which she named nobody."""

    actor: Actor
    person_id: str
    place_id: int | None
    by_place: bool
    services: frozenset[str]
    named: frozenset[str] = frozenset()

    def sees(self, published: Published) -> bool:
        """Whether records of this form may be shown: those that tell of care, to the care team of its service alone."""
        if published.pack_id == OWNER or published.owner_id not in (None, self.actor.user_id):
            return False
        service = published.use.get("service", "")
        if service or published.use.get("tag") in CARE_TEAM_TAGS:
            return service in self.services
        return self.by_place or bool(self.services)


def reach(actor: Actor, person_id: str) -> Reach:
    """The reader's reach to a person. Raises Http404 when there is none, or nobody of that id: both look the same."""
    found = register.place_of(person_id)
    if found is None:
        raise Http404
    within = _reach(actor, person_id, found[0], access.care_of([person_id]).get(person_id, {}))
    if within is None:
        raise Http404
    return within


def reaches(actor: Actor, places: Mapping[str, int | None]) -> dict[str, Reach]:
    """The reader's reach to each of these persons (id → where she is served); those out of reach are left out."""
    named = access.care_of(places)
    found = {i: _reach(actor, i, place_id, named.get(i, {})) for i, place_id in places.items()}
    return {i: within for i, within in found.items() if within is not None}


def _reach(actor: Actor, person_id: str, place_id: int | None, named: Named) -> Reach | None:
    mine = frozenset(
        service
        for service, (users, clinics) in named.items()
        if may(actor, "care.read", Thing(care_users=users, care_clinics=clinics, needs_care=True))
    )
    here = Thing(place_ids=frozenset() if place_id is None else frozenset({place_id}))
    services = mine
    if may(actor, "care.read", here):
        services = mine | (offered_at(place_id) - named.keys())
    by_place = bool(may(actor, "register.read", here))
    if not by_place and not services:
        return None
    return Reach(actor, person_id, place_id, by_place, services, mine)


def offered_at(place_id: int | None) -> frozenset[str]:
    """Services offered to everybody at a place; as long as a person named nobody for one, those who give care there
    are her team for it."""
    packs = (programme.pack for programme in programmes().at(place_id))
    return frozenset(service.id for pack in packs for service in pack.services.values() if service.offered)


def household_within(actor: Actor, household_id: str) -> int:
    """The family's place. Raises Http404 when it is out of reach or not there."""
    place_id = register.place_of_household(household_id)
    if place_id is None or not may(actor, "register.read", Thing(place_ids=frozenset({place_id}))):
        raise Http404
    return place_id


def record_within(actor: Actor, seq: int) -> tuple[StoredEntry, bool]:
    """A record the reader wrote or may see, and whether it may be shown (not only its receipt). Raises Http404."""
    rows = forms.entries("seq IN (?*)", [seq])
    published = forms.library().current[rows[0].form_id] if rows else None
    if published is None or published.pack_id == OWNER or published.owner_id not in (None, actor.user_id):
        raise Http404
    entry, mine = rows[0], rows[0].author_id == actor.user_id
    visible = _visible(actor, entry)
    if not visible and not mine:
        raise Http404
    return entry, visible


def _visible(actor: Actor, entry: StoredEntry) -> bool:
    published = forms.library().current[entry.form_id]
    try:
        if entry.person_id is not None:
            return reach(actor, entry.person_id).sees(published)
        if entry.household_id is not None:
            household_within(actor, entry.household_id)
            return True
        if published.use.get("subject") == "place":
            return place_of(entry.seq) in actor.places
    except Http404:
        return False
    return False
