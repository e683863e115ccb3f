"""Who lives in one household: people as they are at the end of the history, and what happened to them on the way.

Pure and drawn from the household's own random numbers, so that a family is the same in a hamlet and in a great county.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from doorstep.site.demo import figures, names
from doorstep.site.demo.figures import by_age

YEAR = 365.2425
TERM_DAYS = 280


@dataclass(slots=True)
class Pregnancy:
    """As nature has it; the records know what they are told."""

    lmp: date
    ends_on: date
    is_birth: bool
    babies: int = 1


@dataclass(slots=True)
class Being:
    id: str
    name: str
    sex: str
    born: date
    moved_in_on: date | None = None
    left_on: date | None = None
    back_on: date | None = None
    died_on: date | None = None
    pregnancy: Pregnancy | None = None
    children_born: int = 0  # how many of the household's last members are her babies of this history

    def age(self, on: date) -> int:
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    def last_day_here(self, until: date) -> date:
        """The last day someone could see this person here."""
        return min(d for d in (until, self.left_on, self.died_on) if d is not None)


@dataclass(slots=True)
class Household:
    id: str
    registered_on: date
    members: list[Being] = field(default_factory=list)


def new_id(rng: random.Random) -> str:
    """A random UUID from this random number generator."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def compose(rng: random.Random, first_seen: date, until: date) -> Household:
    """A household that is registered in the first round, from ``first_seen`` on, or when it moves in."""
    home = Household(new_id(rng), first_seen + timedelta(days=rng.randrange(figures.FIRST_ROUND_DAYS)))
    kind = rng.choices(
        (_family, _three_generations, _old_couple, _alone_old, _young_couple, _alone_young),
        (0.40, 0.27, 0.12, 0.06, 0.10, 0.05),
    )[0]
    home.members = kind(rng, until)
    _give_births(rng, home, first_seen, until)
    _move(rng, home, first_seen, until)
    _die(rng, home, until)
    return home


def _days_ago(rng: random.Random, age: float, until: date) -> date:
    """A birthday for someone of about this age."""
    return until - timedelta(days=int(max(age, 2.0) * YEAR) + rng.randrange(365))


def _being(rng: random.Random, sex: str, age: float, until: date, family_name: str) -> Being:
    born = _days_ago(rng, age, until)
    return Being(new_id(rng), family_name + names.given_name(rng, sex, born.year), sex, born)


def _pair(rng: random.Random, age: float, until: date) -> list[Being]:
    """A man and a woman; she keeps her own surname, as is usual."""
    man = _being(rng, "male", age + rng.gauss(2, 2), until, names.surname(rng))
    woman = _being(rng, "female", age, until, names.surname(rng))
    return [man, woman]


def _with_children(rng: random.Random, pair: list[Being], mother_age: float, until: date) -> list[Being]:
    """The children born before this history and still at home."""
    wanted = rng.choices((0, 1, 2, 3), (0.06, 0.42, 0.43, 0.09))[0]
    age_at_birth = max(19.0, rng.gauss(24.5, 3))
    found = []
    for _ in range(wanted):
        age = mother_age - age_at_birth
        if age >= 3 and (age < 19 or rng.random() < 0.45):
            found.append(_being(rng, rng.choice(("female", "male")), age - 1, until, pair[0].name[:1]))
        age_at_birth += max(1.8, rng.gauss(3.5, 1.5))
    return pair + found


def _family(rng: random.Random, until: date) -> list[Being]:
    age = rng.triangular(21, 62, 37)
    return _with_children(rng, _pair(rng, age, until), age, until)


def _three_generations(rng: random.Random, until: date) -> list[Being]:
    age = rng.triangular(20, 52, 29)
    old_age = age + rng.gauss(25, 3)
    elders = _pair(rng, old_age, until)
    if rng.random() < 0.35:
        elders = [rng.choice(elders)]
    return elders + _with_children(rng, _pair(rng, age, until), age, until)


