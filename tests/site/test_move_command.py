"""`doorstep move out|in`: a record goes from one store to another in a file only the code opens."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from doorstep.lib import days, db
from doorstep.register import queries as register
from doorstep.site import command, commands
from tests.cast import PASSWORD, Township

SAYS: list[str] = []


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed: whatever stands in ``SAYS``, else a password."""
    SAYS.clear()
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setattr("typer.prompt", lambda said, **_: SAYS.pop() if "code" in said else PASSWORD)
    command.speak("en")


@pytest.fixture
def mover(township: Township) -> str:
    today = days.today()
    person = township.person("何秀兰", on=today - timedelta(90))
    township.pregnancy(person, today - timedelta(weeks=16), on=today - timedelta(60))
    told = {"person": person, "said_on": today, "agreed_by": "self", "moving": "yes", "counts": "no"}
    township.write("worker", "consent", told, on=today, entity=person)
    return person


def names(place: int) -> list[str]:
    return [name for (name,) in db.current().rows("SELECT name FROM person WHERE place_id = ? ORDER BY name", [place])]


def test_a_record_goes_along_in_a_file(
    township: Township, mover: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, today = tmp_path / "record.txt", days.today()
    asked = ["move", "out", mover, "--left", today.isoformat(), "--to", str(file), "--service", "antenatal", "--json"]
    for who, why in (("neighbour", "no such person in your own area"), ("manager", "does not help people who move")):
        assert commands.run([*asked, "--by", who]) == 1
        assert why in capsys.readouterr().err and not file.exists()
    assert commands.run([*asked, "--by", "worker", "--service", "diary"]) == 1
    assert "“diary” is no service" in capsys.readouterr().err
    assert commands.run([*asked, "--by", "worker", "--until", today.isoformat()]) == 1  # moves, or stays elsewhere
    assert "day" in capsys.readouterr().err and not file.exists()
    assert register.people([mover])[mover].is_here
    assert commands.run([*asked, "--by", "worker"]) == 0
    code = json.loads(capsys.readouterr().out)["code"]
    assert not register.people([mover])[mover].is_here and "何秀兰".encode() not in file.read_bytes()

    home = township.household("neighbour", "c1-t1-v2", number="W9")
    brought = ["move", "in", str(file), "--by", "neighbour", "--household", home, "--json"]
    before = names(township.places["west"])
    for typed in ("1" * 12, ""):
        SAYS.append(typed)
        assert commands.run(brought) == 1
        capsys.readouterr()
    assert names(township.places["west"]) == before
    SAYS.append(code)
    assert commands.run(brought) == 0
    came = json.loads(capsys.readouterr().out)
    assert (came["taken"], came["left"], names(township.places["west"])) == (2, 0, sorted([*before, "何秀兰"]))
    SAYS.append(code)
    assert commands.run(brought) == 1  # it opens once
    assert commands.run([*asked, "--by", "worker"]) == 1
    outputs = db.current().rows("SELECT output FROM access_log WHERE output IN ('hand_over', 'arrive') ORDER BY id")
    assert [one for (one,) in outputs] == ["hand_over", "hand_over", "hand_over", "arrive", "hand_over"]
