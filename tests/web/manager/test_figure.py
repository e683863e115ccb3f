"""The page of one value: its definition, source and pair, the periods before, and nobody's name."""

from __future__ import annotations

import re
from datetime import date

from doorstep.lib import db
from tests.cast import Township, at_noon
from tests.web.manager.test_reports import BORN, births
from tests.web.worker.conftest import Reader

PAGE = "/reports/maternal_quarter/figure/early_registration_rate?period=2026-Q2"


def test_a_value_opens_into_what_it_counts(township: Township, as_: Reader) -> None:
    births(township, 23, 20, BORN)
    births(township, 17, 17, date(2025, 5, 3))
    html = as_("manager").get(PAGE).content.decode()
    assert re.findall(r"<dd>([\d,]+)</dd>", html) == ["25", "20"] and "125.0 %" in html
    assert "each “Pregnancy” counts one, by: Day of birth" in html
    assert "number(&#x27;early_weeks&#x27;, lmp)" in html and "First day of her last period" in html
    assert "Never capped." in html and "from a text that quotes the source" in html
    rows = re.findall(r"<tr><td>(.*?)</tr>", html, re.S)
    told = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]
    assert told == [
        "2026, quarter 1 hidden hidden hidden",
        "2025, quarter 4 hidden hidden hidden",
        "2025, quarter 3 hidden hidden hidden",
        "2025, quarter 2 the same period last year 15 15 100.0 %",
    ]
    assert "妈妈" not in html


def test_only_managers_open_it_and_only_what_is_there(township: Township, as_: Reader) -> None:
    for other in ("worker", "clinician", "supervisor", "installer"):
        assert as_(other).get(PAGE).status_code == 404, other
    manager = as_("manager")
    assert manager.get(PAGE.replace("early_registration_rate", "managed_rate")).status_code == 404
    assert manager.get(PAGE.replace("2026-Q2", "2026-10-T1")).status_code == 404
    assert manager.get(f"{PAGE}&place={township.places['east']}").status_code == 404


def test_the_start_page_names_what_is_to_be_handed_in(township: Township, as_: Reader) -> None:
    assert "To hand in" not in as_("manager").get("/reports/").content.decode()
    db.current().run("UPDATE pack_switch SET at = ?", [at_noon(date(2026, 1, 5))])
    html = as_("manager").get("/reports/").content.decode()
    section = html[html.index("To hand in") : html.index("</section>", html.index("To hand in"))]
    assert "Maternal care, by quarter" in section and "2026, quarter 1" in section
    assert "late, was for 10 April 2026" in section and "please check the day at your place" in section
