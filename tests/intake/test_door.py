"""The one door: kept once, answered truly, applied to the register and to what is due."""

from __future__ import annotations

from datetime import date

from doorstep.lib import db
from tests.cast import Township, at_noon, fill, new_id

LMP = date(2026, 1, 5)
CARE = "SELECT user_id, clinic_id FROM care_member WHERE person_id = ? AND service = 'antenatal' ORDER BY user_id"


def rows(sql: str, *params: object) -> list[tuple[object, ...]]:
    return db.current().rows(sql, params)


def anc_visit(person: str, on: date) -> dict[str, object]:
    pressure = {"systolic": 118, "diastolic": 76}
    return {"person": person, "visit_date": on, "weight": 61, **pressure, "danger_signs": "none", "referred": "no"}


def due(person: str) -> dict[str, tuple[object, ...]]:
    sql = "SELECT contact, from_on, due_on, until_on, met_on FROM due_visit WHERE person_id = ?"
    return {str(row[0]): tuple(row[1:]) for row in rows(sql, person)}


def test_a_registered_person_is_there_with_her_household(township: Township) -> None:
    home = township.household(number="7")
    person = township.person("王秀英", home=home)
    assert rows("SELECT name, household_id, place_id, sex, birth_date FROM person WHERE id = ?", person) == [
        ("王秀英", home, township.places["east"], "female", date(1996, 4, 2))
    ]
    assert rows("SELECT state, problem FROM entry") == [(0, ""), (0, "")]


def test_a_pregnancy_brings_its_visits(township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP)
    found = due(person)
    assert found["anc_2"][:3] == (date(2026, 4, 27), date(2026, 5, 11), date(2026, 5, 31))
    assert found["anc_2"][3] is None


def test_a_visit_meets_its_window(township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP)
    on = date(2026, 5, 10)
    answers = anc_visit(person, on)
    receipt = township.write("worker", "anc_visit", answers, on=on)
    assert (receipt.http, receipt.is_new) == (201, True)
    assert due(person)["anc_2"][3] == on


def test_the_same_bytes_twice_are_one_entry(township: Township) -> None:
    person = township.person()
    spec = township.spec("pregnancy_registration")
    answers = {"person": person, "registered_on": "2026-03-09", "asked": "yes", "lmp_known": "no", "care_by": "both"}
    content = fill(spec, answers)
    from doorstep.intake import door

    first = door.accept(content, township.sender("worker"), received_at=at_noon(date(2026, 3, 9)))
    again = door.accept(content, township.sender("worker"), received_at=at_noon(date(2026, 3, 10)))
    assert (first.http, first.is_new, again.http, again.is_new, again.seq) == (201, True, 201, False, first.seq)


def test_other_content_under_the_same_id_is_kept_and_told(township: Township) -> None:
    person = township.person()
    instance = "uuid:" + new_id()
    same = {"registered_on": "2026-03-09", "asked": "yes", "lmp_known": "no", "care_by": "both", "person": person}
    township.write("worker", "pregnancy_registration", same, on=date(2026, 3, 9), instance=instance)
    receipt = township.write(
        "worker", "pregnancy_registration", {**same, "care_by": "clinic"}, on=date(2026, 3, 9), instance=instance
    )
    assert (receipt.http, receipt.problem and receipt.problem.code) == (409, "intake.other_content")
    assert rows("SELECT variant, state FROM entry WHERE instance_id = ? ORDER BY variant", instance) == [(0, 0), (1, 4)]
    assert rows(CARE, person) == [
        (0, township.places["clinic"]),
        (township.users["worker"], 0),
    ]
    choice = {"about_form": "pregnancy_registration", "about_instance": instance, "keep_instance": instance,
              "keep_variant": 1, "on": "2026-03-10"}  # fmt: skip
    for nobody in ("neighbour", "supervisor", "clinician"):
        township.write(nobody, "version_choice", choice, on=date(2026, 3, 10))
        assert rows("SELECT state FROM entry WHERE instance_id = ? ORDER BY variant", instance) == [(0,), (4,)]
    township.write("worker", "version_choice", choice, on=date(2026, 3, 10))
    assert rows("SELECT variant, state FROM entry WHERE instance_id = ? ORDER BY variant", instance) == [(0, 1), (1, 0)]
    assert rows("SELECT DISTINCT user_id FROM care_member WHERE person_id = ?", person) == [(0,)]


