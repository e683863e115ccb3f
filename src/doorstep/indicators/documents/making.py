"""Documents to read, and the steps by which one is checked and handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorstep.access.permissions import Actor
from doorstep.engine.model.pack import ReportDef
from doorstep.indicators import handed_in
from doorstep.indicators.documents.building import asked_periods, build
from doorstep.indicators.documents.model import Document
from doorstep.indicators.documents.spoken import Stamp
from doorstep.indicators.handed_in import HANDED_IN, Copy, Key
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

    @property
    def key(self) -> Key:
        return Key(self.definition.id, self.area.id, self.period.id)


def ask(report_id: str, typed_period: str, area: Node, today: date) -> Asked:
    """Raises Problems: see ``report.find`` and ``report.period_of``."""
    programme, definition = find(report_id, area)
    return Asked(programme, definition, area, period_of(definition, typed_period, today))


def draft(asked: Asked, moment: Moment | None = None) -> Document:
    """The report as it reads now. Raises Problems (``indicators.too_narrow``)."""
    worked = work_out(asked.programme, asked.definition, asked_periods(asked.definition, asked.period), asked.area)
    return build(worked, asked.period, days.today(), standing.report(), moment)


def check(by: Actor, asked: Asked) -> Copy:
    """Write down that ``by`` checked the report as it reads at this moment.

    Raises PermissionError, and Problems: ``indicators.not_over`` for a period still running; see ``handed_in.check``.
    """
    if asked.period.last >= days.today():
        raise Problems([Problem("indicators.not_over", args={"last": asked.period.last.isoformat()})])
    return handed_in.check(by, asked.key, draft(asked, now()).content())


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
