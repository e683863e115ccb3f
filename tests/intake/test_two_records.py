"""Two people wrote down one thing, and not alike: both count, somebody says which is right, and can say otherwise later."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction

from doorstep.forms import queries as forms
from doorstep.forms.queries import APPLIED, SUPERSEDED
from doorstep.forms.waiting import of_carer, of_register, versions
from doorstep.intake import door
from doorstep.intake.rebuild import verify
from doorstep.lib import db, sealed
from doorstep.places import counters
from tests.cast import Township, at_noon, fill, new_id
from tests.intake.test_arrival import derived

LMP = date(2026, 2, 1)
ON = date(2026, 5, 31)  # in the 18th week
VISIT: dict[str, Any] = {"visit_date": ON, "weight": 61, "systolic": 118, "diastolic": 76, "danger_signs": "none", "referred": "no"}  # fmt: skip


@pytest.fixture
def pregnant(township: Township) -> str:
    person = township.person()
    township.pregnancy(person, LMP, on=date(2026, 4, 1))
    return person


def visit(township: Township, person: str, who: str = "worker", instance: str = "", **more: Any) -> int:
    told = VISIT | {"person": person} | more
    return township.write(who, "anc_visit", told, on=told["visit_date"], instance=instance).seq


def marks() -> set[int]:
    return {seq for (seq,) in db.current().rows("SELECT seq FROM entry_note WHERE code = 'two_records'")}


def states(*seqs: int) -> list[int]:
    found = {e.seq: e.state for e in forms.entries("seq IN (?*)", seqs)}
    return [found[seq] for seq in seqs]


def row(seq: int) -> forms.StoredEntry:
    return forms.entries("seq IN (?*)", [seq])[0]


def say(township: Township, one: int, other: int, keep: int | None, who: str = "worker") -> None:
    clash = versions(row(one))
    assert clash is not None
    root = dict(zip([e.seq for e in clash.entries], clash.records, strict=True))
    told = {"about_form": row(one).form_id, "one": root[one], "other": root[other], "keep": root[keep] if keep else "", "on": ON}  # fmt: skip
    township.write(who, "two_records", told, on=ON)


@pytest.mark.parametrize(
    ("who", "more", "found"),
    [
        ("clinician", {"weight": 71}, True),
        ("clinician", {}, False),  # the same words: nothing to choose
        ("worker", {"weight": 71}, False),  # she saw her twice
        ("clinician", {"weight": 71, "visit_date": ON + timedelta(2)}, True),
        ("clinician", {"weight": 71, "visit_date": ON + timedelta(8)}, False),  # another visit
    ],
)
def test_one_visit_by_two_people(
    township: Township, pregnant: str, who: str, more: dict[str, Any], found: bool
) -> None:
    one, other = visit(township, pregnant), visit(township, pregnant, who, **more)
    assert (marks(), states(one, other)) == ({one, other} if found else set(), [APPLIED, APPLIED])
    assert verify() == []


def test_a_birth_told_by_two(township: Township, pregnant: str) -> None:
    told = {"person": pregnant, "ended_on": date(2026, 10, 28), "result": "ended"}
    one = township.write("worker", "pregnancy_outcome", told, on=date(2026, 10, 30)).seq
    other = township.write("clinician", "pregnancy_outcome", told | {"ended_on": date(2026, 10, 29)}, on=date(2026, 10, 30)).seq  # fmt: skip
    assert marks() == {one, other}
    say(township, one, other, other)
    assert (states(one, other), marks()) == ([SUPERSEDED, APPLIED], set())
    closed = db.current().rows("SELECT closed_on FROM episode WHERE person_id = ?", [pregnant])
    assert [day for (day,) in closed] == [date(2026, 10, 29)]
    assert verify() == []


def test_two_changes_upon_one_version(township: Township) -> None:
    person = township.person()
    seqs = [
        township.write(
            who,
            "person_change",
            {"person": person, "changed_on": ON, "what": "phone", "phone": phone},
            on=ON,
            entity=person,
        ).seq
        for who, phone in (("worker", "13900000001"), ("supervisor", "13900000002"))
    ]
    assert marks() == set(seqs)
    assert {e.seq for e in of_register(township.users.values(), ["person_change"])} & set(seqs)
    say(township, seqs[0], seqs[1], seqs[0], "supervisor")
    assert states(*seqs) == [APPLIED, SUPERSEDED]
    assert db.current().value("SELECT phone FROM person WHERE id = ?", [person]) == sealed.token("13900000001")
    say(township, seqs[0], seqs[1], seqs[1], "supervisor")
    assert states(*seqs) == [SUPERSEDED, APPLIED]
    assert db.current().value("SELECT phone FROM person WHERE id = ?", [person]) == sealed.token("13900000002")
    assert verify() == []


def test_both_may_be_right_and_nobody_is_asked_again(township: Township, pregnant: str) -> None:
    one, other = visit(township, pregnant), visit(township, pregnant, "clinician", weight=71)
    say(township, one, other, None)
    assert (marks(), states(one, other)) == (set(), [APPLIED, APPLIED])
    visit(township, pregnant, "clinician", visit_date=ON + timedelta(9))
    assert (marks(), verify()) == (set(), [])


def test_a_correction_of_what_was_set_aside_stays_aside(township: Township, pregnant: str) -> None:
    instance = "uuid:" + new_id()
    one, other = visit(township, pregnant, instance=instance), visit(township, pregnant, "clinician", weight=71)
    say(township, one, other, other)
    told = VISIT | {"person": pregnant, "weight": 62}
    later = township.write("worker", "anc_visit", told, on=ON, corrects=instance).seq
    assert states(one, later, other) == [SUPERSEDED, SUPERSEDED, APPLIED]
    say(township, later, other, later)
    assert states(one, later, other) == [SUPERSEDED, APPLIED, SUPERSEDED]
    assert verify() == []


def test_only_who_wrote_one_or_the_clinic_settles_what_tells_of_care(township: Township, pregnant: str) -> None:
    one, other = visit(township, pregnant), visit(township, pregnant, "clinician", weight=71)
    for who in ("neighbour", "supervisor", "manager"):
        say(township, one, other, other, who)
        assert states(one, other) == [APPLIED, APPLIED], who
    say(township, one, other, other, "clinician")
    assert states(one, other) == [SUPERSEDED, APPLIED]


def test_whom_it_is_shown_to(township: Township, pregnant: str) -> None:
    from doorstep.access.queries import actor

    one, other = visit(township, pregnant), visit(township, pregnant, "clinician", weight=71)
    seen = {who: {e.seq for e in of_carer(actor(i))} & {one, other} for who, i in township.users.items()}
    assert {who for who, seqs in seen.items() if seqs} == {"worker", "clinician"}
    assert of_register(township.users.values(), ["person_change"]) == []


@pytest.mark.parametrize("seed", range(4))
def test_settling_and_undoing_leaves_no_trace_in_any_order(township: Township, seed: int) -> None:
    random = Random(seed)
    try:
        with transaction.atomic():
            person = township.person(f"李{seed}")
            township.pregnancy(person, LMP, on=date(2026, 4, 1))
            ids = [f"uuid:{random.getrandbits(64)}" for _ in range(3)]
            sent = []
            for n, instance in enumerate(ids):
                day = ON + timedelta(random.randint(0, 3))
                told = VISIT | {"person": person, "weight": 60 + n, "visit_date": day}
                who = ("worker", "clinician")[n % 2]
                content = fill(township.spec("anc_visit"), told, instance=instance)
                sent.append((content, township.sender(who), at_noon(day)))
            chosen = random.choice(ids[:2])
            told = {"about_form": "anc_visit", "one": ids[0], "other": ids[1], "on": ON}
            words = [
                (fill(township.spec("two_records"), told | {"keep": keep}, instance=f"uuid:{n}-{seed}"), township.sender("worker"), at_noon(ON))
                for n, keep in enumerate((chosen, ""))
            ]  # fmt: skip
            apart = outcome([*sent])
            settled = outcome([*sent, words[0]])
            undone = outcome([*sent, *words])
            assert (settled != apart, undone == apart | {"entry_note": undone["entry_note"]}) == (True, True)
            assert outcome([words[0], *random.sample(sent, 3)]) == settled
            transaction.set_rollback(True)
    finally:
        counters.forget()


def outcome(sent: list[Any]) -> dict[str, set[tuple[object, ...]]]:
    with transaction.atomic():
        for one in sent:
            door.accept_many([one])
        assert verify() == []
        found = derived()
        transaction.set_rollback(True)
    counters.forget()
    return {
        table: {
            r for r in rows if not (table.startswith("entry") and str(r[0]).partition("-")[0] in ("uuid:0", "uuid:1"))
        }
        for table, rows in found.items()
    }
