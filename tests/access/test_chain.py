"""The log of who was shown whom: chained, found out when tampered with, and able to let go of a name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from doorstep.access import actions, chain, proving, queries
from doorstep.access.permissions import Actor
from doorstep.lib import days, db, keyring, writer
from tests.cast import Township

LI, WU, SUN = "li-1", "wu-2", "sun-3"


@pytest.fixture
def logged(township: Township, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Five pages in four batches, with the end of the chain noted beside; the one who looked."""
    monkeypatch.setattr(chain, "_head_file", lambda: tmp_path / chain.HEAD)
    worker = queries.actor(township.users["worker"])
    clinician = queries.actor(township.users["clinician"])
    actions.log_shown(worker, "today", [LI, WU])
    actions.log_shown(clinician, "person", [LI])
    connection = db.current()
    said = [
        (days.now(), worker.user_id, "worker", "find", (WU,)),
        (days.now(), worker.user_id, "worker", "person", (LI, SUN)),
    ]
    first, second = actions.write_log(connection, said)
    assert first is not None and second is None  # they share a batch
    actions.log_wrong_code(worker)
    note_end()
    assert flaws() == []
    return worker


def note_end() -> chain.Head:
    last = chain.last_batch(db.current())
    assert last is not None
    chain.note(chain.Head(last.n, last.seal))
    return chain.Head(last.n, last.seal)


def flaws(noted: chain.Head | None = None) -> list[tuple[str, str, str]]:
    return [(one.table, one.kind, one.key) for one in proving.prove(noted=noted).flaws]


