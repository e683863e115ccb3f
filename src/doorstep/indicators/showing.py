"""What of figures may be shown outside the care team (charter C16): counts of 0 to 9 hidden, others to the nearest
five, and as many more hidden as it takes that no small one can be worked out from this and all that was shown before.

A rate is worked out from the counts as shown, so that it always follows from its own pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from doorstep.engine.model.pack import IndicatorDef
from doorstep.indicators.hiding.figures import Asked, Span, sides, to_hide
from doorstep.indicators.hiding.ledger import Cell
from doorstep.indicators.hiding.lines import shown_counts
from doorstep.indicators.hiding.rounding import SMALLEST_SHOWN, rate, rounded, shown_count
from doorstep.indicators.periods import Period
from doorstep.indicators.values import Number, Table, Value
from doorstep.indicators.values import table as counted
from doorstep.lib import days
from doorstep.places import queries as places
from doorstep.programmes.moment import Moment

__all__ = ["SMALLEST_SHOWN", "Shown", "shown", "shown_count", "shown_counts", "shown_pair", "shown_table"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as shown: None where hidden."""

    numerator: Number | None
    denominator: Number | None
    rate: Decimal | None
    hidden: bool


def shown(value: Value, subset: bool) -> Shown:
    """One value by itself, with nothing shown beside it. ``subset``: the numerator counts some of the very people of
    the denominator; then those it leaves out are a count too."""
    top, bottom = value.numerator, value.denominator
    small = top < SMALLEST_SHOWN or (bottom is not None and subset and bottom - Decimal(top) < SMALLEST_SHOWN)
    return shown_pair(value, small, bottom is not None and bottom < SMALLEST_SHOWN)


def shown_pair(value: Value, top_hidden: bool, bottom_hidden: bool) -> Shown:
    """The pair as shown. Without a denominator that may be shown there is no figure."""
    bottom = None if value.denominator is None or bottom_hidden else rounded(value.denominator)
    if top_hidden or bottom_hidden:
        return Shown(None, bottom, None, True)
    top = rounded(value.numerator)
    return Shown(top, bottom, rate(top, bottom, value.per), False)


def shown_table(table: Table, moment: Moment | None = None, apart: str = "") -> Mapping[tuple[str, str, int], Shown]:
    """Every value of a table as shown, safe beside each other and beside all that was shown before; it is written
    down as shown. ``moment``: the one the table was counted as of. ``apart``: a name under which it is written down
    by itself, for figures by rules that are not in force."""
    definitions = dict(zip(table.report.indicators, table.indicators(), strict=True))
    cells = {key: _cells(definitions[key[0]], table, key) for key in table.values}
    asked: dict[Cell, int] = {}
    for key, (top, bottom) in cells.items():
        value = table.values[key]
        asked[top] = int(value.numerator)
        if bottom is not None:
            asked[bottom] = int(value.denominator or 0)

    def recount(measures: Iterable[str], spans: Sequence[Span], place_ids: Sequence[int]) -> dict[Cell, int]:
        return _recounted(table, set(measures), spans, place_ids, moment)

    pack, wanted = table.programme.pack, [Asked(cell, raw) for cell, raw in asked.items()]
    past = moment is not None
    hidden = to_hide(pack, wanted, places.tree(), days.today(), recount, apart, past) if wanted else set()
    return {
        key: shown_pair(table.values[key], top in hidden, bottom is not None and bottom in hidden)
        for key, (top, bottom) in cells.items()
    }


def _cells(indicator: IndicatorDef, table: Table, key: tuple[str, str, int]) -> tuple[Cell, Cell | None]:
    period = next(p for p in table.periods if p.id == key[1])
    top, bottom = sides(indicator)
    where = (key[2], period.first, period.last)
    return Cell(top, *where), Cell(bottom, *where) if bottom else None


def _recounted(
    table: Table, measures: set[str], spans: Sequence[Span], place_ids: Sequence[int], moment: Moment | None
) -> dict[Cell, int]:
    """Counts of other stretches of days and places than the table has, as known at its own moment."""
    pack = table.programme.pack
    using = [i for i, one in pack.indicators.items() if measures & set(sides(one))]
    periods = [Period(f"{s.first.isoformat()}/{s.last.isoformat()}", "", s.first, s.last) for s in spans]
    found = counted(table.programme, replace(table.report, indicators=tuple(using)), periods, list(place_ids), moment)
    counts: dict[Cell, int] = {}
    for (indicator, period, place_id), value in found.values.items():
        first, last = next((s.first, s.last) for s, p in zip(spans, periods, strict=True) if p.id == period)
        top, bottom = sides(pack.indicators[indicator])
        counts[Cell(top, place_id, first, last)] = int(value.numerator)
        if bottom:
            counts[Cell(bottom, place_id, first, last)] = int(value.denominator or 0)
    return counts
