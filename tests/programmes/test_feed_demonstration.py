"""The made-up township: everybody's visits at once are those that are stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from doorstep.intake import door
from doorstep.intake.parse import Sender
from doorstep.lib import db
from doorstep.site.demo import generate
from doorstep.site.demo.making import Wanted, _settle
from doorstep.visits import everybody, standing
from tests.shares import share

from .conftest import committed_store, planned, stored

DEMO = Wanted(share(60, 500), 11, date(2026, 11, 20))


@pytest.fixture(scope="module", autouse=True)
def demonstration(_migrated: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The made-up township, committed."""
    with committed_store(tmp_path_factory.mktemp("demonstration")):
        senders = _settle(DEMO, lambda _: None)
        for sent in generate.generate(DEMO.people, DEMO.seed, DEMO.until):
            door.accept_many([(one.content, Sender(senders[one.author]), one.received_at) for one in sent])
        yield


def test_everybodys_visits_are_those_stored() -> None:
    found = planned()
    assert found == stored()
    assert {"maternal", "hypertension", "child"} <= {pack for _, pack, _, _, _ in found}


def in_order(rows: list[standing.Standing]) -> list[standing.Standing]:
    """Databases sort texts each in their own way."""
    return sorted(rows, key=lambda row: (row.person_id, row.pack_id, row.contact, row.k, str(row.from_on)))


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 11, 20)])
def test_how_they_stand_is_the_same(day: date) -> None:
    rows = standing.on(day)
    assert in_order(everybody.on(day)) == in_order(rows)
    assert len({row.state for row in rows}) >= 4
    places = [i for (i,) in db.current().rows("SELECT DISTINCT place_id FROM person ORDER BY 1 LIMIT 3")]
    few = standing.on(day, places)
    assert in_order(everybody.on(day, places)) == in_order(few)
    assert 0 < len(few) < len(rows)
