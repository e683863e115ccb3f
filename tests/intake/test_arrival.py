"""Promise 3: derived rows are a function of the entries, in whatever order they arrived; a rebuild gives the same."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.intake import door, rebuild
from doorstep.intake.parse import Sender
from doorstep.lib import db
from doorstep.places import counters
from tests.cast import Township, at_noon, fill

Sent = tuple[bytes, Sender, datetime | None]
FIRST = date(2026, 1, 1)


class Story:
    """A random history of a few families, as submissions in the order in which they were written."""

    def __init__(self, township: Township, random: Random):
        self.township, self.random = township, random
        self.sent: list[Sent] = []
        self.homes = [self.uuid() for _ in range(2)]
        self.people = [self.uuid() for _ in range(3)]
        self.instances: list[tuple[str, dict[str, Any]]] = []

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def send(self, who: str, form: str, answers: Mapping[str, Any], days: int, **more: Any) -> None:
        content = fill(self.township.spec(form), answers, **more)
        self.sent.append((content, self.township.sender(who), at_noon(FIRST + timedelta(days))))

    def tell(self) -> list[Sent]:
        for n, home in enumerate(self.homes):
            place = "c1-t1-v1" if n == 0 else "c1-t1-v2"
            who = "worker" if n == 0 else "neighbour"
            told = {"registered_on": FIRST, "place": place, "number": str(n), "walk_order": n}
            self.send(who, "household", told, 0, entity=home, label=str(n))
        for n, person in enumerate(self.people):
            told = {"household": self.homes[0], "registered_on": FIRST, "agreed_by": "self", "name": f"李{n}",
                    "sex": "female", "birth_date": date(1990, 1, 1) + timedelta(n), "reach": "any"}  # fmt: skip
            self.send("worker", "person", told, 1, entity=person, label=f"李{n}")
        for _ in range(self.random.randint(0, 14)):
            self.event(self.random.choice(self.people), self.random.randint(1, 300))
        return self.sent

    def event(self, person: str, day: int) -> None:
        on = FIRST + timedelta(day)
        kind = self.random.choice(
            ["sign_up", "visit", "visit", "outcome", "end", "wanted", "move", "phone", "correct", "stray"]
        )
        who = self.random.choice(["worker", "worker", "worker", "clinician", "neighbour"])
        instance = "uuid:" + self.uuid()
        if kind == "sign_up":
            told = {"person": person, "registered_on": on, "asked": "yes", "lmp_known": "yes",
                    "lmp": on - timedelta(self.random.randint(30, 200)), "care_by": self.random.choice(["worker", "clinic", "both"])}  # fmt: skip
            self.instances.append((instance, told))
            self.send(who, "pregnancy_registration", told, day, instance=instance)
        elif kind == "visit":
            told = {"person": person, "visit_date": on, "weight": 60, "systolic": 110, "diastolic": 70,
                    "danger_signs": "none", "referred": "no"}  # fmt: skip
            self.send(who, "anc_visit", told, day, instance=instance, counter=self.random.randint(0, 2))
        elif kind == "outcome":
            self.send(
                who, "pregnancy_outcome", {"person": person, "ended_on": on, "result": "ended"}, day, instance=instance
            )
        elif kind in ("end", "wanted"):
            form = "service_end" if kind == "end" else "service_wanted"
            service = self.random.choice(["antenatal", "postnatal"])
            self.send(who, form, {"person": person, "service": service, "on": on}, day, instance=instance)
        elif kind == "move":
            told = {"person": person, "moved_in_on": on, "household": self.random.choice(self.homes)}
            self.send(who, "moving_in", told, day, instance=instance, entity=person)
        elif kind == "phone":
            self.send(
                who,
                "person_change",
                {"person": person, "what": "phone", "phone": f"139{day:08d}"},
                day,
                instance=instance,
                entity=person,
            )
        elif kind == "correct" and self.instances:
            corrected, told = self.instances.pop()
            told = {**told, "care_by": "worker"}
            self.instances.append((instance, told))
            self.send(who, "pregnancy_registration", told, day, instance=instance, corrects=corrected)
        elif kind == "stray":
            told = {"person": self.uuid(), "ended_on": on, "result": "ended"}
            self.send(who, "pregnancy_outcome", told, day, instance=instance)


def derived() -> dict[str, set[tuple[object, ...]]]:
    """Every derived row, entries by their instance id instead of their place in the sequence."""
    connection = db.current()
    found = {t: rebuild._rows(connection, t) for t in rebuild.DERIVED if not t.startswith("entry")}
    found["entry"] = set(connection.rows("SELECT instance_id, variant, state, problem, person_id FROM entry"))
    sql = "SELECT e.instance_id, e.variant, t.ord, t.entity_id FROM entry_entity t JOIN entry e ON e.seq = t.seq"
    found["entry_entity"] = set(connection.rows(sql))
    sql = "SELECT e.instance_id, n.code FROM entry_note n JOIN entry e ON e.seq = n.seq"
    found["entry_note"] = set(connection.rows(sql))
    return found


def outcome(sent: list[Sent], sizes: list[int]) -> dict[str, set[tuple[object, ...]]]:
    """What follows when these arrive in this order, in batches of these sizes; everything is taken back after."""
    try:
        with transaction.atomic():
            start = 0
            while start < len(sent):
                size = sizes[start % len(sizes)]
                door.accept_many(sent[start : start + size])
                start += size
            found = derived()
            assert waiting_for_ended_services() == []
            differences = rebuild.verify()
            assert differences == []
            raise _TakeBack
    except _TakeBack:
        counters.forget()
        return found


def waiting_for_ended_services() -> list[tuple[object, ...]]:
    """Visits that wait although the person ended their service, or is not here: there may never be one (C3)."""
    return db.current().rows(
        "SELECT v.person_id, v.contact FROM due_visit v JOIN service_end s ON s.person_id = v.person_id"
        " AND s.service = v.service WHERE v.met_by = '' UNION SELECT v.person_id, v.contact FROM due_visit v"
        " JOIN person p ON p.id = v.person_id WHERE v.met_by = '' AND p.died_on IS NOT NULL"
    )


class _TakeBack(Exception):
    pass


@pytest.mark.slow
@settings(
    max_examples=int(os.environ.get("DOORSTEP_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**9))
def test_any_order_of_arrival_gives_the_same(township: Township, seed: int) -> None:
    random = Random(seed)
    sent = Story(township, random).tell()
    told = outcome(sent, [len(sent)])
    shuffled = random.sample(sent, len(sent))
    assert outcome(shuffled, [1, 3, 2]) == told
    twice = shuffled + random.sample(sent, len(sent))
    assert outcome(twice, [4, 1]) == told


def test_verify_finds_what_was_altered(township: Township) -> None:
    person = township.person()
    township.pregnancy(person, date(2026, 1, 5))
    assert rebuild.verify() == []
    connection = db.current()
    connection.run("UPDATE due_visit SET until_on = ? WHERE contact = 'anc_2'", [date(2030, 1, 1)])
    connection.run("DELETE FROM due_visit WHERE contact = 'anc_3'")
    connection.run("UPDATE entry_body SET body = ? WHERE seq = (SELECT max(seq) FROM entry_body)", [b"<data/>"])
    found = {(d.table, d.kind) for d in rebuild.verify()}
    assert found == {("due_visit", "altered"), ("due_visit", "missing"), ("entry_body", "altered")}


def test_rebuild_mends_what_was_altered(township: Township) -> None:
    person = township.person()
    township.pregnancy(person, date(2026, 1, 5))
    before = derived()
    db.current().run("DELETE FROM due_visit")
    db.current().run("UPDATE person SET name = 'someone else'")
    assert derived() != before
    rebuild.rebuild()
    assert derived() == before
