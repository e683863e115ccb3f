"""A child's care as recorded: the vaccine card, doses from paper and doses given here, visits with weight and length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from doorstep.engine.model.history import Entry, Window
from doorstep.engine.rules import runtime
from doorstep.site.demo import figures
from doorstep.site.demo.courses import Course
from doorstep.site.demo.households import Being
from doorstep.site.demo.land import Door
from doorstep.site.demo.writing import Pen, materials, rules_of

PACK, VACCINES = "child", "immunisation"
TABLE = "schedule"
BLANK = date(1900, 1, 1)
MEASURES = {"weight": "who_weight_for_age", "length": "who_length_for_age", "head": "who_head_for_age"}
LAST_DAY = 1826  # of the tables for the first five years
LYING_DAYS = 730
SITES = ("left_arm", "right_arm", "left_leg", "right_leg")
TALKS = ("feeding", "playing", "injury", "illness", "mouth", "tcm")
LOOKED = ("development", "eyes", "hearing", "teeth", "blood")
_ADD = {
    "day": runtime.add_days,
    "week": runtime.add_weeks,
    "month": runtime.add_months,
    "year": runtime.add_years,
}


class ChildCare:
    """One child's care on record."""

    def __init__(self, pen: Pen, being: Being, door: Door, known_since: date):
        self.pen, self.rng, self.being, self.door, self.known_since = pen, pen.rng, being, door, known_since
        self.last_day = being.last_day_here(pen.until)
        self.care_by = self.rng.choices(("both", "worker", "clinic"), (0.86, 0.08, 0.06))[0]
        self.keeps = self.rng.choices((0.97, 0.85, 0.5), (0.70, 0.22, 0.08))[0]
        self.visited = False
        self.build = max(-2.4, min(2.4, self.rng.gauss(0, 0.9)))  # how far from the middle of all children

    def record(self) -> None:
        """Write down what became known up to the last day."""
        if self.known_since > self.last_day:
            return
        if self.being.age(self.known_since) < figures.VACCINES_BELOW and self.rng.random() < figures.JOIN_VACCINES:
            self._vaccines()
        if (
            self.being.age(self.known_since) < figures.CHILD_VISITS_BELOW
            and self.rng.random() < figures.JOIN_CHILD_CARE
        ):
            course = Course(self.being, rules_of(PACK))
            course.keep_visits(self.known_since, self.last_day, self._day_of, self._visit)

    # Vaccines

    def _vaccines(self) -> None:
        opened = min(self.known_since + timedelta(days=self.rng.choice((0, 0, 0, 3, 12, 40))), self.last_day)
        answers = {
            "person": self.being.id, "opened_on": opened.isoformat(), "asked": "yes",
            "booklet": self.rng.choices(("had", "given", "not_yet"), (0.86, 0.10, 0.04))[0], "care_by": self.care_by,
        }  # fmt: skip
        self.pen.write(self.door.worker, "vaccination_card", opened, answers)
        days = dict(self._days_of_doses())
        before = [(day, products) for day, products in days.items() if day < opened]
        if before and self.rng.random() < 0.94:
            doses = [{"product": p, "given_on": day.isoformat()} for day, products in before for p in products]
            told = {"person": self.being.id, "written_on": opened.isoformat(), "seen": "booklet", "doses": doses}
            self.pen.write(self.door.worker, "vaccination_history", opened, told)
        for day, products in days.items():
            if opened <= day <= self.last_day:
                doses = [self._dose(product) for product in products]
                watched = "yes" if self.rng.random() < 0.93 else "no"
                told = {"person": self.being.id, "visit_date": day.isoformat(), "doses": doses, "watched": watched}
                self.pen.write(self._nurse(), "vaccination", day, told)

    def _dose(self, product: str) -> dict[str, str]:
        oral = product == "bOPV"
        batch = f"{self.rng.randrange(2023, 2027)}{self.rng.randrange(1, 99):02d}-{self.rng.randrange(1, 9)}"
        return {"product": product, "batch": batch, "site": "mouth" if oral else self.rng.choice(SITES)}

    def _nurse(self) -> str:
        return self.rng.choice(self.door.township.clinicians) if self.care_by != "worker" else self.door.worker

    def _days_of_doses(self) -> Iterator[tuple[date, list[str]]]:
        """Visits to the clinic: on each day everything the schedule wants by then. Now and then a day too early."""
        waiting = sorted(self._wanted())
        while waiting:
            late = self.rng.choices((0, 3, 9, 30, 120), (0.42, 0.30, 0.18, 0.07, 0.03))[0]
            day = waiting[0][0] + timedelta(days=late)
            if self.rng.random() < figures.DOSE_TOO_EARLY:
                day = waiting[0][0] - timedelta(days=1)
            now = [one for one in waiting if one[0] <= day] or waiting[:1]
            waiting = [one for one in waiting if one not in now]
            if day > self.last_day:
                return
            yield day, [product for _, product in now]

    def _wanted(self) -> Iterator[tuple[date, str]]:
        """(first day, product) of every dose by the schedule, each edition from its day on."""
        born, sex = self.being.born, self.being.sex
        for steps in _chains().values():
            given: date | None = None
            for rows in steps:
                starts = [(self._start(row, given), row) for row in rows if row.get("sex", sex) == sex]
                fits = [(day, row) for day, row in starts if day < row.get("before", date.max) and _for_her(row, born)]
                if not fits:
                    break
                given, row = min(fits, key=lambda one: one[0])
                yield given, str(row["product"])

    def _start(self, row: Mapping[str, Any], given: date | None) -> date:
        first = _ADD[row["age_unit"]](self.being.born, row["age"]) or BLANK
        if given is not None and "gap" in row:
            first = max(first, _ADD[row["gap_unit"]](given, row["gap"]) or first)
        since: date = row.get("since", BLANK)
        return max(first, since)

    # Visits

    def _day_of(self, window: Window, since: date) -> date | None:
        first = max(window.from_on or since, since)
        last = window.until_on or first + timedelta(days=60)
        if first > last or self.rng.random() > self.keeps:
            return None
        return first + timedelta(days=min(self.rng.choice((0, 2, 5, 9, 20, 45)), (last - first).days))

    def _visit(self, window: Window, on: date) -> Entry:
        rng = self.rng
        lying = (on - self.being.born).days < LYING_DAYS
        looked = ["body", *rng.sample(LOOKED, rng.randint(1, 4))]
        told = {
            "person": self.being.id, "visit_date": on.isoformat(), "sex": self.being.sex,
            "birth_date": self.being.born.isoformat(), "care_by": self.care_by, **self._measured(on),
            "position": "lying" if lying else "standing", "looked_at": looked,
            "haemoglobin": round(rng.gauss(121, 9)) if "blood" in looked and rng.random() < 0.8 else None,
            "worries": ["none"] if rng.random() < 0.95 else [rng.choice(("growth", "teeth", "ill_now"))],
            "talked": rng.sample(TALKS, rng.randint(1, 3)), "referred": "yes" if rng.random() < 0.01 else "no",
        }  # fmt: skip
        # before anybody is named, it is the village worker who comes
        clinic = self.care_by == "clinic" and self.visited
        author = rng.choice(self.door.township.clinicians) if clinic else self.door.worker
        self.visited = True
        return self.pen.write(author, window.form, on, told)

    def _measured(self, on: date) -> dict[str, str]:
        days = min((on - self.being.born).days, LAST_DAY)
        grown = 1 + max(0, (on - self.being.born).days - LAST_DAY) * 0.0002  # past five years, roughly
        found = {}
        for measure, table in MEASURES.items():
            if measure == "head" and days > LYING_DAYS:
                continue
            l, m, s = _standard(table)[self.being.sex, days]  # noqa: E741 - the letters of the method
            z = self.build + self.rng.gauss(0, 0.3)
            value = m * (1 + l * s * z) ** (1 / l) * (grown if measure != "head" else 1)
            found[measure] = f"{value:.1f}"
        return found


def _for_her(row: Mapping[str, Any], born: date) -> bool:
    return row.get("offered") == "yes" and not ("born_after" in row and born <= row["born_after"])


@cache
def _chains() -> dict[str, list[list[Mapping[str, Any]]]]:
    """The schedule's rows by chain and step; of vaccines that stand for each other, the first."""
    found: dict[str, dict[int, list[Mapping[str, Any]]]] = {}
    for row in materials().packs[VACCINES].tables[TABLE].rows:
        if row.get("other", "") not in found:
            found.setdefault(row["series"], {}).setdefault(row["step"], []).append(row)
    return {name: [steps[n] for n in sorted(steps)] for name, steps in found.items()}


@cache
def _standard(table: str) -> dict[tuple[str, int], tuple[float, float, float]]:
    rows = materials().packs[PACK].tables[table].rows
    return {(row["sex"], row["days"]): (_float(row["l"]), _float(row["m"]), _float(row["s"])) for row in rows}


def _float(value: Decimal) -> float:
    return float(value)
