"""Erasing: a person asks, somebody carries it out, and nothing of hers is left but bare marks (charter C17, decision 0033).

Records are deleted with their bytes, answers and nonces; what follows from them is worked out anew, so that it is as if
they had never been. Copies beside the records go too. Whoever sends one of them again is told, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from django.db import transaction

from doorstep.access import actions as access
from doorstep.forms import actions as form_actions
from doorstep.forms import erased, husks, reducing
from doorstep.forms import queries as forms
from doorstep.forms.builtin import OWNER
from doorstep.forms.erased import HOUSEHOLD, PERSON, RECORD, Mark
from doorstep.forms.queries import StoredEntry
from doorstep.intake import copies, ends, going, homes, persons, same, wiping
from doorstep.intake.deriving import derived
from doorstep.intake.going import Going
from doorstep.intake.parse import DATASETS_OF_OURS, root_of
from doorstep.intake.problems import Refused
from doorstep.lib import days, db, sealed, writer
from doorstep.places.counters import lock_journal, settings_changed
from doorstep.register import queries as people


@dataclass(frozen=True, slots=True)
class Job:
    """Whom or what to erase. ``by``: who carries it out; 0 when its time was over. ``on``: the day, today when not said."""

    person_id: str = ""
    seq: int = 0
    by: int = 0
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """What was erased: counts, and nothing that tells of whom."""

    people: int = 0
    families: int = 0
    records: int = 0
    reduced: int = 0  # records about somebody else that named her
    files: int = 0
    waiting: int = 0  # records beside the door

    def __add__(self, other: Ended) -> Ended:
        return Ended(*(getattr(self, name) + getattr(other, name) for name in Ended.__slots__))


def erase_person(person_id: str, by: int) -> Ended:
    """Erase a person with everything of hers. Raises Refused when there is no such person."""
    return _after(writer.do(_work, Job(person_id=person_id, by=by)))


def erase_record(seq: int, by: int) -> Ended:
    """Erase one record with its corrections. Raises Refused when there is none, or one that brought somebody into the
    register: then she is erased, or nobody."""
    return _after(writer.do(_work, Job(seq=seq, by=by)))


_told: list[Callable[[], object]] = []


def tell(hook: Callable[[], object]) -> None:
    """Have this called after every erasure: whoever keeps a list of them elsewhere."""
    _told.append(hook)


def _after(done: tuple[Ended, copies.Left]) -> Ended:
    """What lies outside the database goes once the deletion is committed."""
    copies.drop(done[1])
    for hook in _told:
        hook()
    return done[0]


def _work(connection: db.Db, jobs: Sequence[Job]) -> list[tuple[Ended, copies.Left]]:
    lock_journal(connection)
    settings_changed(connection)  # what was worked out for a past moment is worked out anew
    return [_carry_out(connection, job) for job in jobs]


def _carry_out(connection: db.Db, job: Job) -> tuple[Ended, copies.Left]:
    found = going.of_record(connection, job.seq) if job.seq else going.of_person(connection, job.person_id)
    if not found.rows:
        raise Refused("intake.nothing_to_erase", 404)
    if job.seq and any(of in DATASETS_OF_OURS for named in found.named.values() for of, _ in named):
        raise Refused("intake.erase_the_person", 409)
    return _take_out(connection, found, job)


def take_out(connection: db.Db, found: Going, job: Job) -> Ended:
    """Delete all this inside the caller's transaction, and the files once that is committed."""
    done, left = _take_out(connection, found, job)
    transaction.on_commit(lambda: copies.drop(left))
    return done


def _take_out(connection: db.Db, found: Going, job: Job) -> tuple[Ended, copies.Left]:
    names = {row.name for row in people.people(found.people).values() if row.name}
    touched = going.touched(found)
    empty = going.mixed(connection, found) if found.people else {}
    whole, reduced = _split(found)
    on = job.on or days.today()
    gone = {seq: row for seq, row in found.rows.items() if seq in whole}
    left = copies.Left(frozenset(row.instance_id for row in gone.values()))
    files = erased.delete(connection, gone.keys() - empty.keys())
    husks.leave(connection, sorted(gone.keys() & empty.keys()))
    for seq, content in reduced.items():
        files |= _reduce(connection, found.rows[seq], content, found)
    marks = [Mark(erased.mark_of(row.instance_id), RECORD, row.seq, on, job.by) for row in gone.values()]
    marks += [Mark(erased.mark_of(i), PERSON, None, on, job.by) for i in sorted(found.people)]
    marks += [Mark(erased.mark_of(i), HOUSEHOLD, None, on, job.by) for i in sorted(found.homes)]
    waiting = copies.delete_waiting(connection, found.people, left.instances, gone)
    copies.forget_names(connection, names)
    ends.delete(connection, found.ids)
    follow(connection, touched)
    ends.delete(connection, found.ids)  # working out left marks for phones under these ids
    erased.write(connection, marks)
    wiping.mark(connection)
    for i in sorted(found.people):
        access.forget(i, by=job.by)  # last: it holds the end of the log's chain
    done = Ended(len(found.people), len(found.homes), len(gone), len(reduced), len(files), waiting)
    return done, copies.Left(left.instances, frozenset(files))


