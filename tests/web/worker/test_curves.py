"""A child's measurements over the lines of the World Health Organization, on the child's page."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from doorstep.programmes import actions as programmes
from tests.cast import PACKS, Township
from tests.web.worker.conftest import Reader

BORN = date(2025, 1, 10)


def visit(township: Township, child: str, on: date, **measured: object) -> None:
    answers = {
        "person": child, "visit_date": on, "sex": "male", "birth_date": BORN, "care_by": "worker", "looked_at": "body",
        "worries": "none", "referred": "no", **measured,
    }  # fmt: skip
    township.write("worker", "child_visit", answers, on=on)


@pytest.fixture
def child(township: Township) -> str:
    pack = programmes.install(PACKS / "child", by=township.users["installer"])
    programmes.switch(township.places["county"], pack.id, pack.version, by=township.users["installer"])
    return township.person("小明", born=BORN, sex="male", on=date(2025, 2, 1))


def charts(page: str) -> list[dict[str, Any]]:
    inside = re.findall(r'<doorstep-chart><script type="application/json">(.*?)</script></doorstep-chart>', page)
    return [json.loads(one) for one in inside]


def test_the_curves_of_a_child(township: Township, child: str, as_: Reader) -> None:
    page = as_("worker").get(f"/p/{child}").content.decode()
    assert (charts(page), "Growth" in page) == ([], False)
    visit(township, child, date(2026, 1, 10), weight="7.7", length="75", position="lying", head="45.5")
    visit(township, child, date(2025, 7, 10), weight="7.9")
    visit(township, child, date(2026, 6, 1), weight="79")
    weight, length, body, head = charts(as_("worker").get(f"/p/{child}").content.decode())
    assert [c["name"] for c in weight["curves"]] == ["−3", "−2", "0", "+2", "+3"]
    assert [(c["points"][0], c["points"][-1]) for c in weight["curves"]][2] == ([0, 3.35], [24, 12.15])
    assert [(p["x"], p["y"]) for p in weight["points"]] == [(5.95, 7.9), (11.99, 7.7), (16.66, 79.0)]
    assert weight["table"]["rows"] == [
        ["10 July 2025", "6.0", "7.9", "−0.02"],
        ["10 January 2026", "12.0", "7.7", "−2.05"],
        ["1 June 2026", "16.7", "79.0", "not to be believed"],
    ]
    assert weight["note"] == "1 June: 79.0 kg. This can hardly be right; please measure again."
    assert [(c["until"], len(c["points"])) for c in (length, body, head)] == [(24, 1), (24, 1), (24, 1)]
    assert (length["note"], body["note"]) == (
        "10 January: 75.0 cm, between the lines −2 and +2.",
        "10 January: 13.7 kg/m², below the line −2.",
    )


def test_only_the_care_team_sees_them(township: Township, child: str, as_: Reader) -> None:
    visit(township, child, date(2026, 1, 10), weight="7.7", length="75", position="lying")
    assert [len(charts(as_(who).get(f"/p/{child}").content.decode())) for who in ("worker", "supervisor")] == [3, 0]
    assert as_("neighbour").get(f"/p/{child}").status_code == 404


def test_older_children_need_longer_lines(township: Township, child: str, as_: Reader) -> None:
    other = township.person("小红", born=date(2020, 1, 10), sex="female", on=date(2025, 2, 1))
    on = date(2026, 6, 1)
    answers = {
        "person": other, "visit_date": on, "sex": "female", "birth_date": date(2020, 1, 10), "care_by": "worker",
        "weight": 20, "length": 116, "position": "standing", "looked_at": "body", "worries": "none", "referred": "no",
    }  # fmt: skip
    township.write("worker", "child_visit", answers, on=on)
    drawn = charts(as_("worker").get(f"/p/{other}").content.decode())
    assert [(c["title"], c["until"]) for c in drawn] == [
        ("Weight by age", 84), ("Length or height by age", 84), ("Body mass index by age", 84),
    ]  # fmt: skip
