"""The one door: everything said about a person or household comes in here, once, durably, and then is answered.

``accept`` parses outside the lock and hands the result to the store's writer, which takes many waiting submissions in
one transaction (``take_in``). An answer is given only after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

import orjson

from doorstep.access.actions import touch_device
from doorstep.forms import actions as forms
from doorstep.forms import asides
from doorstep.forms.builtin import (
    ARRIVAL,
    HAND_OVER,
    HANDED,
    LISTS_OF_THE_CORE,
    RELEASE,
    RELEASED,
    SAID_WRONG,
    SAME,
    SAME_PERSON,
    SERVICE_END,
    SERVICE_WANTED,
    TWO_RECORDS,
    VERSION_CHOICE,
    VERSIONS,
    WRONG,
    WRONG_ANSWERED,
)
from doorstep.forms.queries import APPLIED, HELD, digest_of
from doorstep.forms.reader import EntityAction
from doorstep.intake import files, homes, persons, same
from doorstep.intake.admitting import admitted, reduced
from doorstep.intake.consents import CONSENT
from doorstep.intake.parse import DATASETS_OF_OURS, Sender, SentFile, Submission, parse
from doorstep.lib import db, writer
from doorstep.lib.problems import Problem
from doorstep.places.counters import advance_journal, lock_journal
from doorstep.register import queries as people

NOT_KEPT = 0  # stands for the number of a record that is none


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a submission. ``http`` is the OpenRosa status: 201 kept, 404 and 409 kept but told so, 202 received
    and not kept, because it was erased (``seq`` is then ``NOT_KEPT``): Collect takes that for sent."""

    http: int
    seq: int
    form_id: str
    instance_id: str
    person_id: str | None
    household_id: str | None
    is_new: bool
    problem: Problem | None = None


class _Known(NamedTuple):
    seq: int
    variant: int
    nonce: bytes
    digest: bytes
    state: int
    person_id: str | None
    household_id: str | None


@dataclass(slots=True)
class _Batch:
    """The work of one transaction."""

    last: int  # last sequence number used
    known: dict[tuple[str, str], list[_Known]]
    corrected: set[tuple[str, str]]  # (form, instance) that already have a correction
    about: dict[str, str]  # who is known to be another: id → the id under which everything of hers stands
    entries: list[Sequence[object]] = field(default_factory=list)
    bodies: list[Sequence[object]] = field(default_factory=list)
    entities: list[Sequence[object]] = field(default_factory=list)
    plain: dict[str, list[int]] = field(default_factory=dict)  # person → seqs of entries that only add
    whole: set[str] = field(default_factory=set)  # persons to work out from all their entries
    homes: set[str] = field(default_factory=set)
    items: set[tuple[str, str]] = field(default_factory=set)
    loose: list[int] = field(default_factory=list)


def submit(
    content: bytes, by: Sender, *, attached: tuple[SentFile, ...] = (), received_at: datetime | None = None
) -> Future[Receipt]:
    """Hand in one filled form. Raises Refused at once when it cannot become an entry; the future holds the receipt
    once it is durably stored and everything that follows is worked out."""
    return writer.submit(take_in, prepare(content, by, attached, received_at))


def submit_together(
    prepared: Sequence[Submission],
) -> Future[list[Receipt]]:
    """Hand in several forms of one sender as one piece of work: whoever is written about more than once is worked out once.
    All of them are stored or none."""
    return writer.submit(_take_lots, prepared)


def _take_lots(connection: db.Db, lots: Sequence[Sequence[Submission]]) -> list[list[Receipt]]:
    receipts = iter(take_in(connection, [one for lot in lots for one in lot]))
    return [[next(receipts) for _ in lot] for lot in lots]


def accept(
    content: bytes, by: Sender, *, attached: tuple[SentFile, ...] = (), received_at: datetime | None = None
) -> Receipt:
    """``submit`` and wait. Raises Refused when nothing could be kept as an entry."""
    return submit(content, by, attached=attached, received_at=received_at).result()


