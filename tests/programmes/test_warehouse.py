"""The warehouse: synced in any pieces, after anything that can happen to records, it holds what a rebuild holds, and the
rules see there what they see in the store."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from doorstep.engine.model.subjects import PERSON_PROPERTIES
from doorstep.engine.warehouse import lake
from doorstep.engine.warehouse import manifest as state
from doorstep.engine.warehouse.run import connect
from doorstep.forms import queries as forms
from doorstep.intake import door, persons
from doorstep.lib import db
from doorstep.programmes import feed, stock, syncing
from doorstep.programmes.library import Programme, programmes
from tests.cast import Township, new_id
from tests.intake.test_arrival import Story

from .conftest import committed_store, planned, stored
from .test_feed import wander

NOW = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'changed%'"
NOW_ON_SERVER = "SELECT DISTINCT trigger_name FROM information_schema.triggers WHERE trigger_name LIKE 'changed%'"


@pytest.fixture(scope="module", autouse=True)
def township(_migrated: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Township]:
    """A township whose records come as a test goes on; in the west village the other schedule is on."""
    with committed_store(tmp_path_factory.mktemp("store")):
        with db.transaction():
            township = Township.found()
        yield township


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse of each test's own."""
    monkeypatch.setattr(stock, "folder", lambda: tmp_path / "warehouse")
    return tmp_path / "warehouse"


Rows = dict[str, list[tuple[Any, ...]]]


def held(folder: Path) -> Rows:
    """Everything that stands in the warehouse, by table."""
    found = state.read(folder)
    assert found is not None
    with connect() as connection:
        return {
            name: rows
            for name, table in found.tables.items()
            if name != "touched" and table.segments
            if (
                rows := sorted(
                    connection.execute(stock.relation_sql(folder, table, _columns(name, found))).fetchall(), key=repr
                )
            )
        }


def _columns(name: str, found: state.Manifest) -> dict[str, str]:
    return dict(sorted(found.tables[name].columns.items()))


def seen(programme: Programme) -> Rows:
    """What a programme's rules see of everybody."""
    with feed.working_connection() as connection:
        feed.fill(connection, programme)
        names = [
            name
            for (name,) in connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_name IN ('person', 'resident')"
                " OR starts_with(table_name, 'entry_')"
            ).fetchall()
        ]
        hidden = {
            (f"entry_{form}", q.key)
            for form, spec in programme.pack.forms.items()
            for q in spec.questions
            if q.tag == "identity"
        }
        found = {}
        for name in names:
            columns = [row[0] for row in connection.execute(f'DESCRIBE "{name}"').fetchall()]
            kept = [c for c in sorted(columns) if (name, c) not in hidden]
            told = ", ".join(f'"{c}"' for c in kept)
            found[name] = sorted(connection.execute(f'SELECT {told} FROM "{name}"').fetchall(), key=repr)
        return found


def same_from_both(monkeypatch: pytest.MonkeyPatch) -> None:
    for programme in [p for p in programmes().all_on() if p.pack.id in ("maternal", "child")]:
        assert stock.current() is not None
        from_files = seen(programme)
        with monkeypatch.context() as patched:
            patched.setattr(stock, "current", lambda: None)
            from_store = seen(programme)
        assert {n: (from_files[n], rows) for n, rows in from_store.items() if from_files[n] != rows} == {}
        assert from_files.keys() == from_store.keys()


def erase(person_id: str) -> None:
    """A person leaves the store without a trace."""
    with db.transaction():
        connection = db.current()
        seqs = [s for (s,) in connection.rows("SELECT seq FROM entry WHERE person_id = ?", [person_id])]
        for table in ("entry", "entry_entity", "entry_body"):
            connection.many(f"DELETE FROM {table} WHERE seq = ?", [(seq,) for seq in seqs])
        persons.work_out(connection, [person_id])


def happen(township: Township, what: str, random: Random) -> None:
    people = [i for (i,) in db.current().rows("SELECT id FROM person ORDER BY id")]
    if what == "story":
        door.accept_many(Story(township, random).tell())
    elif what == "life":
        with db.transaction():
            wander(township, random, [township.household(), township.household("neighbour", "c1-t1-v2")])
    elif what == "erase" and people:
        erase(random.choice(people))
    elif what == "home moves":
        homes = [i for (i,) in db.current().rows("SELECT id FROM household ORDER BY id")]
        if homes:
            told = {
                "household": random.choice(homes),
                "changed_on": date(2026, 3, 1),
                "what": "place",
                "place": "c1-t1-v2",
            }
            township.write("worker", "household_change", told, on=date(2026, 3, 1), entity=told["household"])


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["story", "story", "life", "erase", "home moves", "sync", "sync"]), st.integers(0, 10**6)
    ),
    min_size=3,
    max_size=9,
)


