"""Figures of periods that are not over (charter C16): counted up to a day, which stands for a week.

Such a figure is that of the stretch from the period's first day to the day it is counted to, and is judged beside the
stretches shown before: what came in between two of them is a count too. Where that is small the figure does not move,
and reads as it did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from doorstep.engine.model.pack import Pack, ReportDef
from doorstep.indicators.hiding import ledger
from doorstep.indicators.hiding.figures import Span, sides
from doorstep.indicators.hiding.ledger import Cell, Row
from doorstep.indicators.periods import Period
from doorstep.indicators.showing import Shown, shown_pair
from doorstep.indicators.values import Table, table

STANDS_FOR = timedelta(days=7)
Key = tuple[str, str, int]


def stretch(pack: Pack, report: ReportDef, period: Period, place_id: int, today: date) -> Period:
    """A period that is not over, up to the day its figures are counted to: the last one they were counted to within a
    week, else today. One that is over stays as it is."""
    if period.last < today or period.first > today:
        return period
    measures = {side for i in report.indicators for side in sides(pack.indicators[i]) if side}
    since = max(period.first, today - STANDS_FOR + timedelta(days=1))
    found = [
        row.cell.last
        for row in ledger.rows(pack.id, measures, since, today)
        if (row.cell.place_id, row.cell.first) == (place_id, period.first) and since <= row.cell.last < period.last
    ]
    return replace(period, last=max((day for day in found if day <= today), default=min(today, period.last)))


def read_as_before(worked: Table, cells: Mapping[Key, Shown], whole: Mapping[str, Period]) -> dict[Key, Shown]:
    """The cells, those hidden in a period that is not over as they read the last time they were shown in it. ``whole``:
    the periods themselves by id; the table's end where their figures are counted to."""
    found = dict(cells)
    for period in worked.periods:
        if period.last == whole[period.id].last:
            continue
        hidden = [key for key, cell in cells.items() if key[1] == period.id and cell.hidden]
        rows = _shown_before(worked, period, hidden)
        for last in sorted({row.cell.last for row in rows}, reverse=True):
            still = [key for key in hidden if found[key].hidden]
            found |= _as_of(worked, Span(period.first, last), still, {(r.cell, r.raw) for r in rows})
    return found


def _shown_before(worked: Table, period: Period, hidden: Sequence[Key]) -> list[Row]:
    indicators = worked.programme.pack.indicators
    measures = {side for key in hidden for side in sides(indicators[key[0]]) if side}
    if not measures:
        return []
    rows = ledger.rows(worked.programme.pack.id, measures, period.first, period.last)
    return [r for r in rows if r.cell.first == period.first and r.cell.last < period.last and not r.hidden]


def _as_of(worked: Table, span: Span, keys: Sequence[Key], shown: set[tuple[Cell, int]]) -> dict[Key, Shown]:
    """Those of the figures that were shown for a stretch with the very counts it has now."""
    indicators = worked.programme.pack.indicators
    told = {(cell.measure, cell.place_id) for cell, _ in shown if cell.last == span.last}
    keys = [k for k in keys if all((side, k[2]) in told for side in sides(indicators[k[0]]) if side)]
    if not keys:
        return {}
    period = Period(keys[0][1], "", *span)
    report = replace(worked.report, indicators=tuple(dict.fromkeys(key[0] for key in keys)))
    counted = table(worked.programme, report, [period], sorted({key[2] for key in keys}))
    found = {}
    for key in keys:
        value = counted.values[key]
        pair = zip(sides(indicators[key[0]]), (value.numerator, value.denominator), strict=True)
        if all((Cell(side, key[2], *span), int(n or 0)) in shown for side, n in pair if side):
            found[key] = shown_pair(value, False, False)
    return found
