"""Many records of one phone at once: worked out together, and none of them keeps the others back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from doorstep.forms import quarantine
from doorstep.intake import batch, persons
from doorstep.intake.batch import Sent
from doorstep.lib import db, sealed
from tests.cast import Township, fill, new_id

ON = date(2026, 3, 2)


def changes(township: Township, people: Iterable[str]) -> list[Sent]:
    spec = township.spec("person_change")
    found = []
    for n, person in enumerate(people):
        instance = "uuid:" + new_id()
        told = {"person": person, "changed_on": ON + timedelta(days=n), "what": "phone", "phone": f"1380000{n:04}"}
        found.append(Sent(instance, fill(spec, told, instance=instance, entity=person)))
    return found


def stumbling(on: str, error: Exception) -> Callable[..., Any]:
    """What works people out, with a fault that shows with one person alone."""
    right = persons.lives

    def lives(connection: db.Db, person_ids: Iterable[str], moment: Any = None) -> Any:
        ids = sorted(person_ids)
        if on in ids:
            raise error
        return right(connection, ids, moment)

    return lives


def test_lots_are_stored_in_order_each_with_its_receipt(township: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "AT_ONCE", 3)
    home = township.household()
    people = [township.person(f"王{n}", home=home) for n in range(4)]
    sent = changes(township, [*people, *people])
    found = batch.take(sent, township.sender("worker"))
    assert [(one.id, one.result) for one in found] == [(one.id, "applied") for one in sent]
    first = found[0].seq or 0
    assert [one.seq for one in found] == list(range(first, first + 8))
    rows = db.current().rows_in("SELECT phone FROM person WHERE id IN (?*) ORDER BY phone", people)
    assert sorted(sealed.opened(phone) for (phone,) in rows) == [f"1380000000{n}" for n in range(4, 8)]


def test_a_record_the_program_stumbles_over_waits_and_the_others_come_in(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = township.household()
    good, bad, last = (township.person(f"王{n}", home=home) for n in range(3))
    sent = changes(township, [good, bad, last])
    monkeypatch.setattr(persons, "lives", stumbling(bad, ValueError("a fault of ours")))
    found = batch.take(sent, township.sender("worker"))
    assert [(one.result, one.why.code if one.why else "") for one in found] == [
        ("applied", ""),
        ("quarantined", "intake.our_fault"),
        ("applied", ""),
    ]
    [kept] = quarantine.waiting([township.users["worker"]])
    assert (kept.instance_id, kept.sha256) == (sent[1].id, sent[1].sha256)
    assert db.current().value("SELECT COUNT(*) FROM entry WHERE instance_id = ?", [sent[1].id]) == 0


def test_of_a_store_that_cannot_be_written_nothing_is_said(township: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    person = township.person()
    raised: Any = db.troubles()[-2]  # what the driver itself raises
    monkeypatch.setattr(persons, "lives", stumbling(person, raised("disk full")))
    with pytest.raises(raised):
        batch.take(changes(township, [person]), township.sender("worker"))
    assert quarantine.waiting([township.users["worker"]]) == []
