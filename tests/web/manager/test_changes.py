"""What has changed since a report was handed in: counts by cause for the manager, and nobody's record."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.cast import Township
from tests.indicators.test_differences import births, hand_in
from tests.web.worker.conftest import Reader

AT = "/reports/maternal_quarter/changes?period=2026-Q2"


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-11-20")  # the quarter is over


def figures(html: str) -> dict[str, list[list[str]]]:
    """Title → rows of its table."""
    found = {}
    for title, table in re.findall(r"<section class=\"sheet figure\".*?<h2[^>]*>(.*?)</h2>(.*?)</section>", html, re.S):
        rows = re.findall(r"<tr.*?</tr>", table, re.S)[1:]
        found[title] = [[re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<t[hd].*?</t[hd]>", r, re.S)] for r in rows]
    return found


def test_it_says_why_in_counts(as_: Reader, township: Township) -> None:
    home = township.household(on=date(2025, 6, 1))
    births(township, 20, home)
    hand_in(township)
    births(township, 15, home)
    html = as_("manager").get(AT).content.decode()
    assert figures(html)["Early registration rate"] == [
        ["Numerator", "20", "35"],
        ["Written down late", "", "+15"],
        ["Denominator", "20", "35"],
        ["Written down late", "", "+15"],
    ]
    assert figures(html)["Home visits after birth"][0] == ["Numerator", "hidden", "hidden"]
    assert "the reasons are hidden too" in html
    assert "王秀英" not in html and "East Slope" not in html
    assert re.findall(r'href="/p/', html) == []


def test_before_it_was_handed_in_there_is_a_sentence(as_: Reader, township: Township) -> None:
    births(township, 12, township.household(on=date(2025, 6, 1)))
    page = as_("manager").get(AT)
    assert page.status_code == 200
    assert "was never handed in" in page.content.decode()
    assert figures(page.content.decode()) == {}


def test_only_the_manager_sees_it(as_: Reader, township: Township) -> None:
    assert [as_(who).get(AT).status_code for who in ("worker", "clinician", "supervisor", "installer")] == [404] * 4


def test_two_copies_can_be_chosen(as_: Reader, township: Township) -> None:
    home = township.household(on=date(2025, 6, 1))
    births(township, 20, home)
    hand_in(township)
    births(township, 15, home)
    hand_in(township)
    first, second = (figures(as_("manager").get(f"{AT}&against={n}").content.decode()) for n in (1, 2))
    assert first["Early registration rate"][1] == ["Written down late", "", "+15"]
    assert second["Early registration rate"] == [["Numerator", "35", "35"], ["Denominator", "35", "35"]]