@settings(max_examples=3, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(events=EVENTS, at_once=st.sampled_from([3, 40, 10**6]))
def test_synced_in_any_pieces_it_is_what_a_rebuild_gives(
    township: Township, folder: Path, monkeypatch: pytest.MonkeyPatch, events: list[tuple[str, int]], at_once: int
) -> None:
    syncing.sync()
    for what, seed in events:
        if what == "sync":
            syncing.sync(at_once=at_once)
        else:
            happen(township, what, Random(seed))
    syncing.sync(at_once=at_once)
    found = held(folder)
    same_from_both(monkeypatch)
    assert syncing.sync().steps == 0
    syncing.rebuild()
    assert held(folder) == found


def test_the_stories_hold_what_could_go_wrong(
    township: Township, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(4):
        happen(township, "life", Random(seed))
        happen(township, "story", Random(seed))
        assert syncing.sync().changes > 0
    found = held(folder)
    assert any(row for row in found["entry_anc_visit"] if any(str(v).startswith("uuid:") for v in row))
    assert found["entry_pregnancy_outcome__babies"] and len(found["told"]) > len(found["person"])
    same_from_both(monkeypatch)
    assert planned() == stored()


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_what_was_erased_is_in_no_file(township: Township, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake, "COMPRESSION", "uncompressed")  # so that what is there can be found
    person = township.person()
    township.pregnancy(person, date(2026, 1, 1))
    lost, kept = "uuid:" + new_id(), "uuid:" + new_id()
    for instance, who in ((lost, person), (kept, township.person())):
        told = {"person": who, "visit_date": date(2026, 3, 2), "weight": "61.5", "systolic": 110, "diastolic": 70,
                "danger_signs": "none", "referred": "no"}  # fmt: skip
        township.write("worker", "anc_visit", told, on=date(2026, 3, 2), instance=instance)
    syncing.sync()
    traces = [lost.encode(), person.encode()]
    assert all(trace in all_bytes(folder) for trace in traces) and kept.encode() in all_bytes(folder)
    erase(person)
    syncing.sync()
    assert not any(trace in all_bytes(folder) for trace in traces)
    assert kept.encode() in all_bytes(folder)


def test_names_and_numbers_are_never_written(township: Township, folder: Path) -> None:
    township.person()
    syncing.sync()
    found = state.read(folder)
    assert found is not None
    columns = {(name, column) for name, table in found.tables.items() for column in table.columns}
    asked = {
        (f"entry_{form}", q.key)
        for (form, version) in forms.library().versions
        for q in forms.library().spec(form, version).questions
        if q.tag == "identity"
    }
    hidden = {("person", name) for name, (_, tag) in PERSON_PROPERTIES.items() if tag == "identity"} - {
        ("person", "birth_date")
    }
    assert not columns & (asked | hidden)
    assert {name for _, name in asked} >= {"name", "phone"}
    assert ("person", "sex") in columns and ("entry_anc_visit", "weight") in columns


def test_a_second_sync_is_refused(folder: Path) -> None:
    with state.writing(folder), pytest.raises(state.Busy):
        syncing.sync()
    assert syncing.sync().generation > 0


def test_the_database_itself_notes_what_changes() -> None:
    """A migration that makes one of these tables anew would lose what watches it."""
    sql = NOW if db.current().dialect == "sqlite" else NOW_ON_SERVER
    assert {name for (name,) in db.current().rows(sql)} == {
        "changed_entry", "changed_entry_gone", "changed_person_new", "changed_person", "changed_person_gone",
        "changed_household_new", "changed_household", "changed_household_gone",
    }  # fmt: skip


CALLS = ["take", "write", "forget", "sweep"]


def test_killed_anywhere_it_goes_on_from_a_whole_state(township: Township, folder: Path) -> None:
    """The sync is killed at each of its steps in turn; what stands then is the state before or after, and the next sync
    gives what a rebuild gives."""
    happen(township, "life", Random(1))
    syncing.sync()
    before = held(folder)
    happen(township, "life", Random(2))
    erase(next(i for (i,) in db.current().rows("SELECT id FROM person ORDER BY id")))
    deaths = 0
    for step in (1, 6, 23, *range(38, 80, 2)):
        if not _killed_at(step):
            break
        deaths += 1
        assert state.read(folder) is not None
    after = held(folder)
    assert deaths > 4 and after != before
    syncing.sync()
    after = held(folder)
    syncing.rebuild()
    assert held(folder) == after


def _killed_at(step: int) -> bool:
    """Sync in a child that kills itself at its n-th durable step. Gives whether it was killed."""
    from django.db import connection

    connection.close()
    child = os.fork()
    if child == 0:
        _die_at(step)
        try:
            syncing.sync()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _die_at(step: int) -> None:
    left = [step]

    def dying(work: Any) -> Any:
        def run(*args: Any, **more: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return work(*args, **more)

        return run

    os.fsync = dying(os.fsync)
    Path.replace = dying(Path.replace)  # type: ignore[method-assign]
    Path.unlink = dying(Path.unlink)  # type: ignore[method-assign]
    syncing._forget = dying(syncing._forget)
