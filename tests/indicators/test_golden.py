"""A county's own year worked out from single entries: the published figures of Wuzhishan, 2020 (county yearbook)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest

from doorstep.engine import packs, rules
from doorstep.engine.model.history import Entry, History
from doorstep.indicators.values import Value
from tests.cast import PACKS

BIRTHS, NEWBORN, EARLY, FIVE, VISITED = 865, 853, 751, 779, 847
BOOKLETS = 912  # given out that year to women some of whom give birth in the next: no denominator of anything
BORN = date(2020, 6, 15)
LMP = BORN - timedelta(days=280)
VISIT = {"weight": 60, "systolic": 112, "diastolic": 70, "danger_signs": ["none"], "referred": "no"}


def entry(person: str, form: str, on: date, n: int, **answers: object) -> Entry:
    return Entry(
        form, f"{person}{form}{n}", on, on, {"person": person, **answers}, f"{person}{form}{n}", n, "c", "1", n
    )


def woman(n: int) -> History:
    """One who gave birth, or (the last ones) only had her booklet."""
    name = f"w{n:04}"
    first = LMP + timedelta(weeks=10 if n < EARLY else 20)
    made = [entry(name, "pregnancy_registration", first, 0, asked="yes", lmp_known="yes", lmp=str(LMP), care_by="both")]
    visits = 5 if n < FIVE else 4
    made += [entry(name, "anc_visit", first + timedelta(weeks=4 * v), v + 1, **VISIT) for v in range(visits)]
    if n < BIRTHS:
        babies = [{"alive": "yes", "birth_weight": 3200}]
        made.append(entry(name, "pregnancy_outcome", BORN, 9, ended_on=str(BORN), result="birth", babies=babies))
        seen = 1 if n < NEWBORN else 0
        day = BORN + timedelta(days=7 if n < VISITED else 40)
        made.append(entry(name, "postpartum_visit", day, 10, danger_signs=["none"], referred="no", babies_here=seen))
    return History(name, {"birth_date": date(1995, 2, 3), "sex": "female"}, tuple(made))


@cache
def figures() -> Counter[tuple[str, str]]:
    compiled = rules.compile(packs.load(PACKS / "maternal"))
    sums: Counter[tuple[str, str]] = Counter()
    asked = ("early_registration_rate", "five_contacts_rate", "newborn_visit_rate", "postpartum_visit_rate")
    for one in compiled.indicators(asked, map(woman, range(BOOKLETS)), date(2020, 1, 1), date(2020, 12, 31)):
        sums[one.indicator, one.part] += int(one.value)
    return sums


@pytest.mark.parametrize(
    ("indicator", "numerator", "rate"),
    [
        ("newborn_visit_rate", NEWBORN, "98.6"),
        ("early_registration_rate", EARLY, "86.8"),
        ("five_contacts_rate", FIVE, "90.1"),
        ("postpartum_visit_rate", VISITED, "97.9"),
    ],
)
def test_births_stand_below_the_line_and_no_booklets(indicator: str, numerator: int, rate: str) -> None:
    assert (figures()[indicator, "numerator"], figures()[indicator, "denominator"]) == (numerator, BIRTHS)
    value = Value(indicator, "2020", 1, figures()[indicator, "numerator"], figures()[indicator, "denominator"], 100)
    assert value.rate == Decimal(rate)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rate"),
    [(2655, 2935, "90.5"), (6881, 7111, "96.8"), (6568, 7111, "92.4"), (120, 100, "120.0"), (1, 0, None)],
)
def test_a_rate_is_its_own_pair_and_never_capped(numerator: int, denominator: int, rate: str | None) -> None:
    value = Value("i", "2020", 1, numerator, denominator, 100)
    assert value.rate == (None if rate is None else Decimal(rate))
