"""Reports as they may be shown, for pages and for the command line. Values that are hidden never leave this module."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.engine.model.pack import IndicatorDef, ReportDef
from doorstep.engine.model.spec import Text
from doorstep.indicators import periods
from doorstep.indicators.areas import is_a_year, is_wide, parts, programmes_of, report_tells_no_more
from doorstep.indicators.moments import hand_in_moment
from doorstep.indicators.outputs import REPORT_PLACES
from doorstep.indicators.periods import Period
from doorstep.indicators.showing import Shown, shown_table
from doorstep.indicators.so_far import read_as_before, stretch
from doorstep.indicators.values import Number, table
from doorstep.lib import days, db
from doorstep.lib.problems import Problem, Problems
from doorstep.places.counters import Snapshot
from doorstep.places.queries import Node
from doorstep.programmes.library import Programme
from doorstep.programmes.moment import Moment

KEPT_REPORTS = 32


@dataclass(frozen=True, slots=True)
class Report:
    """A report worked out for some periods. ``area`` is the whole; ``parts`` the places shown beside it, if any;
    ``so_far`` the day up to which a period that is not over was counted."""

    programme: Programme
    definition: ReportDef
    periods: tuple[Period, ...]
    area: Node
    parts: tuple[Node, ...]
    cells: Mapping[tuple[str, str, int], Shown]  # indicator, period, place id
    so_far: date | None = None

    def indicators(self) -> list[tuple[str, IndicatorDef]]:
        return [(i, self.programme.pack.indicators[i]) for i in self.definition.indicators]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One figure as shown; numerator, denominator and rate are None where it is hidden."""

    indicator: str
    title: Text
    place: Node
    period: str
    numerator: Number | None
    denominator: Number | None
    rate: Number | None
    hidden: bool


def reports_at(area: Node, moment: Moment | None = None) -> list[tuple[Programme, str, ReportDef]]:
    """Every report of the programmes in force at an area, with its id."""
    return [(p, id_, report) for p in programmes_of(area, moment) for id_, report in p.pack.reports.items()]


def find(report_id: str, area: Node, moment: Moment | None = None) -> tuple[Programme, ReportDef]:
    """A report by its id, in the version in force now or at a moment. Raises Problems (``indicators.no_report``)."""
    known = {id_: (programme, report) for programme, id_, report in reports_at(area, moment)}
    if report_id not in known:
        raise Problems([Problem("indicators.no_report", args={"report": report_id, "known": ", ".join(sorted(known))})])
    return known[report_id]


def period_of(report: ReportDef, typed: str, today: date) -> Period:
    """The period asked for, or the report's own one of today when nothing is typed.

    Raises Problems: ``indicators.no_period``, ``indicators.wrong_period``, ``indicators.period_not_begun``.
    """
    kinds = periods.kinds_of(report, today)
    if not typed:
        return periods.containing(today, kinds[0])
    try:
        found = periods.parse(typed)
    except ValueError as error:
        args = {"period": typed, "examples": ", ".join(periods.EXAMPLES)}
        raise Problems([Problem("indicators.no_period", args=args)]) from error
    if found.kind not in kinds:
        examples = ", ".join(periods.containing(today, kind).id for kind in kinds)
        raise Problems([Problem("indicators.wrong_period", args={"period": found.id, "examples": examples})])
    if found.first > today:
        begins = {"period": found.id, "first": found.first.isoformat()}
        raise Problems([Problem("indicators.period_not_begun", args=begins)])
    return found


def work_out(
    programme: Programme, report: ReportDef, asked: Sequence[Period], area: Node, moment: Moment | None = None
) -> Report:
    """A report for these periods, by the places its grain and the charter allow. Kept until an entry comes in.

    ``moment``: as known then; ask ``moments.hand_in_moment`` for one that may be asked about (C16).
    Raises Problems: ``indicators.too_narrow`` for a place no figures of it may stand for, ``indicators.village_by_year``
    for a place below a township in anything but years that are over (C16).
    """
    fine = report_tells_no_more(programme.pack, report, REPORT_PLACES.up_to)
    if not fine and not is_wide(area):
        raise Problems([Problem("indicators.too_narrow", args={"place": area.code})])
    today = days.today()
    years = all(is_a_year(p, today) for p in asked)
    if not years and not is_wide(area):
        raise Problems([Problem("indicators.village_by_year", args={"place": area.code})])
    beside = tuple(n for n in parts(area) if is_wide(n) or (fine and years and report.grain == n.kind))
    counted = [stretch(programme.pack, report, p, area.id, today) if moment is None else p for p in asked]
    key = (_journal(), programme.key, report.id, tuple((p.id, p.last) for p in counted), area.id, moment)
    kept = _kept.get()
    with _working:
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
        worked = table(programme, report, counted, [area.id, *(n.id for n in beside)], moment)
        cells = read_as_before(worked, shown_table(worked, moment), {p.id: p for p in asked})
        so_far = min((c.last for c, p in zip(counted, asked, strict=True) if c != p), default=None)
        found = kept[key] = Report(programme, report, tuple(asked), area, beside, cells, so_far)
        while len(kept) > KEPT_REPORTS:
            kept.popitem(last=False)
    return found


def report_rows(report_id: str, period: str, area: Node, today: date, moment: Moment | None = None) -> list[ReportRow]:
    """One report for one period, place by place, as it may be shown; as known at a moment, if it is one at which the
    report was handed in. Raises Problems: see ``find``, ``period_of``, ``work_out``, ``moments.hand_in_moment``."""
    programme, report = find(report_id, area, moment)
    asked = period_of(report, period, today)
    then = hand_in_moment(report, asked, area, moment) if moment else None
    return list(_rows(work_out(programme, report, [asked], area, then)))


def _rows(report: Report) -> Iterator[ReportRow]:
    for place in (report.area, *report.parts):
        for indicator, definition in report.indicators():
            for period in report.periods:
                cell = report.cells[indicator, period.id, place.id]
                yield ReportRow(
                    indicator,
                    definition.title,
                    place,
                    period.id,
                    cell.numerator,
                    cell.denominator,
                    cell.rate,
                    cell.hidden,
                )


Key = tuple[int, tuple[str, str, str], str, tuple[tuple[str, date], ...], int, Moment | None]
_kept: Snapshot[OrderedDict[Key, Report]] = Snapshot(
    OrderedDict
)  # emptied when packs, places or people's rights change
_working = threading.Lock()  # two who ask at once wait for one working out


def _journal() -> int:
    return int(db.current().value("SELECT value FROM counter WHERE name = 'journal'") or 0)
