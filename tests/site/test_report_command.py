"""`doorstep report ID` is short for `doorstep report show ID`, and makes room for commands beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doorstep.access import actions as access
from doorstep.site import command, commands
from tests.cast import PASSWORD, STARTED, Township, forge


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    command.speak("en")


def test_the_short_form_says_the_same(township: Township, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--period", "2025-Q2", "--format", "csv"]
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


def test_a_typed_table_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = tmp_path / "typed.csv"
    typed.write_text("Place,Births,Girls,Sex ratio\nA,285,109,134.17\nB,200,100,100.0\n", encoding="utf-8")
    assert commands.run(["report", "check", str(typed)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(
        "typed.csv D2: “Sex ratio” is printed as 134.17; by its own pair 176 (B2 − C2) ÷ 109 (C2)"
    )
    assert "to one decimal 161.5" in said[0]
    assert said[1:] == ["1 follows from its own figures.", "1 does not follow."]
    typed.write_text("Place,Births,Girls,Sex ratio\nB,200,100,100.0\n", encoding="utf-8")
    assert commands.run(["report", "check", str(typed)]) == 0


@pytest.mark.parametrize("ending", ["xlsx", "docx", "pdf", "csv", "json"])
def test_a_report_is_written_as_a_file(ending: str, township: Township, tmp_path: Path) -> None:
    out = tmp_path / f"report.{ending}"
    asked = ["report", "maternal_quarter", "--period", "2025-Q2", "--format", ending, "--out", str(out)]
    assert commands.run(asked) == 0
    begins = {"xlsx": b"PK", "docx": b"PK", "pdf": b"%PDF-", "csv": b"\xef\xbb\xbf", "json": b"{"}
    assert out.read_bytes().startswith(begins[ending])


def test_from_draft_to_handed_in(
    township: Township, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deputy = access.add_user("deputy", "deputy", "manager", PASSWORD)
    access.serve(deputy, township.places["township"], STARTED)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: PASSWORD)  # there is no terminal to type it on
    about = ["maternal_quarter", "--period", "2025-Q2", "--place", "c1-t1"]
    assert commands.run(["report", "hand-in", *about, "--by", "manager"]) == 1
    assert capsys.readouterr().err.startswith("Nobody has checked this report yet.")
    assert commands.run(["report", "check-off", *about, "--by", "supervisor"]) == 1
    assert "not part of the role of supervisor" in capsys.readouterr().err
    assert commands.run(["report", "check-off", *about, "--by", "manager"]) == 0
    assert commands.run(["report", "hand-in", *about, "--by", "manager"]) == 1
    assert commands.run(["report", "hand-in", *about, "--by", "deputy"]) == 0
    capsys.readouterr()
    assert commands.run(["report", "hand-in", *about, "--by", "deputy"]) == 1
    assert capsys.readouterr().err.startswith("This report was handed in already: copy 1,")
    assert commands.run(["report", "copies", "--place", "c1-t1", "--json"]) == 0
    checked, copy = json.loads(capsys.readouterr().out)
    assert (checked["state"], copy["state"], copy["copy"], copy["by"]) == ("checked", "handed_in", 1, "deputy")
    out = tmp_path / "copy.json"
    assert commands.run(["report", "copy", str(copy["number"]), "--format", "json", "--out", str(out)]) == 0
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert (kept["state"]["sha256"], kept["report"]["period"]) == (copy["sha256"], "2025-Q2")
    assert commands.run(["report", "verify"]) == 0
    forge("report_copy", "UPDATE report_copy SET content = content || ' ' WHERE seq = ?", [copy["number"]])
    assert commands.run(["report", "verify"]) == 1
    assert commands.run(["report", "copy", str(copy["number"]), "--out", str(out)]) == 1