def test_a_correction_takes_the_place_of_what_it_corrects(township: Township) -> None:
    person = township.person()
    first = township.pregnancy(person, LMP)
    answers = {"person": person, "registered_on": "2026-03-09", "asked": "yes", "lmp_known": "yes", "lmp": "2026-01-12",
               "care_by": "both"}  # fmt: skip
    receipt = township.write("worker", "pregnancy_registration", answers, on=date(2026, 3, 20), corrects=first)
    assert receipt.http == 201
    assert due(person)["anc_2"][0] == date(2026, 5, 4)
    assert rows("SELECT key FROM episode WHERE person_id = ?", person) == [(first,)]


def test_a_correction_that_overtakes_its_original_is_held_then_counts(township: Township) -> None:
    person = township.person()
    original, edit = "uuid:" + new_id(), "uuid:" + new_id()
    base = {"person": person, "registered_on": "2026-03-09", "asked": "yes", "lmp_known": "yes", "care_by": "both"}
    early = township.write(
        "worker",
        "pregnancy_registration",
        {**base, "lmp": "2026-01-12"},
        on=date(2026, 3, 9),
        corrects=original,
        instance=edit,
    )
    assert (early.http, early.problem and early.problem.code) == (404, "intake.edit_of_unknown")
    assert due(person) == {}
    township.write(
        "worker", "pregnancy_registration", {**base, "lmp": "2026-01-05"}, on=date(2026, 3, 9), instance=original
    )
    assert due(person)["anc_2"][0] == date(2026, 5, 4)


def test_a_visit_to_an_unknown_person_is_kept_and_counts_once_she_is_registered(township: Township) -> None:
    person, home = new_id(), township.household()
    answers = {
        "person": person,
        "registered_on": "2026-03-09",
        "asked": "yes",
        "lmp_known": "yes",
        "lmp": LMP,
        "care_by": "both",
    }
    receipt = township.write("worker", "pregnancy_registration", answers, on=date(2026, 3, 9))
    assert receipt.http == 201
    assert rows("SELECT state, problem FROM entry WHERE seq = ?", receipt.seq) == [(2, "person_unknown")]
    told = {"household": home, "registered_on": "2025-01-06", "agreed_by": "self", "name": "李梅", "sex": "female",
            "birth_date": "1995-03-03", "reach": "any"}  # fmt: skip
    township.write("worker", "person", told, on=date(2026, 3, 10), entity=person, label="李梅")
    assert rows("SELECT state, problem FROM entry WHERE seq = ?", receipt.seq) == [(0, "")]
    assert "anc_2" in due(person)


def test_someone_out_of_reach_looks_like_someone_unknown(township: Township) -> None:
    person = township.person()
    answers = {"person": person, "registered_on": "2026-03-09", "asked": "yes", "lmp_known": "no", "care_by": "worker"}
    theirs = township.write("neighbour", "pregnancy_registration", answers, on=date(2026, 3, 9))
    nobody = township.write("neighbour", "pregnancy_registration", {**answers, "person": new_id()}, on=date(2026, 3, 9))
    assert theirs.http == nobody.http == 201
    assert theirs.problem == nobody.problem is None
    verdicts = rows("SELECT state, problem FROM entry WHERE seq IN (?, ?)", theirs.seq, nobody.seq)
    assert verdicts == [(2, "person_unknown")] * 2
    assert due(person) == {}


