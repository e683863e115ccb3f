"""The built front end in the real Chromium, served under Doorstep's own content security policy."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.front.site_for_front import ROOT, Serving, Site

sys.path.insert(0, str(ROOT / "tools"))
import build_front

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    build_front.main()
    with Serving() as serving:
        yield serving


@pytest.fixture(autouse=True)
def fresh(site: Site) -> None:
    site.sent.clear()
    site.answer = (201, "application/json", '{"redirect": "/done"}')


class Phone:
    """A page at 360 pixels that keeps everything the browser complained about."""

    def __init__(self, page: Page):
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Phone]:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    yield Phone(context.new_page())
    context.close()
