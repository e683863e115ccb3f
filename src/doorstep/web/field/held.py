"""People as a phone is given them: worked out many at once, each exactly as her own page would show her."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from doorstep.access.permissions import Actor
from doorstep.forms import queries as forms
from doorstep.forms.queries import SUPERSEDED, StoredEntry
from doorstep.intake.life import Life, World
from doorstep.intake.persons import lives
from doorstep.lib import db
from doorstep.programmes.library import Programme
from doorstep.register import queries as register
from doorstep.register.fold import HouseholdRow, PersonRow
from doorstep.visits.past import in_order
from doorstep.visits.queries import DueVisit, PlannedVisit, in_care_of, of_people, planned_for
from doorstep.web.worker.reach import Reach, reaches
from doorstep.web.worker.story import Planned, Story


class Held(Story):
    """One person's story out of many read together."""

    def __init__(self, within: Reach, life: Life, world: World, home: HouseholdRow | None):
        self.within, self.moment, self.life, self.world, self.home = within, None, life, world, home
        person = life.person
        assert person is not None
        unlisted = home is not None and not home.listed
        self.person: PersonRow = replace(person, listed=False) if unlisted else person
        self.given: list[DueVisit] = []
        self.stored: dict[str, list[PlannedVisit]] = {}  # by pack id
        self.rows: list[StoredEntry] = []

    @property
    def visits(self) -> list[DueVisit]:
        return self.given

    def windows(self, programme: Programme) -> Iterable[Planned]:
        """As stored, wherever what is stored is all there is: where a service ended, its visits are not."""
        if not self.person.is_here or any(service in self.endings for service in programme.pack.services):
            return super().windows(programme)
        return self.stored.get(programme.pack.id, ())

    def records(self) -> list[StoredEntry]:
        library = self.world.library
        seen = [r for r in self.rows if r.state != SUPERSEDED and self.within.sees(library.current[r.form_id])]
        return sorted(seen, key=lambda r: (r.occurred_on, r.seq), reverse=True)


def shown(actor: Actor, places: Mapping[str, int | None]) -> dict[str, Reach]:
    """Who of these persons (id → where she is served) this member's phone holds: those within reach who live here. Of
    those who asked not to be listed, those alone whom a visit of this member's waits for. Nothing of them is read yet but
    that."""
    within = reaches(actor, places)
    sql = (
        "SELECT p.id, p.listed AND (h.id IS NULL OR h.listed) FROM person p LEFT JOIN household h ON h.id = p.household_id"
        f" WHERE {register.IS_HERE} AND p.id IN (?*)"
    )
    listed = {i: bool(named) for i, named in db.current().rows_in(sql, within)}
    silent = [i for i, named in listed.items() if not named]
    gate = in_care_of(actor)
    waited = f"SELECT DISTINCT v.person_id FROM due_visit v WHERE v.met_by = '' AND {gate.sql} AND v.person_id IN (?*)"
    expected = {i for (i,) in db.current().rows_in(waited, silent, gate.params)}
    return {i: one for i, one in within.items() if listed.get(i) or i in expected}


def held(actor: Actor, within: Mapping[str, Reach]) -> dict[str, Held]:
    """These persons worked out. Log that they are shown before."""
    found, world = lives(db.current(), within)
    people = {i: life.person for i, life in found.items() if life.person is not None}
    homes = register.households({row.household_id for row in people.values() if row.household_id})
    made = {i: Held(within[i], found[i], world, homes.get(row.household_id or "")) for i, row in people.items()}
    for visit in of_people(actor, made):
        made[visit.person_id].given.append(visit)
    for planned in planned_for(made):
        made[planned.person_id].stored.setdefault(planned.pack_id, []).append(planned)
    for row in forms.entries("person_id IN (?*)", made):
        made[str(row.person_id)].rows.append(row)
    for one in made.values():
        one.given[:] = in_order(one.given)
    return made
