"""``reports/*.yaml``: which indicators a report shows, for which periods, and when it is handed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from doorstep.engine.model.pack import PERIOD_NAMES, DatedValue, HandInDef, IndicatorDef, Pack, ReportDef
from doorstep.engine.packs import layouts
from doorstep.engine.packs.parts import STATUSES
from doorstep.engine.packs.yaml_file import Item

ANY_YEAR = 2023  # one without 29 February: a day that is not in every year is no day to hand in


def report(item: Item, key: str) -> ReportDef:
    return ReportDef(
        id=key,
        title=item.text("title", required=True),
        indicators=item.names("indicators"),
        period=item.one_of("period", PERIOD_NAMES, "quarter"),
        grain=item.words("grain", "township"),
        at=item.at,
        also=_also(item),
        year_starts=_dated(item, "year_starts", 12),
        week_ends=_dated(item, "week_ends", 7),
        hand_in=_hand_in(item),
        layout=layouts.layout(item),
        narrative=layouts.narrative(item),
    )


def _also(item: Item) -> tuple[str, ...]:
    names = item.names("also")
    for name in names:
        if name not in PERIOD_NAMES:
            item.problem("not_one_of", "also", said=name, options=", ".join(PERIOD_NAMES))
    return tuple(name for name in names if name in PERIOD_NAMES)


def _dated(item: Item, key: str, most: int) -> tuple[DatedValue, ...]:
    """Dated whole values from 1 to ``most``."""
    values = []
    for one in item.items(key, item.name):
        value, since = one.decimal("value", required=True), one.day("since", required=True)
        source, status = one.words("source", required=True), one.one_of("status", STATUSES, "secondary", required=True)
        one.end()
        if value is not None and value not in map(Decimal, range(1, most + 1)):
            item.problem("not_one_of", key, said=str(value), options=f"1–{most}")
        elif value is not None and since is not None:
            values.append(DatedValue(value, since, source, status))
    return tuple(sorted(values, key=lambda v: v.since))


def _hand_in(item: Item) -> tuple[HandInDef, ...]:
    found = []
    for one in item.items("hand_in", item.name):
        since, days, on = one.day("since", required=True), one.decimal("days_after"), one.names("on")
        source, status = one.words("source", required=True), one.one_of("status", STATUSES, "secondary", required=True)
        one.end()
        if (days is None) == (not on) or (days is not None and (days < 0 or days % 1)):
            one.problem("hand_in", "days_after" if days is not None else "on")
        elif since is not None:
            after = None if days is None else int(days)
            found.append(HandInDef(since, source, status, after, tuple(sorted(_days(one, on)))))
    return tuple(sorted(found, key=lambda one: one.since))


def _days(item: Item, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for name in names:
        try:
            day = date.fromisoformat(f"{ANY_YEAR}-{name}")
        except ValueError:
            item.problem("not_day_of_year", "on", said=name)
        else:
            yield day.month, day.day


def wrong_periods(pack: Pack, report: ReportDef) -> Iterator[tuple[IndicatorDef, str]]:
    """Indicators of a report that cannot be asked for one of its periods, each with that period.

    What is counted once in each calendar year tells nothing of any other stretch of time.
    """
    for indicator in (pack.indicators[name] for name in report.indicators if name in pack.indicators):
        allowed = pack.periods_of(indicator)
        yield from ((indicator, period) for period in (report.period, *report.also) if period not in allowed)
