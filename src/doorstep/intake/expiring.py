"""What has had its time goes: words written freely, records of a programme, people who are long gone, complaints that
were answered (charter C10, C17)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import orjson

from doorstep.engine.model.spec import FormSpec
from doorstep.feedback import actions as feedback
from doorstep.forms import actions as form_actions
from doorstep.forms import erased, husks, notices, reducing
from doorstep.forms import queries as forms
from doorstep.forms.builtin import OWNER
from doorstep.intake import copies, ending, going, retention, wiping
from doorstep.intake.going import Going
from doorstep.intake.parse import DATASETS_OF_OURS
from doorstep.lib import days, db, writer
from doorstep.places.counters import lock_journal, settings_changed

CHUNK = 200
NIGHT = range(5)  # hours
WORDS_ENDED = "words_ended"  # the counter: up to which record words written freely have had their time
REGISTER = "register"  # the programme whose records say who lives where: they go with the person

Counts = dict[str, int]


class _Undo(Exception):
    """Ends a trial without keeping it."""


def trial(on: date) -> Counts:
    """What would be ended on a day. Nothing is."""
    found: Counts = {}
    try:
        with db.transaction():
            found = sweep(on)
            raise _Undo
    except _Undo:
        return found


def sweep(on: date | None = None) -> Counts:
    """End everything whose time is over. Gives how many there were, by purpose."""
    today = on or days.today()
    found = {
        "birth_notice": notices.sweep(today),
        "free_text": _in_lots(_words, today),
        "let_in_copies": writer.do(_copies, today),
        "erased_on_phones": writer.do(_numbers, today),
    }
    for pack_id, form_ids in sorted(_packs().items()):
        if n := _in_lots(_records_of(pack_id, form_ids), today):
            found[f"{retention.OF_A_PACK}{pack_id}"] = n
    found["people"] = _in_lots(_people, today)
    found["complaints"] = _in_lots(_complaints, today)
    return found


Lot = Callable[[db.Db, date], int]


def _in_lots(lot: Lot, today: date) -> int:
    """Do it lot by lot, each in a transaction of its own, until there is no more. Gives how many."""

    def work(connection: db.Db, asked: Sequence[date]) -> list[tuple[int, bool]]:
        return [_one(connection, lot, on) for on in asked]

    done = 0
    while True:
        n, more = writer.do(work, today)
        done += n
        if not more:
            return done


def _one(connection: db.Db, lot: Lot, on: date) -> tuple[int, bool]:
    lock_journal(connection)
    n = lot(connection, on)
    if n > 0:
        wiping.mark(connection)
        settings_changed(connection)
    return max(n, 0), n != 0


def _limit(purpose: str, on: date) -> date | None:
    """The last day whose data have had their time; None where it is not known how long they are kept."""
    kept = retention.kept(purpose, on)
    return on - timedelta(days=kept.days) if kept.days is not None else None


# Words written freely


def _words(connection: db.Db, on: date) -> int:
    limit = _limit("free_text", on)
    past = int(connection.value("SELECT value FROM counter WHERE name = ?", [WORDS_ENDED]) or 0)
    sql = f"SELECT seq, form_id, form_version, received_on, answers FROM entry WHERE seq > ? ORDER BY seq LIMIT {CHUNK}"
    rows = connection.rows(sql, [past])
    over = [row for n, row in enumerate(rows) if limit is not None and all(r[3] <= limit for r in rows[: n + 1])]
    if not over:
        return 0
    changed = [
        seq for seq, form_id, version, _, answers in over if _without(connection, seq, form_id, version, answers)
    ]
    connection.run(
        "INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [WORDS_ENDED, over[-1][0]],
    )
    found = Going()
    going.take(connection, found, changed)
    ending.follow(connection, going.touched(found))
    return len(changed) or -1


def _without(connection: db.Db, seq: int, form_id: str, version: str, answers: str) -> bool:
    """Take what was written freely out of one record. Gives whether there was any."""
    published = forms.library().versions[(form_id, version)]
    if published.pack_id == OWNER:
        return False
    spec = forms.library().spec(form_id, version)
    body = forms.body(seq) if reducing.free_words(spec) else b""
    rest = reducing.without_words(body, spec) if body else None
    if rest is None:
        return False
    left = orjson.dumps(_answers_without(orjson.loads(answers), spec)).decode()
    husks.rewrite(connection, seq, rest, form_actions.new_nonce(), left)
    return True


def _answers_without(answers: Mapping[str, Any], spec: FormSpec) -> dict[str, Any]:
    found = dict(answers)
    for path in reducing.free_words(spec):
        question = spec.by_path[path]
        if not question.repeat:
            found.pop(question.key, None)
            continue
        for rounds in _rounds(found, question.repeat, spec):
            rounds.pop(question.key, None)
    return found


def _rounds(answers: dict[str, Any], repeat: tuple[str, ...], spec: FormSpec) -> Iterator[dict[str, Any]]:
    """Every round of a repeat, which may stand in another."""
    levels = [answers]
    for n in range(1, len(repeat) + 1):
        if repeat[:n] in spec.repeats:
            levels = [one for level in levels for one in level.get(repeat[n - 1], [])]
    yield from levels


# Records, people


def _packs() -> dict[str, list[str]]:
    """The forms of each programme but the register's."""
    found: dict[str, list[str]] = {}
    for form_id, published in forms.library().current.items():
        if published.pack_id not in ("", OWNER, REGISTER):
            found.setdefault(published.pack_id, []).append(form_id)
    return found


