"""What fault suites stand on: a process that hangs, and a server that does not start, end the suite with a word instead of holding it up."""

from __future__ import annotations

import time
from typing import Any

import pytest

from doorstep.site.bench.faults import asking, children


def test_what_hangs_says_where_and_ends(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.3)
    began = time.monotonic()
    told, code = children.start(_waits_for_ever).ended()
    assert (told, code) == (["begun"], 1)
    assert time.monotonic() - began < 30
    assert "_waits_for_ever" in capfd.readouterr().err


def _waits_for_ever(tell: children.Tell) -> None:
    tell("begun")
    time.sleep(3600)


def test_a_server_that_does_not_start_is_not_waited_for() -> None:
    async def broken(_scope: Any, receive: Any, _send: Any) -> None:
        await receive()
        raise OSError("no store")

    with pytest.raises(OSError, match="no store"):
        asking.serve(broken, [], lambda *_: None)