def test_the_named_clinic_may_write_about_her(township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP, care="clinic")
    on = date(2026, 5, 10)
    answers = anc_visit(person, on)
    receipt = township.write("clinician", "anc_visit", answers, on=on)
    assert rows("SELECT state, problem FROM entry WHERE seq = ?", receipt.seq) == [(0, "")]
    assert due(person)["anc_2"][3] == on


def test_an_impossible_day_is_kept_for_repair(township: Township) -> None:
    person = township.person(born=date(1996, 4, 2))
    answers = {"person": person, "registered_on": "1990-03-09", "asked": "yes", "lmp_known": "no", "care_by": "worker"}
    before_birth = township.write("worker", "pregnancy_registration", answers, on=date(2026, 3, 9))
    ahead = township.write(
        "worker", "pregnancy_registration", {**answers, "registered_on": "3000-01-01"}, on=date(2026, 3, 9)
    )
    verdicts = rows("SELECT problem FROM entry WHERE seq IN (?, ?) ORDER BY seq", before_birth.seq, ahead.seq)
    assert verdicts == [("before_birth",), ("impossible_date",)]


def test_an_ended_service_leaves_no_visit_waiting_and_can_be_wanted_again(township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP)
    services = {
        row[0] for row in rows("SELECT service FROM due_visit WHERE person_id = ? AND contact = 'anc_2'", person)
    }
    service = str(services.pop())
    township.end_service(person, service, date(2026, 4, 1))
    assert rows("SELECT count(*) FROM due_visit WHERE person_id = ? AND service = ?", person, service) == [(0,)]
    township.end_service(person, service, date(2026, 4, 20), wanted=True)
    assert due(person)["anc_2"][0] == date(2026, 4, 27)


def test_a_death_ends_all_visits_and_the_search(township: Township) -> None:
    person = township.person()
    township.pregnancy(person, LMP)
    township.write("worker", "death", {"person": person, "died_on": "2026-04-01"}, on=date(2026, 4, 2), entity=person)
    assert due(person) == {}
    assert rows("SELECT count(*) FROM search_term WHERE person_id = ?", person) == [(0,)]


def test_the_supervisor_settles_what_is_said_of_a_family(township: Township) -> None:
    home, instance = new_id(), "uuid:" + new_id()
    told = {"registered_on": "2025-01-06", "place": "c1-t1-v1", "number": "5"}
    for number in ("5", "6"):
        answers = {**told, "number": number}
        township.write(
            "worker", "household", answers, on=date(2025, 1, 6), entity=home, label=number, instance=instance
        )
    choice = {"about_form": "household", "about_instance": instance, "keep_instance": instance, "keep_variant": 1,
              "on": "2026-03-10"}  # fmt: skip
    township.write("neighbour", "version_choice", choice, on=date(2026, 3, 10))
    assert rows("SELECT number FROM household WHERE id = ?", home) == [("5",)]
    township.write("supervisor", "version_choice", choice, on=date(2026, 3, 10))
    assert rows("SELECT number FROM household WHERE id = ?", home) == [("6",)]


def test_two_versions_about_two_people_count_for_one_of_them(township: Township) -> None:
    home = township.household()
    first, second = township.person("李梅", home=home), township.person("李兰", home=home)
    instance = "uuid:" + new_id()
    told = {"registered_on": "2026-03-09", "asked": "yes", "lmp_known": "yes", "lmp": LMP, "care_by": "both"}
    for person in (first, second):
        township.write(
            "worker", "pregnancy_registration", {**told, "person": person}, on=date(2026, 3, 9), instance=instance
        )
    assert ("anc_2" in due(first), due(second)) == (True, {})
    choice = {"about_form": "pregnancy_registration", "about_instance": instance, "keep_instance": instance,
              "keep_variant": 1, "on": "2026-03-10"}  # fmt: skip
    township.write("worker", "version_choice", choice, on=date(2026, 3, 10))
    assert (due(first), "anc_2" in due(second)) == ({}, True)
