"""Whoever ended a service leaves both sides of its figures from that day on, and nothing tells why (charter C4)."""

from __future__ import annotations

from datetime import date

import pytest

from doorstep.indicators import periods
from doorstep.indicators.values import find_report, table
from doorstep.programmes import actions as programmes
from tests.cast import PACKS, Township

VISIT = {
    "systolic": 128, "diastolic": 78, "symptoms": "none", "new_illness": "no", "adherence": "regular", "reaction": "no",
    "referred": "no",
}  # fmt: skip


@pytest.fixture
def two(township: Township) -> list[str]:
    """Two people with high blood pressure, each visited in 2025 and in January 2026."""
    pack = programmes.install(PACKS / "hypertension", by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    people = [township.person(name, born=date(1956, 2, 3), on=date(2025, 1, 2)) for name in ("一", "二")]
    for person in people:
        told = {"person": person, "registered_on": date(2025, 1, 5), "asked": "yes", "care_by": "worker"}
        township.write("worker", "htn_registration", told, on=date(2025, 1, 5))
        for on in (date(2025, 3, 1), date(2026, 1, 9)):
            township.write("worker", "htn_visit", {"person": person, "visit_date": on, **VISIT}, on=on)
    return people


def says(township: Township, form: str, person: str, day: str) -> None:
    answers = {"person": person, "service": "hypertension_care", "on": date.fromisoformat(day)}
    township.write("worker", form, answers, on=date.fromisoformat(day))


def people_below(township: Township, indicator: str) -> dict[str, object]:
    found = find_report("hypertension_year", township.places["township"])
    assert found is not None
    asked = [periods.parse(y) for y in ("2024", "2025", "2026")]
    values = table(*found, asked, [township.places["township"]]).values
    return {p.id: values[indicator, p.id, township.places["township"]].denominator for p in asked}


def test_an_ended_service_leaves_both_sides_from_its_day(township: Township, two: list[str]) -> None:
    assert people_below(township, "managed_rate") == {"2024": 0, "2025": 2, "2026": 2}
    says(township, "service_end", two[0], "2026-02-01")
    assert people_below(township, "managed_rate") == {"2024": 0, "2025": 2, "2026": 1}
    assert people_below(township, "control_rate_year") == {"2024": 0, "2025": 2, "2026": 2}  # seen before she ended it
    says(township, "service_wanted", two[0], "2026-03-01")
    assert people_below(township, "managed_rate") == {"2024": 0, "2025": 2, "2026": 2}


def test_another_service_that_ended_changes_nothing(township: Township, two: list[str]) -> None:
    answers = {"person": two[0], "service": "bp_screening", "on": date(2026, 2, 1)}
    township.write("worker", "service_end", answers, on=date(2026, 2, 1))
    assert people_below(township, "managed_rate") == {"2024": 0, "2025": 2, "2026": 2}
