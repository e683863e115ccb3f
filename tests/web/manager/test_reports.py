"""Reports: each rate is its own pair, is never capped, and small counts are hidden; no village, no export."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from doorstep.indicators import periods
from doorstep.indicators.report import report_rows
from doorstep.indicators.values import find_report, table
from doorstep.lib.problems import Problems
from doorstep.places import queries as places
from tests.cast import Township
from tests.web.worker.conftest import TODAY, Reader

BORN = date(2026, 5, 4)


def births(township: Township, count: int, alive: int, on: date) -> None:
    """Mothers signed up and seen early who gave birth; of the babies only ``alive`` lived."""
    home = township.household()
    for n in range(count):
        person = township.person(f"妈妈{n}", home=home)
        lmp = on - timedelta(days=280)
        township.pregnancy(person, lmp)
        seen = lmp + timedelta(weeks=9)
        visit = {
            "person": person,
            "visit_date": seen,
            "weight": 61,
            "systolic": 118,
            "diastolic": 76,
            "danger_signs": "none",
            "referred": "no",
        }
        township.write("worker", "anc_visit", visit, on=seen)
        babies = [{"alive": "yes" if n < alive else "no"}]
        ended = {"person": person, "ended_on": on, "result": "birth", "babies": babies}
        township.write("worker", "pregnancy_outcome", ended, on=on)


def figures(html: str) -> dict[str, tuple[str, list[str]]]:
    """Title → (rate, pair) as the page shows them."""
    found = {}
    for section in re.findall(r'<section class="sheet figure".*?</section>', html, re.S):
        title = re.search(r"<h2[^>]*>(.*?)</h2>", section)
        rate = re.search(r'figure-rate">(.*?)</p>', section)
        assert title and rate
        pair = [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<dd>(.*?)</dd>", section)]
        found[title[1]] = (re.sub(r"<[^>]+>", "", rate[1]), pair)
    return found


def chart(html: str) -> Any:
    text = re.search(r"<doorstep-chart><script[^>]*>(.*?)</script>", html, re.S)
    assert text
    return json.loads(text[1])


def test_the_quarter_shows_its_pairs_and_hides_small_ones(township: Township, as_: Reader) -> None:
    births(township, 15, 10, BORN)
    births(township, 3, 3, date(2026, 2, 3))
    html = as_("manager").get("/reports/maternal_quarter?period=2026-Q2").content.decode()
    assert figures(html)["Early registration rate"] == ("150.0 %", ["15", "10"])
    assert figures(html)["Home visits after birth"] == ("hidden", ["hidden", "10"])
    drawn = chart(html)
    assert drawn["series"][0]["values"] == [None] * 7 + [150.0]
    assert drawn["x"][-1] == "2026 Q2"
    assert [[0, n] in drawn["hidden"] for n in range(8)] == [True] * 7 + [False]
    before = as_("manager").get("/reports/maternal_quarter?period=2026-Q1").content.decode()
    assert figures(before)["Early registration rate"] == ("hidden", ["hidden", "hidden"])
    assert chart(before)["series"][0]["values"] == [None] * 8
    for page in (html, before):
        assert "妈妈" not in page and "East Slope" not in page
        assert re.findall(r'href="([^"]*(?:export|csv|xlsx)[^"]*)"', page) == []
    rows = report_rows("maternal_quarter", "2026-Q2", places.tree().by_code["c1-t1"], TODAY)
    first = rows[0]
    assert (first.indicator, first.numerator, first.denominator) == ("early_registration_rate", 15, 10)
    assert (first.rate, first.hidden) == (Decimal("150.0"), False)
    assert [(r.numerator, r.rate, r.hidden) for r in rows][1] == (None, None, True)


def test_a_report_follows_what_comes_in(township: Township, as_: Reader) -> None:
    births(township, 10, 10, BORN)
    page = "/reports/maternal_quarter?period=2026-Q2"
    assert figures(as_("manager").get(page).content.decode())["Early registration rate"] == ("100.0 %", ["10", "10"])
    births(township, 3, 3, BORN + timedelta(1))
    assert figures(as_("manager").get(page).content.decode())["Early registration rate"] == ("100.0 %", ["15", "15"])


@pytest.mark.parametrize(
    ("period", "numerator"),
    [("2026-02", 15), ("2026-05", 10), ("2026-to-05", 25), ("2026-S10", 25), ("2026-H1", 25), ("2026-to-01", None)],
)
def test_the_same_births_in_other_periods(township: Township, period: str, numerator: int | None) -> None:
    births(township, 12, 12, BORN)
    births(township, 15, 15, date(2026, 2, 3))
    row = report_rows("maternal_quarter", period, places.tree().by_code["c1-t1"], TODAY)[0]
    assert (row.period, row.numerator) == (periods.parse(period).id, numerator)


def test_every_kind_of_period_can_be_chosen(township: Township, as_: Reader) -> None:
    html = as_("manager").get("/reports/maternal_quarter").content.decode()
    offered = re.findall(r'<option value="([^"]+)"', html)
    kinds = [periods.parse(one).kind for one in offered]
    assert list(dict.fromkeys(kinds)) == [
        "quarter", "month", "half", "year", "statistical-10", "to_month", "to_month-10"
    ]  # fmt: skip
    assert {"2026-Q2", "2026-06", "2026-H1", "2026", "2026-S10", "2026-to-2026-06", "2026-S10-to-2026-06"} <= {*offered}
    for one in ("2026-S10", "2026-to-2026-06", "2019"):
        page = as_("manager").get(f"/reports/maternal_quarter?period={one}")
        assert page.status_code == 200 and f'<option value="{one}" selected>' in page.content.decode(), one


def test_periods_that_overlap_each_count_what_lies_in_them(township: Township) -> None:
    births(township, 2, 2, BORN)
    births(township, 1, 1, date(2026, 2, 3))
    township_id = township.places["township"]
    found = find_report("maternal_quarter", township_id)
    assert found is not None
    asked = [periods.parse(p) for p in ("2026-02", "2026-05", "2026-to-02", "2026-to-05", "2026-to-06", "2026-S10")]
    values = table(*found, asked, [township_id]).values
    assert [values["early_registration_rate", p.id, township_id].numerator for p in asked] == [1, 2, 1, 3, 3, 3]


@pytest.mark.parametrize(
    ("report", "period", "place", "code"),
    [
        ("maternal_quarter", "2026-Q2", "c1-t1-v1", "indicators.too_narrow"),
        ("hypertension_month", "2026-06", "c1-t1-v1", "indicators.too_narrow"),
        ("maternal_quarter", "2026-06-T1", "c1-t1", "indicators.wrong_period"),
        ("hypertension_month", "2026", "c1-t1", "indicators.wrong_period"),
        ("maternal_quarter", "2027-Q1", "c1-t1", "indicators.period_not_begun"),
        ("maternal_quarter", "last month", "c1-t1", "indicators.no_period"),
        ("births_by_worker", "2026-Q2", "c1-t1", "indicators.no_report"),
    ],
)
def test_nothing_else_is_answered(township: Township, report: str, period: str, place: str, code: str) -> None:
    with pytest.raises(Problems) as refused:
        report_rows(report, period, places.tree().by_code[place], TODAY)
    assert [p.code for p in refused.value.problems] == [code]
    assert all("{" not in p.text(language) for p in refused.value.problems for language in ("zh", "en"))


def test_addresses_lead_nowhere_else(township: Township, as_: Reader) -> None:
    manager, east = as_("manager"), township.places["east"]
    for address in (
        f"/reports/maternal_quarter?place={east}", f"/reports/?place={east}", "/reports/maternal_quarter?place=abc",
        f"/reports/maternal_quarter?place={township.places['county']}", "/reports/nothing", "/reports/maternal_quarter?period=x",
    ):  # fmt: skip
        assert manager.get(address).status_code == 404, address
    assert manager.get("/reports/hypertension_month").status_code == 200
    for other in ("worker", "neighbour", "clinician", "supervisor", "installer"):
        assert [as_(other).get(a).status_code for a in ("/reports/", "/reports/maternal_quarter")] == [404, 404], other
