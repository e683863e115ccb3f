"""`doorstep report ID` is short for `doorstep report show ID`, and makes room for commands beside it."""

from __future__ import annotations

import pytest

from doorstep.site import command, commands
from tests.cast import Township


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    command.speak("en")


def test_the_short_form_says_the_same(township: Township, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--period", "2026-Q2", "--format", "csv"]
    assert commands.run(["report", "show", "maternal_quarter", *options]) == 0
    long = capsys.readouterr().out
    assert long.startswith("place,indicator,period,")
    assert commands.run(["report", "maternal_quarter", *options]) == 0
    assert capsys.readouterr().out == long
    assert commands.run(["report", *options, "maternal_quarter"]) == 0
    assert capsys.readouterr().out == long


def test_an_unknown_word_is_the_id_of_a_report(township: Township, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run(["report", "no_such_report"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("There is no report 'no_such_report' here. Reports here: ")
