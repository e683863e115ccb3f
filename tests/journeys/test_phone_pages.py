"""A day without a network: the phone is made the worker's own, works with the network cut, and hands everything over later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from doorstep.forms.queries import APPLIED
from doorstep.lib import days
from tests.cast import PASSWORD
from tests.conftest import CHROMIUM
from tests.front.site_for_front import ROOT
from tests.journeys.conftest import PHONE, Village

pytestmark = pytest.mark.browser

AXE = ROOT / "front/node_modules/axe-core/axe.min.js"
PIN = "a good pin 8"
MOTHERS = iter(
    f"何春{name}" for name in "燕兰梅莲菊桃杏荷苗芳萍英"
)  # the village lives through all these tests: each has a woman of her own


class Mine:
    """The worker's own phone: a browser whose profile lives on."""

    def __init__(self, playwright: Playwright, profile: Path, url: str, mother: str):
        self.playwright, self.profile, self.url, self.mother = playwright, profile, url, mother
        self.complaints: list[str] = []
        self.start()

    def start(self) -> None:
        self.context: BrowserContext = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=CHROMIUM, args=["--no-sandbox"], viewport=PHONE, locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )  # type: ignore[arg-type]  # fmt: skip
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def restart(self, *, online: bool) -> None:
        """The phone is switched off and on again."""
        self.context.close()
        self.start()
        self.context.set_offline(not online)

    def open(self, address: str) -> None:
        self.page.goto(self.url + address)

    def make_own(self) -> None:
        self.open("/login?next=/phone/")
        self.page.fill("[name=username]", "worker")
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button")
        self.page.fill("[name=pin]", PIN)
        self.page.fill("[name=again]", PIN)
        self.page.get_by_role("button", name="把这部手机设成我的").click()
        expect(self.page.locator("main h1")).to_have_text("今天")

    def unlock(self) -> None:
        self.page.fill("[name=pin]", PIN)
        self.page.get_by_role("button", name="打开").click()
        expect(self.page.locator("main h1")).to_have_text("今天")

    def tab(self, name: str) -> None:
        self.page.get_by_role("navigation", name="主要页面").get_by_role("link", name=name).click()

    def fill_in(self, told: dict[str, str] | None = None) -> None:
        """The open form from its first page to its receipt: the answers told by label, else the first of each."""
        page = self.page
        page.wait_for_selector(".df-bar")
        for _ in range(12):
            for label, value in (told or {}).items():
                for box in page.get_by_label(label).all():
                    if box.get_attribute("type") != "radio" and box.is_editable() and not box.input_value():
                        box.fill(value)
            for group in page.get_by_role("radiogroup").all():
                if not group.locator("input:checked").count():
                    group.locator("input").first.check()
            for choice in page.get_by_role("combobox").all():
                if not choice.input_value():
                    choice.click()
                    page.get_by_role("option").first.click()
            for several in page.get_by_role("group").all():
                boxes = several.get_by_role("checkbox")
                if boxes.count() and not several.locator("input:checked").count():
                    boxes.last.check()
            last = page.locator(".df-main").inner_text() == "保存记录"
            page.click(".df-main")
            page.wait_for_timeout(150)
            if last and "#/receipt/" in page.url:
                break
        expect(page.locator("main h1")).to_have_text("已存在这部手机上")


@pytest.fixture
def mine(village: Village, tmp_path: Path, driver: Playwright) -> Iterator[Mine]:
    mother = next(MOTHERS)
    lmp = (days.today() - timedelta(weeks=17)).isoformat()
    village.server.store.python(
        "from datetime import date\n"
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.cast import Township\n"
        f"from doorstep.access.models import User\n"
        f"t = Township(places={village.places!r}, users={{u.username: u.pk for u in User.objects.all()}})\n"
        f"t.pregnancy(t.person({mother!r}), date.fromisoformat({lmp!r}), care='worker')\n"
    )
    phone = Mine(driver, tmp_path / "profile", village.server.url, mother)
    yield phone
    phone.context.close()


def serious(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in ("serious", "critical")
    ]


