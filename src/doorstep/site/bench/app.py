"""The app on a cheap phone: first sync over a thin line, Today from the sealed store, a form, in a real browser made slow."""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from doorstep.access import actions as access
from doorstep.access.queries import staff
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.site.bench.stand import server
from doorstep.site.demo import making
from doorstep.site.store import Failure

WORKER = "worker"
PIN = "a good pin"
SLOWER = 4  # times
LINE = {"offline": False, "latency": 40, "downloadThroughput": 125_000, "uploadThroughput": 125_000}  # 1 Mbit/s
ROUNDS = 3
PATIENCE_MS = 300_000


def measure(folder: Path, seed: int) -> dict[str, Any]:
    """A first sync of everybody in the store and what the pages take afterwards: seconds as a person waits them, with the
    processor made four times slower and the line 1 Mbit/s. Raises Failure without a browser."""
    start = _browser()
    member = next(one for one in staff().by_id.values() if one.username == WORKER)
    with db.transaction():
        for node in places.tree().children[None]:
            access.serve(member.id, node.id, date(2020, 1, 1))
    with server(folder) as (host, _pid), tempfile.TemporaryDirectory() as profile:
        size = _size(f"http://{host}")  # before the browser: what drives it leaves no room for questions to the store
        with start() as playwright:
            context = playwright.chromium.launch_persistent_context(
                profile,
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox"],
                viewport={"width": 360, "height": 740},
            )
            context.set_default_timeout(PATIENCE_MS)
            try:
                return {"app_bytes_gzipped": size} | _measured(
                    _Phone(context, context.pages[0], f"http://{host}"), seed
                )
            finally:
                context.close()


def _browser() -> Callable[[], AbstractContextManager[Any]]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Failure(_("This needs the Python package playwright.")) from error
    if shutil.which("chromium") is None:
        raise Failure(_("This needs Chromium (Debian: chromium)."))
    return sync_playwright


class _Phone:
    """A page in a browser that is made slow."""

    def __init__(self, context: Any, page: Any, url: str):
        self.page, self.url = page, url
        self._session = context.new_cdp_session(page)

    def slow(self, *, line: bool = True) -> None:
        self._session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        if line:
            self._session.send("Network.enable")
            self._session.send("Network.emulateNetworkConditions", LINE)

    def seconds(self, work: Callable[[], Any], until: str) -> float:
        """From ``work`` until this is on the page."""
        began = time.perf_counter()
        work()
        self.page.wait_for_selector(until)
        return time.perf_counter() - began

    def show(self, hash_: str) -> None:
        self.page.evaluate(f"location.hash = {hash_!r}")


def _measured(phone: _Phone, seed: int) -> dict[str, Any]:
    page = phone.page
    page.goto(phone.url + "/login?next=/about")
    page.fill("[name=username]", WORKER)
    page.fill("[name=password]", making.password(WORKER, seed))
    page.click("main button")
    phone.slow()
    opened = phone.seconds(lambda: page.goto(phone.url + "/phone/"), "[name=pin]")
    page.fill("[name=pin]", PIN)
    page.fill("[name=again]", PIN)
    began = time.perf_counter()
    page.click("main button.big")
    page.wait_for_selector(".visit")
    usable = time.perf_counter() - began
    page.locator("#line", has_text=re.compile(r"\d\d:\d\d")).wait_for()
    whole = time.perf_counter() - began
    phone.show("#/settings")
    page.wait_for_selector("section.sheet")
    people = page.evaluate(
        "document.querySelector('main').textContent.match(/(\\d+)\\D+(\\d+)\\D+(\\d+)\\s*(张表|forms)/)?.slice(1, 4)"
    )
    unlocked, today, form = [], [], []
    for _round in range(ROUNDS):
        phone.show("#/families")
        page.wait_for_selector("main .heading")
        today.append(phone.seconds(lambda: phone.show("#/today"), ".visit"))
        form.append(phone.seconds(lambda: page.locator(".visit .big").first.click(), ".df-bar"))
        phone.show("#/today")
        page.wait_for_selector(".visit")
        page.locator("header button").last.click()
        page.fill("[name=pin]", PIN)
        unlocked.append(phone.seconds(lambda: page.click("main button.big"), ".visit"))
    return {
        "people": int(people[0]) if people else None,
        "families": int(people[1]) if people else None,
        "forms": int(people[2]) if people else None,
        "first_page_s": round(opened, 2),
        "usable_s": round(usable, 2),
        "first_sync_s": round(whole, 2),
        "today_s": [round(one, 2) for one in today],
        "form_open_s": [round(one, 2) for one in form],
        "unlock_to_today_s": [round(one, 2) for one in unlocked],
        "slower": SLOWER,
        "line_bytes_per_second": LINE["downloadThroughput"],
    }


def _size(url: str) -> int:
    """Everything the app keeps on the phone, compressed."""
    from doorstep.web.phone import shell

    total = 0
    for address in shell.kept():
        with urlopen(url + address, timeout=60) as answer:  # noqa: S310 - our own server
            total += len(gzip.compress(answer.read(), 9))
    return total