TAMPERED = {
    "another output": ("UPDATE access_log SET output = 'home' WHERE id = 2", ("access_log", "altered", "2–2")),
    "another person": ("UPDATE access_log SET persons = '[\"wu-2\"]' WHERE id = 2", ("access_log", "altered", "2–2")),
    "another day": ("UPDATE access_log SET at = '2020-01-01 00:00:00+00:00' WHERE id = 4", ("access_log", "altered", "3–4")),
    "another member": ("UPDATE access_log SET user_id = user_id + 1 WHERE id = 3", ("access_log", "altered", "3–4")),
    "a row taken out": ("DELETE FROM access_log WHERE id = 3", ("access_log", "missing", "3–4")),
    "the last row taken out": ("DELETE FROM access_log WHERE id = 5", ("access_log", "missing", "5–5")),
    "a row put in": (
        "INSERT INTO access_log (id, at, user_id, role, output, persons, salt)"
        " SELECT 99, at, user_id, role, output, persons, salt FROM access_log WHERE id = 1",
        ("access_log", "extra", "99"),
    ),
    "a batch's digest": ("UPDATE access_batch SET digest = seal WHERE n = 2", ("access_batch", "altered", "2")),
    "a batch in the middle": ("DELETE FROM access_batch WHERE n = 2", ("access_batch", "missing", "2")),
    "a name hidden": (
        "UPDATE access_opened SET person_id = 'nobody' WHERE person_id = 'sun-3'",
        ("access_opened", "missing", "1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_tampered_with_is_found(logged: Actor, what: str) -> None:
    sql, wanted = TAMPERED[what]
    assert db.current().run(sql) == 1
    found = flaws()
    assert wanted in found, found


def test_a_row_put_in_by_hand_stops_no_page_and_stays_found(logged: Actor) -> None:
    assert db.current().run(TAMPERED["a row put in"][0]) == 1
    actions.log_shown(logged, "today", [SUN])
    note_end()
    assert flaws() == [("access_log", "extra", "99")]


def test_rows_that_change_places_are_found(logged: Actor) -> None:
    for old, new in ((1, -1), (2, 1), (-1, 2)):
        db.current().run("UPDATE access_log SET id = ? WHERE id = ?", [new, old])
    assert ("access_log", "altered", "1–1") in flaws() and ("access_log", "altered", "2–2") in flaws()


def test_batches_that_change_places_are_found(logged: Actor) -> None:
    for old, new in ((1, -1), (2, 1), (-1, 2)):
        db.current().run("UPDATE access_batch SET n = ? WHERE n = ?", [new, old])
    assert ("access_batch", "altered", "1") in flaws()


def test_what_is_cut_off_the_end_is_found(logged: Actor) -> None:
    db.current().run("DELETE FROM access_batch WHERE n = 4")
    db.current().run("DELETE FROM access_log WHERE id = 5")
    assert flaws() == [("access_batch", "cut", "3 < 4")]


def test_what_is_cut_off_is_found_by_an_end_on_paper_when_the_file_is_gone(logged: Actor) -> None:
    end = note_end()
    actions.log_shown(logged, "today", [SUN])
    note_end()
    assert flaws(noted=end) == []
    chain._head_file().unlink()
    db.current().run("DELETE FROM access_batch WHERE n >= 4")
    db.current().run("DELETE FROM access_log WHERE id >= 5")
    db.current().run("DELETE FROM access_opened")
    assert ("access_batch", "cut", "3 < 4") in flaws(noted=chain.Head.read(str(end)))
    assert ("access.head", "missing", "") in flaws()


def test_who_writes_the_chain_anew_without_the_key_is_found(logged: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody with the database alone takes a row out and seals all that follows again, with a key of their own."""
    connection = db.current()
    connection.run("DELETE FROM access_log WHERE id > 1")
    connection.run("DELETE FROM access_batch WHERE n > 1")
    right = keyring.ring
    theirs = keyring.Ring(right().data, keyring.Keys.new())
    monkeypatch.setattr(keyring, "ring", lambda: theirs)
    for _ in range(3):
        chain.append(connection, [(days.now(), logged.user_id, "worker", "today", (WU,))])
    monkeypatch.setattr(keyring, "ring", right)
    assert ("access_batch", "altered", "2") in flaws()


def test_a_head_that_was_altered_is_none(logged: Actor) -> None:
    content = chain._head_file().read_bytes()
    chain._head_file().write_bytes(content.replace(b"4:", b"3:"))
    assert chain.noted() is None
    assert flaws() == [("access.head", "missing", "")]


def test_an_older_head_never_takes_the_place_of_a_later_one(logged: Actor) -> None:
    end = note_end()
    chain.note(chain.Head(3, "0" * 64))
    assert chain.noted() == end


def test_a_person_learns_who_opened_her_record(logged: Actor, township: Township) -> None:
    yesterday = days.now() - timedelta(days=1)
    actions.write_log(db.current(), [(yesterday, logged.user_id, "worker", "today", (LI,))])
    names = {user: queries.staff().by_id[township.users[user]].name for user in ("worker", "clinician")}
    today = days.day_of(days.now())
    both = sorted([(names["worker"], "worker", today), (names["clinician"], "clinician", today)])
    before = (names["worker"], "worker", days.day_of(yesterday))
    assert [(o.name, o.role, o.day) for o in queries.opened(LI)] == [*both, before]
    assert queries.opened("nobody") == []
    assert [o.name for o in queries.opened(SUN, WU)] == [names["worker"]]


def test_an_erased_name_goes_and_the_chain_still_proves_every_row(logged: Actor) -> None:
    assert actions.forget(LI, by=logged.user_id) == 3
    note_end()
    told = " ".join(str(row) for row in db.current().rows("SELECT persons, salt FROM access_log"))
    assert LI not in told and SUN in told and WU in told
    assert (queries.opened(LI), len(queries.opened(WU))) == ([], 1)
    assert flaws() == []
    assert actions.forget(LI) == 0
    assert actions.forget(WU) == 2
    assert flaws() == []
    db.current().run("UPDATE access_log SET output = 'home' WHERE id = 1")
    assert flaws() == [("access_log", "altered", "1–1")]


def test_a_name_taken_out_by_hand_is_found(logged: Actor) -> None:
    (row,) = chain.rows_of(db.current(), "id = ?", [2])
    bare = row.without(LI)
    db.current().run("UPDATE access_log SET persons = ?, salt = ? WHERE id = 2", [f'["{bare.persons[0]}"]', bare.salt])
    assert ("access_log", "altered", "2") in flaws()


def test_without_the_log_nothing_is_shown(township: Township) -> None:
    db.current().run("ALTER TABLE access_batch RENAME TO gone")
    try:
        with pytest.raises(actions.NotLogged):
            actions.log_shown(queries.actor(township.users["worker"]), "today", [LI])
    finally:
        db.current().run("ALTER TABLE gone RENAME TO access_batch")


def test_pages_that_wait_together_share_a_batch_and_go_last(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def other(_connection: db.Db, items: list[str]) -> list[None]:
        order.append("other")
        return [None] * len(items)

    monkeypatch.setattr(chain, "lock", lambda _connection: order.append("log"))
    said = [(days.now(), 1, "worker", "today", (name,)) for name in (LI, WU)]
    jobs = [writer._Job(actions.write_log, one, writer.Future()) for one in said]
    writer._commit_together([jobs[0], writer._Job(other, "x", writer.Future()), jobs[1]])
    assert order == ["other", "log"]
    assert [job.future.result() is None for job in jobs] == [False, True]
    assert db.current().rows("SELECT first_id, last_id FROM access_batch") == [(1, 2)]
