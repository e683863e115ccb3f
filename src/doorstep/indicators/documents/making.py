"""Documents to read, and the steps by which one is checked and handed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from doorstep.access.permissions import Actor
from doorstep.engine.model.pack import ReportDef
from doorstep.indicators import handed_in
from doorstep.indicators.documents.building import asked_periods, build
from doorstep.indicators.documents.model import Document
from doorstep.indicators.documents.spoken import Stamp
from doorstep.indicators.handed_in import HANDED_IN, Copy, Key
from doorstep.indicators.moments import hand_in_moment
from doorstep.indicators.periods import Period
from doorstep.indicators.report import find, period_of, work_out
from doorstep.lib import days
from doorstep.lib.problems import Problem, Problems
from doorstep.places.queries import Node
from doorstep.programmes import standing
from doorstep.programmes.library import Programme
from doorstep.programmes.moment import Moment, now


@dataclass(frozen=True, slots=True)
class Asked:
    """One report of a period for an area, found but not worked out."""

    programme: Programme
    definition: ReportDef
    area: Node
    period: Period
    moment: Moment | None = None  # as known then; None: as known now

    @property
    def key(self) -> Key:
        return Key(self.definition.id, self.area.id, self.period.id)


def ask(report_id: str, typed_period: str, area: Node, today: date, moment: Moment | None = None) -> Asked:
    """A report as it is known now, or was known when it was handed in on the day of ``moment``.

    Raises Problems: see ``report.find``, ``report.period_of``, ``moments.hand_in_moment``.
    """
    programme, definition = find(report_id, area, moment)
    period = period_of(definition, typed_period, today)
    if moment is not None:
        moment = hand_in_moment(definition, period, area, moment)
        programme, definition = find(report_id, area, moment)
    return Asked(programme, definition, area, period, moment)


def draft(asked: Asked) -> Document:
    """The report as it reads. Raises Problems (``indicators.too_narrow``)."""
    wanted = asked_periods(asked.definition, asked.period)
    worked = work_out(asked.programme, asked.definition, wanted, asked.area, asked.moment)
    return build(worked, asked.period, days.today(), standing.report(), asked.moment)


def check(by: Actor, asked: Asked) -> Copy:
    """Write down that ``by`` checked the report as it reads at this moment.

    Raises PermissionError, and Problems: ``indicators.not_over`` for a period still running; see ``handed_in.check``.
    """
    if asked.period.last >= days.today():
        raise Problems([Problem("indicators.not_over", args={"last": asked.period.last.isoformat()})])
    return handed_in.check(by, asked.key, draft(replace(asked, moment=now())).content())


def kept(copy: Copy) -> Document:
    """A copy as it read when it was checked. Raises Problems (``indicators.copy_altered``)."""
    return Document.of(handed_in.content_of(copy.seq))


def stamp(copy: Copy) -> Stamp:
    """What is said on a copy of how far it has come."""
    if copy.step != HANDED_IN:
        return Stamp(copy.by_name, copy.at, sha256=copy.sha256)
    checked = handed_in.copy(copy.checked or 0)
    assert checked is not None and copy.number is not None
    alone = checked.by_id == copy.by_id
    return Stamp(checked.by_name, checked.at, copy.by_name, copy.at, copy.number, copy.sha256, alone)
