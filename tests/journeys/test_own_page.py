"""A person without an account: the worker prints her card, she opens her page at 360 px, stops a service, and complains."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.front.site_for_front import ROOT
from tests.journeys.conftest import PHONE, Enter, Village

pytestmark = pytest.mark.browser

WORD = "黄色小船"
SETUP = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from datetime import timedelta
from doorstep.access.queries import staff
from doorstep.lib import days
from tests.cast import Township
township = Township(users={{m.username: m.id for m in staff().by_id.values()}})
township.places = {{}}
person = township.person("钱桂芬", on=days.today() - timedelta(days=30))
township.pregnancy(person, days.today() - timedelta(weeks=13), on=days.today() - timedelta(weeks=3))
print(json.dumps(person))
"""


@dataclass
class Visitor:
    """A browser nobody is logged in with, which remembers what it complained about."""

    page: Page
    url: str
    complaints: list[str]

    def fits(self) -> bool:
        """Nothing is wider than the screen."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.fixture
def visitor(chromium: Browser, village: Village) -> Iterator[Visitor]:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    one = Visitor(context.new_page(), village.server.url, [])
    one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
    one.page.on("console", lambda m: one.complaints.append(m.text) if m.type == "error" else None)
    yield one
    context.close()


def test_from_the_card_to_a_stopped_service(enter: Enter, village: Village, visitor: Visitor) -> None:
    person = json.loads(village.server.store.python(SETUP).splitlines()[-1])
    worker = enter("worker")
    worker.open(f"/p/{person}/own-page")
    worker.page.fill("[name=word]", WORD)
    worker.page.get_by_role("button", name="生成卡").click()
    code = worker.page.inner_text(".code-said strong")
    assert worker.complaints == []
    page = visitor.page
    page.goto(visitor.url + "/me")
    expect(page).to_have_url(visitor.url + "/me/enter")
    page.fill("[name=code]", code.lower())
    page.fill("[name=word]", WORD)
    page.get_by_role("button", name="打开").click()
    expect(page).to_have_url(visitor.url + "/me")
    assert visitor.fits() and "钱桂芬" not in page.title()
    services = page.locator("section", has=page.locator("#services"))
    services.get_by_role("button", name="不要了").first.click()
    expect(page.locator(".said")).to_have_text("这项服务已结束。")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("My own page")
    assert visitor.fits() and page.locator("text=ended on").count() == 1
    page.get_by_role("button", name="Hide this at once").click()
    expect(page).to_have_url(visitor.url + "/leaflets")
    page.go_back()
    expect(page).to_have_url(visitor.url + "/me/enter")
    page.goto(visitor.url + "/me")
    expect(page).to_have_url(visitor.url + "/me/enter")
    assert visitor.complaints == []


def test_a_complaint_and_its_code(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(visitor.url + "/complain")
    page.get_by_label("服务本身：等太久、质量、出了差错").check()
    page.get_by_label("是怎么回事？").fill("等了三个小时")
    assert visitor.fits()
    page.get_by_role("button", name="发送").click()
    code = page.inner_text(".code-said strong")
    page.goto(visitor.url + "/complain/read")
    page.get_by_label("您的编码：四组，每组四位").fill(code)
    page.get_by_role("button", name="打开").click()
    expect(page.locator(".as-written")).to_have_text("等了三个小时")
    assert visitor.fits() and visitor.complaints == []
