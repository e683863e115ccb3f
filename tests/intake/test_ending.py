"""Erasing a person or a record: nothing of it is left but marks, what follows is as if it had never been, and who sends
it again is told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.engine.xlsform import read
from doorstep.forms import actions as forms
from doorstep.forms import erased, kept, quarantine
from doorstep.forms.erased import mark_of
from doorstep.forms.quarantine import ToKeep
from doorstep.intake import batch, door, ending, ends, going, persons, uploads
from doorstep.intake.batch import Sent
from doorstep.intake.ending import Ended
from doorstep.intake.parse import SentFile
from doorstep.intake.problems import Refused
from doorstep.intake.rebuild import DERIVED, verify
from doorstep.lib import days, db, sealed
from doorstep.lib.problems import Problem
from doorstep.programmes.moment import Moment
from tests.cast import Township, at_noon, fill, new_id
from tests.intake.test_arrival import derived
from tests.intake.test_same import say, weigh

ON = date(2026, 5, 4)
LMP = date(2026, 2, 1)
NAME, PHONE = "欧阳金丝雀", "13977776666"


def everything() -> str:
    """Every value in every table of the store, as one text."""
    connection = db.current()
    found = []
    for table in tables():
        for row in connection.rows(f'SELECT * FROM "{table}"'):
            found += [
                sealed.open_bytes(v).decode("utf-8", "replace") if isinstance(v, bytes | memoryview) else opened(str(v))
                for v in row
            ]
    return "\n".join(found)


def opened(stored: str) -> str:
    """Every token in a text opened."""
    return re.sub(r"sealed:\w{8}:[\w=-]+", lambda found: sealed.opened(found[0]), stored)


def tables() -> list[str]:
    from django.db import connection

    return sorted(connection.introspection.table_names())


def seqs(person: str) -> list[int]:
    return [s for (s,) in db.current().rows("SELECT seq FROM entry WHERE person_id = ? ORDER BY seq", [person])]


def marks() -> list[tuple[Any, ...]]:
    return db.current().rows("SELECT mark, kind, seq, by_id FROM erased ORDER BY kind, seq")


def instances(numbers: Iterable[int]) -> list[str]:
    return [i for (i,) in db.current().rows_in("SELECT instance_id FROM entry WHERE seq IN (?*)", numbers)]


def test_nothing_of_her_is_left_but_marks_and_what_stays_is_as_if_she_had_never_been(township: Township) -> None:
    home = township.household()
    neighbour = township.person("李桂兰", home=home)
    township.pregnancy(neighbour, LMP, care="worker")
    before = derived()
    her = township.person(NAME, home=home, phone=PHONE)
    township.pregnancy(her, LMP, care="both")
    weigh(township, her, on=ON)
    township.end_service(her, "antenatal", ON)
    log_shown(Actor(township.users["worker"], "worker"), "person", [neighbour, her])
    numbers = seqs(her)
    names = instances(numbers)
    assert {NAME in everything(), PHONE in everything(), derived() != before} == {True}

    done = ending.erase_person(her, by=township.users["supervisor"])

    assert done == Ended(people=1, records=4)
    left = everything()
    assert (NAME in left, PHONE in left, where(her)) == (False, False, {"pull_left", "changed"})
    assert derived() == before
    assert verify() == []
    by = township.users["supervisor"]
    wanted = [(mark_of(her), "person", None, by)]
    wanted += [(mark_of(i), "record", n, by) for i, n in zip(names, numbers, strict=True)]
    assert marks() == wanted


def where(id_: str) -> set[str]:
    """The tables an id stands in. Phones are told to let go of it for as long as one may come back; the warehouse, that
    something changed."""
    return {t for t in tables() if any(id_ in str(row) for row in db.current().rows(f'SELECT * FROM "{t}"'))}


def test_a_family_nobody_else_was_of_goes_along_and_one_with_others_stays(township: Township) -> None:
    alone, shared = township.household(number="7"), township.household(number="8")
    told = {"household": alone, "changed_on": ON, "what": "address", "address": "老槐树后面欧阳家"}
    township.write("worker", "household_change", told, on=ON, entity=alone)
    her = township.person(NAME, home=alone)
    one, other = township.person("甲", home=shared), township.person("乙", home=shared)
    assert ending.erase_person(her, by=0) == Ended(people=1, families=1, records=3)
    assert ending.erase_person(one, by=0) == Ended(people=1, records=1)
    assert "欧阳" not in everything()
    homes_now = [i for (i,) in db.current().rows("SELECT id FROM household")]
    assert (homes_now, list(persons.people.people([other]))) == ([shared], [other])
    assert verify() == []


def test_whoever_was_written_down_twice_goes_under_every_id(township: Township) -> None:
    home = township.household()
    one, other = (township.person(NAME, home=home) for _ in range(2))
    third = township.person("欧阳远亲", home=home)
    say(township, one, other, True)
    say(township, one, third, False)
    weigh(township, other, on=ON)
    assert going.everybody(db.current(), other) == {one, other}
    assert ending.erase_person(other, by=0) == Ended(people=2, records=5)
    assert (NAME in everything(), db.current().rows("SELECT id FROM person")) == (False, [(third,)])
    assert verify() == []


def test_a_record_first_filed_under_her_leaves_the_correction_about_somebody_else(township: Township) -> None:
    home = township.household()
    her, other = township.person(NAME, home=home), township.person("李桂兰", home=home)
    for one in (her, other):
        township.pregnancy(one, LMP, care="worker")
    wrong = "uuid:" + new_id()
    weigh(township, her, on=ON, instance=wrong)
    told = {"person": other, "visit_date": ON, "weight": 61, "systolic": 118, "diastolic": 76, "danger_signs": "none", "referred": "no"}  # fmt: skip
    right = township.write("worker", "anc_visit", told, on=ON, corrects=wrong)
    ending.erase_person(her, by=0)
    row = db.current().row("SELECT state, person_id FROM entry WHERE seq = ?", [right.seq])
    assert (row, where(her)) == ((0, other), {"pull_left", "changed"})
    assert verify() == []


MOTHER_AND_CHILD = """| survey | | | | | |
| | type | name | label | save_to | bind::doorstep:tag |
| | select_one_from_file person.csv | person | Who | | identity |
| | date | on | Day | | service |
| | text | remark | Remark | | identity |
| | begin_repeat | babies | Baby | | |
| | text | given | Name | | identity |
| | date | born | Born | birth_date | identity |
| | select_one_from_file household.csv | home | Family | household | household.residence |
| | end_repeat | | | | |