def accept_many(submissions: Iterable[tuple[bytes, Sender, datetime | None]]) -> list[Receipt]:
    """Hand in many filled forms in one transaction, for imports and the demonstration township."""
    parsed = [prepare(content, by, (), at) for content, by, at in submissions]
    if not parsed:
        return []
    with db.transaction():
        return take_in(db.current(), parsed)


def prepare(
    content: bytes, by: Sender, attached: tuple[SentFile, ...] = (), received_at: datetime | None = None
) -> Submission:
    """A filled form read, ready to be handed in. Raises Refused when it cannot become an entry."""
    submission = parse(content, by, attached, received_at)
    if submission.form_id == SAME_PERSON:
        return replace(submission, entities=same.filed(orjson.loads(submission.answers)))
    if submission.form_id in (HAND_OVER, ARRIVAL):
        lock = orjson.loads(submission.answers).get("lock", "")
        return replace(submission, entities=[*submission.entities, EntityAction(HANDED, lock, False, True, 0, "", {})])
    if submission.form_id in (SAID_WRONG, WRONG_ANSWERED):
        return replace(submission, entities=[EntityAction(WRONG, WRONG, False, True, 0, "", {})])
    if submission.form_id == TWO_RECORDS:
        return replace(submission, entities=asides.filed(orjson.loads(submission.answers)))
    if submission.form_id == VERSION_CHOICE:
        said = orjson.loads(submission.answers)
        kept = {
            "form": said.get("about_form", ""),
            "keep_instance": said.get("keep_instance", ""),
            "keep_variant": str(said.get("keep_variant", 0)),
        }
        about = said.get("about_instance", "")
        submission = replace(submission, entities=[EntityAction(VERSIONS, about, False, True, 0, "", kept)])
    elif submission.form_id == RELEASE:
        said = orjson.loads(submission.answers)
        told = {"form": said.get("about_form", "")}
        entity = EntityAction(RELEASED, said.get("about_instance", ""), False, True, 0, "", told)
        submission = replace(submission, entities=[entity])
    return submission


def take_in(connection: db.Db, submissions: Sequence[Submission]) -> list[Receipt]:
    """Store submissions and work out what follows, inside the caller's transaction. One receipt each, in order."""
    last = lock_journal(connection)
    allowed = admitted(connection, submissions)
    kept = [one for one in allowed if one is not None]
    receipts = iter(_store(connection, kept, last) if kept else ())
    now = submissions[-1].received_at
    touch_device(connection, {s.sender.device_id for s in submissions if s.sender.device_id}, now)
    return [_gone(s) if one is None else next(receipts) for s, one in zip(submissions, allowed, strict=True)]


def _gone(s: Submission) -> Receipt:
    """It was erased, or whom it is about: nothing of it is kept."""
    return Receipt(202, NOT_KEPT, s.form_id, s.instance_id, None, None, False, Problem("intake.erased"))


def _store(connection: db.Db, submissions: Sequence[Submission], last: int) -> list[Receipt]:
    batch = _Batch(last, _known(connection, submissions), _corrected(connection, submissions), _about(submissions))
    first = batch.last
    receipts = [_take_one(batch, s) for s in submissions]
    if batch.last > first:
        forms.store(connection, batch.entries, batch.bodies, batch.entities)
        forms.point_at(connection, sorted(batch.about.items()))
        advance_journal(connection, batch.last)
        _touch_waiting(connection, batch, submissions)
        _work_out(connection, batch)
    for submission, receipt in zip(submissions, receipts, strict=True):
        if submission.files or submission.expected_files:
            files.keep(connection, receipt.seq, submission)
    return receipts