def _records_of(pack_id: str, form_ids: list[str]) -> Lot:
    def lot(connection: db.Db, on: date) -> int:
        limit = _limit(f"{retention.OF_A_PACK}{pack_id}", on)
        if limit is None:
            return 0
        marks = ", ".join("?" * len(form_ids))
        changing = ", ".join(f"'{name}'" for name in DATASETS_OF_OURS)
        sql = (
            f"SELECT seq FROM entry WHERE form_id IN ({marks}) AND person_id IN (SELECT person_id FROM entry"
            f" WHERE form_id IN ({marks}) AND person_id IS NOT NULL GROUP BY person_id HAVING MAX(occurred_on) <= ?)"
            f" AND NOT EXISTS (SELECT 1 FROM entry_entity t WHERE t.seq = entry.seq AND t.dataset IN ({changing}))"
            f" ORDER BY person_id LIMIT {CHUNK}"
        )
        seqs = [seq for (seq,) in connection.rows(sql, [*form_ids, *form_ids, limit])]
        done, gone = 0, set[int]()
        for seq in seqs:
            if seq not in gone:
                found = going.of_record(connection, seq)
                gone |= found.rows.keys()
                done += ending.take_out(connection, found, ending.Job(seq=seq, on=on)).records
        return done

    return lot


def _people(connection: db.Db, on: date) -> int:
    limit = _limit("people", on)
    if limit is None:
        return 0
    sql = (
        "SELECT p.id FROM person p WHERE (p.died_on <= ? OR p.left_on <= ?) AND NOT EXISTS (SELECT 1 FROM entry e"
        " JOIN form f ON f.form_id = e.form_id WHERE e.person_id = p.id AND f.pack_id NOT IN (?, ?)) ORDER BY p.id"
        f" LIMIT {CHUNK}"
    )
    ids = [i for (i,) in connection.rows(sql, [limit, limit, OWNER, REGISTER])]
    for i in ids:
        ending.take_out(connection, going.of_person(connection, i), ending.Job(person_id=i, on=on))
    return len(ids)


# Complaints


def _complaints(connection: db.Db, on: date) -> int:
    limit = _limit("complaints", on)
    return feedback.end(connection, limit, CHUNK) if limit is not None else 0


# Copies


def _copies(connection: db.Db, asked: Sequence[date]) -> list[int]:
    done = [connection.run("DELETE FROM quarantined WHERE let_in_seq IS NOT NULL") for _ in asked]
    if any(done):
        wiping.mark(connection)
    return done


def _numbers(connection: db.Db, asked: Sequence[date]) -> list[int]:
    """The ids under which phones were told to let go of people erased long enough ago."""
    done = []
    for on in asked:
        limit = _limit("erased_on_phones", on)
        marks = {
            m for (m,) in connection.rows("SELECT mark FROM erased WHERE kind <> 'record' AND erased_on <= ?", [limit])
        }
        ids = {i for (i,) in connection.rows("SELECT DISTINCT item_id FROM pull_left")} if marks else set()
        gone = sorted(i for i in ids if erased.mark_of(i) in marks)
        connection.many("DELETE FROM pull_left WHERE item_id = ?", [(i,) for i in gone])
        done.append(len(gone))
    return done


def every_hour() -> None:
    """What the server does by itself: what has had its time goes, and at night the bytes of everything deleted."""
    sweep()
    copies.drop_old_tables()
    wiping.tidy()
    if wiping.needed() and (wiping.is_small() or days.now().astimezone(days.zone()).hour in NIGHT):
        wiping.wipe()
