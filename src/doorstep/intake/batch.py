"""Many records of one phone at once, each with a receipt of its own: what the door cannot take is kept beside it, whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal

from doorstep.forms import quarantine
from doorstep.forms.quarantine import ToKeep
from doorstep.forms.queries import APPLIED, SUPERSEDED
from doorstep.intake import door
from doorstep.intake.door import Receipt
from doorstep.intake.parse import Sender
from doorstep.intake.problems import Refused
from doorstep.lib import db, writer
from doorstep.lib.problems import Problem

Result = Literal["applied", "review", "quarantined", "not_kept"]
NEVER_KEPT = frozenset({"intake.without_yes"})
"""What is stored with a yes or not at all, not even in quarantine."""


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
    waiting: list[tuple[Sent, Future[Receipt]]] = []
    refused: list[tuple[Sent, Problem]] = []
    for one in sent:
        if closed is not None:
            refused.append((one, closed))
            continue
        try:
            waiting.append((one, door.submit(one.body, by)))
        except Refused as error:
            refused.append((one, error.problem))
    receipts = [(one, future.result()) for one, future in waiting]
    kept = [(one, why) for one, why in refused if why.code not in NEVER_KEPT]
    if kept:
        writer.do(_keep, [ToKeep(by.user_id, by.device_id, one.id, one.sha256, one.body, why) for one, why in kept])
    states = _states(receipt.seq for _, receipt in receipts)
    found = {id(one): _outcome(one, receipt, states) for one, receipt in receipts}
    for one, why in refused:
        result: Result = "not_kept" if why.code in NEVER_KEPT else "quarantined"
        found[id(one)] = Outcome(one.id, one.sha256, result, None, why)
    return [found[id(one)] for one in sent]


def _keep(connection: db.Db, jobs: Sequence[list[ToKeep]]) -> list[None]:
    quarantine.keep(connection, [one for job in jobs for one in job])
    return [None] * len(jobs)


def _states(seqs: Iterable[int]) -> dict[int, tuple[int, str]]:
    sql = "SELECT seq, state, problem FROM entry WHERE seq IN (?*)"
    return {seq: (state, problem) for seq, state, problem in db.current().rows_in(sql, seqs)}


def _outcome(one: Sent, receipt: Receipt, states: dict[int, tuple[int, str]]) -> Outcome:
    state, code = states[receipt.seq]
    settled = state in (APPLIED, SUPERSEDED)
    why = receipt.problem or (Problem(f"intake.{code}") if code and not settled else None)
    return Outcome(one.id, one.sha256, "applied" if settled else "review", receipt.seq, why)
