"""A report of the command line says by which charter it was made, beside its table."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from doorstep.engine.charter import charter_hash
from doorstep.site import command, commands
from tests.cast import Township


@pytest.mark.parametrize("wanted", ["csv", "json", "table"])
def test_the_hash_stands_beside_the_report(
    wanted: str, township: Township, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    command.speak("en")
    assert commands.run(["report", "maternal_quarter", "--period", "2026-Q2", "--format", wanted]) == 0
    said = capsys.readouterr()
    assert said.err == f"Charter {charter_hash()}\n"
    assert charter_hash() not in said.out
    if wanted == "csv":
        assert len(list(csv.DictReader(StringIO(said.out)))) > 0
