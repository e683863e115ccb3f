"""Counts of the parts of one whole, where nothing else is shown that could be held against them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from doorstep.indicators.hiding.rounding import MOST_HIDDEN, SMALLEST_SHOWN, bounds, rounded, shown_count

Part = TypeVar("Part", bound=Hashable)


def shown_counts(counts: Mapping[Part, int], whole: int) -> dict[Part, int | None]:
    """Counts of the parts of a shown whole: no hidden one can be narrowed inside 0 to 9 by taking the others from it.

    The smallest shown parts are hidden with the small ones until that holds. People of the whole who are in none of
    the parts are a part nobody sees.
    """
    if shown_count(whole) is None:
        return dict.fromkeys(counts)
    rest = whole - sum(counts.values())
    hidden = [part for part, count in counts.items() if count < SMALLEST_SHOWN]
    small = bool(hidden) or 0 < rest < SMALLEST_SHOWN
    order = list(counts)
    shown = sorted((p for p in counts if counts[p] >= SMALLEST_SHOWN), key=lambda p: (counts[p], order.index(p)))
    while small and shown and not _safe([counts[p] for p in shown], whole, len(hidden) + (rest > 0)):
        hidden.append(shown.pop(0))
    return {part: None if part in hidden else rounded(count) for part, count in counts.items()}


def _safe(shown: list[int], whole: int, unseen: int) -> bool:
    """Whether each of the unseen parts may be anything from 0 to 9, as far as the shown ones tell."""
    fewest, most = bounds(whole)
    highest = most - sum(bounds(count)[0] for count in shown)
    lowest = fewest - sum(bounds(count)[1] for count in shown) if unseen == 1 else 0
    return lowest <= 0 and highest >= MOST_HIDDEN
