"""Derived rows again from nothing but entries and dated decisions, and the proof that they are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from doorstep.forms.actions import name_again
from doorstep.forms.builtin import LISTS_OF_THE_CORE, SAME
from doorstep.forms.queries import digest_of
from doorstep.intake import deriving, homes, persons, same
from doorstep.intake.parse import DATASETS_OF_OURS
from doorstep.lib import days, db, sealed

Progress = Callable[[int, int], None]  # done, of how many
CHUNK = 200

# Derived tables with the columns that are compared; row numbers the store hands out are not facts.
DERIVED: dict[str, str] = {
    "household": "id, number, place_id, address, walk_order, dwelling, listed, visits, label, version, properties",
    "person": "id, household_id, place_id, name, sex, birth_date, phone, reach, moved_in_on, left_on, died_on, listed,"
    " label, version, properties",
    "person_alias": "person_id, same_as, since",
    "round_call": "household_id, n, seq, walked_on, outcome, findings, remark, settled",
    "search_term": "place_id, term, person_id",
    "entity": "dataset, entity_id, label, version, properties",
    "care_member": "person_id, service, user_id, clinic_id",
    "consent": "person_id, purpose, given, said_by, since, until_on",
    "service_end": "person_id, service, ended_on",
    "episode": "person_id, pack_id, kind, key, opened_on, closed_on, ended_on, place_id",
    "due_visit": "person_id, pack_id, episode_key, contact, k, service, form_id, from_on, due_on, until_on, ends_on, recurring,"
    " priority, need, met_by, met_on, place_id",
    "entry_note": "seq, code, args",
    "place_entry": "seq, form_id, place_id, occurred_on",
    "entry": "seq, state, problem, person_id",
    "entry_entity": "seq, ord, entity_id",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not as it should be. ``what`` names no person: a table, a key, what is wrong."""

    table: str
    kind: str  # 'missing', 'extra', 'altered'
    key: str


def rebuild(progress: Progress = lambda _done, _all: None) -> None:
    """Throw all derived rows away and work them out again, in one transaction."""
    with db.transaction():
        _rebuild(db.current(), progress)


def _rebuild(connection: db.Db, progress: Progress) -> None:
    for table in DERIVED:
        if table == "entry":
            connection.run("UPDATE entry SET state = 0, problem = ''")
        elif table != "entry_entity":
            connection.run(f"DELETE FROM {table}")
    name_again(connection)
    deriving.work_out_again(connection)
    household_ids = _column(connection, "SELECT DISTINCT household_id FROM entry WHERE household_id IS NOT NULL")
    household_ids |= _column(connection, "SELECT DISTINCT entity_id FROM entry_entity WHERE dataset = 'household'")
    people = "SELECT DISTINCT person_id FROM entry WHERE person_id IS NOT NULL"
    named = "SELECT DISTINCT entity_id FROM entry_entity WHERE dataset = 'person'"
    person_ids = _column(connection, people) | _column(connection, named)
    whole = len(household_ids) + len(person_ids)
    done = 0
    for chunk in _chunks(household_ids):
        homes.households(connection, chunk)
        done += len(chunk)
        progress(done, whole)
    same.settle(
        connection, _column(connection, f"SELECT DISTINCT entity_id FROM entry_entity WHERE dataset = '{SAME}'")
    )
    for chunk in _chunks(_column(connection, people) | _column(connection, named)):
        persons.work_out(connection, chunk)
        done += len(chunk)
        progress(done, whole)
    _rebuild_the_rest(connection)


def _rebuild_the_rest(connection: db.Db) -> None:
    loose = [s for (s,) in connection.rows("SELECT seq FROM entry WHERE person_id IS NULL AND household_id IS NULL")]
    homes.loose(connection, loose)
    left_out = {*DATASETS_OF_OURS, *LISTS_OF_THE_CORE}
    items = connection.rows("SELECT DISTINCT dataset, entity_id FROM entry_entity")
    homes.items(connection, [(dataset, item) for dataset, item in items if dataset not in left_out])


def _column(connection: db.Db, sql: str) -> set[str]:
    return {row[0] for row in connection.rows(sql)}


