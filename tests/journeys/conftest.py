"""Journeys: people of the cast at work in the real Chromium, against a real ``doorstep serve`` on a store of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.cast import PASSWORD
from tests.front.site_for_front import ROOT
from tests.server import Server, Store

sys.path.insert(0, str(ROOT / "tools"))
import build_front
import words

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
FOUND = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from tests.cast import Township
print(json.dumps(Township.found().places))
"""


@dataclass
class Village:
    """The running server and the places of its township."""

    server: Server
    places: dict[str, int]

    def rows(self, sql: str, *params: object) -> list[tuple[object, ...]]:
        return self.server.store.rows(sql, params)


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    build_front.main()
    words.compile_all()
    store = Store(tmp_path_factory.mktemp("journeys") / "store")
    store.run("init")
    places = json.loads(store.python(FOUND).splitlines()[-1])
    with Server(store) as server:
        yield Village(server, places)


@dataclass
class Someone:
    """A member of the cast with a browser of their own, which remembers whatever it complained about."""

    page: Page
    url: str
    complaints: list[str]

    def open(self, address: str) -> int:
        """Open an address and give the status."""
        answer = self.page.goto(self.url + address)
        assert answer is not None
        return answer.status

    def next(self) -> None:
        """The one big button of a form."""
        self.page.click(".df-main")

    def choose(self, question: str, answer: str) -> None:
        """Tick an answer of the question with this heading."""
        self.page.get_by_role("radiogroup", name=question).get_by_label(answer, exact=True).check()


Enter = Callable[..., Someone]


@pytest.fixture
def enter(chromium: Browser, village: Village) -> Iterator[Enter]:
    """``enter("worker")``: log in on a phone, in Chinese."""
    contexts = []

    def log_in(who: str, *, screen: dict[str, int] = PHONE, locale: str = "zh-CN") -> Someone:
        context = chromium.new_context(viewport=screen, locale=locale, timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        someone = Someone(page, village.server.url, [])

        def hear(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and "404" not in message.text:
                someone.complaints.append(message.text)

        page.on("console", hear)
        page.on("pageerror", lambda error: someone.complaints.append(str(error)))
        someone.open("/login")
        page.fill("[name=username]", who)
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_selector("nav.tabs, h1")
        return someone

    yield log_in
    for context in contexts:
        context.close()
