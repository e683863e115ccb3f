"""Figures over everybody who lives at a place, whether or not anything was written about them."""

from __future__ import annotations

from datetime import date

import pytest

from doorstep.indicators import periods
from doorstep.indicators.values import find_report, table
from doorstep.programmes import actions as programmes
from tests.cast import PACKS, Township

REGISTERED = date(2026, 1, 6)


@pytest.fixture
def children(township: Township) -> list[str]:
    """Three in the east village, the eldest nine years old; one in the west."""
    pack = programmes.install(PACKS / "child", by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    east = [
        township.person(name, born=born, sex="male", on=REGISTERED)
        for name, born in (("一", date(2024, 5, 1)), ("二", date(2021, 5, 1)), ("三", date(2017, 5, 1)))
    ]
    home = township.household("neighbour", "c1-t1-v2", on=REGISTERED)
    return [*east, township.person("四", who="neighbour", home=home, born=date(2025, 3, 1), sex="male", on=REGISTERED)]


def pairs(township: Township, *places: str) -> dict[str, list[tuple[object, object]]]:
    found = find_report("child_year", township.places["township"])
    assert found is not None
    year = periods.parse("2026")
    ids = [township.places[place] for place in places]
    values = table(*found, [year], ids).values
    return {i: [(values[i, "2026", p].numerator, values[i, "2026", p].denominator) for p in ids] for i, _, p in values}


def test_everybody_registered_is_below_the_line(township: Township, children: list[str]) -> None:
    on = date(2026, 3, 2)
    answers = {
        "person": children[0], "visit_date": on, "sex": "male", "birth_date": date(2024, 5, 1), "care_by": "worker",
        "weight": 11, "looked_at": "eyes", "worries": "none", "referred": "no",
    }  # fmt: skip
    township.write("worker", "child_visit", answers, on=on)
    assert pairs(township, "township", "east", "west") == {
        "managed_rate": [(1, 3), (1, 2), (0, 1)],
        "eye_check_rate": [(1, 3), (1, 2), (0, 1)],
        "small_managed_rate": [(0, 2), (0, 1), (0, 1)],
        "small_measured_rate": [(0, 2), (0, 1), (0, 1)],
        "tcm_rate": [(0, 2), (0, 1), (0, 1)],
    }
