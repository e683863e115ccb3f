"""Readers of the screens: each member of the cast with a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import translation

from doorstep.lib import days
from tests.cast import Township

TODAY = date(2026, 6, 15)
Reader = Callable[[str], Client]
_CHANGING = re.compile(r'(csrfmiddlewaretoken" value=|csrf-token" content=|"csrfToken": )"[^"]+"')


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is always the same day, and words are in English unless a page is asked otherwise."""
    monkeypatch.setenv("DOORSTEP_TODAY", TODAY.isoformat())
    assert days.today() == TODAY
    with translation.override("en"):
        yield


@pytest.fixture
def as_(township: Township) -> Reader:
    """``as_("worker")``: a browser in which that member of the cast is logged in, reading English."""

    def browser(who: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(get_user_model().objects.get(pk=township.users[who]))
        return client

    return browser


def steady(html: bytes) -> str:
    """A page without what changes at every reading."""
    return _CHANGING.sub(r'\1"…"', html.decode())
