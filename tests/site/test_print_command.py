"""`doorstep print` gives the paper the page gives, to whoever may have it and to nobody else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doorstep.lib import db
from doorstep.site import command, commands
from tests.cast import PASSWORD, Township
from tests.web.paper.reading import text_of


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setattr("typer.prompt", lambda *_, **__: PASSWORD)  # there is no terminal to type it on
    command.speak("en")


def test_a_paper_is_printed_in_ones_own_name(
    township: Township, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = township.household(on=date(2026, 1, 5))
    township.person("李小红", home=home)
    out = tmp_path / "card.pdf"
    asked = ["print", "household", home, "--out", str(out)]
    assert commands.run([*asked, "--by", "neighbour"]) == 1
    assert capsys.readouterr().err.startswith("There is no such paper for neighbour to print.")
    assert commands.run([*asked, "--by", "manager"]) == 1 and not out.exists()
    assert commands.run([*asked, "--by", "worker"]) == 0
    assert "李小红" in text_of(out.read_bytes())
    assert db.current().value("SELECT COUNT(*) FROM access_log WHERE output = 'print.household'") == 1
    assert commands.run([*asked, "--by", "worker"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert commands.run(["print", "diary", home, "--by", "worker", "--out", str(tmp_path / "x.pdf")]) == 1
    assert "walking, round, household, vaccines, health, care" in capsys.readouterr().err
    walking = ["print", "walking", "c1-t1-v1", "--by", "worker", "--out", str(tmp_path / "walking.pdf")]
    assert commands.run(walking) == 0
