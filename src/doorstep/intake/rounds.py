"""A household's calls on rounds, from its entries in force. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from doorstep.intake.life import About
from doorstep.register.rounds import FINDINGS_OF, Call

ROUND_VISIT, ROUND_SETTLED = "round_visit", "round_settled"  # the register's own forms


def calls_of(household_id: str, in_force: Sequence[About]) -> list[Call]:
    """Every call, in the order of entries. One is settled once an entry says so by its record's id."""
    settled = {orjson.loads(a.row.answers).get("finding") for a in in_force if a.row.form_id == ROUND_SETTLED}
    visits = [a for a in in_force if a.row.form_id == ROUND_VISIT]
    return [_call(household_id, n, a, a.standing.root.instance_id in settled) for n, a in enumerate(visits, start=1)]


def _call(household_id: str, n: int, a: About, settled: bool) -> Call:
    said = orjson.loads(a.row.answers)
    outcome = said.get("outcome") or ""
    found = said.get("findings") if outcome == "corrected" else None
    kinds = " ".join(kind for kind in FINDINGS_OF if kind in (found or ()))
    remark = str(said.get("remark") or "") if kinds else ""
    return Call(household_id, n, a.row.seq, a.row.occurred_on, outcome, kinds, remark, settled and bool(kinds))
