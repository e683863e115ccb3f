"""The yearly check of older people as recorded, and care for people with diabetes: each quarter, rechecks, gaps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from doorstep.engine.model.history import Entry, Window
from doorstep.site.demo import figures
from doorstep.site.demo.courses import Course
from doorstep.site.demo.households import Being
from doorstep.site.demo.land import Door
from doorstep.site.demo.writing import Pen, rules_of

PARTS = ("mouth", "eyes", "ears", "moving", "skin", "nodes", "lungs", "heart", "belly")
ELDER_TESTS = ("blood", "urine", "liver", "kidney", "glucose", "lipids", "ecg", "ultrasound")
SUGAR_TESTS = ("blood", "urine", "hba1c", "lipids", "kidney", "eyes", "feet", "ecg")
LIVING = ("smokes", "drinks", "salty", "sits")
TALKS = ("food", "smoking", "drinking", "weight", "movement", "feet", "mood")


class ElderCare:
    """One older person's yearly checks on record."""

    def __init__(self, pen: Pen, being: Being, door: Door, known_since: date):
        self.pen, self.rng, self.being, self.door, self.known_since = pen, pen.rng, being, door, known_since
        self.last_day = being.last_day_here(pen.until)
        self.care_by = self.rng.choices(("both", "worker", "clinic"), (0.85, 0.05, 0.10))[0]

    def record(self) -> None:
        """One check in most years since someone came by, the first in the year of the 65th birthday."""
        first_time = True
        for year in range(self.known_since.year, self.last_day.year + 1):
            first, last = max(self.known_since, date(year, 1, 1)), min(self.last_day, date(year, 12, 31))
            if first > last or self.being.age(last) < figures.ELDER_FROM:
                continue
            on = first + timedelta(days=self.rng.randint(0, (last - first).days))
            if self.being.age(on) >= figures.ELDER_FROM and self.rng.random() < figures.JOIN_ELDER_CHECK:
                self._exam(on, first_time)
                first_time = False

    def _exam(self, on: date, first_time: bool) -> None:
        rng = self.rng
        upper = round(rng.gauss(136, 15))
        told = {
            "person": self.being.id, "visit_date": on.isoformat(), "care_by": self.care_by,
            "self_care": rng.choices(("alone", "some_help", "much_help", "all_help"), (0.86, 0.10, 0.03, 0.01))[0],
            "living": ["none"] if rng.random() < 0.5 else [rng.choice(LIVING)],
            "systolic": upper, "diastolic": max(50, min(upper - 20, round(upper * 0.58 + rng.gauss(2, 5)))),
            "pulse": round(rng.gauss(74, 8)), "weight": f"{rng.gauss(60, 9):.1f}",
            "height": f"{rng.gauss(165 if self.being.sex == 'male' else 154, 5):.0f}",
            "looked_at": rng.sample(PARTS, rng.randint(5, 9)),
            "found": ["none"] if rng.random() < 0.7 else [rng.choice(PARTS)],
            "tests": rng.sample(ELDER_TESTS, rng.randint(5, 8)),
            "glucose": f"{max(3.9, rng.gauss(5.6, 0.9)):.1f}" if rng.random() < 0.9 else None,
            "tcm": "yes" if rng.random() < 0.7 else "no", "told": "yes" if rng.random() < 0.93 else "no",
        }  # fmt: skip
        # before anybody is named, it is the village worker who takes people along
        author = (
            self.door.worker if first_time or self.care_by == "worker" else rng.choice(self.door.township.clinicians)
        )
        self.pen.write(author, "elder_exam", on, told)


