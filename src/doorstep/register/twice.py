"""Whether two people of one place may be one person, written down twice. Pure: a plain score with its reasons; a person decides.

Nobody is looked for beyond the village: whoever has moved is matched nowhere (charter C21).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from doorstep.lib import sealed
from doorstep.places.queries import Tree
from doorstep.register.fold import PersonRow
from doorstep.register.search import digits, reading

ENOUGH = 6
_POINTS: Mapping[str, int] = {
    "name": 4, "pinyin": 3, "part_of_name": 2, "birth_date": 3, "birth_year": 1, "household": 2, "phone": 3,
}  # fmt: skip
_WIDE = frozenset({"country", "province", "prefecture", "county", "district", "township", "subdistrict"})
MOST_ALIKE = 60  # of one kind (one birthday, one phone): more is no sign of anything


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who may be one, and why. ``first`` is the one with the smaller id."""

    first: str
    second: str
    reasons: tuple[str, ...]

    @property
    def score(self) -> int:
        return sum(_POINTS[reason] for reason in self.reasons)


def area_of(place_id: int | None, tree: Tree) -> int | None:
    """The widest place around somebody's that is narrower than a township; None for who stands at a wide place."""
    found = None
    for node in tree.upward(place_id):
        if node.kind in _WIDE:
            break
        found = node.id
    return found


def reasons(one: PersonRow, other: PersonRow) -> tuple[str, ...]:
    """What two have in common; () when they cannot be one person."""
    if one.sex in ("male", "female") and other.sex in ("male", "female") and one.sex != other.sex:
        return ()
    found = []
    if named := _names(one.name, other.name):
        found.append(named)
    if one.birth_date and one.birth_date == other.birth_date:
        found.append("birth_date")
    elif one.birth_date and other.birth_date:
        if one.birth_date.year != other.birth_date.year:
            return ()
        found.append("birth_year")
    if one.household_id and one.household_id == other.household_id:
        found.append("household")
    if len(_number(one)) >= 7 and _number(one) == _number(other):
        found.append("phone")
    return tuple(found) if named else ()


def _number(one: PersonRow) -> str:
    return digits(sealed.opened(one.phone))


def _names(one: str, other: str) -> str:
    if not one or not other:
        return ""
    if one == other:
        return "name"
    if reading(one) == reading(other):
        return "pinyin"
    short, long = sorted((one, other), key=len)
    return "part_of_name" if len(short) > 1 and short in long else ""


def pairs(people: Iterable[PersonRow], tree: Tree) -> list[Pair]:
    """Those of these people who may be one person, the likeliest first. Only who lives here and may be listed is looked
    at, within one village."""
    here = [p for p in people if p.is_here and p.listed]
    found: dict[tuple[str, str], Pair] = {}
    for group in _alike(here, tree):
        for one, other in combinations(sorted(group, key=lambda p: p.id), 2):
            key = (one.id, other.id)
            if key in found:
                continue
            pair = Pair(*key, reasons(one, other))
            if pair.score >= ENOUGH:
                found[key] = pair
    return sorted(found.values(), key=lambda pair: (-pair.score, pair.first, pair.second))


def _alike(people: Sequence[PersonRow], tree: Tree) -> Iterator[list[PersonRow]]:
    """People of one village with something in common: only these are compared one by one."""
    groups: dict[tuple[object, ...], list[PersonRow]] = {}
    for person in people:
        area = area_of(person.place_id, tree)
        if area is None:
            continue
        for key in (("born", person.birth_date), ("phone", _number(person)), ("named", person.name)):
            if key[1]:
                groups.setdefault((area, *key), []).append(person)
        if person.birth_date and person.household_id:
            groups.setdefault((area, person.household_id, person.birth_date.year), []).append(person)
    return (group for group in groups.values() if 1 < len(group) <= MOST_ALIKE)