def _known(connection: db.Db, submissions: Sequence[Submission]) -> dict[tuple[str, str], list[_Known]]:
    """What the store holds under the ids of these submissions and of the entries they correct."""
    wanted = {s.instance_id for s in submissions} | {s.deprecates for s in submissions if s.deprecates}
    sql = (
        "SELECT e.form_id, e.instance_id, e.seq, e.variant, b.nonce, b.digest, e.state, e.person_id, e.household_id"
        " FROM entry e JOIN entry_body b ON b.seq = e.seq WHERE e.instance_id IN (?*)"
    )
    found: dict[tuple[str, str], list[_Known]] = {}
    for form_id, instance_id, seq, variant, nonce, digest, state, person_id, household_id in connection.rows_in(
        sql, wanted
    ):
        one = _Known(seq, variant, bytes(nonce), bytes(digest), state, person_id, household_id)
        found.setdefault((form_id, instance_id), []).append(one)
    return found


def _corrected(connection: db.Db, submissions: Sequence[Submission]) -> set[tuple[str, str]]:
    wanted = {s.deprecates for s in submissions if s.deprecates}
    rows = connection.rows_in("SELECT form_id, deprecates FROM entry WHERE deprecates IN (?*)", wanted)
    return {(form_id, instance_id) for form_id, instance_id in rows}


def _about(submissions: Sequence[Submission]) -> dict[str, str]:
    named = {s.person_id for s in submissions if s.person_id is not None}
    named |= {e.entity_id for s in submissions for e in s.entities if e.dataset == "person"}
    return people.aliases(named) if named else {}


def _take_one(batch: _Batch, s: Submission) -> Receipt:
    held = batch.known.get(s.key, [])
    same = next((k for k in held if digest_of(k.nonce, s.body) == k.digest), None) or _without_words(s, held)
    if same is not None:
        return _again(batch, s, same)
    http, problem = 201, None
    if held:
        http, problem = 409, Problem("intake.other_content")
    elif s.deprecates is not None:
        if (s.form_id, s.deprecates) not in batch.known:
            http, problem = 404, Problem("intake.edit_of_unknown")
        elif (s.form_id, s.deprecates) in batch.corrected:
            http, problem = 409, Problem("intake.edit_of_replaced")
    batch.last += 1
    _append(batch, s, batch.last, len(held))
    person_id = batch.about.get(s.person_id, s.person_id) if s.person_id else None
    return Receipt(http, batch.last, s.form_id, s.instance_id, person_id, s.household_id, True, problem)


def _without_words(s: Submission, held: Sequence[_Known]) -> _Known | None:
    """The same record, sent again after what was written freely in it had had its time here."""
    rest = reduced(s) if held else None
    return next((k for k in held if rest is not None and digest_of(k.nonce, rest) == k.digest), None)


def _again(batch: _Batch, s: Submission, same: _Known) -> Receipt:
    """The very same bytes: they are held already. Only an edit whose original is still missing is told so again."""
    waits = same.state == HELD and (s.form_id, s.deprecates or "") not in batch.known
    problem = Problem("intake.edit_of_unknown") if waits else None
    http = 404 if waits else 201
    return Receipt(http, same.seq, s.form_id, s.instance_id, same.person_id, same.household_id, False, problem)


def _append(batch: _Batch, s: Submission, seq: int, variant: int) -> None:
    nonce = forms.new_nonce()
    digest = digest_of(nonce, s.body)
    batch.entries.append(
        (seq, s.form_id, s.form_version, s.instance_id, variant, s.deprecates, s.person_id, s.household_id,
         s.occurred_on, s.received_on, s.received_at, s.counter, s.sender.user_id, s.answers, s.faults, APPLIED, "")
    )  # fmt: skip
    sender = s.sender
    batch.bodies.append(
        (seq, s.body, nonce, digest, sender.device_id, sender.device_label[:250], sender.user_agent[:250])
    )
    for n, e in enumerate(s.entities):
        properties = orjson.dumps(e.properties).decode()
        row = (seq, n, e.dataset, e.entity_id, e.creates, e.updates, e.base_version, e.label, properties)
        batch.entities.append((*row, e.trunk_version, e.branch_id))
    state = HELD if s.deprecates and (s.form_id, s.deprecates) not in batch.known else APPLIED
    person_id = batch.about.get(s.person_id, s.person_id) if s.person_id else None
    known = _Known(seq, variant, nonce, digest, state, person_id, s.household_id)
    batch.known.setdefault(s.key, []).append(known)
    _file_work(batch, s, seq, variant, person_id)


