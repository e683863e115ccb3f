"""A phone as the server sees it: it keeps what it is given and hands back how far it has come."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from doorstep.access import actions as access
from doorstep.lib import days
from tests.cast import Township

TODAY = date(2026, 6, 15)


class Phone:
    """Pulls until there is nothing more, and holds what ``front/src/field/pulled.ts`` says it has to."""

    def __init__(self, token: str, lang: str = "zh"):
        self.token, self.lang, self.since, self.pages = token, lang, "", 0
        self.me: Any = None
        self.forms: Any = None
        self.people: dict[str, Any] = {}
        self.families: dict[str, Any] = {}
        self.answers: list[Any] = []

    def ask(self, path: str, **query: str) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {self.token}", "accept-encoding": "gzip"}
        answer = Client().get(path, query, headers=headers)
        content = answer.content
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return answer.status_code, json.loads(content) if "json" in answer.headers["Content-Type"] else content

    def pull(self) -> Phone:
        self.answers = []
        while True:
            status, told = self.ask("/sync/pull", since=self.since, lang=self.lang)
            assert status == 200, told
            self.take(told)
            if not told["more"]:
                return self

    def take(self, told: Any) -> None:
        if told["fresh"]:
            self.people, self.families = {}, {}
        self.me, self.forms = told.get("me", self.me), told.get("forms", self.forms)
        self.people |= {one["id"]: one for one in told["people"]}
        self.families |= {one["id"]: one for one in told["families"]}
        for gone in told["gone"]["people"]:
            self.people.pop(gone, None)
        for gone in told["gone"]["families"]:
            self.families.pop(gone, None)
        self.since = told["since"]
        self.answers.append(told)

    @property
    def contents(self) -> Any:
        """Everything held, without the numbers of the changes."""
        bare = [
            {i: {k: v for k, v in one.items() if k != "v"} for i, one in of.items()}
            for of in (self.people, self.families)
        ]
        return [*bare, self.me, self.forms]


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DOORSTEP_TODAY", TODAY.isoformat())
    assert days.today() == TODAY
    yield


@pytest.fixture
def phone_of(township: Township) -> Callable[..., Phone]:
    """``phone_of("worker")``: a phone of that member of the cast that has not asked for anything yet."""

    def made(who: str, lang: str = "zh") -> Phone:
        return Phone(access.add_device(township.users[who], "phone"), lang)

    return made
