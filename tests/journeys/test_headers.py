"""Headers, seen by a browser: on the main pages of every role nothing breaks the content policy, nothing is asked of another
host, nothing is complained about, and every answer bears every header."""

from __future__ import annotations

import pytest
from playwright.sync_api import Response

from doorstep.web.middleware import HEADERS
from tests.journeys.conftest import DESK, Enter, Someone, Village

pytestmark = pytest.mark.browser
HEAR = "addEventListener('securitypolicyviolation', e => (self.broken = self.broken || []).push(e.violatedDirective + ' ' + e.blockedURI))"
MORE = {
    "worker": ["/fill/household", "/phone/"],
    "clinician": ["/forms/"],
    "supervisor": [],
    "manager": [],
    "installer": [],
}
MOST = 24


class Watch:
    """Everything that went wrong in somebody's browser from now on, with the address it happened at."""

    def __init__(self, someone: Someone):
        self.someone, self.wrong, self.answers = someone, [], 0
        someone.page.context.add_init_script(HEAR)
        someone.page.on("response", self._answered)

    def _answered(self, answer: Response) -> None:
        if answer.url.startswith(("data:", "blob:")):
            return
        self.answers += 1
        if not answer.url.startswith(self.someone.url + "/"):
            self.wrong.append(f"{answer.url}: another host")
        elif not answer.from_service_worker:
            lacking = {n for n, v in HEADERS.items() if answer.headers.get(n.lower()) != v}
            self.wrong += [f"{answer.url}: no {name}" for name in sorted(lacking)]

    def open(self, address: str) -> None:
        assert self.someone.open(address) == 200, address
        self.wrong += [f"{address}: {said}" for said in self.someone.page.evaluate("self.broken || []")]
        self.wrong += [f"{address}: {said}" for said in self.someone.complaints]
        self.someone.complaints.clear()


@pytest.mark.parametrize("who", MORE)
def test_no_page_of_any_role_breaks_the_policy(village: Village, enter: Enter, who: str) -> None:
    someone = enter(who, screen=DESK)
    watch = Watch(someone)
    watch.open("/account")
    links = someone.page.eval_on_selector_all(
        "nav.tabs a, .menu-sheet a", "all => all.map(a => a.getAttribute('href'))"
    )
    pages = list(dict.fromkeys([*links, *MORE[who]]))
    assert 5 <= len(pages) <= MOST, pages
    for address in pages:
        watch.open(address)
    assert watch.wrong == []
    assert watch.answers > 3 * len(pages)


def test_a_page_that_breaks_it_is_found(village: Village, enter: Enter) -> None:
    """The watch itself: a style and a picture from elsewhere are heard of."""
    someone = enter("worker")
    watch = Watch(someone)
    watch.open("/about")
    assert watch.wrong == []
    someone.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p><img src=\"http://203.0.113.1/x.png\">')"
    )
    someone.page.wait_for_function("(self.broken || []).length > 1")
    assert {said.split()[0] for said in someone.page.evaluate("self.broken")} == {"img-src", "style-src-attr"}
