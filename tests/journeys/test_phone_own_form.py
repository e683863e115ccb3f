"""A form of one's own, filled on the phone without a network, reaches the server and stands in its owner's table alone."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, expect

from doorstep.forms.queries import APPLIED
from tests.cast import PASSWORD
from tests.journeys.conftest import PHONE, Enter, Village
from tests.journeys.test_phone_pages import PIN

pytestmark = pytest.mark.browser

FORM = """| survey | | | | |
| | type | name | label::English (en) | label::中文 (zh) |
| | text | well | Which well | 哪一口井 |
| | integer | depth | How deep, in metres | 多深（米） |

| settings | | | | |
| | form_title | form_id | version | default_language |
| | 水井 · Wells | own_wells | 1 | 中文 (zh) |
"""


def test_a_record_on_ones_own_form_is_handed_over(village: Village, chromium: Browser, enter: Enter) -> None:
    worker = enter("worker")
    assert worker.open("/forms/") == 200
    worker.page.set_input_files("[name=form]", {"name": "wells.md", "mimeType": "text/plain", "buffer": FORM.encode()})
    worker.page.locator("form:has([name=form]) button").first.click()
    expect(worker.page.locator("main")).to_contain_text("水井")

    context = chromium.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(village.server.url + "/login?next=/phone/")
    page.fill("[name=username]", "worker")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.fill("[name=pin]", PIN)
    page.fill("[name=again]", PIN)
    page.click("main button.big")
    page.locator("#line", has_text=re.compile(r"\d\d:\d\d")).wait_for()

    context.set_offline(True)
    page.evaluate("location.hash = '#/outbox'")
    page.get_by_role("link", name="水井").click()
    page.get_by_label("哪一口井").fill("村东头")
    while page.locator(".df-main").inner_text() != "保存记录":
        page.click(".df-main")
    page.get_by_label("多深（米）").fill("12")
    page.click(".df-main")
    expect(page.locator("main h1")).to_have_text("已存在这部手机上")
    asked = "SELECT answers, state, author_id FROM entry WHERE form_id = 'own_wells'"
    assert village.rows(asked) == []

    context.set_offline(False)
    page.evaluate("location.hash = '#/settings'")
    page.get_by_role("button", name="现在发送和取来").click()
    expect(page.locator("#line")).to_contain_text("都已发出", timeout=30_000)
    (row,) = village.rows(asked)
    (worker_id,) = village.rows("SELECT id FROM account WHERE username = ?", "worker")[0]
    told = json.loads(str(row[0]))
    assert ((told["well"], str(told["depth"])), *row[1:]) == (("村东头", "12"), APPLIED, worker_id)
    assert worker.open("/forms/") == 200
    worker.page.get_by_role("link", name="水井").first.click()
    expect(worker.page.locator("main")).to_contain_text("村东头")
    neighbour = enter("neighbour")
    assert neighbour.open("/forms/") == 200
    assert "水井" not in neighbour.page.content()
    context.close()
