"""Pictures are taken along as an image and their tables as CSV, in Chromium under Doorstep's content security policy."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from tests.front.conftest import Phone
from tests.front.site_for_front import Site
from tests.front.test_form_in_browser import axe_violations
from tests.front.test_pages_in_browser import MAP, PRESSURE, element, rows, square

pytestmark = pytest.mark.browser
NOTE = "第一条是60名妇女。"
CASCADE = {
    "type": "cascade",
    "title": "一步一步",
    "language": "zh",
    "note": NOTE,
    "steps": [{"name": "建册", "value": 60, "said": "60 (100 %)"}, {"name": "产后", "value": None, "said": "不显示"}],
    "table": {"columns": ["步骤", "妇女人数"], "rows": [["建册", "60"], ["产后", "不显示"]]},
}
PYRAMID = {
    "type": "pyramid",
    "title": "年龄",
    "language": "zh",
    "note": "图中约有80人。",
    "bands": ["0–4", "5–9"],
    "sides": [{"name": "男", "values": [30, None]}, {"name": "女", "values": [25, 25]}],
    "table": {"columns": ["年龄", "男", "女"], "rows": [["0–4", "30", "25"], ["5–9", "不显示", "25"]]},
}
RATIO = {
    "type": "intervals",
    "title": "性别比",
    "language": "zh",
    "note": "出生不到2000人，不作判断。",
    "xTitle": "男孩比100个女孩",
    "lines": [{"name": "2026", "value": 117.4, "from": 103.7, "to": 132.9}],
    "table": {"columns": ["年份", "比"], "rows": [["2026", "117.4"]]},
}


def saved(phone: Phone, name: str, folder: Path) -> tuple[str, bytes]:
    """Press a button and give the name and bytes of what comes down."""
    with phone.page.expect_download() as coming:
        phone.page.get_by_role("button", name=name).click()
    coming.value.save_as(folder / "saved")
    return coming.value.suggested_filename, (folder / "saved").read_bytes()


def colours_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("config", [CASCADE, PYRAMID, RATIO, PRESSURE], ids=lambda one: str(one["title"]))
def test_a_chart_is_taken_along(phone: Phone, site: Site, tmp_path: Path, config: dict[str, Any]) -> None:
    phone.page.goto(site.page("/chart", "图", "zh", "charts", element("doorstep-chart", config)))
    phone.page.wait_for_selector("canvas")
    name, png = saved(phone, "保存图片", tmp_path)
    assert (name, colours_of(png)) == (f"{config['title']}.png", (2400, 1440))
    assert len(png) > 15_000  # a white sheet is far smaller
    name, csv = saved(phone, "保存表格", tmp_path)
    lines = csv.decode("utf-8-sig").splitlines()
    assert (name, len(lines)) == (f"{config['title']}.csv", 1 + len(rows(phone)))
    assert [line.split(",")[0] for line in lines[1:]] == [row[0] for row in rows(phone)]
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 360
    assert axe_violations(phone.page) == []
    assert phone.complaints == []


def test_a_map_is_taken_along(phone: Phone, site: Site, tmp_path: Path) -> None:
    shapes = {"type": "FeatureCollection", "features": [square(str(n), 118 + n * 0.12) for n in range(1, 5)]}
    phone.page.goto(site.page("/map", "地图", "zh", "map", element("doorstep-map", {**MAP, "geojson": shapes})))
    phone.page.wait_for_selector(".dm-label")
    name, png = saved(phone, "保存图片", tmp_path)
    assert (name, colours_of(png)) == ("按时随访率.png", (1200, 930))
    assert len(png) > 15_000
    name, csv = saved(phone, "保存表格", tmp_path)
    assert csv.decode("utf-8-sig").splitlines()[1:] == [
        "青石镇,85",
        "河口镇,60",
        "山前镇,人数少，不显示",
        "东湖镇,没有数据",
    ]
    assert phone.complaints == []


def test_on_paper_the_table_stands_open(phone: Phone, site: Site) -> None:
    phone.page.goto(site.page("/chart", "图", "zh", "charts", element("doorstep-chart", CASCADE)))
    phone.page.wait_for_selector("canvas")
    assert phone.page.get_attribute(".dc-canvas", "aria-label") == f"一步一步. {NOTE}"
    is_open = "document.querySelector('details').open"
    assert phone.page.evaluate(f"{is_open}") is False
    phone.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert phone.page.evaluate(is_open) is True
    phone.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert phone.page.evaluate(is_open) is False
