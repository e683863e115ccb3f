"""Pictures of counted people: what is drawn is what may be shown, and the ratio at birth is never judged on few births."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from doorstep.engine.packs import load
from doorstep.indicators.pictures import Ratio, ratio, wilson
from doorstep.register.counting import born_by_sex, people_by_age
from tests.cast import Township, shipped
from tests.web.manager.test_reports import births
from tests.web.worker.conftest import TODAY, Reader

USUAL = (Decimal(103), Decimal(107))


@pytest.mark.parametrize(
    ("boys", "girls", "low", "high"),
    # recomputed with another program's Wilson interval on p, then p / (1 - p)
    [(11, 9, "52.0", "287.3"), (26, 24, "62.6", "187.4"), (60, 40, "100.8", "223.2"), (105, 100, "79.9", "138.0"),
     (525, 475, "97.6", "125.1"), (1050, 1000, "96.3", "114.5"), (5250, 5000, "101.0", "109.1"), (5400, 4600, "112.9", "122.1")],
)  # fmt: skip
def test_wilsons_interval(boys: int, girls: int, low: str, high: str) -> None:
    assert wilson(boys, girls) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("boys", "girls", "judgement"),
    [
        (540, 460, "too_few"),
        (1100, 899, "too_few"),
        (1050, 1000, "within"),
        (5400, 4600, "above"),
        (4600, 5400, "below"),
    ],
)
def test_nothing_is_said_of_few_births(boys: int, girls: int, judgement: str) -> None:
    assert ratio(2026, boys, girls, Decimal(2000), USUAL).judgement == judgement


def test_the_ratio_is_that_of_its_own_pair() -> None:
    assert ratio(2026, 176, 109, Decimal(2000), USUAL).value == Decimal("161.5")
    assert ratio(2026, 10, None, Decimal(2000), USUAL) == Ratio(2026, 10, None, None, None, None, "too_few")


def test_ages_are_completed_years_and_whoever_left_is_not_counted(township: Township) -> None:
    home = township.household()
    day = date(2026, 6, 15)
    for n, (born, sex) in enumerate(
        [
            (date(2021, 6, 15), "male"),
            (date(2021, 6, 16), "male"),
            (date(1930, 1, 1), "female"),
            (date(1941, 6, 16), "female"),
        ]
    ):
        township.person(f"人{n}", home=home, born=born, sex=sex)
    counts, left_out = people_by_age(township.places.values(), day, 5, 85)
    assert {k: n for k, n in counts.items() if n} == {
        ("male", 5): 1,
        ("male", 0): 1,
        ("female", 85): 1,
        ("female", 80): 1,
    }
    assert left_out == 0
    assert born_by_sex(township.places.values(), date(2021, 1, 1), date(2021, 12, 31)) == {"male": 2, "female": 0}


def drawn(html: str) -> list[Any]:
    return [json.loads(one) for one in re.findall(r"<doorstep-chart><script[^>]*>(.*?)</script>", html, re.S)]


def test_the_page_shows_what_may_be_shown_and_to_managers_alone(township: Township, as_: Reader) -> None:
    births(township, 12, 12, date(2026, 5, 4))
    births(township, 3, 3, date(2025, 2, 3))
    html = as_("manager").get("/reports/pictures").content.decode()
    pictures = {one["type"]: one for one in drawn(html)}
    assert sorted(pictures) == ["cascade", "pyramid"]  # a township has no ratio at birth
    steps = pictures["cascade"]["steps"]
    assert [step["value"] for step in steps] == [10, 10, None, None]
    assert pictures["cascade"]["table"]["rows"][1][1:] == ["10", "100.0 %"]
    assert pictures["cascade"]["table"]["rows"][3][1:] == ["hidden", ""]
    before = as_("manager").get("/reports/pictures?year=2025").content.decode()
    assert [step["value"] for step in drawn(before)[0]["steps"]] == [None] * 4
    assert "妈妈" not in html + before
    for address in (
        "/reports/pictures?year=1999",
        "/reports/pictures?year=x",
        f"/reports/pictures?place={township.places['east']}",
    ):
        assert as_("manager").get(address).status_code == 404, address
    for other in ("worker", "neighbour", "clinician", "supervisor", "installer"):
        assert as_(other).get("/reports/pictures").status_code == 404, other


def test_a_count_of_nine_is_not_in_the_page(township: Township, as_: Reader) -> None:
    births(township, 9, 9, TODAY - timedelta(days=20))
    html = as_("manager").get("/reports/pictures").content.decode()
    cascade = next(one for one in drawn(html) if one["type"] == "cascade")
    assert [step["value"] for step in cascade["steps"]] == [None] * 4


def test_the_numbers_of_the_shipped_picture_are_the_documented_ones() -> None:
    numbers = load(shipped("register")).numbers
    values = {
        name: [(v.value, v.status) for v in numbers[name].values]
        for name in ("births_to_judge_from", "sex_ratio_from", "sex_ratio_to")
    }
    assert values == {
        "births_to_judge_from": [(2000, "local entry")],
        "sex_ratio_from": [(103, "secondary")],
        "sex_ratio_to": [(107, "secondary")],
    }
