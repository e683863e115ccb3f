"""Erasing again in a store that was restored from a backup made before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from doorstep.forms import erased, husks, notices
from doorstep.forms.erased import HOUSEHOLD, PERSON, RECORD, Mark
from doorstep.intake import ending, going
from doorstep.intake.ending import Job
from doorstep.lib import db, writer
from doorstep.places.counters import lock_journal, settings_changed

CHUNK = 20_000
Row = tuple[str, str, date, int]  # mark, kind, day, by
_IDS = {
    PERSON: (
        "SELECT DISTINCT person_id FROM entry WHERE person_id IS NOT NULL",
        "SELECT DISTINCT named_id FROM entry WHERE named_id IS NOT NULL",
        "SELECT DISTINCT entity_id FROM entry_entity WHERE dataset = 'person'",
    ),
    HOUSEHOLD: ("SELECT DISTINCT household_id FROM entry WHERE household_id IS NOT NULL",),
}


def erase(rows: Sequence[Row]) -> int:
    """Erase what these marks are of, and keep the marks. Gives how much of it there was."""
    return writer.do(_erase, rows)


def _erase(connection: db.Db, lots: Iterable[Sequence[Row]]) -> list[int]:
    lock_journal(connection)
    done = [_lot(connection, rows) for rows in lots]
    settings_changed(connection)
    return done


def _lot(connection: db.Db, rows: Sequence[Row]) -> int:
    wanted = {mark: (kind, on, by) for mark, kind, on, by in rows}
    done = 0
    for person_id, on, by in list(_found(connection, wanted, PERSON)):
        found = going.of_person(connection, person_id)
        if found.rows:
            ending.take_out(connection, found, Job(person_id=person_id, by=by, on=on))
            done += 1
    for instance, seq, form_id, on, by in list(_records(connection, wanted)):
        found = going.of_record(connection, seq)
        if form_id == notices.FORM:
            notices.erase(connection, [seq])
        elif found.rows:
            ending.take_out(connection, found, Job(seq=seq, by=by, on=on))
        done += bool(instance)
    erased.write(connection, [Mark(mark, kind, None, on, by) for mark, (kind, on, by) in wanted.items()])
    return done


def _found(connection: db.Db, wanted: dict[str, tuple[str, date, int]], kind: str) -> Iterator[tuple[str, date, int]]:
    """Who or what of this store is meant: (id, day, by)."""
    ids = {i for sql in _IDS[kind] for (i,) in connection.rows(sql)}
    for i in sorted(ids):
        told = wanted.get(erased.mark_of(i))
        if told is not None and told[0] == kind:
            yield i, told[1], told[2]


def _records(connection: db.Db, wanted: dict[str, tuple[str, date, int]]) -> Iterator[tuple[str, int, str, date, int]]:
    """Records of this store that are meant and were not emptied yet."""
    last = 0
    sql = f"SELECT seq, instance_id, form_id, answers FROM entry WHERE seq > ? ORDER BY seq LIMIT {CHUNK}"
    while rows := connection.rows(sql, [last]):
        for seq, instance, form_id, answers in rows:
            told = wanted.get(erased.mark_of(instance))
            if told is not None and told[0] == RECORD and answers != husks.EMPTY:
                yield instance, seq, form_id, told[1], told[2]
        last = rows[-1][0]
