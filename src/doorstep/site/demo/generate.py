"""The whole township as a stream of submissions, household by household.

Every household has random numbers of its own, drawn from the seed and its number: the first thousand households are
the same in a store of five hundred people and of a million, in whatever order they are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from doorstep.forms.filling import Item
from doorstep.site.demo import figures, land, mistakes, rounds
from doorstep.site.demo.chance import drawn
from doorstep.site.demo.children import ChildCare
from doorstep.site.demo.elders import ElderCare, SugarCare
from doorstep.site.demo.figures import by_age
from doorstep.site.demo.households import Being, Household, compose
from doorstep.site.demo.pregnancies import PregnancyCare
from doorstep.site.demo.pressure import PressureCare
from doorstep.site.demo.writing import Pen, Sent

REACH = (("any", 0.72), ("only_me", 0.12), ("not_home", 0.06), ("clinic_only", 0.06), ("none", 0.04))
PHONE = "100"  # no mobile number begins so: nobody is called by a tap on a made-up number


def generate(people: int, seed: int, until: date) -> Iterator[list[Sent]]:
    """Everything sent about ``people`` people, one list per household. The history ends on ``until``."""
    number = 0
    while people > 0:
        persons, sent = household(number, seed, until, most=people)
        yield sent
        people -= persons
        number += 1


def household(number: int, seed: int, until: date, *, most: int) -> tuple[int, list[Sent]]:
    """How many people the household with this number has (at most ``most``), and everything sent about them."""
    rng = drawn("household", seed, number)
    home = compose(rng, first_day(until), until)
    home.members = home.members[:most]
    pen = Pen(rng, until)
    written = _Household(pen, home, land.door(number, seed))
    written.record()
    mistakes.add(pen, number, home, land.door(number, seed))
    by_chance = drawn("round", seed, number)  # its own, so that everything else stays as it was
    rounds.call(Pen(by_chance, until, pen.sent), by_chance, home, land.door(number, seed), written.since)
    return len(home.members), pen.sent


def first_day(until: date) -> date:
    """The day on which the township began to write things down."""
    return until - timedelta(days=figures.HISTORY_DAYS)


class _Household:
    """One household on record."""

    def __init__(self, pen: Pen, home: Household, door: land.Door):
        self.pen, self.rng, self.home, self.door = pen, pen.rng, home, door
        self.since: dict[str, date] = {}  # when each person was written down

    def record(self) -> None:
        on = self.home.registered_on
        answers = {
            "registered_on": on.isoformat(),
            "place": self.door.place,
            "number": self.door.number,
            "walk_order": min(self.door.walk_order, 9999),
            "dwelling": self.rng.choices(("house", "flat", "dormitory", "worksite"), (0.86, 0.12, 0.01, 0.01))[0],
        }
        self._write("household", on, answers, Item(self.home.id, self.door.number))
        for n, being in enumerate(self.home.members):
            known_since = self._register(being)
            if known_since is None:
                continue
            self.since[being.id] = known_since
            self._care(being, known_since, has_babies=bool(self.home.members[n + 1 :]))
            self._later(being, known_since)

    def _write(self, form: str, on: date, answers: Mapping[str, object], item: Item) -> None:
        self.pen.write(self.door.worker, form, on, answers, item=item)

    def _register(self, being: Being) -> date | None:
        """Write the person down, the first time someone comes by; None when that was not yet."""
        rng = self.rng
        on = max(self.home.registered_on, being.born + timedelta(days=rng.choice((2, 4, 9, 20, 40))))
        if being.moved_in_on and being.moved_in_on > on:
            on = being.moved_in_on
        on = min(on, self.pen.until)
        reach = rng.choices([r for r, _ in REACH], [share for _, share in REACH])[0]
        has_phone = being.age(on) >= 12 and reach != "none" and rng.random() < 0.82
        phone = f"{PHONE}{rng.randrange(10**8):08d}" if has_phone else None
        small = being.age(on) < figures.GUARDIAN_YEARS
        answers = {
            "household": self.home.id,
            "registered_on": on.isoformat(),
            "agreed_by": "guardian" if small else "self",
            "name": being.name,
            "sex": being.sex,
            "birth_date": being.born.isoformat(),
            "moved_in_on": being.moved_in_on.isoformat() if being.moved_in_on else None,
            "reach": None if small else reach,
            "phone": None if small else phone,
        }
        self._write("person", on, answers, Item(being.id, being.name))
        return on

    def _care(self, being: Being, known_since: date, *, has_babies: bool) -> None:
        del has_babies
        if being.pregnancy is not None:
            PregnancyCare(self.pen, being, being.pregnancy, self.door, known_since).record()
        share = by_age(figures.PRESSURE_BY_AGE, being.age(self.pen.until)) * figures.JOIN_PRESSURE_CARE
        if being.pregnancy is None and self.rng.random() < share:
            PressureCare(self.pen, being, self.door, known_since).record()
        sweet = by_age(figures.SUGAR_BY_AGE, being.age(self.pen.until)) * figures.JOIN_SUGAR_CARE
        if being.pregnancy is None and self.rng.random() < sweet:
            SugarCare(self.pen, being, self.door, known_since).record()
        if being.age(self.pen.until) >= figures.ELDER_FROM:
            ElderCare(self.pen, being, self.door, known_since).record()
        if being.age(known_since) < max(figures.VACCINES_BELOW, figures.CHILD_VISITS_BELOW):
            ChildCare(self.pen, being, self.door, known_since).record()

    def _later(self, being: Being, known_since: date) -> None:
        """What else is told of this person: gone, back, dead, another phone, not to be listed."""
        if being.left_on:
            self._tell(being, "moving_away", "left_on", being.left_on, known_since)
        if being.back_on and being.back_on <= self.pen.until:
            self._tell(being, "moving_in", "moved_in_on", being.back_on, known_since, household=self.home.id)
        if being.died_on:
            self._tell(being, "death", "died_on", max(being.died_on, known_since), known_since)
        day = known_since + timedelta(days=self.rng.randint(20, 500))
        if being.left_on is None and being.died_on is None and day <= self.pen.until:
            if self.rng.random() < 0.03 and being.age(day) >= 16:
                answers = {"what": ["phone"], "phone": f"{PHONE}{self.rng.randrange(10**8):08d}"}
                self._tell(being, "person_change", "changed_on", day, known_since, **answers)
            elif self.rng.random() < 0.005 and being.age(day) >= 16:
                self._tell(being, "do_not_list", "wished_on", day, known_since, listed="no")

    def _tell(self, being: Being, form: str, when: str, day: date, known_since: date, **answers: object) -> None:
        """Written on the day, or at the first visit when it was long ago."""
        later = max(0, (known_since - day).days)
        said = {"person": being.id, when: day.isoformat(), **answers}
        self.pen.write(self.door.worker, form, day, said, item=Item(being.id), later_days=later)
