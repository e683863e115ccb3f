"""Changes a phone made without network, one upon the other: held in any order of arrival, applied in theirs."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import orjson
import pytest
from django.db import transaction

from doorstep.forms.sayings import Said
from doorstep.intake import door, rebuild, releasing
from doorstep.intake.branches import held
from doorstep.lib import days, db, sealed
from doorstep.places import counters
from tests.cast import Township, at_noon, fill, new_id

ON = date(2026, 3, 2)
BRANCH = "1f0c7a52-0001-4a0f-9d0e-5f3f6a1c2d3e"


def change(
    township: Township, person: str, base: int, *, trunk: int | None = 1, phone: str = "", branch: str = BRANCH,
    on: date = ON, instance: str = "", **told: str,
) -> bytes:  # fmt: skip
    """A change of a person's phone or name, as an app sends it that worked without network."""
    answers = {"person": person, "changed_on": on, "what": " ".join(told) or "phone", **told}
    answers |= {"phone": phone} if phone else {}
    content = fill(
        township.spec("person_change"), answers, instance=instance, entity=person, label=told.get("name", "")
    )
    began = "" if trunk is None else str(trunk)
    run = f'update="1" baseVersion="{base}" trunkVersion="{began}" branchId="{branch}"'
    assert content.count(b'update="1" baseVersion="1"') == 1
    return content.replace(b'update="1" baseVersion="1"', run.encode())


def send(township: Township, content: bytes, who: str = "worker", on: date = ON) -> door.Receipt:
    return door.accept(content, township.sender(who), received_at=at_noon(on))


def states(*receipts: door.Receipt) -> list[tuple[int, str]]:
    sql = "SELECT state, problem FROM entry WHERE seq = ?"
    return [(state, problem) for r in receipts for state, problem in db.current().rows(sql, [r.seq])]


def phone_of(person: str) -> object:
    found = db.current().value("SELECT phone FROM person WHERE id = ?", [person])
    return sealed.opened(found) if found else found


WAITS, COUNTS = (3, "waits_for_earlier"), (0, "")


def test_what_comes_too_early_waits_and_then_counts_in_its_order(township: Township) -> None:
    person = township.person(phone="1")
    third = send(township, change(township, person, 3, phone="13800000003"))
    second = send(township, change(township, person, 2, phone="13800000002"))
    assert (states(third, second), phone_of(person)) == ([WAITS, WAITS], "1")
    first = send(township, change(township, person, 1, phone="13800000001"))
    assert (states(first, second, third), phone_of(person)) == ([COUNTS] * 3, "13800000003")
    assert rebuild.verify() == []


def test_an_item_made_on_the_phone_waits_for_its_making(township: Township) -> None:
    home, person = township.household(), new_id()
    early = send(township, change(township, person, 1, trunk=None, phone="13800000001"))
    assert states(early) == [WAITS]
    told = {"household": home, "registered_on": ON, "agreed_by": "self", "name": "王", "sex": "female",
            "birth_date": date(1990, 1, 1), "reach": "any"}  # fmt: skip
    township.write("worker", "person", told, on=ON, entity=person, label="王")
    assert (states(early), phone_of(person)) == ([COUNTS], "13800000001")


def test_other_runs_and_changes_without_a_run_wait_for_nothing(township: Township) -> None:
    person = township.person()
    assert states(
        send(township, change(township, person, 7, trunk=7, phone="13800000001", branch=new_id())),
        send(township, change(township, person, 9, branch="", phone="13800000002")),
        send(township, change(township, person, 5, trunk=4, phone="13800000003", branch=new_id())),
    ) == [COUNTS, COUNTS, WAITS]


def derived() -> dict[str, set[tuple[object, ...]]]:
    """Rows of the register and the states of entries, these by their instance."""
    connection = db.current()
    tables = ("person", "household", "search_term", "entity", "due_visit", "episode")
    found = {table: rebuild._rows(connection, table) for table in tables}
    found["entry"] = set(connection.rows("SELECT instance_id, state, problem FROM entry WHERE form_id <> 'release'"))
    return found


class _TakeBack(Exception):
    pass


def test_any_order_of_arrival_gives_the_same_rows(township: Township) -> None:
    """All 24 orders of a run of four changes, each with another change between that knows of no run, by another day."""
    person = township.person(phone="1")
    fields = (
        {"phone": "13800000001"},
        {"name": "李二"},
        {"phone": "13800000003"},
        {"name": "李四", "phone": "13800000004"},
    )
    run = [change(township, person, n + 1, instance=f"uuid:{n}", **told) for n, told in enumerate(fields)]
    between = change(township, person, 1, branch="", trunk=None, phone="13900000000", instance="uuid:other",
                     on=ON - timedelta(3))  # fmt: skip
    found = []
    for n, order in enumerate(permutations(run)):
        try:
            with transaction.atomic():
                for content in (*order[: n % 5], between, *order[n % 5 :]):
                    send(township, content)
                found.append(derived())
                if n % 8 == 0:
                    assert rebuild.verify() == []
                raise _TakeBack
        except _TakeBack:
            counters.forget()
    assert all(one == found[0] for one in found)
    (row,) = [dict(zip(("id", "household", "place", "name", "sex", "born", "phone"), row, strict=False))
              for row in found[0]["person"] if row[0] == person]  # fmt: skip
    assert (row["name"], sealed.opened(row["phone"])) == ("李四", "13800000004")


