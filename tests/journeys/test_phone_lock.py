"""A PIN forgotten at the door: what was written there is still there when a supervisor has helped."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Village
from tests.journeys.test_phone_pages import PIN, Mine, serious
from tests.journeys.test_phone_pages import mine as mine  # a fixture

pytestmark = pytest.mark.browser

NINE_WRONG = """() => new Promise((done, failed) => {
  const asked = indexedDB.open("doorstep-phone-OWNER");
  asked.onerror = () => failed(asked.error);
  asked.onsuccess = () => {
    const all = asked.result.transaction("lid", "readwrite");
    const lid = all.objectStore("lid").get("lid");
    lid.onsuccess = () => all.objectStore("lid").put({ ...lid.result, wrong: 9, until: 0 }, "lid");
    all.oncomplete = () => { asked.result.close(); done(lid.result.wrong); };
  };
})"""
ROWS = """() => new Promise((done) => {
  const asked = indexedDB.open("doorstep-phone-OWNER");
  asked.onsuccess = () => {
    const rows = asked.result.transaction("rows").objectStore("rows").count();
    rows.onsuccess = () => { asked.result.close(); done(rows.result); };
  };
})"""


def wrong_for_the_tenth_time(mine: Mine, owner: int) -> None:
    page = mine.page
    page.evaluate(NINE_WRONG.replace("OWNER", str(owner)))
    page.fill("[name=pin]", "not the pin")
    page.get_by_role("button", name="打开").click()


def code_of(village: Village, owner: int) -> str:
    return village.server.store.python(
        f"from doorstep.lib import db; print(db.current().value('SELECT desk_code FROM device WHERE user_id = {owner} ORDER BY id DESC'))"
    ).strip()


def owner_of(village: Village) -> int:
    return int(
        village.server.store.python(
            "from doorstep.access.models import User; print(User.objects.get(username='worker').pk)"
        )
    )


def test_ten_wrong_pins_delete_nothing_that_is_unsent_and_the_desk_opens_it(village: Village, mine: Mine) -> None:
    page, owner = mine.page, owner_of(village)
    mine.make_own()
    expect(page.locator("#line")).to_contain_text("上次", timeout=30_000)
    mine.context.set_offline(True)
    line = page.locator(".visit", has_text="孕16–20周随访").filter(has_text=mine.mother)
    line.get_by_role("link", name="填写").click()
    mine.fill_in({"体重": "58.5", "血压：高压": "116", "血压：低压": "74"})
    page.get_by_role("button", name="锁上").click()
    wrong_for_the_tenth_time(mine, owner)
    expect(page.locator("main")).to_contain_text("所以一份也不删")
    assert serious(page) == []
    page.get_by_role("button", name="返回").click()
    page.fill("[name=pin]", PIN)
    page.get_by_role("button", name="打开").click()
    expect(page.locator("main")).to_contain_text("所以一份也不删")
    page.get_by_label("督导念的码").fill(code_of(village, owner).lower())
    page.get_by_label("新密码").fill("another pin 9")
    page.get_by_label("再输一次").fill("another pin 9")
    page.get_by_role("button", name="打开").click()
    expect(page.locator("main h1")).to_have_text("已存在这部手机上")  # where she was when it was locked
    expect(page.locator("#line")).to_contain_text("1份没有发出")
    mine.context.set_offline(False)
    expect(page.locator("#line")).to_contain_text("都已发出", timeout=30_000)


def test_ten_wrong_pins_take_the_people_off_once_everything_is_sent(village: Village, mine: Mine) -> None:
    page, owner = mine.page, owner_of(village)
    mine.make_own()
    expect(page.locator("#line")).to_contain_text("都已发出")
    expect(page.locator("#line")).to_contain_text("上次", timeout=30_000)
    page.get_by_role("button", name="锁上").click()
    assert page.evaluate(ROWS.replace("OWNER", str(owner))) > 3
    wrong_for_the_tenth_time(mine, owner)
    expect(page.locator("main")).to_contain_text("密码错了十次")
    assert page.evaluate(ROWS.replace("OWNER", str(owner))) == 0
