"""Letting a record count that waits for an earlier one of its phone: by somebody who looked, or when it waited long enough.

Either way it is said by an entry, so that a rebuild gives the same.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from doorstep.forms import queries as forms
from doorstep.forms.builtin import RELEASE
from doorstep.forms.filling import Filler
from doorstep.forms.queries import HELD, StoredEntry, library
from doorstep.intake import door
from doorstep.intake.branches import WAITS
from doorstep.intake.parse import Sender
from doorstep.lib import days, db

WAIT_DAYS = 7  # as long as ODK Central waits
_SAME = uuid.UUID("5a0f4c3e-2f38-4b0e-9d0c-6d0f5b1a7c21")  # the same release written twice is one entry


def waits(entry: StoredEntry) -> bool:
    """Whether it waits for an earlier record of its phone."""
    return entry.state == HELD and entry.problem == WAITS


def let_count(entry: StoredEntry, by: int, on: date | None = None) -> None:
    """Write down that a held record counts without the earlier one."""
    form = library().current[RELEASE]
    answers = {"about_form": entry.form_id, "about_instance": entry.instance_id, "on": on or days.today()}
    instance = uuid.uuid5(_SAME, f"{by} {answers}")
    content = Filler(library().spec(form.form_id, form.version)).fill(answers, instance=f"uuid:{instance}")
    door.accept(content, Sender(by, user_agent="Doorstep"))


def sweep(today: date | None = None) -> int:
    """Let count what waited too long, in the name of whoever wrote it. Gives how many were let count by an entry; those
    made upon them follow by themselves."""
    last = (today or days.today()) - timedelta(days=WAIT_DAYS + 1)
    sql = (
        "SELECT e.seq FROM entry e JOIN entry_entity t ON t.seq = e.seq WHERE e.state > 1 AND e.state = ? AND e.problem = ?"
        " AND e.received_on <= ? ORDER BY t.branch_id, t.base_version, e.seq"
    )
    done = 0
    for (seq,) in db.current().rows(sql, [HELD, WAITS, last]):
        (entry,) = forms.entries("seq IN (?*)", [seq])
        if waits(entry):  # an earlier one may have freed it
            let_count(entry, entry.author_id, entry.received_on + timedelta(days=WAIT_DAYS + 1))
            done += 1
    return done
