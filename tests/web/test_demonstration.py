"""When pages say "demonstration, not for real people", and when they do not any more (charter C20)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client

from doorstep.access import actions as access
from doorstep.access import second
from doorstep.engine.charter import report as charter
from doorstep.places import counters
from doorstep.programmes import standing
from tests.cast import PASSWORD

ENGLISH, CHINESE = "Demonstration, not for real people", "演示用，请勿用于真实的人"


def says_so() -> list[bool]:
    """In both languages, and on the page phones keep."""
    pages = [(language, page) for language in ("en", "zh-hans") for page in ("/about", "/login")] + [("en", "/phone/")]
    found = []
    for language, page in pages:
        body = Client(headers={"accept-language": language}).get(page).content.decode()
        banner = re.search(r'<aside[^>]*class="demonstration"(?! *hidden)[^>]*>(.*?)</aside>', body)
        assert banner is None or (ENGLISH if language == "en" else CHINESE) in banner[1]
        found.append(banner is not None)
    return found


@pytest.fixture
def a_reviewed_release(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release whose dictionary somebody independent has reviewed; nobody works in the store yet."""
    as_shipped = charter.shipped()
    assert as_shipped.reviewed_by == ()  # the day somebody has, this test begins from there
    monkeypatch.setattr(charter, "shipped", lambda: replace(as_shipped, reviewed_by=("A. Reviewer",)))
    monkeypatch.setattr(standing, "_kept", [])
    counters.forget()


def test_every_clause_is_enforced_and_still_the_release_says_what_it_is(store: None) -> None:
    access.add_user("reviewer", "R", "reviewer", PASSWORD)
    assert standing.report().not_enforced == () and standing.report().problems == ()
    assert says_so() == [True] * 5
    assert "Nobody independent has reviewed" in Client(headers={"accept-language": "en"}).get("/about").content.decode()


def test_it_goes_with_a_reviewer_named_and_comes_back_without(a_reviewed_release: None) -> None:
    assert standing.report().beside == ("no_reviewer",) and says_so() == [True] * 5
    assert (
        "Nobody works here as the independent reviewer."
        in Client(headers={"accept-language": "en"}).get("/about").content.decode()
    )
    access.add_user("someone", "S", "supervisor", PASSWORD)
    assert says_so() == [True] * 5
    reviewer = access.add_user("reviewer", "R", "reviewer", PASSWORD)
    assert standing.report().beside == () and says_so() == [False] * 5
    access.set_active(reviewer, active=False)
    assert says_so() == [True] * 5


def test_a_store_of_made_up_people_says_so_for_ever(a_reviewed_release: None) -> None:
    second.make_demonstration()
    access.add_user("reviewer", "R", "reviewer", PASSWORD)
    assert standing.report().beside == ("made_up",) and says_so() == [True] * 5
