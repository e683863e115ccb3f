"""Somebody moves and carries a code: what goes along, what the old place learns, codes that open nothing, and undoing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from doorstep.access.queries import actor
from doorstep.forms import queries as forms
from doorstep.indicators import periods, values
from doorstep.intake import handing, parcel
from doorstep.intake.parse import Sender
from doorstep.intake.problems import Refused
from doorstep.intake.rebuild import rebuild, verify
from doorstep.lib import db, sealed
from doorstep.programmes.library import programmes
from doorstep.register import queries as register
from doorstep.register.queries import find_ids
from tests.cast import Township

TODAY = date(2026, 6, 15)
LMP = date(2026, 2, 1)
VISIT: dict[str, Any] = {"weight": 61, "systolic": 118, "diastolic": 76, "danger_signs": "none", "referred": "no"}
CANARY = "柳林金丝雀"


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", TODAY.isoformat())


@pytest.fixture
def mover(township: Township) -> str:
    """A pregnant woman of the east, with a visit, a blood pressure nobody shall carry, and her yes to moving along."""
    person = township.person(CANARY, phone="13800001234")
    township.pregnancy(person, LMP, on=date(2026, 4, 1))
    on = date(2026, 6, 1)
    township.write("worker", "anc_visit", VISIT | {"person": person, "visit_date": on, "remark": "头晕"}, on=on)
    consent(township, person, "yes")
    return person


def consent(township: Township, person: str, answer: str, on: date = TODAY) -> None:
    told = {"person": person, "said_on": on, "agreed_by": "self", "moving": answer, "counts": "no"}
    township.write("worker", "consent", told, on=on, entity=person)


def made(township: Township, person: str, *services: str, **more: Any) -> str:
    told = {"left_on": TODAY, "until_on": None, "services": services} | more
    return handing.make(actor(township.users["worker"]), person, **told).code


def came(township: Township, code: str, **more: Any) -> str:
    home = township.household("neighbour", "c1-t1-v2", number=f"W{len(code)}")
    told = more.pop("told", None) or handing.packed(code)
    return handing.arrive(told, home, TODAY, actor(township.users["neighbour"])).person_id


def forms_of(person: str) -> list[str]:
    sql = "SELECT form_id FROM entry WHERE person_id = ? AND state = 0 ORDER BY occurred_on, form_id"
    return [form for (form,) in db.current().rows(sql, [person])]


def due(person: str) -> dict[str, date | None]:
    return dict(db.current().rows("SELECT contact, met_on FROM due_visit WHERE person_id = ?", [person]))


def why(code: str) -> str:
    with pytest.raises(Refused) as refused:
        handing.packed(code)
    return refused.value.problem.code


def derived(person: str) -> tuple[Any, ...]:
    rows = register.people([person]).get(person)
    return rows, due(person), forms_of(person)


def test_the_records_she_named_go_along_and_care_goes_on(township: Township, mover: str) -> None:
    before = due(mover)
    new = came(township, made(township, mover, "antenatal"))
    assert forms_of(new) == ["lived_elsewhere", "pregnancy_registration", "anc_visit", "arrival", "consent"]
    assert due(new) == before and date(2026, 6, 1) in before.values()
    row = register.people([new])[new]
    assert (row.name, row.place_id, sealed.opened(row.phone)) == (CANARY, township.places["west"], "13800001234")
    care = {
        (s, u) for s, u in db.current().rows("SELECT service, user_id FROM care_member WHERE person_id = ?", [new]) if u
    }
    assert care == {(service, township.users["neighbour"]) for service in ("antenatal", "postnatal")}
    assert verify() == []
    rebuild()
    assert due(new) == before


def test_what_she_did_not_name_stays(township: Township, mover: str) -> None:
    code = made(township, mover)
    assert "anc_visit" not in json.dumps(handing.packed(code))
    new = came(township, code)
    assert (forms_of(new), due(new)) == (["lived_elsewhere", "arrival"], {})
    assert "头晕" not in json.dumps([e.answers for e in forms.entries("person_id IN (?*)", [new])], ensure_ascii=False)


def test_the_old_place_learns_that_care_ended_here_and_nothing_else(township: Township, mover: str) -> None:
    code = made(township, mover, "antenatal")
    ended = derived(mover)
    assert (ended[0].is_here, ended[0].left_on, find_ids(CANARY, [township.places["east"]])) == (False, TODAY, [])
    assert all(met for met in ended[1].values())
    came(township, code)
    assert derived(mover) == ended  # whether and where the code was used stands nowhere
    said = [json.loads(e.answers) for e in forms.entries("person_id IN (?*)", [mover]) if e.form_id == "hand_over"]
    assert [sorted(one) for one in said] == [["expires_on", "kind", "left_on", "lock", "on", "person", "services"]]
    everything = json.dumps([e.answers for e in forms.entries("person_id IN (?*)", [mover])], ensure_ascii=False)
    for canary in ("c1-t1-v2", "neighbour", code, parcel.spoken(code)):
        assert canary not in everything


def test_what_was_carried_counts_in_no_places_figures_twice(township: Township, mover: str) -> None:
    new = came(township, made(township, mover, "antenatal"))
    from doorstep.intake.follow import history_of
    from doorstep.intake.persons import lives
    from doorstep.programmes.library import programmes

    found, world = lives(db.current(), [new])
    maternal = next(p for p in programmes().at(township.places["west"]) if p.pack.id == "maternal")
    placed = {e.form: e.place for e in history_of(found[new], maternal, world).entries}
    assert placed == {"pregnancy_registration": "", "anc_visit": ""}


def figures(township: Township) -> dict[tuple[str, str, int], tuple[Any, Any]]:
    """Every figure of the pregnancy programme over the township, in the raw."""
    maternal = next(p for p in programmes().at(township.places["township"]) if p.pack.id == "maternal")
    found: dict[tuple[str, str, int], tuple[Any, Any]] = {}
    for report in maternal.pack.reports.values():
        table = values.table(maternal, report, [periods.parse("2026")], [township.places["township"]])
        found |= {key: (value.numerator, value.denominator) for key, value in table.values.items()}
    return found


def test_what_was_carried_is_counted_once(township: Township) -> None:
    person = township.person(CANARY)
    township.pregnancy(person, date(2025, 9, 1), on=date(2025, 11, 1))
    on = date(2026, 1, 5)
    township.write("worker", "anc_visit", VISIT | {"person": person, "visit_date": on}, on=on)
    told = {"person": person, "ended_on": date(2026, 5, 28), "result": "birth", "babies": []}
    township.write("worker", "pregnancy_outcome", told, on=date(2026, 5, 30))
    said = {"person": person, "said_on": TODAY, "agreed_by": "self", "moving": "yes"}
    township.write("worker", "consent", said, on=TODAY, entity=person)
    before = figures(township)
    assert any(top for top, _ in before.values())
    new = came(township, made(township, person, "antenatal", "postnatal"))
    assert "anc_visit" in forms_of(new)
    assert figures(township) == before


def test_no_code_without_a_yes_and_none_after_it_is_taken_back(township: Township, mover: str) -> None:
    asked = township.person("李四")
    for person in (asked, mover):
        if person == mover:
            code = made(township, mover, "antenatal")
            consent(township, mover, "no")
            assert why(code) == "intake.code_taken_back"
        with pytest.raises(Refused, match="hand_over_not_asked"):
            made(township, person)


def test_wrong_used_and_old_codes(township: Township, mover: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code = made(township, mover, "antenatal")
    other = f"{(int(code) + 1) % 10**12:012d}"
    assert why(other) == "intake.code_unknown"
    came(township, code)
    assert why(code) == "intake.code_used"
    second = township.person("李四")
    consent(township, second, "yes")
    late = made(township, second)
    monkeypatch.setenv("DOORSTEP_TODAY", (TODAY + timedelta(handing.CODE_DAYS)).isoformat())
    assert handing.packed(late)["person"]["name"] == "李四"
    monkeypatch.setenv("DOORSTEP_TODAY", (TODAY + timedelta(handing.CODE_DAYS + 1)).isoformat())
    assert why(late) == "intake.code_over"


def test_nothing_keeps_the_code(township: Township, mover: str) -> None:
    code = made(township, mover, "antenatal")
    bodies = b"".join(sealed.open_bytes(b) for (b,) in db.current().rows("SELECT body FROM entry_body"))
    assert (code.encode() in bodies, parcel.lock_of(code).encode() in bodies) == (False, True)


def test_going_and_coming_can_both_be_undone(township: Township, mover: str) -> None:
    before = derived(mover)
    code = made(township, mover, "antenatal")
    new = came(township, code)
    assert not handing.undo(new, actor(township.users["worker"]))  # not hers to undo
    assert handing.undo(new, actor(township.users["neighbour"]))
    assert (register.people([new]), forms_of(new), verify()) == ({}, [], [])
    again = came(township, code)  # and the code opens once more
    on = TODAY
    township.write("neighbour", "anc_visit", VISIT | {"person": again, "visit_date": on}, on=on)
    assert not handing.undo(again, actor(township.users["neighbour"]))  # somebody has written about her since
    worker = township.users["worker"]
    handing.take_back(handing.handed(mover, worker), Sender(worker))
    after = derived(mover)
    assert (after[0].is_here, after[1:]) == (True, before[1:])
    assert why(code) == "intake.code_unknown"
    assert verify() == []


def test_a_sealed_file_opens_with_its_code_alone(township: Township, mover: str) -> None:
    code = made(township, mover, "antenatal")
    told = handing.packed(code)
    file = parcel.sealed(told, code)
    assert CANARY.encode() not in file and b"anc_visit" not in file
    handing.take_back(
        handing.handed(mover, township.users["worker"]), Sender(township.users["worker"])
    )  # as in another store
    assert handing.unpacked(file, code) == told
    for broken, typed in ((file, "000000000000"), (file[:-40], code), (b"doorstep parcel 1\nAAAA", code), (b"", code)):
        with pytest.raises(Refused, match="code_not_of_file"):
            handing.unpacked(broken, typed)
    new = came(township, code, told=told)
    assert date(2026, 6, 1) in due(new).values()
    with pytest.raises(Refused, match="code_used"):
        handing.unpacked(file, code)


def test_a_stay_ends_by_itself_and_she_stays_where_she_lives(
    township: Township, mover: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = TODAY + timedelta(30)
    code = made(township, mover, "antenatal", left_on=None, until_on=last)
    assert register.people([mover])[mover].is_here
    guest = came(township, code)
    home = due(mover)
    assert due(guest) == home
    monkeypatch.setenv("DOORSTEP_TODAY", last.isoformat())
    assert (handing.sweep(), register.people([guest])[guest].is_here) == (0, True)
    monkeypatch.setenv("DOORSTEP_TODAY", (last + timedelta(1)).isoformat())
    assert [handing.sweep(), handing.sweep()] == [1, 0]
    assert (register.people([guest])[guest].left_on, register.people([mover])[mover].is_here) == (last, True)
    assert (all(due(guest).values()), due(mover) == home, verify()) == (True, True, [])


STAY = timedelta(30)


def after_a_stay(township: Township, mover: str, monkeypatch: pytest.MonkeyPatch, **more: Any) -> tuple[str, list[str]]:
    """A guest with a visit on her last day but one, and what stands at home after the stay is over."""
    on = TODAY + STAY - timedelta(1)
    code = made(township, mover, "antenatal", **{"left_on": None, "until_on": TODAY + STAY, "comes_back": True} | more)
    guest = came(township, code)
    monkeypatch.setenv("DOORSTEP_TODAY", on.isoformat())
    township.write("neighbour", "anc_visit", VISIT | {"person": guest, "visit_date": on, "weight": 63}, on=on)
    township.write(
        "neighbour", "bp_screen", {"person": guest, "visit_date": on, "systolic": 120, "diastolic": 70}, on=on
    )
    monkeypatch.setenv("DOORSTEP_TODAY", (TODAY + STAY + timedelta(1)).isoformat())
    return guest, forms_of(mover)


def test_what_was_written_during_a_stay_comes_back(
    township: Township, mover: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest, before = after_a_stay(township, mover, monkeypatch)
    figures_before, met = figures(township), due(mover)
    assert [handing.sweep(), handing.sweep()] == [1, 0]
    came_home = sorted([*before, "anc_visit", "lived_elsewhere", "lived_elsewhere"])
    assert sorted(forms_of(mover)) == came_home  # and not the blood pressure, which she had not named
    on = TODAY + STAY - timedelta(1)
    assert due(mover) != met and on in due(mover).values()
    assert figures(township) == figures_before
    assert register.people([mover])[mover].place_id == township.places["east"]
    late = {"person": guest, "visit_date": on + timedelta(1), "weight": 64}
    township.write("neighbour", "anc_visit", VISIT | late, on=on + timedelta(1))
    handing.sweep()
    assert forms_of(mover).count("anc_visit") == before.count("anc_visit") + 2
    assert verify() == []


def test_nothing_comes_back_without_her_yes(township: Township, mover: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, before = after_a_stay(township, mover, monkeypatch, comes_back=False)
    handing.sweep()
    assert forms_of(mover) == before


@pytest.mark.parametrize("where", ["home", "guest"])
def test_nothing_comes_back_after_she_took_her_yes_back(
    where: str, township: Township, mover: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest, before = after_a_stay(township, mover, monkeypatch)
    who, her = ("worker", mover) if where == "home" else ("neighbour", guest)
    told = {"person": her, "said_on": TODAY + STAY, "agreed_by": "self", "moving": "no", "counts": "no"}
    township.write(who, "consent", told, on=TODAY + STAY, entity=her)
    handing.sweep()
    assert sorted(forms_of(mover)) == sorted([*before, *(["consent"] if where == "home" else [])])


@pytest.mark.parametrize(
    "more",
    [
        {"left_on": TODAY + timedelta(1)},
        {"left_on": None},
        {"until_on": TODAY},
        {"left_on": None, "until_on": TODAY - timedelta(1)},
    ],
)
def test_days_that_cannot_be(township: Township, mover: str, more: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="hand_over_days"):
        made(township, mover, **more)
    assert handing.handed(mover, township.users["worker"]) == []


def test_nobody_brings_her_into_a_place_of_others(township: Township, mover: str) -> None:
    told = handing.packed(made(township, mover))
    home = township.household("neighbour", "c1-t1-v2")
    with pytest.raises(Refused):
        handing.arrive(told, home, TODAY, actor(township.users["worker"]))
    assert [e.state for e in forms.entries("form_id IN (?*)", ["arrival"])] == []


def test_codes_as_they_are_said() -> None:
    code = parcel.new_code()
    assert (len(code), parcel.spoken("012345678901")) == (12, "012 345 678 901")
    assert [parcel.typed(t) for t in ("012 345-678.901", "０１２345678901", "12", "")] == [
        "012345678901",
        "012345678901",
        "",
        "",
    ]
