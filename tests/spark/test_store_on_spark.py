"""The made-up township on Spark: ``due`` and ``report`` say what they say on the other engines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from doorstep.intake import door
from doorstep.intake.parse import Sender
from doorstep.lib import db
from doorstep.programmes import feed
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.spark import Spark
from doorstep.site.demo import generate
from doorstep.site.demo.making import Wanted, _settle
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