| entities | | | |
| | list_name | label | repeat |
| | person | ${given} | ${babies} |

| settings | | | |
| | form_id | version | namespaces |
| | birth_told | 1 | doorstep="https://doorstep.example/ns" |
"""


@pytest.fixture
def birth(township: Township, tmp_path: Path) -> tuple[str, str, str, str, bytes]:
    """A mother's record that brings two children into the register: (mother, child, other child, instance, bytes)."""
    (tmp_path / "birth_told.md").write_text(MOTHER_AND_CHILD)
    spec = read(tmp_path / "birth_told.md", check=False)
    forms.publish(
        spec, {"subject": "person", "who": "person", "occurred_on": "on", "tag": "identity"}, pack_id="maternal"
    )
    home = township.household()
    mother = township.person(NAME, home=home)
    children = [new_id(), new_id()]
    instance = "uuid:" + new_id()
    rounds = "".join(
        f"<babies><given>{name}</given><born>2026-05-01</born><home>{home}</home><meta>"
        f'<entity xmlns="http://www.opendatakit.org/xforms/entities" dataset="person" id="{child}" create="1">'
        f"<label>{name}</label></entity></meta></babies>"
        for name, child in zip(("小雀儿", "小燕儿"), children, strict=True)
    )
    content = (
        f'<data id="birth_told" version="1"><person>{mother}</person><on>2026-05-02</on><remark>金丝雀之家</remark>{rounds}'
        f"<meta><instanceID>{instance}</instanceID></meta></data>"
    ).encode()
    door.accept(content, township.sender("worker"), received_at=at_noon(ON))
    assert set(persons.people.people(children)) == set(children)
    return mother, children[0], children[1], instance, content


