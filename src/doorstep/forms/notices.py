"""Birth notices of a hospital: for the one worker who serves the mother's village, and gone after 42 days (charter C9).

Such an entry is about nobody in the register. When its days are over, or the worker has seen to it, its answers, bytes and
nonce are deleted; a bare row stays, so that the sequence has no hole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from doorstep.access import queries as access
from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor
from doorstep.engine.outputs import Gate, select
from doorstep.forms import erased, husks
from doorstep.forms.erased import Mark
from doorstep.forms.outputs import NOTICES
from doorstep.lib import days, db, sealed, writer
from doorstep.places import queries as places

FORM = "birth_notice"
KEPT_DAYS = 42  # the charter's own number (C9), not a programme's
_SOURCES = {"entry.seq": "e.seq", "entry.received_on": "e.received_on", "notice.answers": "e.answers"}
_OF_THIS_FORM = (
    f"e.form_id = 'birth_notice' AND e.answers <> '{husks.EMPTY}'"  # spelled out: so the partial index is used
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a hospital told. ``ends_on``: the last day it is kept."""

    seq: int
    mother: str
    place_id: int
    born_on: date | None
    discharged_on: date | None
    phone: str
    ends_on: date


def waiting(actor: Actor, today: date | None = None) -> list[Notice]:
    """The notices for this worker, the oldest first. Log who is shown before showing them."""
    on = today or days.today()
    mine = {i for i in actor.places if access.staff().nearest(i, "notice.read", on) == actor.user_id}
    if not actor.has("notice.read") or not mine:
        return []
    gate = Gate(f"{_OF_THIS_FORM} AND e.state = 0 AND e.received_on > ?", (on - timedelta(days=KEPT_DAYS),))
    sql, params = select(NOTICES, _SOURCES, "entry e", [gate], ["entry.seq"])
    by_code = places.tree().by_code
    found = []
    for seq, received_on, answers in db.current().rows(sql, params):
        said = sealed.opened_json(answers)
        place = by_code.get(said.get("village", ""))
        if place is not None and place.id in mine:
            found.append(
                Notice(
                    seq,
                    said.get("mother", ""),
                    place.id,
                    days.parse_day(said.get("born_on", "")),
                    days.parse_day(said.get("discharged_on", "")),
                    said.get("phone", ""),
                    received_on + timedelta(days=KEPT_DAYS - 1),
                )
            )
    return found


def shown(actor: Actor, found: Sequence[Notice]) -> Sequence[Notice]:
    """The same notices, once it is durably written who is shown them."""
    log_shown(actor, NOTICES.id, [f"notice:{one.seq}" for one in found])
    return found


def seen_to(actor: Actor, seq: int) -> bool:
    """The worker needs a notice no longer: it is deleted. False when it is not one of hers."""
    if seq not in {one.seq for one in waiting(actor)}:
        return False
    writer.do(erase, seq)
    return True


def sweep(today: date | None = None) -> int:
    """Delete every notice whose days are over. Gives how many there were."""
    last = (today or days.today()) - timedelta(days=KEPT_DAYS)
    sql = f"SELECT e.seq FROM entry e WHERE {_OF_THIS_FORM} AND e.received_on <= ?"
    over = [seq for (seq,) in db.current().rows(sql, [last])]
    for seq in over:
        writer.do(erase, seq)
    return len(over)


def erase(connection: db.Db, seqs: Sequence[int]) -> list[None]:
    """Empty these notices. What stays is a row that tells nothing, and the mark of its id: the same notice sent again is not kept."""
    marked = connection.rows_in("SELECT instance_id, seq FROM entry WHERE seq IN (?*)", seqs)
    on = days.today()
    erased.write(connection, [Mark(erased.mark_of(i), erased.RECORD, seq, on, 0) for i, seq in marked])
    husks.leave(connection, seqs)
    return [None] * len(seqs)