def _chunks(ids: set[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


class _Undo(Exception):
    """Ends the trial rebuild without keeping it."""


def verify(progress: Progress = lambda _done, _all: None) -> list[Difference]:
    """Work everything out again beside what is stored, compare, keep nothing; and check every stored hash."""
    found: list[Difference] = []
    connection = db.current()
    try:
        with db.transaction():
            before = {table: _rows(connection, table) for table in DERIVED}
            found += [
                Difference("entry.answers", "altered", str(seq)) for seq, _right in deriving.differing(connection)
            ]
            _rebuild(connection, progress)
            for table in DERIVED:
                found += _compare(table, before[table], _rows(connection, table))
            raise _Undo
    except _Undo:
        pass
    return found + altered_bytes(connection) + unaccounted(connection)


def _rows(connection: db.Db, table: str) -> set[tuple[object, ...]]:
    return set(connection.rows(f"SELECT {DERIVED[table]} FROM {table}"))


def _compare(table: str, stored: set[tuple[object, ...]], right: set[tuple[object, ...]]) -> list[Difference]:
    keys = (
        5
        if table == "due_visit"
        else 4
        if table in ("episode", "care_member")
        else 2
        if table in ("entry_entity", "entity", "entry_note", "service_end", "consent", "round_call")
        else 3
        if table == "search_term"
        else 1
    )
    had, should = {row[:keys] for row in stored}, {row[:keys] for row in right}
    found = []
    for row in sorted(stored - right, key=repr):
        found.append(Difference(table, "altered" if row[:keys] in should else "extra", repr(row[:keys])))
    for row in sorted(right - stored, key=repr):
        if row[:keys] not in had:
            found.append(Difference(table, "missing", repr(row[:keys])))
    return found


def altered_bytes(connection: db.Db) -> list[Difference]:
    """Entries whose bytes are no longer those that were received, or are gone."""
    found = []
    last = 0
    sql = "SELECT e.seq, b.body, b.nonce, b.digest FROM entry e LEFT JOIN entry_body b ON b.seq = e.seq WHERE e.seq > ? ORDER BY e.seq LIMIT 500"
    while rows := connection.rows(sql, [last]):
        for seq, body, nonce, digest in rows:
            if body is None:
                found.append(Difference("entry_body", "missing", str(seq)))
            elif digest_of(bytes(nonce), sealed.open_bytes(body)) != bytes(digest):
                found.append(Difference("entry_body", "altered", str(seq)))
        last = rows[-1][0]
    return found


SEQUENCED = ("entry", "erased", "pack_switch", "tag_word", "report_copy")
"""Every table with rows in the one sequence. What was erased leaves its number behind."""
_AT_ONCE = 100_000


def unaccounted(connection: db.Db) -> list[Difference]:
    """Numbers of the sequence under which nothing stands: a row was taken away, and was not erased as erasing is done."""
    last = int(connection.value("SELECT value FROM counter WHERE name = 'journal'") or 0)
    found: list[Difference] = []
    for start in range(1, last + 1, _AT_ONCE):
        end = min(start + _AT_ONCE - 1, last)
        there: set[int] = set()
        for table in SEQUENCED:
            sql = f"SELECT seq FROM {table} WHERE seq BETWEEN ? AND ?"
            there |= {seq for (seq,) in connection.rows(sql, [start, end])}
        found += [Difference("journal", "missing", str(n)) for n in sorted(set(range(start, end + 1)) - there)]
    return found


def roll_horizon(today: date | None = None) -> bool:
    """See that calendar contacts are worked out to the end of this year. Gives whether the year had turned.

    The horizon is a dated decision of the store, so that a rebuild gives the same rows.
    """
    year_end = date((today or days.today()).year, 12, 31).toordinal()
    with db.transaction():
        connection = db.current()
        if (
            connection.run("UPDATE counter SET value = ? WHERE name = 'horizon' AND value < ?", [year_end, year_end])
            == 0
        ):
            return False
        ids = _column(connection, "SELECT DISTINCT person_id FROM episode WHERE ended_on IS NULL")
        for chunk in _chunks(ids):
            persons.work_out(connection, chunk)
    return True


def work_out_below(place_ids: frozenset[int], progress: Progress = lambda _done, _all: None) -> None:
    """Work everybody of these places out anew, after a decision about programmes there."""
    connection = db.current()
    ids = {i for (i,) in connection.rows_in("SELECT id FROM person WHERE place_id IN (?*)", place_ids)}
    done = 0
    for chunk in _chunks(ids):
        with db.transaction():
            persons.work_out(connection, chunk)
        done += len(chunk)
        progress(done, len(ids))