def test_a_child_stays_when_the_mother_whose_record_told_of_it_is_erased(
    township: Township, birth: tuple[str, str, str, str, bytes]
) -> None:
    mother, child, other, instance, content = birth
    assert ending.erase_person(mother, by=0) == Ended(people=1, records=1, reduced=1)
    found = persons.people.people([mother, child, other])
    assert {i: row.name for i, row in found.items()} == {child: "小雀儿", other: "小燕儿"}
    assert [word in everything() for word in (NAME, "金丝雀", "小雀儿")] == [False, False, True]
    assert verify() == []
    before = db.current().value("SELECT COUNT(*) FROM entry")
    again = door.accept(content, township.sender("worker"), received_at=at_noon(ON))
    assert (again.http, again.is_new, again.instance_id) == (201, False, instance)
    assert (db.current().value("SELECT COUNT(*) FROM entry"), "金丝雀" in everything()) == (before, False)


def test_of_a_record_that_told_of_two_children_only_the_erased_one_goes(
    township: Township, birth: tuple[str, str, str, str, bytes]
) -> None:
    mother, child, other, _, content = birth
    assert ending.erase_person(child, by=0) == Ended(people=1, reduced=1)
    assert [word in everything() for word in ("小雀儿", "小燕儿", "金丝雀之家")] == [False, True, True]
    assert set(persons.people.people([mother, child, other])) == {mother, other}
    assert door.accept(content, township.sender("worker"), received_at=at_noon(ON)).is_new is False
    assert ("小雀儿" in everything(), verify()) == (False, [])


def test_one_record_goes_with_its_corrections_and_the_person_stays(township: Township) -> None:
    her = township.person()
    township.pregnancy(her, LMP, care="worker")
    weigh(township, her, on=ON - timedelta(days=7))
    before = derived()
    first = "uuid:" + new_id()
    weigh(township, her, on=ON, instance=first)
    told = {"person": her, "visit_date": ON, "weight": 66.6, "systolic": 118, "diastolic": 76, "danger_signs": "none", "referred": "no"}  # fmt: skip
    later = township.write("worker", "anc_visit", told, on=ON, corrects=first)
    assert ending.erase_record(later.seq, by=0) == Ended(records=2)
    assert (derived(), "66.6" in everything(), verify()) == (before, False, [])
    late = township.write("worker", "anc_visit", told, on=ON, corrects=first)
    assert (late.http, late.problem and late.problem.code) == (202, "intake.erased")
    with pytest.raises(Refused, match=r"erase_the_person"):
        ending.erase_record(seqs(her)[0], by=0)
    with pytest.raises(Refused, match=r"nothing_to_erase"):
        ending.erase_record(later.seq, by=0)


def test_who_sends_it_again_is_told_and_nothing_is_kept(township: Township) -> None:
    her = township.person(NAME)
    other = township.person("李桂兰")
    spec = township.spec("anc_visit")
    told = {"visit_date": ON, "weight": 61, "systolic": 118, "diastolic": 76, "danger_signs": "none", "referred": "no"}
    old = fill(spec, {**told, "person": her}, instance="uuid:" + new_id())
    kind = fill(spec, {**told, "person": other}, instance="uuid:" + new_id())
    new = fill(spec, {**told, "person": her, "weight": 77.7})
    by = township.sender("worker")
    door.accept(old, by, received_at=at_noon(ON))
    ending.erase_person(her, by=0)
    sent = [Sent(f"uuid:{n}", body) for n, body in enumerate((old, kind, new))]
    outcomes = batch.take(sent, by)
    assert [one.result for one in outcomes] == ["not_kept", "applied", "not_kept"]
    assert [(one.seq is None, one.why and one.why.code) for one in outcomes][::2] == [(True, "intake.erased")] * 2
    assert ("77.7" in everything(), db.current().value("SELECT COUNT(*) FROM quarantined")) == (False, 0)


def test_what_waits_beside_the_door_about_her_goes_and_the_rest_waits_on(township: Township) -> None:
    her, other = township.person(NAME), township.person("李桂兰")
    with db.transaction():
        quarantine.keep(
            db.current(),
            [
                ToKeep(
                    1,
                    1,
                    f"uuid:{person}",
                    str(n),
                    f"<x><p>{person}</p><t>{n}</t></x>".encode(),
                    Problem("intake.our_fault"),
                )
                for n, person in enumerate((her, other))
            ],
        )
    assert ending.erase_person(her, by=0).waiting == 1
    assert db.current().rows("SELECT sha256 FROM quarantined") == [("1",)]


