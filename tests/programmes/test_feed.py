"""Everybody's records in DuckDB: what the rules see of one person after another, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from doorstep.engine.model.history import Entry
from doorstep.engine.model.subjects import PERSON_PROPERTIES
from doorstep.engine.rules.runtime import as_date
from doorstep.engine.rules.scope import ENTRY_COLUMNS, questions_of, repeats_of
from doorstep.intake import door, persons
from doorstep.intake.follow import history_of
from doorstep.lib import db
from doorstep.programmes import actions, feed
from doorstep.programmes.library import Programme, programmes
from tests.cast import Township, new_id
from tests.intake.test_arrival import Story

from .conftest import committed_store, planned, stored

STORIES, LIVES = 40, 20


@pytest.fixture(scope="module", autouse=True)
def stories(_migrated: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Township]:
    """Random histories of a few families each: corrections, moves, ends and wishes, second pregnancies. In the west
    village the other schedule is on and blood pressure care is off."""
    with committed_store(tmp_path_factory.mktemp("stories")):
        with db.transaction():
            township = Township.found()
            west, by = township.places["west"], township.users["installer"]
            version = {p.pack.id: p.pack.version for p in programmes().at(west)}
            actions.switch(west, "maternal", version["maternal"], schedule="who_2016", by=by)
            actions.switch(west, "hypertension", version["hypertension"], is_on=False, by=by)
        for seed in range(STORIES):
            door.accept_many(Story(township, Random(seed)).tell())
        homes = [township.household(), township.household("neighbour", "c1-t1-v2")]
        with db.transaction():
            for seed in range(LIVES):
                wander(township, Random(seed), homes)
        yield township


def wander(township: Township, random: Random, homes: list[str]) -> None:
    """A woman with a pregnancy who moves between the villages, whose visits are corrected, who has twins."""
    person = township.person(home=homes[0])
    lmp = date(2025, 1, 1) + timedelta(random.randrange(300))
    if random.random() < 0.5:  # signing up is a wish for what was ended before
        township.end_service(person, "antenatal", lmp)
    township.pregnancy(person, lmp)
    day = lmp + timedelta(70)
    for n in range(random.randint(2, 5)):
        day += timedelta(random.choice([0, 0, 20, 45]))
        before = ""
        for _ in range(random.choice([1, 1, 2, 3])):
            told = {"person": person, "visit_date": day + timedelta(random.randint(-2, 2)), "weight": f"6{n}.5",
                    "systolic": 110, "diastolic": 70, "danger_signs": "none", "referred": "no"}  # fmt: skip
            instance = "uuid:" + new_id()
            more: dict[str, Any] = {"corrects": before} if before else {"counter": random.randrange(3)}
            township.write("worker", "anc_visit", told, on=day + timedelta(3), instance=instance, **more)
            before = instance
        for counter in random.choice([(), (1,), (2, 1), (1, 2)]):  # twice on one day: what was written last counts
            moved = {"person": person, "moved_in_on": day, "household": random.choice(homes)}
            township.write("worker", "moving_in", moved, on=day, entity=person, counter=counter)
        if random.random() < 0.4:
            served = {
                "person": person,
                "changed_on": day,
                "what": "place",
                "place": random.choice(["c1-t1-v2", "nowhere"]),
            }
            township.write("worker", "person_change", served, on=day, entity=person, counter=3)
    born = max(day, lmp + timedelta(random.randint(250, 290)))
    twins = [{"alive": "yes", "birth_weight": 2500}, {"alive": random.choice(["yes", "no"])}]
    told = {"person": person, "ended_on": born, "result": "birth", "discharged_on": born, "babies": twins}
    township.write("worker", "pregnancy_outcome", told, on=born)


def test_everybodys_visits_are_those_stored() -> None:
    found = planned()
    assert found == stored()
    assert {key[3].partition("_")[0] for key in found} >= {"anc", "who", "pnc"}  # both schedules


def count(sql: str) -> int:
    return int(db.current().value(f"SELECT COUNT(*) FROM ({sql}) AS found"))


def test_the_stories_hold_what_could_go_wrong() -> None:
    corrected = "SELECT 1 FROM entry WHERE state = 0 AND deprecates IS NOT NULL"
    assert count(corrected) > 5
    assert count("SELECT 1 FROM entry WHERE state > 1") > 5
    assert count("SELECT 1 FROM service_end") > 5
    assert count("SELECT 1 FROM entry WHERE state = 0 AND form_id = 'service_wanted'") > 5
    assert count("SELECT 1 FROM entry WHERE state = 0 AND form_id = 'moving_in'") > 5
    assert count("SELECT 1 FROM entry WHERE state = 0 AND answers LIKE '%babies%'") > 5


def maternal(schedule: str) -> Programme:
    return next(p for p in programmes().all_on() if (p.pack.id, p.schedule) == ("maternal", schedule))


Row = tuple[Any, ...]


def seen_alone(programme: Programme) -> dict[str, list[Row]]:
    """The rows the rules see by form, one person after another."""
    found: dict[str, list[Row]] = {form: [] for form in programme.rules.forms}
    at = feed.places_of(programme)
    lives, world = persons.lives(db.current(), [i for (i,) in db.current().rows("SELECT id FROM person")])
    for person_id, life in lives.items():
        if life.person is not None and life.person.place_id in at:
            for entry in history_of(life, programme, world).entries:
                found[entry.form].append(row_of(person_id, entry, programme))
    return {form: sorted(rows, key=repr) for form, rows in found.items()}


def row_of(person_id: str, entry: Entry, programme: Programme) -> Row:
    form = programme.pack.forms[entry.form]
    types = {key: type_ for key, type_ in questions_of(form, "").items() if key not in ENTRY_COLUMNS}
    rounds = [
        [typed(one.get(key), type_) for key, type_ in questions_of(form, repeat).items()]
        for repeat in sorted(repeats_of(form))
        for one in entry.answers.get(repeat) or ()
    ]
    about = (person_id, entry.instance_id, entry.root_id, entry.counter, entry.occurred_on, entry.recorded_on)
    answers = (typed(entry.answers.get(key), type_) for key, type_ in types.items())
    return (*about, entry.place, entry.author, entry.seq, *answers, rounds)


def typed(said: Any, type_: str) -> Any:
    if said is None:
        return None
    return as_date(said) if type_ == "date" else Decimal(said) if type_ == "decimal" else said


def seen_at_once(programme: Programme) -> dict[str, list[Row]]:
    """The same rows as the feed leaves them."""
    found: dict[str, list[Row]] = {}
    with feed.working_connection() as connection:
        feed.fill(connection, programme)
        for form_id in programme.rules.forms:
            form = programme.pack.forms[form_id]
            rows = connection.execute(f'SELECT * FROM "entry_{form_id}"').fetchall()
            rounds: dict[str, list[Row]] = {}
            for repeat in sorted(repeats_of(form)):
                told = connection.execute(
                    f'SELECT * FROM "entry_{form_id}__{repeat}" ORDER BY instance_id, ord'
                ).fetchall()
                for n, (instance_id, ord_, *answers) in enumerate(told):
                    assert ord_ == len([1 for before in told[:n] if before[0] == instance_id])
                    rounds.setdefault(instance_id, []).append(answers)
            found[form_id] = sorted(((*row, rounds.get(row[1], [])) for row in rows), key=repr)
    return found


@pytest.mark.parametrize("schedule", ["nbphs_2017", "who_2016"])
def test_the_rules_see_the_same_entries(schedule: str) -> None:
    programme = maternal(schedule)
    alone = seen_alone(programme)
    assert seen_at_once(programme) == alone
    assert len({row[6] for rows in alone.values() for row in rows}) > 1  # entries of several places


def test_nothing_tells_who_a_person_is() -> None:
    with feed.working_connection() as connection:
        feed.fill(connection, maternal("nbphs_2017"))
        columns = {name for name, *_ in connection.execute("DESCRIBE person").fetchall()}
    hidden = {name for name, (_, tag) in PERSON_PROPERTIES.items() if tag == "identity"}
    assert columns & hidden == {"birth_date"}
