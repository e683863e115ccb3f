"""The watch over the whole run can fail: a mark in any of the places it reads is found, and places without one are not."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from tests.canaries import NAMES, WATCH, Watch, marks_in
from tests.cast import PASSWORD, Township


@pytest.mark.parametrize(
    "text",
    [
        "/find?q=" + quote("王秀英"),
        "/find?q=" + quote(quote("王秀英")),
        '{"name": "\\u738b\\u79c0\\u82f1"}',
        "kept 13800001234",
        "of 110101199003071234 here",
        "Authorization: Bearer " + "x" * 43,
    ],
)
def test_a_mark_is_found_however_it_is_written(text: str) -> None:
    assert len(marks_in(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "/person/0b0e9d0c-1111-4222-8333-138000012345",
        "/person/0b0e9d0c-1111-4222-8333-13800001234f",
        "doorstep_disk_free_bytes 2.13800001234e+011",
        "took 1380000123456 ns",
        "seq 12",
    ],
)
def test_what_is_no_mark_is_none(text: str) -> None:
    assert marks_in(text) == []


def test_a_mark_in_any_place_makes_the_run_red(tmp_path: Path) -> None:
    watch = Watch()
    record = logging.LogRecord("doorstep.x", logging.ERROR, __file__, 1, "not kept: %s", ("王秀英",), None)
    watch.emit(record)
    response = HttpResponse(
        headers={"Location": "/?said=王秀英", "Content-Disposition": "attachment; filename=李四.csv"}
    )
    response.set_cookie("x", "13800001234")
    watch.exchange(RequestFactory().get("/find", {"q": "王秀英"}), response)
    (tmp_path / "backup-赵六.bin").touch()
    watch.files_below(tmp_path)
    kinds = [kind for kind, _, _ in watch.found]
    assert kinds == ["log", "log", "address", "Location", "Content-Disposition", "cookie", "file name"]


@pytest.mark.usefixtures("store")
def test_the_run_itself_is_watched(township: Township) -> None:
    """Looking somebody up leaves her in no address, and both the asking and the log line were read."""
    township.person(name=NAMES[0])
    client = Client()
    assert client.login(username="worker", password=PASSWORD)
    before = dict(WATCH.read)
    answer = client.post("/find", {"typed": NAMES[0]})
    logging.getLogger("doorstep.test").error("somebody was looked up")
    assert NAMES[0] in answer.content.decode()
    assert WATCH.read["address"] == before.get("address", 0) + 1
    assert WATCH.read["log"] == before.get("log", 0) + 2