def test_after_a_week_it_counts_by_an_entry_and_an_update_makes_the_item(township: Township) -> None:
    home, person = township.household(), new_id()
    today = days.today()
    told = {"name": "王", "sex": "female", "birth_date": "1990-01-01", "household": home}
    fourth = send(
        township, change(township, person, 4, trunk=None, on=today - timedelta(9), **told), on=today - timedelta(8)
    )
    fifth = send(township, change(township, person, 5, trunk=None, phone="13800000005", on=today), on=today)
    assert (states(fourth, fifth), phone_of(person)) == ([WAITS, WAITS], None)
    assert (releasing.sweep(today - timedelta(1)), releasing.sweep(), releasing.sweep()) == (0, 1, 0)
    assert (states(fourth, fifth), phone_of(person)) == ([COUNTS, COUNTS], "13800000005")
    (said,) = db.current().rows("SELECT author_id, state FROM entry WHERE form_id = 'release'")
    assert said == (township.users["worker"], 0)
    before = derived()
    rebuild.rebuild()
    assert (derived(), rebuild.verify()) == (before, [])


def test_the_same_rows_when_the_earlier_one_comes_after_all(township: Township) -> None:
    person = township.person(phone="1")
    today = days.today()
    run = [change(township, person, n, phone=f"1380000000{n}", instance=f"uuid:{n}", on=today) for n in (1, 2)]
    found = []
    for late in (True, False):
        try:
            with transaction.atomic():
                for content in reversed(run) if late else run:
                    send(township, content, on=today - timedelta(8))
                    releasing.sweep()
                found.append(derived())
                raise _TakeBack
        except _TakeBack:
            counters.forget()
    assert found[0] == found[1]


@pytest.mark.parametrize(("who", "counts"), [("worker", True), ("supervisor", True), ("neighbour", False)])
def test_only_who_wrote_it_or_settles_lets_it_count(township: Township, who: str, counts: bool) -> None:
    person = township.person()
    early = send(township, change(township, person, 3, phone="13800000003"))
    (entry,) = releasing.forms.entries("seq IN (?*)", [early.seq])
    releasing.let_count(entry, township.users[who])
    assert states(early) == [COUNTS if counts else WAITS]


def marks() -> list[tuple[int, str, object]]:
    return [
        (seq, code, orjson.loads(args))
        for seq, code, args in db.current().rows("SELECT seq, code, args FROM entry_note")
    ]


def test_what_somebody_else_changed_meanwhile_is_marked_until_it_is_said_anew(township: Township) -> None:
    person = township.person(phone="1")
    here = change(township, person, 1, branch="", phone="13900000000", name="李四")
    send(township, here, who="supervisor")
    same = send(township, change(township, person, 1, name="李四", branch=new_id()))
    other = send(township, change(township, person, 1, phone="13800000001"))
    upon = send(township, change(township, person, 2, phone="13800000002"))
    seen = send(
        township, change(township, person, 5, trunk=5, phone="13800000009", branch=new_id(), on=ON - timedelta(9))
    )
    mark = ("person_changed_elsewhere", {"what": ["phone"]})
    assert marks() == []  # the last one states the phone anew
    db.current().run("DELETE FROM entry_entity WHERE seq = ?", [seen.seq])
    rebuild.rebuild()
    assert marks() == [(upon.seq, *mark)]
    db.current().run("DELETE FROM entry_entity WHERE seq = ?", [upon.seq])
    rebuild.rebuild()
    assert marks() == [(other.seq, *mark)]
    assert same.seq < other.seq  # it states what was stated before: nothing to look at


def test_a_run_with_a_hole_waits_from_the_hole_on() -> None:
    def said(base: int, trunk: int | None = 4, branch: str = "b", creates: bool = False) -> Said:
        return Said(creates, True, "", {}, base, trunk, branch)

    run = [(1, said(4)), (2, said(5)), (3, said(7)), (4, said(8))]
    assert held(run) == {3, 4}
    assert held(run, frozenset({3})) == set()
    assert held(run, frozenset({4})) == {3}
    assert held([(1, said(1, None))]) == {1}
    assert held([(1, said(1, None)), (2, said(0, None, creates=True))]) == set()
    assert held([(1, said(6, branch="a")), (2, said(5, branch="b")), (3, said(4, branch="a"))]) == {1, 2}
