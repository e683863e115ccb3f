"""The round: every door of a place once in a period. What became of each call, what was found, how far it has come.

A period is what a supervisor decided for the place or one above it, else the calendar year. Families that asked not
to be listed or visited are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import orjson

from doorstep.access.queries import staff
from doorstep.engine.outputs import Condition, Gate, select
from doorstep.lib import db
from doorstep.lib.days import parse_day
from doorstep.places import queries as places
from doorstep.register.outputs import FINDINGS

ROUND = "round"  # the list under which periods are filed
OUTCOMES = ("nothing_changed", "corrected", "not_in", "do_not_list_us")
TAKEN_BACK, NOT_IN = "taken_back", "not_in"
FINDINGS_OF = ("wrong", "missing", "double", "invented")
OPEN_TO_CALLS = "h.listed AND h.visits"


class Call(NamedTuple):
    """One call at a door (a row of ``round_call``)."""

    household_id: str
    n: int
    seq: int
    walked_on: date
    outcome: str
    findings: str
    remark: str
    settled: bool


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a round. ``decided``: by a supervisor, not by the calendar."""

    first: date
    last: date
    decided: bool = False


class Progress(NamedTuple):
    """How far a round has come: families it is about, those reached, and those that were not in."""

    families: int
    done: int
    not_in: int

    @property
    def to_do(self) -> int:
        return self.families - self.done - self.not_in


def period_at(place_id: int, day: date) -> Period:
    """The round that holds at a place on a day: of those decided there or above, the one that began last."""
    tree = places.tree()
    here = {node.code for node in tree.upward(place_id)}
    found = [period for code, period in _decided() if code in here and period.first <= day <= period.last]
    return max(found, key=lambda p: (p.first, p.last), default=Period(date(day.year, 1, 1), date(day.year, 12, 31)))


def _decided() -> list[tuple[str, Period]]:
    """Place code and period of every round decided by somebody who may decide for that place."""
    ids = [i for (i,) in db.current().rows("SELECT entity_id FROM entity WHERE dataset = ?", [ROUND])]
    sql = (
        "SELECT t.properties, e.author_id, e.received_on FROM entry_entity t JOIN entry e ON e.seq = t.seq"
        " WHERE t.dataset = ? AND e.state = 0 AND t.entity_id IN (?*)"
    )
    everyone, tree, found = staff(), places.tree(), []
    for text, author, received_on in db.current().rows_in(sql, ids, [ROUND]):
        said = orjson.loads(text)
        first, last = parse_day(said.get("starts_on", "")), parse_day(said.get("ends_on", ""))
        node = tree.by_code.get(said.get("place", ""))
        if first is None or last is None or node is None or not everyone.has(author, "round.start"):
            continue
        if node.id in everyone.reach(author, received_on):
            found.append((node.code, Period(first, last, True)))
    return found


def calls(household_ids: Iterable[str], period: Period, *, taken_back: bool = False) -> dict[str, Call]:
    """The last call of the round at each of these doors, those called at. One taken back was none."""
    sql = (
        f"SELECT {', '.join(Call._fields)} FROM round_call WHERE walked_on >= ? AND walked_on <= ?"
        " AND household_id IN (?*) ORDER BY household_id, n"
    )
    found: dict[str, Call] = {}
    for row in db.current().rows_in(sql, household_ids, [period.first, period.last]):
        found[row[0]] = Call(*row)
    return {i: call for i, call in found.items() if taken_back or call.outcome != TAKEN_BACK}


def progress(place_ids: Sequence[int], period: Period) -> dict[int, Progress]:
    """How far the round has come at each of these places by itself; places without families are left out."""
    sql = (
        f"SELECT h.place_id, COUNT(*) FROM household h WHERE {OPEN_TO_CALLS} AND h.place_id IN (?*) GROUP BY h.place_id"
    )
    families: dict[int, int] = dict(db.current().rows_in(sql, place_ids))
    called = (
        "SELECT h.place_id, h.id, r.outcome FROM household h JOIN round_call r ON r.household_id = h.id"
        f" WHERE {OPEN_TO_CALLS} AND r.walked_on >= ? AND r.walked_on <= ? AND h.place_id IN (?*) ORDER BY h.id, r.n"
    )
    last: dict[str, tuple[int, str]] = {}
    for place_id, household_id, outcome in db.current().rows_in(called, families, [period.first, period.last]):
        last[household_id] = (place_id, outcome)
    done: dict[int, int] = {}
    not_in: dict[int, int] = {}
    for place_id, outcome in last.values():
        if outcome != TAKEN_BACK:
            counted = not_in if outcome == NOT_IN else done
            counted[place_id] = counted.get(place_id, 0) + 1
    return {i: Progress(n, done.get(i, 0), not_in.get(i, 0)) for i, n in families.items()}


def together(parts: Iterable[Progress]) -> Progress:
    """Several places as one."""
    found = Progress(0, 0, 0)
    for part in parts:
        found = Progress(*(a + b for a, b in zip(found, part, strict=True)))
    return found


# ---------------------------------------------------------------- what was found to be different


@dataclass(frozen=True, slots=True)
class Finding:
    """Something different at one door, still to be looked into. Nobody's name stands here."""

    seq: int
    household_id: str
    number: str
    place_id: int
    walked_on: date
    findings: str
    remark: str

    @property
    def kinds(self) -> list[str]:
        return self.findings.split()


_WAITS = f"NOT r.settled AND r.findings <> '' AND {OPEN_TO_CALLS}"


def waiting(place_ids: Iterable[int], limit: int) -> list[tuple[int, str]]:
    """What is still to be looked into at these places, the oldest first: the record and its household."""
    sql = (
        f"SELECT r.seq, h.id, r.walked_on FROM round_call r JOIN household h ON h.id = r.household_id WHERE {_WAITS}"
        " AND h.place_id IN (?*)"
    )
    rows = sorted(db.current().rows_in(sql, place_ids), key=lambda row: (row[2], row[0]))
    return [(seq, household_id) for seq, household_id, _ in rows[:limit]]


def findings(seqs: Sequence[int]) -> list[Finding]:
    """These of those still to be looked into, the oldest first. Log whose families are shown before."""
    if not seqs:
        return []
    sources = {
        "household.call": "r.seq", "household.id": "h.id", "household.number": "h.number", "place.id": "h.place_id",
        "household.called_on": "r.walked_on", "household.findings": "r.findings", "household.remark": "r.remark",
    }  # fmt: skip
    where: list[Condition | Gate] = [Condition("household.call", "in", list(seqs)), Gate(_WAITS)]
    order = ["household.called_on", "household.number", "household.call"]
    sql, params = select(FINDINGS, sources, "round_call r JOIN household h ON h.id = r.household_id", where, order)
    return [Finding(*row) for row in db.current().rows(sql, params)]


def finding_counts(place_ids: Iterable[int], period: Period) -> dict[int, Mapping[str, int]]:
    """How many findings of each kind a round brought at each of these places, settled or not."""
    sql = (
        f"SELECT h.place_id, r.findings FROM round_call r JOIN household h ON h.id = r.household_id WHERE r.findings <> ''"
        f" AND {OPEN_TO_CALLS} AND r.walked_on >= ? AND r.walked_on <= ? AND h.place_id IN (?*)"
    )
    found: dict[int, dict[str, int]] = {}
    for place_id, kinds in db.current().rows_in(sql, place_ids, [period.first, period.last]):
        of_place = found.setdefault(place_id, dict.fromkeys(FINDINGS_OF, 0))
        for kind in kinds.split():
            of_place[kind] = of_place.get(kind, 0) + 1
    return dict(found)
