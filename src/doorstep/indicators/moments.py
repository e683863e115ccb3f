"""Which past moments figures may be asked about outside the care team: those at which a report was handed in (C16).

At any other moment a second table of the same period would let small counts be worked out from the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doorstep.engine.model.pack import ReportDef
from doorstep.indicators.handed_in import HANDED_IN, Copy, content_of, copies, copy
from doorstep.indicators.periods import Period
from doorstep.lib.problems import Problem, Problems
from doorstep.places.queries import Node
from doorstep.programmes.moment import Moment, aware

MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class HandIn:
    """A report was handed in on a day, as its figures were known at a moment. ``number`` counts the copies of a period;
    ``copy`` is its number in the journal."""

    day: date
    moment: Moment
    number: int
    copy: int


def hand_ins(report: ReportDef, period: Period, place: Node) -> list[HandIn]:
    """Every time a report of a period was handed in for a place, the latest first. Its figures are those that were
    checked: what came in between the checking and the handing in is not in them."""
    found = []
    for one in copies([report.id], place.id, [period.id]):
        checked = copy(one.checked) if one.step == HANDED_IN and one.checked is not None else None
        if checked is not None:
            moment = _told_of(checked)
            found.append(HandIn(Moment(one.seq, aware(one.at)).day, moment, one.number or 0, one.seq))
    return found[::-1]


def _told_of(checked: Copy) -> Moment:
    """The moment a copy says it tells of; else that of the checking, which has a number after all it counts."""
    as_of = content_of(checked.seq).get("as_of", {})
    if as_of.get("at"):
        return Moment(int(as_of["seq"]), datetime.fromisoformat(as_of["at"]))
    return Moment(checked.seq, aware(checked.at))


def hand_in_moment(report: ReportDef, period: Period, place: Node, asked: Moment) -> Moment:
    """The moment of the last handing in on the asked day. Raises Problems (``indicators.not_handed_in_then``) when the
    report was not handed in that day."""
    known = hand_ins(report, period, place)
    for one in known:
        if asked.day in (one.day, one.moment.day):
            return one.moment
    nearest = sorted(known, key=lambda one: abs((one.day - asked.day).days))[:MOST_NAMED]
    days = ", ".join(sorted({one.day.isoformat() for one in nearest}))
    code = "indicators.not_handed_in_then" if days else "indicators.never_handed_in"
    args = {"report": report.id, "period": period.id, "place": place.code, "day": asked.day.isoformat(), "days": days}
    raise Problems([Problem(code, args=args)])


def hand_in_of(report: ReportDef, period: Period, place: Node, against: str) -> HandIn:
    """The handing in that somebody means by its number or its day; the last one, when nothing is typed.

    Raises Problems: ``indicators.never_handed_in``, ``indicators.no_such_hand_in``.
    """
    known = hand_ins(report, period, place)
    args = {"report": report.id, "period": period.id, "place": place.code, "against": against[:40]}
    if not known:
        raise Problems([Problem("indicators.never_handed_in", args=args)])
    for one in known:
        if against in ("", str(one.number), one.day.isoformat(), one.moment.day.isoformat()):
            return one
    named = ", ".join(f"{one.number} ({one.day.isoformat()})" for one in known[:MOST_NAMED])
    raise Problems([Problem("indicators.no_such_hand_in", args={**args, "known": named})])
