"""Everybody as known at a past moment: DuckDB's rows are those of one person after another, and the rules see the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from doorstep.lib import db
from doorstep.programmes import feed, moment
from doorstep.programmes.histories import histories
from doorstep.programmes.library import programmes
from doorstep.programmes.moment import Moment
from doorstep.programmes.then import known_then
from doorstep.visits import everybody, standing
from tests.cast import Township, at_noon
from tests.intake.test_arrival import FIRST
from tests.intake.test_then import due_then, stored_visits, tell

from .conftest import committed_store
from .test_feed import Row, row_of, wander

STORIES, LIVES = 12, 4
MOMENTS = (40, 140, 270)


@pytest.fixture(scope="module", autouse=True)
def stories(_migrated: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Township]:
    """Random histories heard of in another order than they happened, with the schedule switched in between."""
    with committed_store(tmp_path_factory.mktemp("then")):
        with db.transaction():
            township = Township.found()
            tell(township, Random(5), STORIES)
            homes = [township.household(), township.household("neighbour", "c1-t1-v2")]
            for seed in range(LIVES):
                wander(township, Random(seed), homes)
        yield township


def at(day: int) -> Moment:
    return moment.moment_at(at_noon(FIRST + timedelta(day)) + timedelta(hours=2))


@pytest.mark.parametrize("day", MOMENTS)
def test_everybodys_visits_are_those_of_one_after_another(day: int) -> None:
    then = at(day)
    rows = list(everybody.planned(then))
    assert dict(rows) == due_then(then)
    assert len(rows) == len(dict(rows))


def test_how_they_stood_on_a_day_is_the_same_from_both() -> None:
    then, on, east = at(140), FIRST + timedelta(140), [programmes().tree.by_code["c1-t1-v1"].id]
    assert everybody.on(on, east, then) == standing.on(on, east, then) != standing.on(on, east)


def test_the_moments_differ_from_now() -> None:
    seen = [due_then(at(day)) for day in MOMENTS]
    assert all(one != stored_visits() for one in seen[:-1])
    assert all(one != other for one, other in pairwise(seen))
    assert min(map(len, seen)) >= 5
    schedules = [{p.schedule for p in programmes(at(day)).all_on() if p.pack.id == "maternal"} for day in MOMENTS]
    assert schedules[0] != schedules[-1]
    known = [known_then(at(day)) for day in MOMENTS]
    assert any(list(then.corrections) for then in known)
    assert any(then.ended for then in known)


@pytest.mark.parametrize("day", MOMENTS[1:2])
def test_the_rules_see_the_same_entries(day: int) -> None:
    then = known_then(at(day))
    everyone = [i for (i,) in db.current().rows("SELECT DISTINCT person_id FROM entry WHERE person_id IS NOT NULL")]
    for programme in programmes(then.moment).all_on():
        if programme.pack.id != "maternal":
            continue
        places = feed.places_of(programme, then.moment)
        alone: dict[str, list[Row]] = {form: [] for form in programme.rules.forms}
        living = {i: row.place_id for i, row in then.people.items()}
        stored = dict(db.current().rows("SELECT id, place_id FROM person"))
        for person_id, history in histories(everyone, programme, then.moment).items():
            if (living[person_id] if person_id in then.touched else stored[person_id]) in places:
                for entry in history.entries:
                    alone[entry.form].append(row_of(person_id, entry, programme))
        with feed.working_connection() as connection:
            feed.fill(connection, programme, then=then)
            for form, rows in alone.items():
                width = len(connection.execute(f'DESCRIBE "entry_{form}"').fetchall())
                found = connection.execute(f'SELECT * FROM "entry_{form}"').fetchall()
                assert sorted(found, key=repr) == sorted((row[:width] for row in rows), key=repr)
