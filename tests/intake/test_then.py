"""As known then (promise 5): a moment asked about is the store cut there and worked out again, with today's ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.engine.model.history import History
from doorstep.intake import door, rebuild
from doorstep.intake.persons import lives
from doorstep.intake.then import work_out
from doorstep.lib import db
from doorstep.places import counters
from doorstep.programmes import actions, moment
from doorstep.programmes.histories import histories
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.moment import Moment
from doorstep.visits import actions as visits
from tests.cast import Township, at_noon
from tests.intake.test_arrival import FIRST, Sent, Story

LAST = FIRST + timedelta(305)


class Dense(Story):
    """A story in which everybody is in care for certain, and much of it is corrected, ended or moved."""

    def tell(self) -> list[Sent]:
        super().tell()
        for person in self.people:
            day, instance = self.random.randint(20, 120), "uuid:" + self.uuid()
            on = FIRST + timedelta(day)
            told = {"person": person, "registered_on": on, "asked": "yes", "lmp_known": "yes",
                    "lmp": on - timedelta(60), "care_by": "both"}  # fmt: skip
            self.send("worker", "pregnancy_registration", told, day, instance=instance)
            later = self.random.randint(day, 300)
            kind = self.random.choice(["correct", "end", "wanted", "move", "none"])
            if kind == "correct":
                right = {**told, "lmp": on - timedelta(90)}
                self.send("worker", "pregnancy_registration", right, later, corrects=instance)
            elif kind in ("end", "wanted"):
                self.say(person, "service_end", self.random.randint(day, 200))
                if kind == "wanted":
                    self.say(person, "service_wanted", 250)
            elif kind == "move":
                moved = {"person": person, "moved_in_on": on, "household": self.homes[1]}
                self.send("worker", "moving_in", moved, later, entity=person)
        return self.sent

    def say(self, person: str, form: str, day: int) -> None:
        told = {"person": person, "service": "antenatal", "on": FIRST + timedelta(day)}
        self.send("worker", form, told, day)


class _TakeBack(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    counters.forget()
    try:
        with transaction.atomic():
            yield
            raise _TakeBack
    except _TakeBack:
        counters.forget()


def cut(at: Moment) -> None:
    """Make the store what it was at a moment, as if nothing had come in since."""
    connection = db.current()
    known, params = at.known_sql()
    late = [s for (s,) in connection.rows(f"SELECT seq FROM entry WHERE NOT {known}", params)]
    for table in ("entry", "entry_body", "entry_entity", "attachment"):
        connection.many(f"DELETE FROM {table} WHERE seq = ?", [(seq,) for seq in late])
    connection.run("DELETE FROM pack_switch WHERE seq > ?", [at.seq])
    counters.settings_changed(connection)
    rebuild.rebuild()


def stored_visits() -> dict[tuple[Any, ...], tuple[Any, ...]]:
    connection = db.current()
    return dict(visits.stored(connection, [i for (i,) in connection.rows("SELECT id FROM person")]))


def due_then(at: Moment) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    then = work_out(at)
    untouched = {key: values for key, values in stored_visits().items() if key[0] not in then.touched}
    return untouched | dict(then.visits())


def stored_states() -> dict[int, int]:
    return dict(db.current().rows("SELECT seq, state FROM entry"))


def todays_ends() -> set[tuple[str, str]]:
    return {(p, s) for p, s in db.current().rows("SELECT person_id, service FROM service_end")}


def tell(township: Township, random: Random, stories: int = 1) -> None:
    """Random histories, with a pack switched in between, in an order of arrival of their own."""
    sent = [one for _ in range(stories) for one in Dense(township, random).tell()]
    for _ in range(random.randint(0, 3 * stories)):  # what happened is heard of later than it was written
        n = random.randrange(len(sent))
        content, by, at = sent[n]
        assert at is not None
        sent[n] = (content, by, min(at + timedelta(random.randint(1, 90)), at_noon(LAST)))
    switched = random.choice([None, FIRST + timedelta(random.randint(2, 300))][1 if stories > 6 else 0 :])
    sent = sorted(sent, key=lambda one: one[2] or datetime.max)
    before = [one for one in sent if switched is None or (one[2] and one[2] < at_noon(switched))]
    door.accept_many(before)
    if switched is not None:
        switch_the_schedule(township, switched)
        if after := sent[len(before) :]:
            door.accept_many(after)


def switch_the_schedule(township: Township, on: date) -> None:
    version = {p.pack.id: p.pack.version for p in programmes().at(township.places["east"])}["maternal"]
    seq = actions.switch(
        township.places["east"], "maternal", version, schedule="who_2016", by=township.users["installer"]
    )
    connection = db.current()
    connection.run("UPDATE pack_switch SET at = ? WHERE seq = ?", [at_noon(on) - timedelta(hours=1), seq])
    counters.settings_changed(connection)
    rebuild.work_out_below(programmes().tree.below(township.places["east"]))


def seen(found: dict[str, History]) -> dict[str, Any]:
    return {i: (one.properties, sorted(one.entries, key=lambda e: e.seq)) for i, one in found.items()}


def maternal(at: Moment | None) -> list[Programme]:
    return [p for p in programmes(at).all_on() if p.pack.id == "maternal"]


@pytest.mark.slow
@settings(
    max_examples=int(os.environ.get("DOORSTEP_EXAMPLES", "20")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**9))
def test_a_moment_is_the_store_cut_there(township: Township, seed: int) -> None:
    random = Random(seed)
    with undone():
        tell(township, random, random.randint(1, 3))
        at = moment.moment_at(at_noon(FIRST + timedelta(random.randint(0, 310))) + timedelta(hours=2))
        ends, everyone = todays_ends(), [i for (i,) in db.current().rows("SELECT DISTINCT person_id FROM entry")]
        everyone = sorted({i for i in everyone if i})
        alone, _ = lives(db.current(), everyone, at)
        due = due_then(at)
        in_force = {a.row.seq for life in alone.values() for a in life.in_force if a.row.person_id == life.person_id}
        bulk = {programme.key: histories(everyone, programme, at) for programme in maternal(at)}
        of_life = {i: life.person for i, life in alone.items()}
        cut(at)
        now, _ = lives(db.current(), everyone)
        assert {i: life.person for i, life in now.items()} == of_life
        kept = {s for s, state in stored_states().items() if state == 0}
        about = {s for (s,) in db.current().rows("SELECT seq FROM entry WHERE person_id IS NOT NULL")}
        assert in_force == kept & about
        waits = {k: v for k, v in stored_visits().items() if v[9] or (k[0], v[0]) not in ends}
        assert due == waits
        for programme in maternal(None):
            assert seen(bulk[programme.key]) == seen(histories(everyone, programme))


TODAY = date(2026, 6, 1)


def day(n: int) -> date:
    return TODAY - timedelta(n)


def known_on(person: str, n: int) -> Any:
    found, _ = lives(db.current(), [person], moment.parse(day(n).isoformat()))
    return found[person]


def test_a_corrected_entry_is_in_force_again_as_it_was(township: Township) -> None:
    person = township.person(on=day(90))
    first = township.pregnancy(person, day(150), on=day(80))
    corrected = {"person": person, "registered_on": day(80), "asked": "yes", "lmp_known": "yes", "lmp": day(140),
                 "care_by": "both", "language": "zh"}  # fmt: skip
    township.write("worker", "pregnancy_registration", corrected, on=day(20), corrects=first)
    then = [a.row.instance_id for a in known_on(person, 21).in_force if a.row.form_id == "pregnancy_registration"]
    now = [a.row.instance_id for a in known_on(person, 20).in_force if a.row.form_id == "pregnancy_registration"]
    assert then == [first]
    assert now != [first] and len(now) == 1


def test_what_is_learned_later_is_not_known_however_early_it_happened(township: Township) -> None:
    township.household(on=day(99))
    person = township.person(on=day(90))
    township.write("worker", "moving_away", {"person": person, "left_on": day(60)}, on=day(10), entity=person)
    assert known_on(person, 11).person.is_here
    assert not known_on(person, 10).person.is_here
    assert known_on(person, 91).person is None


def test_an_old_day_shows_todays_wishes(township: Township) -> None:
    """Withdrawn consents hold for every past moment, and so does how someone may be reached (C4, C12)."""
    person = township.person(on=day(90))
    assert known_on(person, 50).person.phone != ""
    said = {"person": person, "said_on": day(5), "agreed_by": "self", "contact": "no"}
    township.write("worker", "consent", said, on=day(5), entity=person)
    township.write(
        "worker", "do_not_list", {"person": person, "wished_on": day(4), "listed": "no"}, on=day(4), entity=person
    )
    before = known_on(person, 50)
    assert before.person.phone == ""
    assert before.person.listed is False
    assert [c.yes for p, c in before.consents.items() if p == "contact"] == [False]


def test_a_service_ended_today_is_ended_on_every_day_before(township: Township) -> None:
    """And the very same rows come out whatever day the end is of: nothing tells when it was said (C3, C4)."""
    person = township.person(on=day(90))
    township.pregnancy(person, day(100), on=day(80))
    at = moment.parse(day(50).isoformat())
    assert {values[0] for values in due_then(at).values()} == {"antenatal"}
    seen = []
    for on in (day(60), day(45), day(3)):
        with undone():
            township.end_service(person, "antenatal", on)
            seen.append(due_then(at))
    assert seen == [{}, {}, {}]
