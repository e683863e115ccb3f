"""Which past moments figures may be asked about outside the care team: those at which a report was handed in, and the
day it was to be handed in by (C16).

At any other moment a second table of the same period would let small counts be worked out from the difference.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from doorstep.engine.model.pack import ReportDef
from doorstep.indicators.hand_in_days import hand_in_day
from doorstep.indicators.handed_in import HANDED_IN, Copy, content_of, copies, copy
from doorstep.indicators.periods import Period
from doorstep.lib import days
from doorstep.lib.problems import Problem, Problems
from doorstep.places.queries import Node
from doorstep.programmes.moment import Moment, aware, parse

MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class HandIn:
    """A report was handed in on a day, as its figures were known at a moment. ``number`` counts the copies of a period;
    ``copy`` is its number in the journal. Both are 0 for the day it was to be handed in by."""

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


def moments(report: ReportDef, period: Period, place: Node, today: date) -> list[HandIn]:
    """Every moment a report of a period may be asked about, the latest first: the copies that were handed in, and the end
    of the day it was to be handed in by, once that day is over."""
    found, day = hand_ins(report, period, place), hand_in_day(report, period)
    if day is not None and day < today and all(one.day != day for one in found):
        with suppress(Problems):  # before the store began
            found.append(HandIn(day, parse(day.isoformat()), 0, 0))
    return sorted(found, key=lambda one: (one.day, one.number), reverse=True)


def _told_of(checked: Copy) -> Moment:
    """The moment a copy says it tells of; else that of the checking, which has a number after all it counts."""
    as_of = content_of(checked.seq).get("as_of", {})
    if as_of.get("at"):
        return Moment(int(as_of["seq"]), datetime.fromisoformat(as_of["at"]))
    return Moment(checked.seq, aware(checked.at))


def hand_in_moment(report: ReportDef, period: Period, place: Node, asked: Moment) -> Moment:
    """The moment of the last handing in on the asked day, or its end when the report was to be handed in by that day.
    Raises Problems (``indicators.not_handed_in_then``) for any other day."""
    known = moments(report, period, place, days.today())
    for one in known:
        if asked.day in (one.day, one.moment.day):
            return one.moment
    nearest = sorted(known, key=lambda one: abs((one.day - asked.day).days))[:MOST_NAMED]
    named = ", ".join(sorted({one.day.isoformat() for one in nearest}))
    code = "indicators.not_handed_in_then" if named else "indicators.never_handed_in"
    args = {"report": report.id, "period": period.id, "place": place.code, "day": asked.day.isoformat(), "days": named}
    raise Problems([Problem(code, args=args)])


def hand_in_of(report: ReportDef, period: Period, place: Node, against: str) -> HandIn:
    """The handing in that somebody means by its number or its day, or the day it was to be handed in by; the last one
    that was handed in, when nothing is typed.

    Raises Problems: ``indicators.never_handed_in``, ``indicators.no_such_hand_in``.
    """
    known = [one for one in moments(report, period, place, days.today()) if against or one.number]
    args = {"report": report.id, "period": period.id, "place": place.code, "against": against[:40]}
    if not known:
        raise Problems([Problem("indicators.never_handed_in", args=args)])
    for one in known:
        if against in ("", str(one.number or "-"), one.day.isoformat(), one.moment.day.isoformat()):
            return one
    named = ", ".join(
        f"{one.number} ({one.day.isoformat()})" if one.number else one.day.isoformat() for one in known[:MOST_NAMED]
    )
    raise Problems([Problem("indicators.no_such_hand_in", args={**args, "known": named})])
