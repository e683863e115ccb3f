"""Charts, the map, the site script and paper, in Chromium under Doorstep's content security policy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.front.conftest import Phone
from tests.front.site_for_front import Site
from tests.front.test_form_in_browser import axe_violations

pytestmark = pytest.mark.browser

PRESSURE = {
    "type": "line",
    "title": "血压",
    "unit": "mmHg",
    "language": "zh",
    "x": ["1月5日", "2月3日", "4月11日"],
    "series": [{"name": "高压", "values": [152, 148, None]}, {"name": "低压", "values": [96, 91, 7]}],
    "lines": [{"at": 140, "label": "140"}],
    "hidden": [[1, 2]],
}
MAP = {
    "title": "按时随访率",
    "unit": "%",
    "language": "zh",
    "geojson": "/places.geojson",
    "key": "code",
    "areas": [
        {"code": "2", "name": "青石镇", "value": 85},
        {"code": "1", "name": "河口镇", "value": 60},
        {"code": "3", "name": "山前镇", "value": 7, "hidden": True},
        {"code": "4", "name": "东湖镇", "value": None},
    ],
}


def square(code: str, x: float) -> dict[str, Any]:
    ring = [[x, 30.0], [x + 0.1, 30.0], [x + 0.1, 30.1], [x, 30.1], [x, 30.0]]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def element(name: str, config: dict[str, Any]) -> str:
    return f'<{name}><script type="application/json">{json.dumps(config)}</script></{name}>'


@pytest.fixture
def places(site: Site) -> None:
    shapes = {"type": "FeatureCollection", "features": [square(str(n), 118 + n * 0.12) for n in range(1, 5)]}
    site.files["/places.geojson"] = ("application/geo+json", json.dumps(shapes))


def rows(phone: Phone) -> list[list[str]]:
    table: list[list[str]] = phone.page.evaluate(
        "[...document.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c => c.textContent))"
    )
    return table


def test_a_chart_draws_and_its_table_says_the_same(phone: Phone, site: Site) -> None:
    phone.page.goto(site.page("/chart", "血压", "zh", "charts", element("doorstep-chart", PRESSURE)))
    phone.page.wait_for_selector("canvas")
    inked = phone.page.evaluate(
        """() => { const c = document.querySelector('canvas');
                   const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
                   const near = (i, r, g, b) => Math.abs(d[i]-r) + Math.abs(d[i+1]-g) + Math.abs(d[i+2]-b) < 12 && d[i+3] > 200;
                   const seen = [0, 0];
                   for (let i = 0; i < d.length; i += 4) { if (near(i, 11, 110, 99)) seen[0]++; if (near(i, 194, 65, 12)) seen[1]++ }
                   return seen.map(n => n > 50) }"""
    )
    assert inked == [True, True]
    assert phone.page.get_attribute(".dc-canvas", "aria-label") == "血压"
    assert rows(phone) == [
        ["1月5日", "152", "96"],
        ["2月3日", "148", "91"],
        ["4月11日", "没有数据", "不显示（少于10）"],
    ]
    phone.page.click("summary")
    assert axe_violations(phone.page) == []
    assert phone.complaints == []


def test_a_map_shades_names_and_hides(phone: Phone, site: Site, places: None) -> None:
    phone.page.goto(site.page("/map", "地图", "zh", "map", element("doorstep-map", MAP)))
    phone.page.wait_for_selector(".dm-label")
    fills = phone.page.evaluate(
        "[...document.querySelectorAll('.dm-canvas path.leaflet-interactive')].map(p => p.getAttribute('fill'))"
    )
    assert fills == ["#e6f3f0", "#47a393", "url(#dm-hatch)", "#e3e7e6"]
    labels = phone.page.evaluate("[...document.querySelectorAll('.dm-label')].map(e => e.innerText.trim())")
    assert labels == ["河口镇\n60%", "青石镇\n85%", "山前镇", "东湖镇"]
    assert rows(phone) == [["青石镇", "85"], ["河口镇", "60"], ["山前镇", "人数少，不显示"], ["东湖镇", "没有数据"]]
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 360
    phone.page.click("summary")
    assert axe_violations(phone.page) == []
    assert phone.complaints == []


def test_a_map_without_shapes_leaves_its_table_open(phone: Phone, site: Site) -> None:
    site.files.pop("/places.geojson", None)
    phone.page.goto(site.page("/map", "地图", "zh", "map", element("doorstep-map", MAP)))
    phone.page.wait_for_selector(".dc-trouble")
    assert phone.page.inner_text(".dc-trouble") == "图没有显示出来。下面的表格内容相同。"
    assert phone.page.evaluate("document.querySelector('details').open") is True


def test_htmx_requests_carry_the_token(phone: Phone, site: Site) -> None:
    body = (
        '<meta name="csrf-token" content="meta-token">'
        '<form hx-post="/list" hx-target="#out"><input name="q" value="1"><button>Go</button></form><p id="out"></p>'
    )
    site.answer = (200, "text/html", "<b data-takes-focus>found</b>")
    phone.page.goto(site.page("/htmx", "List", "en", "site", body))
    phone.page.click("button")
    expect(phone.page.locator("#out b")).to_be_focused()
    assert site.sent[0].headers["x-csrftoken"] == "meta-token"
    assert phone.complaints == []


def test_a_form_marked_once_is_sent_once_with_its_button(phone: Phone, site: Site) -> None:
    body = (
        '<form method="post" action="/once" enctype="multipart/form-data" target="away" data-once>'
        '<input name="q" value="1"><button name="go" value="yes">Go</button></form><iframe name="away"></iframe>'
    )
    site.answer = (200, "text/plain", "ok")
    phone.page.goto(site.page("/once-page", "Once", "en", "site", body))
    with phone.page.expect_response("**/once"):
        phone.page.click("button")
    phone.page.wait_for_selector("button[disabled]")
    ((names),) = ([(name, body) for name, _, _, body in sent.parts] for sent in site.sent)
    assert names == [("q", b"1"), ("go", b"yes")]


def test_a_button_opens_and_closes_what_it_names(phone: Phone, site: Site) -> None:
    body = '<button data-opens="more" aria-expanded="false">More</button><div id="more" hidden>text</div>'
    phone.page.goto(site.page("/opens", "Opens", "en", "site", body))
    seen = []
    for _ in range(2):
        phone.page.click("button")
        seen.append((phone.page.get_attribute("button", "aria-expanded"), phone.page.is_visible("#more")))
    assert seen == [("true", True), ("false", False)]


@pytest.mark.parametrize(("answer", "sent"), [("accept", 1), ("dismiss", 0)])
def test_a_question_is_asked_before(phone: Phone, site: Site, answer: str, sent: int) -> None:
    body = (
        '<form method="post" action="/ask" enctype="multipart/form-data" data-asks="真的吗？">'
        '<input name="q" value="1"><button>Go</button></form>'
    )
    site.answer = (200, "text/plain", "ok")
    asked: list[str] = []
    phone.page.on("dialog", lambda dialog: (asked.append(dialog.message), getattr(dialog, answer)()))
    phone.page.goto(site.page("/asks", "Asks", "zh", "site", body))
    phone.page.click("button")
    phone.page.goto(site.url + "/done")
    assert (asked, len(site.sent)) == (["真的吗？"], sent)


def test_on_paper_there_is_nothing_to_press(phone: Phone, site: Site) -> None:
    body = (
        '<nav class="navbar">menu</nav><a class="btn" href="/">back</a><table class="table"><thead><tr><th>名</th></tr></thead>'
        '<tbody><tr><td>王小梅</td></tr></tbody></table><p class="print-only">签名</p>'
    )
    phone.page.goto(site.page("/print", "名单", "zh", "site", body))
    look = """() => [['nav', 'display'], ['.btn', 'display'], ['.print-only', 'display'], ['tr', 'breakInside'],
                     ['body', 'backgroundColor'], ['td', 'color']]
                    .map(([s, p]) => getComputedStyle(document.querySelector(s))[p])"""
    phone.page.emulate_media(media="print")
    assert phone.page.evaluate(look) == ["none", "none", "block", "avoid", "rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    phone.page.emulate_media(media="screen")
    assert phone.page.evaluate(look)[2] == "none"


def test_the_style_sheets_ask_no_other_server(site: Site) -> None:
    from tests.front.site_for_front import BUILD

    asked = [
        (path.name, word)
        for path in sorted(BUILD.glob("*.css"))
        for word in path.read_text().split("url(")[1:]
        if not word.lstrip("\"'").startswith(("data:", "#"))
    ]
    assert asked == []
    assert sorted(path.name for path in BUILD.glob("*.css")) == ["site.css", "site.rtl.css"]
