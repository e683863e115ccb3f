"""What of a table may be shown outside the care team: counts of 0–9 stay hidden (the first part of charter C16).

A cell whose count is hidden shows no rate. Where one hidden cell of a row of places could be worked out from the
rest and a shown total, the next smallest is hidden with it. Rounding, and protection across reports, come with the
rest of C16; until then no village figures of such programmes and no export are offered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from doorstep.indicators.values import Number, Table, Value

SMALLEST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as shown: None where hidden."""

    numerator: Number | None
    denominator: Number | None
    rate: Decimal | None
    hidden: bool


def shown(value: Value, subset: bool) -> Shown:
    """One value by itself: hidden when either count is under ten. ``subset``: the numerator counts some of the very
    people of the denominator; then those it leaves out are a count too, and hide it when they are one to nine."""
    top, bottom = Decimal(value.numerator), value.denominator
    small = top < SMALLEST_SHOWN or (bottom is not None and bottom < SMALLEST_SHOWN)
    rest = Decimal(bottom) - top if bottom is not None and subset else Decimal(0)
    if small or 0 < rest < SMALLEST_SHOWN:
        return Shown(None, bottom if bottom is not None and bottom >= SMALLEST_SHOWN else None, None, True)
    return Shown(value.numerator, bottom, value.rate, False)


def shown_table(table: Table, total: int | None = None) -> Mapping[tuple[str, str, int], Shown]:
    """Every value of a table as shown. ``total``: the place whose figures are the sum of the others', if any."""
    subset = {i.id: i.denominator is not None and i.denominator.sum is None for i in table.indicators()}
    found = {key: shown(value, subset[key[0]]) for key, value in table.values.items()}
    if total is None:
        return found
    parts = [i for i in table.place_ids if i != total]
    for indicator in table.report.indicators:
        for period in table.periods:
            _hide_a_second(found, table, indicator, period.id, parts)
    return found


def _hide_a_second(
    found: dict[tuple[str, str, int], Shown], table: Table, indicator: str, period: str, parts: Sequence[int]
) -> None:
    keys = [(indicator, period, place_id) for place_id in parts]
    hidden = [key for key in keys if found[key].hidden]
    if len(hidden) != 1:
        return
    rest = [key for key in keys if not found[key].hidden]
    if rest:
        smallest = min(rest, key=lambda key: (table.values[key].numerator, key[2]))
        found[smallest] = Shown(None, None, None, True)
        found[hidden[0]] = Shown(None, None, None, True)


def shown_count(count: int) -> int | None:
    """One count by itself: None while it is under ten."""
    return count if count >= SMALLEST_SHOWN else None


def shown_counts(counts: Mapping[int, int], whole: int) -> dict[int, int | None]:
    """Counts of the parts of a shown whole, by place: what is hidden cannot be had by taking the others from it.

    While only one part is hidden, or all hidden ones together are under ten, the next smallest is hidden too.
    """
    found = {place: shown_count(count) for place, count in counts.items()}
    if shown_count(whole) is None:
        return found
    rest = whole - sum(counts.values())  # people of the whole who are in none of the parts
    hidden = [place for place, count in found.items() if count is None]
    ordered = sorted((p for p in counts if p not in hidden), key=lambda place: (counts[place], place))
    while hidden and ordered and (len(hidden) == 1 or rest + sum(counts[p] for p in hidden) < SMALLEST_SHOWN):
        hidden.append(ordered.pop(0))
    return {place: None if place in hidden else count for place, count in counts.items()}
