"""What goes wrong in real life too: records to repair, and two versions of one record, so that there is something to see.

One household in a few hundred has each kind; the others have none.
"""

from __future__ import annotations

from datetime import timedelta

from doorstep.site.demo.households import Household, new_id
from doorstep.site.demo.land import Door
from doorstep.site.demo.writing import Pen

# household number within its block → what goes wrong there
BLOCK = 400
UNKNOWN_PERSON, MISSING_ANSWER, TWO_VERSIONS, IMPOSSIBLE_DAY = 11, 23, 37, 59


def add(pen: Pen, number: int, home: Household, door: Door) -> None:
    """Add this household's mistake, if it is one of those that have one."""
    kind = number % BLOCK
    if kind not in (UNKNOWN_PERSON, MISSING_ANSWER, TWO_VERSIONS, IMPOSSIBLE_DAY) or not home.members:
        return
    on = min(home.registered_on + timedelta(days=20), pen.until)
    person = home.members[0].id
    visit = {
        "person": new_id(pen.rng) if kind == UNKNOWN_PERSON else person,
        "visit_date": on.isoformat(), "systolic": 138, "diastolic": 84, "symptoms": ["none"], "new_illness": "no",
        "adherence": "regular", "reaction": "no", "referred": "no",
    }  # fmt: skip
    if kind == MISSING_ANSWER:
        visit["systolic"] = ""
    if kind == IMPOSSIBLE_DAY:
        visit["visit_date"] = on.replace(year=on.year + 30).isoformat()
    first = pen.write(door.worker, "htn_visit", on, visit)
    if kind == TWO_VERSIONS:
        other = {**visit, "systolic": 148, "diastolic": 94}
        pen.write(door.worker, "htn_visit", on, other, instance=first.instance_id)
