"""The made-up township on Spark: ``due`` and ``report`` say what they say on the other engines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from doorstep.engine.rules.spark import session
from doorstep.indicators import report as report_figures
from doorstep.intake import door
from doorstep.intake.parse import Sender
from doorstep.lib import db
from doorstep.programmes import feed
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.spark import Spark
from doorstep.site import command, commands
from doorstep.site.demo import generate
from doorstep.site.demo.making import Wanted, _settle
from doorstep.visits import everybody
from tests.programmes.conftest import committed_store

DEMO = Wanted(300, 11, date(2026, 11, 20))
TRIED = os.environ.get("DOORSTEP_SPARK_PACKS", "hypertension,immunisation").split(",")
"""``DOORSTEP_SPARK_PACKS=all`` tries every programme, which takes minutes."""
WINDOWS = (
    "SELECT person_id, contact, k, episode, form, service, from_on, due_on, until_on, met_by, met_on, need, recurring,"
    " priority, ends_on FROM windows ORDER BY person_id, contact, episode, k"
)


@pytest.fixture(scope="module", autouse=True)
def demonstration(spark: Any, _migrated: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The made-up township with 300 people."""
    with committed_store(tmp_path_factory.mktemp("demonstration")):
        senders = _settle(DEMO, lambda _: None)
        for sent in generate.generate(DEMO.people, DEMO.seed, DEMO.until):
            door.accept_many([(one.content, Sender(senders[one.author]), one.received_at) for one in sent])
        yield


def tried() -> list[Programme]:
    return [one for one in programmes().all_on() if TRIED == ["all"] or one.pack.id in TRIED]


def test_everybodys_windows_are_duckdbs(spark: Any) -> None:
    horizon = date.fromordinal(int(db.current().value("SELECT value FROM counter WHERE name = 'horizon'")))
    among = {}
    for programme in tried():
        with feed.windows(programme, horizon) as connection:
            expected = connection.execute(WINDOWS).fetchall()
        with Spark(spark).windows(programme, horizon) as connection:
            assert connection.execute(WINDOWS).fetchall() == expected, programme.pack.id
        among[programme.pack.id] = len(expected)
    assert all(among[name] for name in ("hypertension", "immunisation")), among


def test_due_and_report_say_the_same(spark: Any, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    """The commands themselves, on the one programme whose words they ask for."""
    alone = [one for one in programmes().all_on() if one.pack.id == "hypertension"]
    monkeypatch.setattr(everybody, "programmes", lambda _moment=None: SimpleNamespace(all_on=lambda: alone))
    duckdb, on_spark = (said(capsys, "due", "--engine", engine, "--json") for engine in ("duckdb", "spark"))
    assert on_spark == duckdb
    assert len(duckdb) > 1000
    report = ("report", "hypertension_year", "--period", "2026", "--json")
    raw: list[Any] = []
    counted = report_figures.table
    monkeypatch.setattr(report_figures, "table", lambda *asked, **more: raw.append(counted(*asked, **more)) or raw[-1])
    python = said(capsys, *report)
    report_figures._kept.get().clear()
    assert said(capsys, *report, "--engine", "spark") == python
    first, second = (table.values for table in (raw[0], raw[-1]))
    assert len(raw) >= 2
    assert first == second
    assert any(value.numerator for value in first.values())
    assert [type(v.numerator) for v in first.values()] == [type(v.numerator) for v in second.values()]


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert commands.run(list(words)) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("pyspark", "Spark is not installed here. Install it with: pip install 'doorstep[spark]'"),
        ("java", "Spark needs Java. Install it, on Debian with: apt-get install default-jre-headless"),
    ],
)
def test_what_is_missing_is_said(
    what: str, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(session, "find_spec", lambda name: None if what == "pyspark" else object())
    monkeypatch.setattr(session.shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    command.speak("en")
    assert commands.run(["due", "--engine", "spark"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.strip()) == ("", sentence)
