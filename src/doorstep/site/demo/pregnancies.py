"""Pregnancy care as recorded: signing up, visits in the planned windows, the end, the visits after a birth."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from doorstep.engine.model.history import Entry, Window
from doorstep.site.demo import figures
from doorstep.site.demo.courses import Course
from doorstep.site.demo.households import Being, Pregnancy
from doorstep.site.demo.land import Door
from doorstep.site.demo.writing import Pen, rules_of

PACK = "maternal"
ANTENATAL, POSTNATAL = "antenatal", "postnatal"
DANGERS = ("bleeding", "severe_headache", "fever", "severe_vomiting", "visual_disturbance")
DANGERS_AFTER = ("heavy_bleeding", "fever", "calf", "faint")
TALKS = ("food", "iron_folic", "danger_signs", "birth_plan", "breastfeeding", "mood_rest")


class PregnancyCare:
    """One woman's pregnancy on record."""

    def __init__(self, pen: Pen, being: Being, pregnancy: Pregnancy, door: Door, known_since: date):
        self.pen, self.rng, self.being, self.nature, self.door = pen, pen.rng, being, pregnancy, door
        self.known_since = known_since
        self.last_day = being.last_day_here(pen.until)
        self.course = Course(being, rules_of(PACK))
        rng = self.rng
        self.care_by = rng.choices(("both", "worker", "clinic"), (0.72, 0.18, 0.10))[0]
        self.keeps = rng.choices((0.97, 0.85, 0.55), (0.62, 0.28, 0.10))[0]
        self.weight, self.pressure = rng.gauss(54, 7), rng.gauss(112, 9)

    def record(self) -> None:
        """Write down what became known of this pregnancy up to the last day."""
        if self.rng.random() > figures.JOIN_PREGNANCY_CARE or not self._sign_up():
            return
        signed_up = self.course.entries[0].occurred_on
        if self.rng.random() < figures.END_PREGNANCY_CARE:
            self._end_services(signed_up + timedelta(days=self.rng.randint(14, 120)))
            return
        last_before = min(self.last_day, self.nature.ends_on - timedelta(days=1))
        self.course.keep_visits(signed_up, last_before, self._day_in_pregnancy, self._write)
        if self.nature.ends_on <= self.last_day and self._told_of_the_end():
            self.course.keep_visits(self.nature.ends_on, self.last_day, self._day_after_birth, self._write)

    def _author(self, *, at_clinic: float) -> str:
        """Whoever she named; with both named, the clinic in this share of cases."""
        clinic = self.care_by == "clinic" or (self.care_by == "both" and self.rng.random() < at_clinic)
        return self.rng.choice(self.door.township.clinicians) if clinic else self.door.worker

    def _sign_up(self) -> bool:
        weeks = self.rng.choices(
            (self.rng.uniform(6, 12), self.rng.uniform(12, 16), self.rng.uniform(16, 34)), (0.84, 0.09, 0.07)
        )[0]
        on = max(self.nature.lmp + timedelta(days=int(weeks * 7)), self.known_since)
        if on > self.last_day or on >= self.nature.ends_on - timedelta(days=3):
            return False
        knows = self.rng.random() < 0.96
        told = self.nature.lmp + timedelta(days=self.rng.choice((0, 0, 0, 0, -3, 2, 5, -7)))
        answers = {
            "person": self.being.id, "registered_on": on.isoformat(), "asked": "yes",
            "lmp_known": "yes" if knows else "no", "lmp": told.isoformat() if knows else None,
            "care_by": self.care_by, "language": "zh",
        }  # fmt: skip
        # the village worker writes it, whomever she names: she is the one who comes to the door
        self.course.entries.append(self.pen.write(self.door.worker, "pregnancy_registration", on, answers))
        return True

    def _end_services(self, on: date) -> None:
        if on <= self.last_day:
            for service in (ANTENATAL, POSTNATAL):
                answers = {"person": self.being.id, "service": service, "on": on.isoformat()}
                self.pen.write(self.door.worker, "service_end", on, answers)

    def _day_in_pregnancy(self, window: Window, since: date) -> date | None:
        return _day_within(self.rng, window, since, late=0.16) if self.rng.random() < self.keeps else None

    def _day_after_birth(self, window: Window, since: date) -> date | None:
        if self.rng.random() > self.keeps or window.service != POSTNATAL:
            return None
        return _day_within(self.rng, window, since, late=0.22)

    def _told_of_the_end(self) -> bool:
        nature = self.nature
        known = nature.ends_on + timedelta(days=self.rng.choice((0, 1, 1, 2, 3, 5, 9)))
        if known > self.pen.until or self.rng.random() < 0.02:
            return False  # nobody wrote it down: the course ends by itself
        answers: dict[str, Any] = {"person": self.being.id, "ended_on": nature.ends_on.isoformat(), "result": "ended"}
        if nature.is_birth:
            left = nature.ends_on + timedelta(days=self.rng.choice((1, 2, 3, 3, 4, 5, 7)))
            babies = [
                {"alive": "yes" if self.rng.random() < 0.996 else "no", "birth_weight": self._birth_weight()}
                for _ in range(nature.babies)
            ]
            answers |= {"result": "birth", "babies": babies}
            answers["discharged_on"] = left.isoformat() if left <= self.pen.until else None
        author = self._author(at_clinic=0.35)
        later = (known - nature.ends_on).days
        self.course.entries.append(
            self.pen.write(author, "pregnancy_outcome", nature.ends_on, answers, later_days=later)
        )
        return nature.is_birth

    def _birth_weight(self) -> int:
        mean = 3250 if self.nature.babies == 1 else 2400
        return max(900, min(5200, round(self.rng.gauss(mean, 420) / 10) * 10))

    def _write(self, window: Window, on: date) -> Entry:
        answers = {
            "anc_visit": self._anc_visit,
            "referral_check": self._referral_check,
            "postpartum_visit": self._postpartum_visit,
            "check_42": self._check_42,
        }[window.form](on)
        author = self._author(at_clinic=0.85 if window.form == "check_42" else 0.3)
        return self.pen.write(
            author, window.form, on, {"person": self.being.id, "visit_date": on.isoformat(), **answers}
        )

    def _pressure(self, extra: float = 0) -> dict[str, int]:
        upper = max(85, min(210, round(self.pressure + extra + self.rng.gauss(0, 7))))
        return {"systolic": upper, "diastolic": max(45, min(upper - 20, round(upper * 0.63 + self.rng.gauss(0, 4))))}

    def _anc_visit(self, on: date) -> dict[str, Any]:
        rng, weeks = self.rng, (on - self.nature.lmp).days / 7
        first = len(self.course.entries) == 1
        known = self.course.entries[0].answers.get("lmp")
        scanned = first and (known is None or rng.random() < 0.22)
        scan = self.nature.lmp + timedelta(days=rng.choice((0, 1, -2))) if scanned else None
        lmp = scan or (date.fromisoformat(known) if known else None)
        danger = rng.random() < 0.022
        tested = rng.random() < 0.7
        return {
            "lmp_known": known,
            "lmp_by_scan": scan.isoformat() if scan else None,
            "weeks": (on - lmp).days // 7 if lmp else None,
            "weight": f"{max(38, self.weight + max(0, weeks - 8) * 0.38 + rng.gauss(0, 0.6)):.1f}",
            **self._pressure(max(0, weeks - 30) * 0.6 if self.pressure > 122 else 0),
            "haemoglobin": max(70, min(150, round(rng.gauss(119 - weeks * 0.2, 9)))) if tested else None,
            "urine_protein": rng.choices(("negative", "trace", "plus_1"), (0.93, 0.05, 0.02))[0] if tested else None,
            "fundal_height": max(12, round(weeks + rng.gauss(-1, 1.2))) if weeks >= 18 else None,
            "fetal_heart": round(rng.gauss(143, 7)) if weeks >= 14 else None,
            "danger_signs": [rng.choice(DANGERS)] if danger else ["none"],
            "referred": "yes" if danger or rng.random() < 0.01 else "no",
            "advice_given": rng.sample(TALKS, 3),
        }  # fmt: skip

    def _referral_check(self, on: date) -> dict[str, Any]:
        del on
        seen = self.rng.choices(("yes", "not_yet", "does_not_want"), (0.85, 0.10, 0.05))[0]
        return {"seen": seen, "now": self.rng.choices(("well", "in_care", "unwell"), (0.80, 0.13, 0.07))[0]}

    def _postpartum_visit(self, on: date) -> dict[str, Any]:
        del on
        danger = self.rng.random() < 0.02
        fed = self.rng.choices(("breast_only", "mixed", "other"), (0.62, 0.28, 0.10))[0]
        born = self.course.entries[-1].answers.get("babies") or ()
        alive = [baby for baby in born if baby["alive"] == "yes"]
        seen = [{"here": "yes", "feeding": fed, "baby_signs": ["none"], "is_here": 1, "is_unwell": 0} for _ in alive]
        return {
            "discharged_on": self.course.entries[-1].answers.get("discharged_on"),
            "temperature": f"{self.rng.gauss(36.7, 0.25):.1f}",
            **self._pressure(),
            "newborns": seen,
            "babies_known": str(len(seen)),
            "babies_here": len(seen),
            "babies_unwell": 0,
            "mood": self.rng.choices(("well", "low", "no_answer"), (0.87, 0.08, 0.05))[0],
            "danger_signs": [self.rng.choice(DANGERS_AFTER)] if danger else ["none"],
            "referred": "yes" if danger else "no",
        }

    def _check_42(self, on: date) -> dict[str, Any]:
        del on
        return {
            "weight": f"{max(40, self.weight + self.rng.gauss(4, 2)):.1f}",
            **self._pressure(),
            "recovered": "yes" if self.rng.random() < 0.95 else "no",
            "feeding": self.rng.choices(("breast_only", "mixed", "other"), (0.52, 0.34, 0.14))[0],
            "mood": self.rng.choices(("well", "low", "no_answer"), (0.88, 0.07, 0.05))[0],
            "referred": "yes" if self.rng.random() < 0.02 else "no",
        }


def _day_within(rng: random.Random, window: Window, since: date, *, late: float) -> date | None:
    """A day in the window: by the day to aim for, or in this share of cases after it."""
    first = max(window.from_on or since, since)
    last = window.until_on or max(window.due_on or first, first)
    if first > last:
        return None
    aim = min(max(window.due_on or last, first), last)
    start, end = (aim, last) if rng.random() < late else (first, aim)
    return start + timedelta(days=rng.randint(0, (end - start).days))
