"""A child's care as recorded: the vaccine card, doses from paper and doses given here, visits with weight and length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
        # a small child now and then comes without papers; for a greater one they were found by then
        if before and (self.being.age(opened) >= 2 or self.rng.random() < 0.9):
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
        """Visits to the clinic: on each day everything the schedule wants by then. Now and then a day too early, and
        then it is given again."""
        given = Given({name: [] for name in _chains()})
        while waiting := self._waiting(given):
            first, name = min(waiting)
            day = first + timedelta(days=self.rng.choices((0, 3, 9, 30, 120), (0.42, 0.30, 0.18, 0.07, 0.03))[0])
            if day > self.last_day:
                return
            if first > given.after and self.rng.random() < figures.DOSE_TOO_EARLY:
                given.after = first
                yield first - timedelta(days=1), [str(_chains()[name][len(given.days[name])][0]["product"])]
                continue
            rows = {name: row for name in given.days for row in self._given_on(name, day, given)}
            given.take(day, rows)
            if rows:
                yield day, [str(row["product"]) for row in rows.values()]

    def _waiting(self, given: Given) -> list[tuple[date, str]]:
        """The day from which the next dose of each chain can be given."""
        found = []
        for name in given.days:
            starts = [(max(self._start(row, name, given), given.after), row) for row in self._rows(name, given)]
            found += [(start, name) for start, row in starts if start < row.get("before", date.max)]
        return found

    def _given_on(self, name: str, day: date, given: Given) -> list[Mapping[str, Any]]:
        """The row by which the next dose of a chain counts on a day: of the edition in force then; none when too early."""
        in_force = [r for r in self._rows(name, given) if r.get("since", BLANK) <= day < r.get("before", date.max)]
        return [row for row in in_force if self._start(row, name, given) <= day][:1]

    def _rows(self, name: str, given: Given) -> list[Mapping[str, Any]]:
        steps, step = _chains()[name], len(given.days[name])
        rows = steps[step] if step < len(steps) else []
        return [
            row for row in rows if row.get("sex", self.being.sex) == self.being.sex and _for_her(row, self.being.born)
        ]

    def _start(self, row: Mapping[str, Any], name: str, given: Given) -> date:
        first = _ADD[row["age_unit"]](self.being.born, row["age"]) or BLANK
        last = given.days[name][-1] if given.days[name] else None
        if last is not None:
            gap = _ADD[row["gap_unit"]](last, row["gap"]) if "gap" in row else None
            first = max(first, gap or last + timedelta(days=1))
        if "after_series" in row and given.days[row["after_series"]]:
            first = max(first, _ADD[row["after_unit"]](given.days[row["after_series"]][-1], row["after"]) or first)
        if row.get("live") == "injected" and given.live is not None:
            first = max(first, given.live + timedelta(days=_live_gap()))
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


@dataclass(slots=True)
class Given:
    """The doses given so far that count: their days by chain, and when the last injected live one was. Nothing more is
    given before ``after``."""

    days: dict[str, list[date]]
    live: date | None = None
    after: date = BLANK

    def take(self, day: date, rows: Mapping[str, Mapping[str, Any]]) -> None:
        self.after = day + timedelta(days=1)
        for name, row in rows.items():
            self.days[name].append(day)
            if row.get("live") == "injected":
                self.live = day


@cache
def _live_gap() -> int:
    return int(materials().packs[VACCINES].numbers["live_gap_days"].values[-1].value)


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
