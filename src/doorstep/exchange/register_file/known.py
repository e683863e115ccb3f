"""Who of a file is in the register already, and who looks like someone who is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.engine.outputs import Condition, select
from doorstep.exchange.outputs import LOOK_ALIKES
from doorstep.exchange.register_file.people import Person
from doorstep.lib import db
from doorstep.places.queries import Tree

SOURCES = {
    "person.id": "p.id",
    "person.name": "p.name",
    "person.sex": "p.sex",
    "person.birth_date": "p.birth_date",
    "person.phone": "p.phone",
    "person.reach": "p.reach",
    "person.moved_in_on": "p.moved_in_on",
    "place.id": "p.place_id",
    "household.number": "h.number",
    "household.address": "h.address",
    "household.walk_order": "h.walk_order",
}
FROM = "person p LEFT JOIN household h ON h.id = p.household_id"
SHOWN_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Shown:
    """Someone of the register, as shown beside a row of the file that looks alike."""

    person_id: str
    name: str
    sex: str
    birth_date: date | None
    number: str | None
    place_id: int | None


class Known:
    """The people and households of some places, for comparing. Nothing of it is shown to anybody by itself."""

    def __init__(self, tree: Tree, place_ids: Iterable[int]):
        self._tree = tree
        self._same: dict[tuple[str, date, int], str] = {}  # name, birth, village → person
        self._by_name_and_birth: dict[tuple[str, date], list[str]] = {}
        self._at_home: dict[tuple[int, str], list[tuple[str, str, date | None]]] = {}
        self._households: dict[tuple[int, str], list[tuple[int | None, str]]] = {}
        wanted = sorted(place_ids)
        connection = db.current()
        for row in connection.rows_in("SELECT id, number, place_id FROM household WHERE place_id IN (?*)", wanted):
            household_id, number, place_id = row
            self._households.setdefault((self.village(place_id), number), []).append((place_id, household_id))
        sql = f"SELECT p.id, p.name, p.birth_date, p.place_id, h.number FROM {FROM} WHERE p.place_id IN (?*)"
        for person_id, name, born, place_id, number in connection.rows_in(sql, wanted):
            self._add(person_id, name, born, self.village(place_id), number)

    def _add(self, person_id: str, name: str, born: date | None, village: int, number: str | None) -> None:
        if born is not None:
            self._same[(name, born, village)] = person_id
            self._by_name_and_birth.setdefault((name, born), []).append(person_id)
        if number is not None:
            self._at_home.setdefault((village, number), []).append((person_id, name, born))

    def village(self, place_id: int | None) -> int:
        """The village a place belongs to: above a group, else itself. 0 for nowhere."""
        node = self._tree.by_id.get(place_id) if place_id is not None else None
        if node is None:
            return 0
        return node.parent_id if node.kind == "group" and node.parent_id is not None else node.id

    def village_of(self, code: str) -> int:
        return self.village(self._tree.by_code[code].id)

    def person(self, one: Person) -> str:
        """The id of this very person when she is here already: same name, birth and village. '' when not."""
        return self._same.get((one.name, one.born, self.village_of(one.place)), "")

    def alike(self, one: Person) -> list[str]:
        """Ids of people who may be the same: the name and birth in another village, or one of the two at this door."""
        found = list(self._by_name_and_birth.get((one.name, one.born), ()))
        for person_id, name, born in self._at_home.get((self.village_of(one.place), one.number), ()):
            if person_id not in found and (name == one.name or born == one.born):
                found.append(person_id)
        return found

    def household(self, one: Person) -> str:
        """The id of the household at this door; '' when there is none yet."""
        found = self._households.get((self.village_of(one.place), one.number), [])
        place_id = self._tree.by_code[one.place].id
        same_place = [household_id for place, household_id in found if place == place_id]
        if same_place:
            return same_place[0]
        return found[0][1] if len(found) == 1 else ""


def show(actor: Actor, person_ids: Sequence[str]) -> dict[str, Shown]:
    """These people, once it is on record that ``actor`` is shown them."""
    found: dict[str, Shown] = {}
    for start in range(0, len(person_ids), SHOWN_AT_ONCE):
        some = person_ids[start : start + SHOWN_AT_ONCE]
        log_shown(actor, LOOK_ALIKES.id, some)
        sql, params = select(LOOK_ALIKES, SOURCES, FROM, [Condition("person.id", "in", some)])
        found |= {row[0]: Shown(*row) for row in db.current().rows(sql, params)}
    return found
