"""Blood pressure care as recorded: signing up, a visit each quarter, rechecks, a yearly check, gaps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from doorstep.engine.model.history import Entry, Window
from doorstep.site.demo import figures
from doorstep.site.demo.courses import Course
from doorstep.site.demo.households import Being
from doorstep.site.demo.land import Door
from doorstep.site.demo.writing import Pen, rules_of

PACK = "hypertension"
SERVICE = "hypertension_care"
SYMPTOMS = ("severe_headache", "palpitations", "chest_tightness", "blurred_vision", "vomiting")
TALKS = ("salt", "smoking", "drinking", "weight", "movement", "mood")
YEARLY = "htn_exam"


class PressureCare:
    """One person's blood pressure care on record."""

    def __init__(self, pen: Pen, being: Being, door: Door, known_since: date):
        self.pen, self.rng, self.being, self.door, self.known_since = pen, pen.rng, being, door, known_since
        self.last_day = being.last_day_here(pen.until)
        self.course = Course(being, rules_of(PACK))
        rng = self.rng
        self.care_by = rng.choices(("both", "worker", "clinic"), (0.80, 0.14, 0.06))[0]
        self.keeps = rng.choices((0.95, 0.80, 0.5), (0.50, 0.35, 0.15))[0]
        self.mean = rng.gauss(131, 9)
        self.weight = rng.gauss(63, 9)

    def record(self) -> None:
        """Write down what became known up to the last day."""
        signed_up = self._sign_up()
        if signed_up is None:
            return
        last_day = self.last_day
        ends = signed_up + timedelta(days=self.rng.randint(30, 600))
        ends_care = self.rng.random() < figures.END_PRESSURE_CARE and ends <= last_day
        if ends_care:
            last_day = ends
        self.course.keep_visits(signed_up, last_day, self._day_of, self._write)
        self._correct_one()
        if ends_care:
            answers = {"person": self.being.id, "service": SERVICE, "on": ends.isoformat()}
            self.pen.write(self.door.worker, "service_end", ends, answers)

    def _sign_up(self) -> date | None:
        early = self.rng.random() < 0.65
        on = self.known_since + timedelta(days=self.rng.randint(0, 120 if early else figures.HISTORY_DAYS))
        if on > self.last_day:
            return None
        found = on - timedelta(days=self.rng.randint(20, 4000))
        knows = self.rng.random() < 0.6 and found > self.being.born
        answers = {
            "person": self.being.id, "registered_on": on.isoformat(), "asked": "yes",
            "diagnosed_on": found.isoformat() if knows else None, "care_by": self.care_by,
        }  # fmt: skip
        self.course.entries.append(self.pen.write(self.door.worker, "htn_registration", on, answers))
        return on

    def _day_of(self, window: Window, since: date) -> date | None:
        due, rng = window.due_on or window.from_on, self.rng
        if due is None:
            return None
        if window.form == YEARLY:
            first, last = max(window.from_on or due, since), window.until_on or due
            return first + timedelta(days=rng.randint(0, max(0, (last - first).days))) if rng.random() < 0.72 else None
        if not window.recurring:
            return due - timedelta(days=rng.randint(0, 10)) if rng.random() < self.keeps else None
        if window.k == 0 and rng.random() < 0.7:
            return since
        if rng.random() < self.keeps:
            return max(due - timedelta(days=rng.randint(0, 12)), window.from_on or since, since)
        late = rng.choices((rng.randint(1, 14), rng.randint(15, 60), rng.randint(61, 200)), (0.45, 0.35, 0.20))[0]
        return max(due + timedelta(days=late), since)

    def _write(self, window: Window, on: date) -> Entry:
        answers = {
            "htn_visit": self._visit,
            "htn_exam": self._exam,
            "htn_referral_check": self._referral_check,
        }[window.form]()
        at_clinic = 0.8 if window.form == YEARLY else 0.12
        clinic = self.care_by == "clinic" or (self.care_by == "both" and self.rng.random() < at_clinic)
        author = self.rng.choice(self.door.township.clinicians) if clinic else self.door.worker
        return self.pen.write(
            author, window.form, on, {"person": self.being.id, "visit_date": on.isoformat(), **answers}
        )

    def _measured(self) -> dict[str, Any]:
        self.mean += (128 - self.mean) * 0.06  # care helps, slowly
        upper = max(92, min(225, round(self.mean + self.rng.gauss(0, 7))))
        lower = max(48, min(upper - 22, 128, round(upper * 0.59 + self.rng.gauss(2, 4))))
        return {
            "systolic": upper,
            "diastolic": lower,
            "heart_rate": round(self.rng.gauss(75, 8)),
            "weight": f"{self.weight + self.rng.gauss(0, 0.8):.1f}" if self.rng.random() < 0.6 else None,
        }

    def _visit(self) -> dict[str, Any]:
        rng = self.rng
        measured = self._measured()
        unwell = rng.random() < 0.008
        sent = unwell or measured["systolic"] >= 180 or rng.random() < 0.004
        adherence = rng.choices(("regular", "sometimes", "stopped", "not_prescribed"), (0.74, 0.16, 0.04, 0.06))[0]
        return {
            **measured,
            "symptoms": [rng.choice(SYMPTOMS)] if unwell else ["none"],
            "new_illness": "yes" if rng.random() < 0.006 else "no",
            "adherence": adherence,
            "reaction": None if adherence == "not_prescribed" else "yes" if rng.random() < 0.015 else "no",
            "advice_given": rng.sample(TALKS, rng.randint(1, 3)),
            "referred": "yes" if sent else "no",
        }

    def _exam(self) -> dict[str, Any]:
        return {
            **self._measured(),
            "weight": f"{self.weight:.1f}",
            "height": f"{self.rng.gauss(168 if self.being.sex == 'male' else 157, 5):.0f}",
            "waist": f"{self.rng.gauss(86, 8):.0f}",
            "tests": self.rng.sample(("blood", "urine", "glucose", "lipids", "kidney", "ecg"), self.rng.randint(2, 6)),
            "told": "yes" if self.rng.random() < 0.93 else "no",
        }

    def _referral_check(self) -> dict[str, Any]:
        seen = self.rng.choices(("yes", "not_yet", "does_not_want"), (0.82, 0.11, 0.07))[0]
        return {"seen": seen, "now": self.rng.choices(("well", "in_care", "unwell"), (0.78, 0.14, 0.08))[0]}

    def _correct_one(self) -> None:
        """Now and then a figure was typed wrong and is put right a day or two later."""
        last = self.course.entries[-1]
        if last.form != "htn_visit" or self.rng.random() > 0.04:
            return
        right = {**last.answers, "heart_rate": round(self.rng.gauss(75, 8))}
        self.course.entries[-1] = self.pen.write(
            last.author, last.form, last.occurred_on, right, corrects=last, later_days=self.rng.randint(0, 2)
        )
