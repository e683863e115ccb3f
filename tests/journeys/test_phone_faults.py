"""What goes wrong at the door: answers that get lost, a phone that dies while it saves, two windows, no room left."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import Village
from tests.journeys.test_phone_pages import Mine
from tests.journeys.test_phone_pages import mine as mine  # a fixture

pytestmark = pytest.mark.browser

ANSWERS = {"体重": "58.5", "血压：高压": "116", "血压：低压": "74"}
SAVE = "保存记录"
SAVED = "已存在这部手机上"


def begin(page: Page, mine: Mine) -> None:
    """Her visit from Today, filled in up to the last press."""
    line = page.locator(".visit", has_text="孕16–20周随访").filter(has_text=mine.mother).first
    line.get_by_role("link", name="填写").click()
    page.wait_for_selector(".df-bar")
    for _ in range(12):
        for label, value in ANSWERS.items():
            for box in page.get_by_label(label).all():
                if box.get_attribute("type") != "radio" and box.is_editable() and not box.input_value():
                    box.fill(value)
        for group in page.get_by_role("radiogroup").all():
            if not group.locator("input:checked").count():
                group.locator("input").first.check()
        for several in page.get_by_role("group").all():
            boxes = several.get_by_role("checkbox")
            if boxes.count() and not several.locator("input:checked").count():
                boxes.last.check()
        if page.locator(".df-main").inner_text() == SAVE:
            return
        page.click(".df-main")
        page.wait_for_timeout(150)
    raise AssertionError("the form has no last page")


def ready(mine: Mine) -> None:
    """Everything the phone needs without a network is on it."""
    expect(mine.page.locator("#line")).to_contain_text("上次", timeout=30_000)
    mine.page.wait_for_function("() => navigator.serviceWorker.ready")


def visits(village: Village) -> int:
    return int(str(village.rows("SELECT COUNT(*) FROM entry WHERE form_id = 'anc_visit'")[0][0]))


def written(page: Page) -> int:
    """How many records lie on this phone, as its own page lists them."""
    page.evaluate("location.hash = '#/outbox'")
    expect(page.locator("main h1")).to_have_text("在这部手机上写的")
    page.wait_for_timeout(300)
    return page.locator("section[class*=outbox-] > ul > li, section[class*=outbox-] li").count()


def test_an_answer_that_gets_lost_doubles_nothing(village: Village, mine: Mine) -> None:
    mine.make_own()
    ready(mine)
    page, before, lost = mine.page, visits(village), []

    def drop_once(route: Route) -> None:
        told = route.fetch()  # the server takes it in …
        holds = "<data" in (route.request.post_data or "")
        if holds and not lost:
            lost.append(told.status)
            route.abort()  # … and the phone never hears of it
        else:
            route.fulfill(response=told)

    mine.context.route("**/sync/push", drop_once)
    begin(page, mine)
    page.click(".df-main")
    expect(page.locator("main h1")).to_have_text(SAVED)
    page.wait_for_timeout(4_000)
    assert (lost, visits(village)) == ([200], before + 1)
    expect(page.locator("#line")).to_contain_text("1份没有发出")
    page.evaluate("location.hash = '#/settings'")
    page.get_by_role("button", name="现在发送和取来").click()
    expect(page.locator("#line")).to_contain_text("都已发出")
    assert visits(village) == before + 1


def kill(profile: Path) -> None:
    """All of the browser at once, as when the battery is taken out."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if str(profile).encode() in told:
            try:
                os.kill(int(folder.name), signal.SIGKILL)
            except ProcessLookupError:
                continue


@pytest.mark.parametrize("shown", [True, False])
def test_a_phone_that_dies_while_it_saves_keeps_the_record_whole_or_says_nothing(
    village: Village, mine: Mine, shown: bool
) -> None:
    """Once the page says *saved* it is there after the death; before that it is there, or the form is as it was left."""
    mine.make_own()
    ready(mine)
    mine.context.set_offline(True)
    page = mine.page
    begin(page, mine)
    page.wait_for_timeout(1_200)  # a half-filled form is written down a moment after the last touch
    page.evaluate("setTimeout(() => document.querySelector('.df-main').click(), 50)")
    if shown:
        expect(page.locator("main h1")).to_have_text(SAVED)
    else:
        page.wait_for_timeout(60)
    kill(mine.profile)
    for lock in mine.profile.glob("Singleton*"):
        lock.unlink()
    mine.start()
    mine.context.set_offline(True)
    page = mine.page
    mine.open("/phone/")
    mine.unlock()
    kept = written(page)
    if shown:
        assert kept == 1
    elif kept == 0:
        page.evaluate("location.hash = '#/today'")
        line = page.locator(".visit", has_text="孕16–20周随访").filter(has_text=mine.mother).first
        line.get_by_role("link", name="填写").click()
        page.wait_for_selector(".df-bar")
        expect(page.locator("main")).to_contain_text("写的都在")
        while not page.get_by_label("体重").count():
            page.click(".df-main")
            page.wait_for_timeout(150)
        expect(page.get_by_label("体重")).to_have_value("58.5")
    else:
        assert kept == 1
    before = visits(village)
    mine.context.set_offline(False)
    page.evaluate("location.hash = '#/settings'")
    page.get_by_role("button", name="现在发送和取来").click()
    expect(page.locator("#line")).to_contain_text("都已发出", timeout=30_000)
    assert visits(village) == before + kept


def test_two_windows_of_one_phone_send_everything_once(village: Village, mine: Mine) -> None:
    mine.make_own()
    ready(mine)
    first, before = mine.page, visits(village)
    second = mine.context.new_page()
    second.goto(mine.url + "/phone/")
    second.fill("[name=pin]", "a good pin 8")
    second.get_by_role("button", name="打开").click()
    expect(second.locator("main h1")).to_have_text("今天")
    mine.context.set_offline(True)
    begin(second, mine)
    second.click(".df-main")
    expect(second.locator("main h1")).to_have_text(SAVED)
    mine.context.set_offline(False)
    for window in (first, second):
        window.evaluate("location.hash = '#/settings'")
        window.get_by_role("button", name="现在发送和取来").click()
    for window in (first, second):
        expect(window.locator("#line")).to_contain_text("都已发出", timeout=30_000)
    assert visits(village) == before + 1
    assert written(first) == 1


def test_no_room_left_is_said_before_a_form_is_begun(village: Village, mine: Mine) -> None:
    """The browser is made to tell that it has no room: Chromium's own switch for it does nothing to this site."""
    mine.make_own()
    ready(mine)
    mine.page.evaluate("navigator.storage.estimate = async () => ({quota: 1e9, usage: 1e9 - 1e6}); 1")
    begin(mine.page, mine)
    expect(mine.page.get_by_role("alert").first).to_contain_text("快没有地方存了")


def test_what_cannot_be_saved_stays_in_the_open_form(village: Village, mine: Mine) -> None:
    mine.make_own()
    ready(mine)
    page = mine.page
    mine.context.set_offline(True)
    begin(page, mine)
    page.evaluate(
        "window.put = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = function () {"
        " throw new DOMException('full', 'QuotaExceededError'); }; 1"
    )
    page.click(".df-main")
    expect(page.get_by_text("没能存到这部手机上")).to_be_visible()
    page.evaluate("IDBObjectStore.prototype.put = window.put; 1")
    page.click(".df-main")
    expect(page.locator("main h1")).to_have_text(SAVED)
    expect(page.locator("#line")).to_contain_text("1份没有发出")
