"""Many records of one phone at once, each with a receipt of its own: what the door cannot take is kept beside it, whole."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from doorstep.forms import quarantine
from doorstep.forms.quarantine import ToKeep
from doorstep.forms.queries import APPLIED, SUPERSEDED, digest_of
from doorstep.intake import door
from doorstep.intake.door import NOT_KEPT, Receipt
from doorstep.intake.parse import Sender, Submission
from doorstep.intake.problems import Refused
from doorstep.lib import db, writer
from doorstep.lib.problems import Problem

Result = Literal["applied", "review", "quarantined", "not_kept"]
AT_ONCE = 125  # records in one transaction: whoever else writes waits a quarter of a second at most
FAULT = "intake.our_fault"
log = logging.getLogger(__name__)
NEVER_KEPT = frozenset({"intake.without_yes", "intake.erased"})
"""What is stored with a yes or not at all, not even in quarantine; and what was erased."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One record as a phone sent it. ``id`` is what the phone calls it: its instanceID."""

    id: str
    body: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record. ``seq``: its number in the store, None where it is not an entry."""

    id: str
    sha256: str
    result: Result
    seq: int | None = None
    why: Problem | None = None


def take(sent: Sequence[Sent], by: Sender, closed: Problem | None = None) -> list[Outcome]:
    """Hand in the records of one phone; when this returns, every one of them is durably stored, or never will be.

    ``closed``: why nothing of this phone may be let in (its address was taken back, its owner may not fill in forms any
    more); then all of it waits in quarantine for somebody at the desk. Raises what the store raised: then nothing is said
    of any record, and the phone sends all of them again.
    """
    read: list[tuple[Sent, Submission]] = []
    refused: list[tuple[Sent, Problem]] = []
    for one in sent:
        try:
            if closed is not None:
                refused.append((one, closed))
            else:
                read.append((one, door.prepare(one.body, by)))
        except Refused as error:
            refused.append((one, error.problem))
    receipts, faulty = _handed_in(read)
    taken = {id(one): (receipt.seq, receipt.problem) for one, receipt in receipts}
    refused += [(one, Problem(FAULT)) for one in faulty]
    erased = {id(one): receipt.problem for one, receipt in receipts if receipt.seq == NOT_KEPT}
    refused += [(one, why) for one, _ in read if (why := erased.get(id(one))) is not None]
    taken = {key: told for key, told in taken.items() if key not in erased}
    had = _had([one for one, _ in refused])
    taken |= {id(one): (had[one.sha256], None) for one, _ in refused if one.sha256 in had}
    refused = [(one, why) for one, why in refused if id(one) not in taken]
    kept = [(one, why) for one, why in refused if why.code not in NEVER_KEPT]
    if kept:
        writer.do(_keep, [ToKeep(by.user_id, by.device_id, one.id, one.sha256, one.body, why) for one, why in kept])
    _let_in(by, {one.sha256: taken[id(one)][0] for one in sent if id(one) in taken})
    states = _states(seq for seq, _ in taken.values())
    found = {id(one): _outcome(one, *taken[id(one)], states) for one in sent if id(one) in taken}
    for one, why in refused:
        result: Result = "not_kept" if why.code in NEVER_KEPT else "quarantined"
        found[id(one)] = Outcome(one.id, one.sha256, result, None, why)
    return [found[id(one)] for one in sent]


def _handed_in(read: Sequence[tuple[Sent, Submission]]) -> tuple[list[tuple[Sent, Receipt]], list[Sent]]:
    """Store these, lot by lot. Gives the receipts, and those records over which the program itself stumbled: one of them
    must not keep all the others on the phone for ever. Raises what the store raised."""
    lots = [read[start : start + AT_ONCE] for start in range(0, len(read), AT_ONCE)]
    waiting = [(lot, door.submit_together([submission for _, submission in lot])) for lot in lots]
    receipts: list[tuple[Sent, Receipt]] = []
    faulty: list[Sent] = []
    for lot, future in waiting:
        try:
            receipts += zip((one for one, _ in lot), future.result(), strict=True)
        except Exception:
            for one, submission in lot:
                receipt = _alone(submission)
                receipts += [(one, receipt)] if receipt else []
                faulty += [] if receipt else [one]
    return receipts, faulty


def _alone(submission: Submission) -> Receipt | None:
    """Store one record; None when the program stumbles over it."""
    try:
        return door.submit_together([submission]).result()[0]
    except db.troubles():
        raise
    except Exception:
        log.exception("a record could not be taken in and waits beside the door")
        return None


def _had(refused: Sequence[Sent]) -> dict[str, int]:
    """Which of these the store holds as entries already, in the very same bytes: sent before the reason came up. Gives
    the sequence number by SHA-256."""
    by_id = {one.id: one for one in refused}
    sql = (
        "SELECT e.instance_id, e.seq, b.nonce, b.digest FROM entry e JOIN entry_body b ON b.seq = e.seq"
        " WHERE e.instance_id IN (?*)"
    )
    rows = db.current().rows_in(sql, by_id)
    return {
        by_id[id_].sha256: seq
        for id_, seq, nonce, digest in rows
        if digest_of(bytes(nonce), by_id[id_].body) == bytes(digest)
    }


def _let_in(by: Sender, taken: Mapping[str, int]) -> None:
    """What waited in quarantine and came in now waits there no longer. ``taken``: sequence number by SHA-256."""
    sql = "SELECT id, sha256 FROM quarantined WHERE let_in_seq IS NULL AND device_id = ?"
    rows = [(id_, sha256) for id_, sha256 in db.current().rows(sql, [by.device_id]) if sha256 in taken]
    for id_, sha256 in rows:
        writer.do(_was_let_in, (id_, taken[sha256]))


def _was_let_in(connection: db.Db, jobs: Sequence[tuple[int, int]]) -> list[None]:
    for id_, seq in jobs:
        quarantine.was_let_in(connection, id_, seq)
    return [None] * len(jobs)


def _keep(connection: db.Db, jobs: Sequence[list[ToKeep]]) -> list[None]:
    quarantine.keep(connection, [one for job in jobs for one in job])
    return [None] * len(jobs)


def _states(seqs: Iterable[int]) -> dict[int, tuple[int, str]]:
    sql = "SELECT seq, state, problem FROM entry WHERE seq IN (?*)"
    return {seq: (state, problem) for seq, state, problem in db.current().rows_in(sql, seqs)}


def _outcome(one: Sent, seq: int, problem: Problem | None, states: Mapping[int, tuple[int, str]]) -> Outcome:
    state, code = states[seq]
    settled = state in (APPLIED, SUPERSEDED)
    why = problem or (Problem(f"intake.{code}") if code and not settled else None)
    return Outcome(one.id, one.sha256, "applied" if settled else "review", seq, why)
