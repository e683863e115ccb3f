"""The log tells what went wrong and never about whom."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import pytest
from django.test import Client

from doorstep.site.logs import Discreet

CANARY = "王秀英-CANARY"


def line_of(record: logging.LogRecord) -> str:
    return Discreet().format(record).partition(" ERROR ")[2]


def record_of(name: str, message: str, *values: object, error: bool = False, **more: object) -> logging.LogRecord:
    exc_info = None
    if error:
        try:
            raise ValueError(CANARY)
        except ValueError:
            exc_info = sys.exc_info()
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, values, exc_info)
    for key, value in more.items():
        setattr(record, key, value)
    return record


def test_our_own_sentences_are_kept() -> None:
    assert line_of(record_of("doorstep.x", "kept %s", 3)) == "doorstep.x: kept 3"


def test_an_error_is_its_kind_and_place() -> None:
    said = line_of(record_of("doorstep.x", "not stored", error=True))
    assert said.startswith("doorstep.x: not stored [ValueError at record_of ")
    assert CANARY not in said


def test_others_messages_are_kept_without_their_values() -> None:
    assert line_of(record_of("django.security", "Bad path %s", CANARY)) == "django.security: Bad path %s"


@pytest.fixture
def failing_view(monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    from doorstep.api.openrosa import views

    def fail(*_: object) -> object:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(views, "device_of", fail)
    return fail


@pytest.mark.marked_address
@pytest.mark.usefixtures("store", "failing_view")
def test_a_fault_names_the_pattern_of_the_address(caplog: pytest.LogCaptureFixture) -> None:
    client = Client(raise_request_exception=False)
    assert client.get(f"/odk/{CANARY}/lists/{CANARY}").status_code == 500
    (record,) = (r for r in caplog.records if r.name == "django.request")
    said = line_of(record)
    assert said.startswith("django.request: 500 GET odk/<str:token>/lists/<str:name> [RuntimeError at fail ")
    assert CANARY not in said
