"""The auditor's short look at the log: whole when it is, red for each thing done to it, and never longer than its time."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from doorstep.access import actions, chain, proving
from doorstep.access import queries as people
from doorstep.access.actions import log_shown
from doorstep.lib import db
from tests.cast import PASSWORD, Township


@pytest.fixture
def logged(township: Township, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Township:
    """Five pages, a batch each, and their end noted."""
    monkeypatch.setattr(chain, "_head_file", lambda: tmp_path / chain.HEAD)
    actor = people.actor(township.users["worker"])
    for n in range(5):
        log_shown(actor, "families", [f"p{n}", f"q{n}"])
    last = chain.last_batch(db.current())
    assert last is not None
    chain.note(chain.Head(last.n, last.seal))
    return township


def kinds() -> set[tuple[str, str]]:
    return {(flaw.table, flaw.kind) for flaw in proving.glance().flaws}


def test_a_whole_log_is_whole_to_its_beginning(logged: Township) -> None:
    found = proving.glance()
    assert (found.rows, found.whole, found.flaws) == (5, True, ())
    assert set(proving.prove().flaws) == set()


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        ("UPDATE access_log SET persons = '[\"someone\"]' WHERE id = {2}", ("access_log", "altered")),
        ("DELETE FROM access_log WHERE id = {1}", ("access_log", "altered")),
        ("UPDATE access_batch SET first_id = first_id WHERE n = -1", None),
        ("UPDATE access_batch SET digest = '00' WHERE first_id = {3}", ("access_batch", "altered")),
        ("DELETE FROM access_batch WHERE first_id = {2}", ("access_batch", "missing")),
        ("DELETE FROM access_batch WHERE first_id = {4}", ("access_batch", "cut")),
        ("INSERT INTO access_log (id, at, user_id, role, output, persons, salt) SELECT id + 1000, at, user_id, role, output, persons, salt"
         " FROM access_log WHERE id = {4}", ("access_log", "extra")),
    ],
)  # fmt: skip
def test_whatever_is_done_to_it_is_seen(logged: Township, sql: str, wrong: tuple[str, str] | None) -> None:
    ids = [row for (row,) in db.current().rows("SELECT id FROM access_log ORDER BY id")]
    db.current().run(sql.format(*ids))
    assert (wrong in kinds()) if wrong else kinds() == set()


def test_it_stops_when_its_time_is_over_and_says_how_far_it_came(logged: Township) -> None:
    found = proving.glance(seconds=0)
    assert (found.rows, found.whole, found.flaws) == (1, False, ())
    assert found.since is not None


def test_the_auditor_looks_and_reads_how_many_were_opened(logged: Township) -> None:
    actions.add_user("auditor", "auditor", "auditor", PASSWORD)
    client = Client(headers={"accept-language": "en"})
    assert client.login(username="auditor", password=PASSWORD)
    page = client.get("/openings").content.decode()
    assert "5 pages opened in these months." in page and "The chain holds" not in page
    assert "Yes: 5 pages looked at just now" in client.get("/openings?check=yes").content.decode()
    db.current().run("UPDATE access_log SET role = 'clinician'")
    told = client.get("/openings?check=yes").content.decode()
    assert "No: 5 places are not as they were written." in told and "p1" not in told
