"""Taking an import back: by entries too, through the one door. The records stay; they just no longer stand.

A person or household about whom anything else was written since is left as it is: undoing an import never undoes care.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from doorstep.access.permissions import Actor
from doorstep.exchange.problems import refuse
from doorstep.exchange.register_file.importing import BATCH, Advance, filler, label_of, unseen
from doorstep.forms.builtin import VERSION_CHOICE
from doorstep.forms.chains import TAKEN_BACK
from doorstep.forms.queries import SUPERSEDED
from doorstep.intake import door
from doorstep.intake.parse import Sender
from doorstep.lib import days, db

_RUN = "SELECT id, user_id, file_name, summary, undone_at FROM import_run WHERE id = ?"
_ENTRIES = (
    "SELECT e.seq, e.form_id, e.instance_id, e.person_id, e.household_id FROM entry e JOIN entry_body b ON b.seq = e.seq"
    f" WHERE e.seq BETWEEN ? AND ? AND b.device_label = ? AND e.state <> {SUPERSEDED} ORDER BY e.seq"
)


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, and how many were left because more was written about them."""

    people: int
    households: int
    people_left: int
    households_left: int


@dataclass(frozen=True, slots=True)
class _Taken:
    """One entry of the run."""

    seq: int
    form_id: str
    instance_id: str
    person_id: str | None
    household_id: str | None


def undo(run_id: int, actor: Actor, advance: Advance = unseen) -> Undone:
    """Take back what an import wrote. Only who imported it may. Raises Problems otherwise, or when there is no such
    run or it was taken back before."""
    found = db.current().row(_RUN, [run_id])
    if found is None:
        raise refuse("exchange.no_run", file=str(run_id))
    _, user_id, file_name, summary, undone_at = found
    if user_id != actor.user_id:
        raise refuse("exchange.not_yours", file=file_name)
    if undone_at is not None:
        raise refuse("exchange.undone_before", file=file_name)
    told = json.loads(summary)
    rows = db.current().rows(_ENTRIES, [told["first_seq"], told["last_seq"], label_of(run_id)])
    taken = [_Taken(*row) for row in rows]
    people, homes, people_left, homes_left = _sorted_out(taken)
    _take_back([*people, *homes], Sender(actor.user_id, device_label=label_of(run_id)), advance)
    db.current().run("UPDATE import_run SET undone_at = ? WHERE id = ?", [days.now(), run_id])
    return Undone(len(people), len(homes), people_left, homes_left)


def _sorted_out(taken: Sequence[_Taken]) -> tuple[list[_Taken], list[_Taken], int, int]:
    """Entries to take back (people's, households'), and how many of each must be left."""
    seqs = {one.seq for one in taken}
    persons = {one.person_id for one in taken if one.person_id is not None}
    sql = "SELECT person_id, seq FROM entry WHERE person_id IN (?*)"
    touched = {person for person, seq in db.current().rows_in(sql, persons) if seq not in seqs}
    people = [one for one in taken if one.person_id is not None and one.person_id not in touched]
    own = [one for one in taken if one.person_id is None]
    going = {one.person_id for one in people}
    homes = {one.household_id for one in own}
    sql = "SELECT household_id, person_id, seq FROM entry WHERE household_id IN (?*)"
    lived_in = {
        home
        for home, person, seq in db.current().rows_in(sql, homes)
        if (person is not None and person not in going) or (person is None and seq not in seqs)
    }
    sql = "SELECT household_id, id FROM person WHERE household_id IN (?*)"
    lived_in |= {home for home, person in db.current().rows_in(sql, homes) if person not in going}
    empty = [one for one in own if one.household_id not in lived_in]
    return people, empty, len(persons) - len(going), len(own) - len(empty)


def _take_back(entries: Sequence[_Taken], sender: Sender, advance: Advance) -> None:
    fill = filler(VERSION_CHOICE).fill
    today = days.today().isoformat()
    for start in range(0, len(entries), BATCH):
        some = entries[start : start + BATCH]
        door.accept_many(
            (
                fill(
                    {
                        "about_form": one.form_id, "about_instance": one.instance_id, "keep_instance": one.instance_id,
                        "keep_variant": TAKEN_BACK, "on": today,
                    },
                    instance=f"uuid:{uuid.uuid4()}",
                ),
                sender,
                None,
            )
            for one in some
        )  # fmt: skip
        advance(start + len(some), len(entries))