def _split(found: Going) -> tuple[set[int], dict[int, bytes]]:
    """Records that go whole, and of the others what is left of their bytes."""
    whole: set[int] = set()
    reduced: dict[int, bytes] = {}
    library = forms.library()
    for seq, row in found.rows.items():
        published = library.versions[(row.form_id, row.form_version)]
        body = forms.body(seq)
        if not found.people or published.pack_id == OWNER or not body:
            whole.add(seq)
            continue
        spec = library.spec(row.form_id, row.form_version)
        rest = reducing.without(body, spec, published.use.get("who", ""), found.ids)
        if rest is None:
            whole.add(seq)
        else:
            reduced[seq] = rest
    return whole, reduced


def _reduce(connection: db.Db, row: StoredEntry, content: bytes, found: Going) -> set[str]:
    """Keep of a record only what is about somebody else. Gives the files that are not of it any more."""
    reader = forms.library().reader(row.form_id, row.form_version)
    read = reader.read(root_of(content))
    answers = read.answers | derived(forms.library(), row.form_id, row.form_version, read.answers)
    husks.rewrite(
        connection, row.seq, content, form_actions.new_nonce(), orjson.dumps(sealed.sealed_in(answers)).decode()
    )
    if {row.person_id, row.named_id} & found.people:
        connection.run("UPDATE entry SET person_id = NULL, named_id = NULL WHERE seq = ?", [row.seq])
    if row.household_id in found.homes:
        connection.run("UPDATE entry SET household_id = NULL WHERE seq = ?", [row.seq])
    ids = [(row.seq, i, i) for i in sorted(found.ids)]
    connection.many("DELETE FROM entry_entity WHERE seq = ? AND (entity_id = ? OR named_id = ?)", ids)
    had = connection.rows("SELECT name, digest FROM attachment WHERE seq = ?", [row.seq])
    lost = [(name, digest) for name, digest in had if name not in read.files]
    connection.many("DELETE FROM attachment WHERE seq = ? AND name = ?", [(row.seq, name) for name, _ in lost])
    return {digest for _, digest in lost if digest}


def follow(connection: db.Db, touched: going.Touched) -> None:
    """Work out anew whatever any of these records had a say in."""
    whole = touched.people | homes.households(connection, touched.homes)
    whole |= same.settle(connection, whole)
    persons.work_out(connection, whole)
    homes.loose(connection, touched.loose)
    homes.items(connection, touched.items)


# Asked for


def ask(person_id: str, by: int, seq: int | None = None) -> None:
    """Write down that a person asks to be erased (or one record of hers). ``by``: who wrote it down, 0 for herself."""
    writer.do(_ask, (person_id, seq, by))


def _ask(connection: db.Db, asked: Iterable[tuple[str, int | None, int]]) -> list[None]:
    done: list[None] = []
    for person_id, seq, by in asked:
        sql = "SELECT 1 FROM erase_request WHERE person_id = ? AND COALESCE(seq, 0) = ?"
        if connection.value(sql, [person_id, seq or 0]) is None:
            sql = "INSERT INTO erase_request (person_id, seq, asked_at, asked_by) VALUES (?, ?, ?, ?)"
            connection.run(sql, [person_id, seq, days.now(), by])
        done.append(None)
    return done


def take_back(request_id: int) -> None:
    """She does not ask any more."""
    writer.do(_take_back, request_id)


def _take_back(connection: db.Db, ids: Sequence[int]) -> list[None]:
    connection.many("DELETE FROM erase_request WHERE id = ?", [(i,) for i in ids])
    return [None] * len(ids)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asks to be erased."""

    id: int
    person_id: str
    seq: int | None
    on: date
    by: int


def asked() -> list[Asked]:
    """Everybody who asks, the oldest first. Ids and days alone."""
    rows = db.current().rows("SELECT id, person_id, seq, asked_at, asked_by FROM erase_request ORDER BY id")
    return [Asked(i, person_id, seq, days.day_of(at), by) for i, person_id, seq, at, by in rows]