class SugarCare:
    """One person's diabetes care on record."""

    PACK, SERVICE, YEARLY = "diabetes", "diabetes_care", "dm_exam"

    def __init__(self, pen: Pen, being: Being, door: Door, known_since: date):
        self.pen, self.rng, self.being, self.door, self.known_since = pen, pen.rng, being, door, known_since
        self.last_day = being.last_day_here(pen.until)
        self.course = Course(being, rules_of(self.PACK))
        self.care_by = self.rng.choices(("both", "worker", "clinic"), (0.80, 0.12, 0.08))[0]
        self.keeps = self.rng.choices((0.95, 0.80, 0.5), (0.50, 0.35, 0.15))[0]
        self.sugar = max(4.6, self.rng.gauss(6.4, 0.9))
        self.weight = self.rng.gauss(65, 9)

    def record(self) -> None:
        """Write down what became known up to the last day."""
        on = self.known_since + timedelta(days=self.rng.randint(0, figures.HISTORY_DAYS - 90))
        if on > self.last_day:
            return
        told = {"person": self.being.id, "registered_on": on.isoformat(), "asked": "yes", "care_by": self.care_by}
        self.course.entries.append(self.pen.write(self.door.worker, "dm_registration", on, told))
        last_day, ends = self.last_day, on + timedelta(days=self.rng.randint(30, 500))
        ends_care = self.rng.random() < figures.END_SUGAR_CARE and ends <= last_day
        if ends_care:
            last_day = ends
        self.course.keep_visits(on, last_day, self._day_of, self._write)
        if ends_care:
            answers = {"person": self.being.id, "service": self.SERVICE, "on": ends.isoformat()}
            self.pen.write(self.door.worker, "service_end", ends, answers)

    def _day_of(self, window: Window, since: date) -> date | None:
        due, rng = window.due_on or window.from_on, self.rng
        if due is None:
            return None
        if window.form == self.YEARLY:
            first, last = max(window.from_on or due, since), window.until_on or due
            return first + timedelta(days=rng.randint(0, max(0, (last - first).days))) if rng.random() < 0.7 else None
        if not window.recurring:
            return due - timedelta(days=rng.randint(0, 10)) if rng.random() < self.keeps else None
        if rng.random() < self.keeps:
            return max(due - timedelta(days=rng.randint(0, 10)), window.from_on or since, since)
        late = rng.choices((rng.randint(1, 14), rng.randint(15, 60), rng.randint(61, 200)), (0.45, 0.35, 0.20))[0]
        return max(due + timedelta(days=late), since)

    def _write(self, window: Window, on: date) -> Entry:
        kinds = {"dm_visit": self._visit, "dm_exam": self._exam, "dm_referral_check": self._referral_check}
        clinic = self.care_by == "clinic" or (self.care_by == "both" and self.rng.random() < 0.2)
        author = self.rng.choice(self.door.township.clinicians) if clinic else self.door.worker
        told = {"person": self.being.id, "visit_date": on.isoformat(), **kinds[window.form]()}
        return self.pen.write(author, window.form, on, told)

    def _measured(self) -> dict[str, Any]:
        self.sugar += (6.6 - self.sugar) * 0.08  # care helps, slowly
        upper = max(92, min(210, round(self.rng.gauss(132, 12))))
        return {
            "glucose": f"{max(3.6, self.sugar + self.rng.gauss(0, 0.7)):.1f}",
            "systolic": upper,
            "diastolic": max(48, min(upper - 22, 118, round(upper * 0.59 + self.rng.gauss(2, 4)))),
            "weight": f"{self.weight + self.rng.gauss(0, 0.8):.1f}" if self.rng.random() < 0.6 else None,
        }

    def _visit(self) -> dict[str, Any]:
        rng = self.rng
        unwell = rng.random() < 0.006
        adherence = rng.choices(("regular", "sometimes", "stopped", "not_prescribed"), (0.76, 0.16, 0.03, 0.05))[0]
        return {
            **self._measured(), "fasting": "fasting", "danger": "yes" if unwell else "no",
            "low_sugar": "yes" if rng.random() < 0.02 else "no", "new_illness": "yes" if rng.random() < 0.006 else "no",
            "adherence": adherence,
            "reaction": None if adherence == "not_prescribed" else "yes" if rng.random() < 0.012 else "no",
            "advice_given": rng.sample(TALKS, rng.randint(1, 3)), "referred": "yes" if unwell else "no",
        }  # fmt: skip

    def _exam(self) -> dict[str, Any]:
        height = f"{self.rng.gauss(167 if self.being.sex == 'male' else 156, 5):.0f}"
        tests = self.rng.sample(SUGAR_TESTS, self.rng.randint(3, 8))
        return {
            **self._measured(),
            "height": height,
            "tests": tests,
            "told": "yes" if self.rng.random() < 0.93 else "no",
        }

    def _referral_check(self) -> dict[str, Any]:
        seen = self.rng.choices(("yes", "not_yet", "does_not_want"), (0.82, 0.11, 0.07))[0]
        return {"seen": seen, "now": self.rng.choices(("well", "in_care", "unwell"), (0.80, 0.13, 0.07))[0]}
