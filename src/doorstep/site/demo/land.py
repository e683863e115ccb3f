"""The made-up county: its places, who works there, and which village each family lives in."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from doorstep.site.demo import figures
from doorstep.site.demo.chance import drawn
from doorstep.site.demo.names import book, spoken_name
from doorstep.site.demo.outlines import geojson, outer_ring, village_rings

COUNTY = "990000"  # no province of China has the code 99
FIRST_TOWNSHIP = "990001"
SHOWN_WORKERS = ("worker", "neighbour")  # of the first two villages: one, and another who must see nothing of hers
COLUMNS = 7  # townships stand in rows of seven on the map
CYCLE_HOUSEHOLDS = (20, 60)  # families come to the villages in rounds; a village takes this many in each


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    kind: str
    names: Mapping[str, str]
    parent: str = ""
    polygon: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who works there. Those shown on the screen when the demonstration starts can log in, the others cannot."""

    username: str
    name: str
    role: str
    serves: tuple[str, ...] = ()
    clinic: str = ""
    logs_in: bool = False


@dataclass(frozen=True, slots=True)
class Village:
    code: str
    households_a_round: int
    groups: tuple[str, ...]
    workers: tuple[str, ...]  # usernames

    def worker_of(self, group: int) -> str:
        """Who serves a group: the first half of the groups has the first worker."""
        return self.workers[group * len(self.workers) // len(self.groups)]


@dataclass(frozen=True)
class Township:
    code: str
    villages: tuple[Village, ...]
    clinicians: tuple[str, ...]
    places: tuple[Place, ...]
    members: tuple[Member, ...] = field(default=())

    @property
    def round_length(self) -> int:
        return sum(v.households_a_round for v in self.villages)


@dataclass(frozen=True, slots=True)
class Door:
    """Where one family lives: village, group, and its number there."""

    township: Township
    village: Village
    group: int
    number: str
    walk_order: int

    @property
    def place(self) -> str:
        return self.village.groups[self.group]

    @property
    def worker(self) -> str:
        return self.village.worker_of(self.group)


def townships_for(people: int) -> int:
    """How many townships a county of so many people has."""
    return max(1, -(-people // figures.RESIDENTS))


def county() -> Place:
    return Place(COUNTY, "county", book()["county"])


def county_members() -> tuple[Member, ...]:
    """Those who work for the whole county."""
    return (
        Member("manager", spoken_name("manager"), "manager", (COUNTY,), logs_in=True),
        Member("installer", spoken_name("installer"), "installer", logs_in=True),
    )


@lru_cache(maxsize=64)
def township(number: int, seed: int) -> Township:
    """The township with this number, from 0; the same whatever the size of the county."""
    rng = drawn("township", seed, number)
    code = f"99{number + 1:04d}"
    clinic = f"{code}-clinic"
    tag = "" if number == 0 else f"-{number + 1}"
    rings = village_rings(figures.VILLAGES, number % COLUMNS, number // COLUMNS, seed)
    names = _township_names(number)
    places = [
        Place(code, "township", names, COUNTY, geojson(outer_ring(rings))),
        Place(
            clinic, "clinic", {k: f"{names[k]}{' ' if k == 'en' else ''}{v}" for k, v in book()["clinic"].items()}, code
        ),
    ]
    members = [
        Member(f"supervisor{tag}", spoken_name(f"supervisor{number}"), "supervisor", (code,), logs_in=number == 0),
        *(
            Member(f"clinician{tag}{k or ''}", spoken_name(f"clinician{number}.{k}"), "clinician", (clinic,), clinic, number + k == 0)
            for k in range(3)
        ),
    ]  # fmt: skip
    villages = []
    for v, (zh, en) in enumerate(book()["villages"].items()):
        made = _village(code, v, rng)
        villages.append(made)
        name = {"zh": f"{zh}村", "en": f"{en} village"}
        places.append(Place(made.code, "village", name, code, geojson(rings[v])))
        places += [
            Place(group, "group", {k: t.format(village=zh if k == "zh" else en, number=g + 1) for k, t in book()["group"].items()}, made.code)
            for g, group in enumerate(made.groups)
        ]  # fmt: skip
        for worker in made.workers:
            served = tuple(group for g, group in enumerate(made.groups) if made.worker_of(g) == worker)
            serves = served if len(made.workers) > 1 else (made.code,)
            members.append(Member(worker, spoken_name(worker), "worker", serves, clinic, worker in SHOWN_WORKERS))
    return Township(code, tuple(villages), tuple(m.username for m in members[1:4]), tuple(places), tuple(members))


def _village(township_code: str, number: int, rng: random.Random) -> Village:
    code = f"{township_code}{number + 1:03d}"
    households = rng.randint(*CYCLE_HOUSEHOLDS)
    groups = tuple(f"{code}-{g + 1}" for g in range(rng.randint(*figures.GROUPS_A_VILLAGE)))
    is_shown = township_code == FIRST_TOWNSHIP and number < len(SHOWN_WORKERS)
    first = SHOWN_WORKERS[number] if is_shown else f"worker-{code[2:]}"
    workers = (first,) if households < 42 or number == 0 else (first, f"{first}-2")
    return Village(code, households, groups, workers)


def _township_names(number: int) -> Mapping[str, str]:
    """Every pair of a head and a tail once, then with a number."""
    words = book()["townships"]
    heads, tails = list(words["heads"].items()), list(words["tails"].items())
    (zh, en), (zh_tail, en_tail) = heads[number % len(heads)], tails[number // len(heads) % len(tails)]
    again = number // (len(heads) * len(tails))
    more = str(again + 1) if again else ""
    return {"zh": f"{zh}{zh_tail}{more}", "en": f"{en} {en_tail} {more}".strip()}


def door(household: int, seed: int) -> Door:
    """Where the household with this number lives. It stays there however many more there are."""
    made = township(household // figures.HOUSEHOLDS_A_TOWNSHIP, seed)
    rounds, position = divmod(household % figures.HOUSEHOLDS_A_TOWNSHIP, made.round_length)
    for village in made.villages:
        if position < village.households_a_round:
            break
        position -= village.households_a_round
    nth = rounds * village.households_a_round + position
    order, group = divmod(nth, len(village.groups))
    return Door(made, village, group, f"{group + 1}-{order + 1}", order + 1)
