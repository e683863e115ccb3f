"""What has had its time goes: words written freely after a year, the rest when somebody entered how long it is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from doorstep.access.permissions import Actor
from doorstep.engine.xlsform import read
from doorstep.feedback import actions as feedback
from doorstep.feedback import queries as complaints
from doorstep.forms import quarantine, reducing
from doorstep.forms import queries as forms
from doorstep.forms.quarantine import ToKeep
from doorstep.intake import door, ending, expiring, retention
from doorstep.intake.problems import Refused
from doorstep.intake.rebuild import verify
from doorstep.intake.retention import Word
from doorstep.lib import db
from doorstep.lib.problems import Problem
from tests.cast import PACKS, Township, at_noon, fill, new_id
from tests.intake.test_arrival import derived
from tests.intake.test_ending import LMP, NAME, everything, seqs
from tests.intake.test_same import weigh

THEN = date(2025, 3, 3)
WORDS = "门口有一条黄狗"
NOTHING = {"birth_notice": 0, "free_text": 0, "let_in_copies": 0, "erased_on_phones": 0, "people": 0, "complaints": 0}


def walked(township: Township, home: str, on: date, instance: str = "") -> bytes:
    told = {"household": home, "walked_on": on, "outcome": "corrected", "findings": "wrong", "remark": WORDS}
    content = fill(township.spec("round_visit"), told, entity=home, instance=instance)
    door.accept(content, township.sender("worker"), received_at=at_noon(on))
    return content


def test_words_written_freely_go_after_a_year_and_the_record_stays(township: Township) -> None:
    home = township.household()
    township.person(NAME, home=home, on=date(2025, 1, 6))
    content = walked(township, home, THEN, instance="uuid:" + new_id())
    walked(township, home, THEN + timedelta(days=40))
    assert expiring.sweep(THEN + timedelta(days=364)) == NOTHING
    assert everything().count(WORDS) == 6  # answers, bytes and what follows from them, twice
    assert expiring.trial(THEN + timedelta(days=365)) == {**NOTHING, "free_text": 1}
    assert everything().count(WORDS) == 6
    assert expiring.sweep(THEN + timedelta(days=365)) == {**NOTHING, "free_text": 1}
    assert everything().count(WORDS) == 3
    assert (NAME in everything(), verify()) == (True, [])
    rows = db.current().rows("SELECT outcome, findings, remark FROM round_call ORDER BY n")
    assert rows == [("corrected", "wrong", ""), ("corrected", "wrong", WORDS)]
    again = door.accept(content, township.sender("worker"), received_at=at_noon(THEN))
    assert (again.http, again.is_new, everything().count(WORDS)) == (201, False, 3)
    assert expiring.sweep(THEN + timedelta(days=366)) == NOTHING


def test_a_name_an_address_and_a_number_are_not_words_written_freely(township: Township) -> None:
    asked = {
        (form_id, "/".join(path))
        for form_id, published in forms.library().current.items()
        if published.pack_id in ("register", "maternal", "hypertension")
        for path in reducing.free_words(forms.library().spec(form_id, published.version))
    }
    assert {path.rpartition("/")[2] for _, path in asked} == {"remark"}
    assert ("round_visit", "found/remark") in asked
    vaccination = read(PACKS / "immunisation" / "forms" / "vaccination.md", check=False)
    assert {path[-1] for path in reducing.free_words(vaccination)} == {"remark"}  # and not the number of the batch


def test_records_of_a_programme_go_when_it_was_entered_how_long_they_are_kept(township: Township) -> None:
    old, young = township.person("甲"), township.person("乙")
    before = derived()
    township.pregnancy(old, LMP, care="worker")
    weigh(township, old, on=LMP + timedelta(days=70))
    kept = derived()
    township.pregnancy(young, LMP, care="worker")
    weigh(township, young, on=LMP + timedelta(days=400))
    day = LMP + timedelta(days=70 + 400)
    assert expiring.sweep(day) == NOTHING
    word = Word("records:maternal", 400, day, "a rule of the county, 2027-01-01", township.users["supervisor"])
    retention.decide(word)
    assert retention.kept("records:maternal", day - timedelta(days=1)).days is None
    assert (retention.kept("records:hypertension", day).days, retention.kept("records:maternal", day).status) == (
        None,
        "local entry",
    )
    assert expiring.sweep(day) == {**NOTHING, "records:maternal": 2}
    assert (len(seqs(old)), len(seqs(young)), verify()) == (1, 3, [])
    ending.erase_record(seqs(young)[2], by=0)
    ending.erase_record(seqs(young)[1], by=0)
    assert (derived(), derived() == kept) == (before, False)


def test_who_died_long_ago_goes_when_no_record_of_a_programme_is_left(township: Township) -> None:
    her, cared_for = township.person(NAME), township.person("乙")
    township.pregnancy(cared_for, LMP, care="worker")
    for one in (her, cared_for):
        township.write("worker", "death", {"person": one, "died_on": THEN}, on=THEN, entity=one)
    retention.decide(Word("people", 500, THEN, "a rule", 1))
    assert expiring.sweep(THEN + timedelta(days=499)) == NOTHING
    assert expiring.sweep(THEN + timedelta(days=500))["people"] == 1
    assert (NAME in everything(), len(seqs(cared_for)), verify()) == (False, 3, [])


def test_copies_of_what_was_let_in_go_and_what_waits_stays(township: Township) -> None:
    kept = [ToKeep(1, 1, f"uuid:{n}", str(n), b"x", Problem("intake.our_fault")) for n in range(2)]
    quarantine.keep(db.current(), kept)
    quarantine.was_let_in(db.current(), db.current().value("SELECT MIN(id) FROM quarantined"), 1)
    assert expiring.sweep(THEN)["let_in_copies"] == 1
    assert db.current().rows("SELECT sha256 FROM quarantined") == [("1",)]


def test_the_number_phones_let_go_by_goes_when_no_phone_holds_her_any_more(township: Township) -> None:
    her, other = township.person(NAME), township.person("乙")
    ending.erase_person(her, by=0)
    township.write("worker", "moving_away", {"person": other, "left_on": THEN}, on=THEN, entity=other)
    (erased_on,) = db.current().row("SELECT erased_on FROM erased WHERE kind = 'person'") or ()
    assert expiring.sweep(erased_on + timedelta(days=34))["erased_on_phones"] == 0
    assert her in everything()
    assert (
        expiring.sweep(erased_on + timedelta(days=35))["erased_on_phones"] == 2
    )  # hers, and that of the family nobody else was of
    db.current().run("DELETE FROM changed")  # as wiping does where there is no warehouse, and a sync where there is
    assert her not in everything()


def test_what_can_be_entered(township: Township) -> None:
    for word, code in (
        (Word("free_text", 366, THEN, "x", 1), "kept_too_short_or_long"),
        (Word("free_text", None, THEN, "x", 1), "kept_as_the_charter_says"),
        (Word("birth_notice", 100, THEN, "x", 1), "kept_as_the_charter_says"),
        (Word("records:maternal", 364, THEN, "x", 1), "kept_too_short_or_long"),
        (Word("records", 3650, THEN, " ", 1), "kept_without_source"),
        (Word("gossip", 1, THEN, "x", 1), "no_such_purpose"),
    ):
        with pytest.raises(Refused, match=code):
            retention.decide(word)
    retention.decide(Word("records", 5475, THEN, "a law", 1))
    retention.decide(Word("records:maternal", 3650, THEN, "a rule", 1))
    retention.decide(Word("records", 400, THEN, "a newer law", 1))
    assert [retention.kept(p, THEN).days for p in ("records", "records:maternal", "records:elder")] == [400, 3650, 400]
    assert db.current().value("SELECT COUNT(*) FROM keep_word") == 3


def test_complaints_go_when_it_was_entered_how_long_they_are_kept(township: Township) -> None:
    """From the answer; who waits for one, or wrote again, is not forgotten."""
    reviewer = Actor(9, "reviewer")
    her = township.person(NAME, on=THEN)
    codes = [feedback.take_in("service", f"{WORDS}{n}", "web", author_id=her, at=at_noon(THEN)) for n in range(4)]
    ids = [complaints.id_of(code) or 0 for code in codes]
    for n in (0, 1, 3):
        feedback.answer(reviewer, ids[n], "谢谢", at=at_noon(THEN + timedelta(days=n)))
    feedback.write_more(codes[1], "还没完", at=at_noon(THEN + timedelta(days=9)))
    assert expiring.sweep(THEN + timedelta(days=5000)) == NOTHING  # nobody entered how long
    retention.decide(Word("complaints", 400, THEN, "county archive rules 2024", 1))
    assert expiring.sweep(THEN + timedelta(days=399))["complaints"] == 0
    assert expiring.trial(THEN + timedelta(days=402))["complaints"] == 1
    assert expiring.sweep(THEN + timedelta(days=402))["complaints"] == 1
    left = [ids[1], ids[2], ids[3]]
    for table, key in (("complaint", "id"), ("complaint_author", "complaint_id"), ("complaint_word", "complaint_id")):
        assert [i for (i,) in db.current().rows(f"SELECT DISTINCT {key} FROM {table} ORDER BY 1")] == left
    assert (complaints.by_code(codes[0]), expiring.sweep(THEN + timedelta(days=403))["complaints"]) == (None, 1)
    with pytest.raises(Refused):
        retention.decide(Word("complaints", 30, THEN, "x", 1))