def test_a_whole_day_without_a_network(village: Village, mine: Mine) -> None:
    page = mine.page
    mine.make_own()
    line = page.locator(".visit", has_text="孕16–20周随访").filter(has_text=mine.mother)
    expect(line).to_be_visible()
    expect(page.locator("#line")).to_contain_text("上次", timeout=30_000)  # people, families and every form have come
    page.wait_for_function("() => navigator.serviceWorker.controller || navigator.serviceWorker.ready")

    mine.restart(online=False)
    page = mine.page
    mine.open("/phone/")
    mine.unlock()
    assert serious(page) == []
    page.locator(".visit", has_text="孕16–20周随访").filter(has_text=mine.mother).get_by_role(
        "link", name="填写"
    ).click()
    mine.fill_in({"体重": "58.5", "血压：高压": "116", "血压：低压": "74"})
    expect(page.locator("main")).to_contain_text("这次已做：孕16–20周随访")
    expect(page.locator("#line")).to_contain_text("1份没有发出")
    assert serious(page) == []

    mine.tab("家庭")
    page.get_by_role("link", name="登记一户").click()
    mine.fill_in({"门牌号或户号": "88"})
    page.get_by_role("link", name="登记家里的人").click()
    page.get_by_label("姓名").fill("何小满")
    page.get_by_label("出生日期").fill((days.today() - timedelta(days=5)).isoformat())
    page.get_by_role("button", name="继续").click()
    mine.fill_in()
    page.get_by_role("link", name="看何小满").click()
    expect(page.locator("main")).to_contain_text("新登记，还没有发出去")

    mine.restart(online=False)
    page = mine.page
    mine.open("/phone/")
    mine.unlock()
    expect(page.locator("#line")).to_contain_text("3份没有发出")
    expect(page.locator(".part.here")).to_contain_text("已在这部手机上写好，还没有发出去")
    mine.tab("找人")
    page.get_by_role("searchbox").fill("小满")
    page.get_by_role("link", name="何小满").click()
    expect(page.locator("main h1")).to_have_text("何小满")
    mine.tab("已写的")
    assert serious(page) == []

    mine.context.set_offline(False)
    mine.tab("设置")
    page.get_by_role("button", name="现在发送和取来").click()
    expect(page.locator("#line")).to_contain_text("都已发出")
    mine.tab("已写的")
    expect(page.locator(".outbox-sent li")).to_have_count(3)
    rows = village.rows("SELECT state FROM entry ORDER BY seq DESC LIMIT 3")
    assert rows == [(APPLIED,)] * 3
    assert village.rows(
        "SELECT number FROM household WHERE id = (SELECT household_id FROM person WHERE name = ?)", "何小满"
    ) == [("88",)]
    assert village.rows(
        "SELECT COUNT(*) FROM due_visit WHERE met_by <> '' AND person_id = (SELECT id FROM person WHERE name = ?)",
        mine.mother,
    ) == [(1,)]
    assert mine.complaints == []


def test_nothing_of_anybody_lies_open_on_the_phone(village: Village, mine: Mine) -> None:
    mine.make_own()
    page = mine.page
    expect(page.locator(".visit").first).to_be_visible()
    page.wait_for_function("() => caches.keys().then((names) => names.length > 0)")
    cached = page.evaluate(
        "(async () => { const found = {}; for (const name of await caches.keys()) { const cache = await caches.open(name);"
        " for (const request of await cache.keys()) found[new URL(request.url).pathname] = await (await cache.match(request)).text(); }"
        " return found; })()"
    )
    assert "/phone/" in cached and not any(mine.mother in text for text in cached.values())
    rows = page.evaluate(
        "(async () => { const found = []; for (const { name } of await indexedDB.databases()) {"
        " const db = await new Promise((go) => { const asked = indexedDB.open(name); asked.onsuccess = () => go(asked.result); });"
        " const all = await new Promise((go) => { const asked = db.transaction('rows').objectStore('rows'); const keys = asked.getAllKeys();"
        " const values = asked.getAll(); values.onsuccess = () => go([keys.result, values.result]); });"
        " found.push(JSON.stringify(all[0]), ...all[1].map((bytes) => new TextDecoder().decode(bytes))); db.close(); } return found; })()"
    )
    person = str(village.rows("SELECT id FROM person WHERE name = ?", mine.mother)[0][0])
    assert len(rows) > 10
    assert not any(
        secret in text for text in rows for secret in (mine.mother, person, "13800001234", "anc_visit", "孕16")
    )
    assert json.dumps(page.evaluate("({...localStorage})")).find(mine.mother) == -1


def test_a_wrong_pin_opens_nothing(village: Village, mine: Mine) -> None:
    mine.make_own()
    page = mine.page
    page.get_by_role("button", name="锁上").click()
    expect(page.locator("main h1")).to_have_text("已锁上")
    assert mine.mother not in page.content()
    page.fill("[name=pin]", "not my pin 1")
    page.get_by_role("button", name="打开").click()
    expect(page.get_by_role("alert")).to_have_text("密码不对。")
    mine.unlock()
    expect(page.locator(".visit").first).to_be_visible()