def _file_work(batch: _Batch, s: Submission, seq: int, variant: int, person_id: str | None) -> None:
    """Note who and what has to be worked out because of this entry, which is about ``person_id``."""
    for e in s.entities:
        if e.dataset == "person":
            batch.whole.add(batch.about.get(e.entity_id, e.entity_id))
        elif e.dataset == "household":
            batch.homes.add(e.entity_id)
        else:
            batch.items.add((e.dataset, e.entity_id))
    if s.deprecates is not None:
        batch.corrected.add((s.form_id, s.deprecates))
        for target in batch.known.get((s.form_id, s.deprecates), ()):
            _whole(batch, target)
    for other in batch.known[s.key][:-1]:
        _whole(batch, other)
    if person_id is not None:
        if s.entities or s.deprecates or variant or s.form_id in (SERVICE_END, SERVICE_WANTED, CONSENT):
            batch.whole.add(person_id)
        else:
            batch.plain.setdefault(person_id, []).append(seq)
    elif s.household_id is not None:
        batch.homes.add(s.household_id)
    else:
        batch.loose.append(seq)


def _whole(batch: _Batch, known: _Known) -> None:
    if known.person_id is not None:
        batch.whole.add(known.person_id)
    elif known.household_id is not None:
        batch.homes.add(known.household_id)
    else:
        batch.loose.append(known.seq)


def _touch_waiting(connection: db.Db, batch: _Batch, submissions: Sequence[Submission]) -> None:
    """Corrections that came before their original, versions a choice was made between, and what need wait no longer."""
    instances = {s.instance_id for s in submissions}
    sql = "SELECT seq, person_id, household_id FROM entry WHERE deprecates IN (?*)"
    rows = connection.rows_in(sql, instances)
    chosen = {e.entity_id for s in submissions for e in s.entities if e.dataset in LISTS_OF_THE_CORE}
    of_words = "SELECT entity_id, dataset FROM entry_entity WHERE entity_id IN (?*)"
    chosen |= {i for i, of in connection.rows_in(of_words, instances) if of in LISTS_OF_THE_CORE}  # said before it came
    rows += connection.rows_in("SELECT seq, person_id, household_id FROM entry WHERE instance_id IN (?*)", chosen)
    rows += connection.rows_in("SELECT seq, person_id, household_id FROM entry WHERE deprecates IN (?*)", chosen)
    for seq, person_id, household_id in rows:
        _whole(batch, _Known(seq, 0, b"", b"", APPLIED, person_id, household_id))
    of_nobody = [seq for seq, person_id, household_id in rows if person_id is None and household_id is None]
    batch.items.update(connection.rows_in("SELECT dataset, entity_id FROM entry_entity WHERE seq IN (?*)", of_nobody))


def _work_out(connection: db.Db, batch: _Batch) -> None:
    batch.whole |= homes.households(connection, batch.homes)
    batch.whole |= same.settle(connection, batch.whole | {i for dataset, i in batch.items if dataset == SAME})
    plain = {person: seqs for person, seqs in batch.plain.items() if person not in batch.whole}
    if plain:
        batch.whole |= persons.add_plain(connection, plain)
    persons.work_out(connection, batch.whole)
    if batch.loose:
        homes.loose(connection, batch.loose)
    ours = {key for key in batch.items if key[0] not in DATASETS_OF_OURS and key[0] not in LISTS_OF_THE_CORE}
    if ours:
        homes.items(connection, ours)