def _old_couple(rng: random.Random, until: date) -> list[Being]:
    return _pair(rng, rng.triangular(52, 86, 64), until)


def _alone_old(rng: random.Random, until: date) -> list[Being]:
    return [rng.choice(_pair(rng, rng.triangular(58, 92, 73), until))]


def _young_couple(rng: random.Random, until: date) -> list[Being]:
    return _pair(rng, rng.triangular(20, 36, 25), until)


def _alone_young(rng: random.Random, until: date) -> list[Being]:
    return [rng.choice(_pair(rng, rng.triangular(19, 48, 27), until))]


def _give_births(rng: random.Random, home: Household, first_seen: date, until: date) -> None:
    """Pregnancies that end in this history or are under way at its end, and the babies already born."""
    for mother in [m for m in home.members if m.sex == "female"]:
        days = (until - first_seen).days + TERM_DAYS
        chance = by_age(figures.FERTILITY_BY_AGE, mother.age(until)) * figures.FERTILITY_FACTOR * days / YEAR
        if rng.random() >= chance / (1 - figures.PREGNANCIES_ENDED):
            continue
        birth = first_seen + timedelta(days=rng.randrange(days))
        others = [m.born for m in home.members if (mother.born - m.born).days < -17 * YEAR]
        if any(abs((birth - other).days) < 500 for other in others):
            continue
        lmp = birth - timedelta(days=round(rng.gauss(TERM_DAYS - 2, 9)))
        if rng.random() < figures.PREGNANCIES_ENDED:
            mother.pregnancy = Pregnancy(lmp, lmp + timedelta(days=rng.randint(40, 130)), is_birth=False)
            continue
        babies = 2 if rng.random() < figures.TWINS else 1
        mother.pregnancy = Pregnancy(lmp, birth, is_birth=True, babies=babies)
        if birth <= until:
            mother.children_born = babies
            father = next((m for m in home.members if m.sex == "male"), mother)
            for _ in range(babies):
                sex = rng.choices(("male", "female"), (0.512, 0.488))[0]
                name = father.name[:1] + names.given_name(rng, sex, birth.year)
                home.members.append(Being(new_id(rng), name, sex, birth))
        return  # one birth at a time in a house keeps babies next to their own mother


def _move(rng: random.Random, home: Household, first_seen: date, until: date) -> None:
    """Some came from elsewhere, many live elsewhere now."""
    expects = any(m.pregnancy for m in home.members)
    came_together = rng.random() < 0.062
    came = first_seen - timedelta(days=rng.randint(-650, 2900))
    if came_together and came > home.registered_on:
        home.registered_on = came
    left_together = not expects and rng.random() < 0.06
    left = until - timedelta(days=int(rng.triangular(1, 2600, 400)))
    for being in home.members:
        if came_together:
            being.moved_in_on = max(came, being.born)
        elif being.sex == "female" and being.age(until) > 20 and rng.random() < 0.093:
            being.moved_in_on = first_seen - timedelta(days=rng.randint(30, 3650))
        share = 0.04 if expects else by_age(figures.AWAY_BY_AGE, being.age(until))
        if left_together or rng.random() < share:
            gone = left if left_together else until - timedelta(days=int(rng.triangular(1, 2600, 400)))
            if gone > max(being.moved_in_on or being.born, being.born):
                being.left_on = gone
                if gone < until - timedelta(days=200) and rng.random() < 0.05:
                    being.back_on = gone + timedelta(days=rng.randint(60, 190))


def _die(rng: random.Random, home: Household, until: date) -> None:
    for being in home.members:
        chance = by_age(figures.DEATHS_A_YEAR_BY_AGE, being.age(until)) * figures.HISTORY_DAYS / YEAR
        if being.left_on is None and being.pregnancy is None and rng.random() < chance:
            day = until - timedelta(days=rng.randrange(figures.HISTORY_DAYS - 90))
            if day > max(being.born, home.registered_on):
                being.died_on = day