def test_her_photo_leaves_the_disk_and_a_picture_somebody_else_sent_too_stays(
    township: Township, tmp_path: Path
) -> None:
    (tmp_path / "card.md").write_text(
        "| survey | | | | |\n| | type | name | label | bind::doorstep:tag |\n"
        "| | select_one_from_file person.csv | person | Who | identity |\n| | image | card | Card | identity |\n"
        "| | image | back | Back | identity |\n\n| settings | | | |\n"
        '| | form_id | version | namespaces |\n| | card | 1 | doorstep="https://doorstep.example/ns" |\n'
    )
    spec = read(tmp_path / "card.md", check=False)
    forms.publish(spec, {"subject": "person", "who": "person", "tag": "identity"}, pack_id="maternal")
    her, other = township.person(NAME), township.person("李桂兰")
    own, both = b"only hers", b"of both"
    for person, contents in ((her, {"card": own, "back": both}), (other, {"card": both})):
        names = {question: f"{question}.jpg" for question in contents}
        sent = tuple(SentFile(names[q], "image/jpeg", content) for q, content in contents.items())
        body = fill(spec, {"person": person, **names})
        door.accept(body, township.sender("worker"), attached=sent, received_at=at_noon(ON))
    paths = {content: kept.path_of(kept.keep(content)) for content in (own, both)}
    ending.erase_person(her, by=0)
    assert {content: path.exists() for content, path in paths.items()} == {own: False, both: True}
    paths[both].unlink()


def test_a_file_that_comes_later_for_an_erased_record_is_not_kept(township: Township) -> None:
    her = township.person(NAME)
    name = instances(seqs(her))[0]
    ending.erase_person(her, by=0)
    with pytest.raises(Refused, match=r"no_such_file"):
        uploads.standing(uploads.Wanted(township.users["worker"], name, "card.jpg"))


def test_no_past_moment_shows_her(township: Township) -> None:
    her = township.person(NAME)
    township.pregnancy(her, LMP, care="worker")
    moment = Moment(int(db.current().value("SELECT value FROM counter WHERE name = 'journal'")), days.now())
    assert persons.lives(db.current(), [her], moment)[0][her].person is not None
    ending.erase_person(her, by=0)
    assert persons.lives(db.current(), [her], moment)[0][her].person is None


def test_asking_is_written_down_once_and_goes_with_her(township: Township) -> None:
    her, other = township.person(NAME), township.person("李桂兰")
    for person in (her, her, other):
        ending.ask(person, by=township.users["worker"])
    ending.ask(other, by=0, seq=seqs(other)[0])
    asked = ending.asked()
    assert [(a.person_id, a.seq) for a in asked] == [(her, None), (other, None), (other, seqs(other)[0])]
    ending.take_back(asked[1].id)
    ending.erase_person(her, by=0)
    assert [(a.person_id, a.by) for a in ending.asked()] == [(other, 0)]


def test_a_record_that_was_taken_away_without_being_erased_is_found(township: Township) -> None:
    her = township.person(NAME)
    first = seqs(her)[0]
    ending.erase_person(her, by=0)
    assert verify() == []
    db.current().run("DELETE FROM erased WHERE seq = ?", [first])
    assert [(d.table, d.kind, d.key) for d in verify()] == [("journal", "missing", str(first))]


def test_every_table_of_people_says_what_becomes_of_it() -> None:
    """A room that begins to keep rows of people must say so in its ``ends``."""
    from django.db import connection

    said = {*DERIVED, *erased.OF_A_RECORD, *ends.of_a_person(), "pull_left", "changed"}
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            columns = {c.name for c in connection.introspection.get_table_description(cursor, table)}
            if columns & {"person_id", "household_id", "persons", "about", "named_id", "item_id"}:
                found[table] = columns
    assert set(found) - said == {"access_log", "access_opened"}  # of which ``access.forget`` takes her out
    assert {"erase_request", "person_alias", "pull_mark"} <= set(ends.of_a_person()) <= set(found)
