"""The pages of the phone in letters twice as large, and mirrored, in words of a script written from right to left."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from doorstep.lib import days
from tests.cast import PASSWORD
from tests.front.site_for_front import ROOT
from tests.journeys.conftest import PHONE, Village
from tests.journeys.test_phone_pages import PIN, serious

pytestmark = pytest.mark.browser

NAME = "郑小满"
PAGES = ("today", "families", "family", "person", "find", "newcomer", "fill", "outbox", "settings", "leaflets")
# Whatever lies outside the screen and not in a part that can be pushed sideways
WIDER = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const { left, right, width } = one.getBoundingClientRect();
  for (let above = one; above; above = above.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(above).overflowX) || above.matches('.visually-hidden, .menu-name, .skip-link')) return false;
  return width > 1 && (right > innerWidth + 1 || left < -1);
}).map((one) => one.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def person(village: Village) -> str:
    lmp = (days.today() - timedelta(weeks=17)).isoformat()
    return village.server.store.python(
        "from datetime import date\n"
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.cast import Township\n"
        "from doorstep.access.models import User\n"
        f"t = Township(places={village.places!r}, users={{u.username: u.pk for u in User.objects.all()}})\n"
        f"p = t.person({NAME!r}); t.pregnancy(p, date.fromisoformat({lmp!r}), care='worker'); print(p)\n"
    ).split()[-1]


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The app with words that are not shipped."""
    file = tmp_path_factory.mktemp("mirrored") / "phone.js"
    subprocess.run(["node", "test/mirrored.mjs", str(file)], cwd=ROOT / "front", check=True)
    return file.read_text(encoding="utf-8")


@pytest.fixture
def page(chromium: Browser, village: Village) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def opened(page: Page, village: Village) -> None:
    page.goto(village.server.url + "/login?next=/phone/")
    page.fill("[name=username]", "worker")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.fill("[name=pin]", PIN)
    page.fill("[name=again]", PIN)
    page.click("main button.big")
    page.wait_for_selector(".visit")
    page.locator("#line", has_text=re.compile(r"\d\d:\d\d")).wait_for()


def walked(page: Page, person: str) -> Iterator[str]:
    """Every page in turn, drawn."""
    page.evaluate(f"location.hash = '#/person/{person}'")
    page.wait_for_selector(".person-head")
    family = page.evaluate("document.querySelector('.trail a').hash")
    form = page.evaluate("document.querySelector('.visit-do a').hash")
    at = {"person": f"#/person/{person}", "family": family, "fill": form}
    for name in PAGES:
        page.evaluate(f"location.hash = '{at.get(name, f'#/{name}')}'")
        page.wait_for_selector(".df-bar" if name == "fill" else "main h1")
        page.wait_for_timeout(200)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        yield name


def test_letters_twice_as_large_fit_a_narrow_phone(page: Page, village: Village, person: str) -> None:
    opened(page, village)
    for language in ("zh", "en"):
        if language == "en":
            page.evaluate("localStorage.setItem('doorstep-language', 'en')")
            page.reload()
            page.fill("[name=pin]", PIN)
            page.click("main button.big")
            page.wait_for_selector("nav .tab")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found = {name: page.evaluate(WIDER) for name in walked(page, person)}
        assert {name: wide for name, wide in found.items() if wide} == {}
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_words_written_from_right_to_left_stand_mirrored(
    page: Page, village: Village, person: str, mirrored: str
) -> None:
    page.context.route(
        re.compile(r"/phone\.js"), lambda route: route.fulfill(body=mirrored, content_type="text/javascript")
    )
    page.context.add_init_script("localStorage.setItem('doorstep-language', 'ar')")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    opened(page, village)
    assert page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "ar"]
    said = page.locator("nav .tab").first.inner_text()
    assert re.fullmatch(r"[\u0600-\u06ff ]+", said), said
    for name in walked(page, person):
        assert page.evaluate(WIDER) == [], name
        left = "(one) => document.querySelector(one).getBoundingClientRect().left"
        if name != "fill":
            assert page.evaluate(left, ".top .brand") > PHONE["width"] / 2, name  # the name of the app stands right
            assert page.evaluate(left, "nav .tab:first-child") > page.evaluate(left, "nav .tab:last-child")
        start = page.evaluate("getComputedStyle(document.querySelector('main h1, main h2, .df-bar')).textAlign")
        assert start in ("start", "right"), (name, start)
    assert serious(page) == []
    assert complaints == []
