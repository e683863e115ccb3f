"""Health, metrics and structured logs tell of the server, and never of anybody."""

from __future__ import annotations

import json
import logging
import re
from collections import namedtuple
from pathlib import Path

import pytest
from django.test import Client

import doorstep
from doorstep.lib import db, writer
from doorstep.site import settings as site_settings
from doorstep.site.logs import Structured
from doorstep.site.watching import health

ROOT = Path(__file__).resolve().parents[2]
Usage = namedtuple("Usage", "total used free")


def test_the_process_answers(store: None) -> None:
    told = Client().get("/health/live")
    assert (told.status_code, told.json()) == (200, {"status": "ok", "version": doorstep.__version__})


def test_a_record_could_be_stored(store: None) -> None:
    told = Client().get("/health/ready")
    assert (told.status_code, told.json()) == (
        200, {"status": "ok", "checks": {"database": "ok", "writer": "ok", "disk": "ok"}},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("free", "state", "status"), [(10**12, "ok", 200), (10**8, "low", 200), (10**6, "failed", 503)]
)
def test_room_on_the_disk(store: None, monkeypatch: pytest.MonkeyPatch, free: int, state: str, status: int) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: Usage(10**12, 0, free))
    told = Client().get("/health/ready")
    assert (told.status_code, told.json()["checks"]["disk"]) == (status, state)


def test_a_writer_that_ended_is_not_ready(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = writer.Writer()
    ended.stop()
    monkeypatch.setattr(writer, "_running", ended)
    told = Client().get("/health/ready")
    assert (told.status_code, told.json()["checks"]["writer"]) == (503, "failed")


def test_a_database_that_cannot_be_written_is_not_ready(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise OSError(5, "read-only")

    monkeypatch.setattr(db, "transaction", refused)
    told = Client().get("/health/ready")
    assert (told.status_code, told.json()["checks"]["database"]) == (503, "failed")


@pytest.mark.parametrize(("set_to", "brought"), [("", ""), ("", "Bearer "), ("tok", ""), ("tok", "Bearer to")])
def test_metrics_are_for_who_brings_the_token(
    store: None, monkeypatch: pytest.MonkeyPatch, set_to: str, brought: str
) -> None:
    monkeypatch.setenv("DOORSTEP_METRICS_TOKEN", set_to)
    assert Client().get("/metrics", headers={"Authorization": brought}).status_code == 404


def asked(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DOORSTEP_METRICS_TOKEN", "tok")
    told = Client().get("/metrics", headers={"Authorization": "Bearer tok"})
    assert told.status_code == 200
    return told.content.decode()


def test_requests_are_counted_by_pattern_never_by_address(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    line = 'doorstep_requests_total{method="GET",route="p/<str:person_id>",status="302"}'

    def count() -> float:
        found = re.search(re.escape(line) + r" (\S+)", asked(monkeypatch))
        return float(found[1]) if found else 0.0

    before = count()
    Client().get("/p/somebody-unheard-of")
    assert count() == before + 1
    assert "unheard-of" not in asked(monkeypatch)
    Client().get("/no-such/unheard-of")
    assert "unheard-of" not in asked(monkeypatch)
    assert site_settings.setting("DOORSTEP_METRICS_TOKEN") == "tok"


def test_what_stands_now_is_told(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told = asked(monkeypatch)
    assert "doorstep_backup_age_seconds -1.0\n" in told
    assert "doorstep_writer_waiting 0.0\n" in told
    assert f'doorstep_info{{version="{doorstep.__version__}"}} 1.0\n' in told


def test_a_request_is_one_json_line(store: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="doorstep.requests"):
        Client().get("/p/somebody-unheard-of")
    (record,) = (r for r in caplog.records if r.name == "doorstep.requests")
    told = json.loads(Structured().format(record))
    assert {k: told[k] for k in ("level", "logger", "message", "method", "route", "status")} == {
        "level": "INFO", "logger": "doorstep.requests", "message": "request", "method": "GET",
        "route": "p/<str:person_id>", "status": 302,
    }  # fmt: skip
    assert set(told) == {"time", "level", "logger", "message", "method", "route", "status", "ms"}


def test_an_error_in_json_has_no_words_of_its_own() -> None:
    try:
        raise ValueError("王秀英-CANARY")
    except ValueError as error:
        record = logging.LogRecord("other", logging.ERROR, __file__, 1, "bad %s", ("王秀英-CANARY",), None)
        record.exc_info = (type(error), error, error.__traceback__)
    told = json.loads(Structured().format(record))
    assert told["message"] == "bad %s"
    assert told["error"].startswith("ValueError at test_an_error_in_json")
    assert "CANARY" not in json.dumps(told, ensure_ascii=False)


def test_every_setting_stands_in_the_handbook_as_it_is() -> None:
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(DOORSTEP_\w+)` \| `([^`]*)` \| (.*) \|$", text, re.MULTILINE)
    assert rows == [(name, default or " ", about) for name, default, about in site_settings.SETTINGS]
