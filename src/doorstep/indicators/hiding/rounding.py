"""One count as it is shown: 0 to 9 not at all, others to the nearest 5. The same count always reads the same."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

Number = int | Decimal

SMALLEST_SHOWN = 10
BASE = 5
MOST_HIDDEN = SMALLEST_SHOWN - 1


def rounded(count: Number) -> int:
    """To the nearest five; what is not whole counts as the whole number below it."""
    return (int(count) + BASE // 2) // BASE * BASE


def bounds(count: int) -> tuple[int, int]:
    """Which counts would read the same as this one, which is shown: the fewest and the most."""
    near = rounded(count)
    return max(SMALLEST_SHOWN, near - BASE // 2), near + BASE // 2


def shown_count(count: int) -> int | None:
    """One count by itself: None while it is under ten."""
    return rounded(count) if count >= SMALLEST_SHOWN else None


def rate(numerator: Number, denominator: Number | None, per: int) -> Decimal | None:
    """numerator ÷ denominator × per, half away from zero at one place; None without a denominator."""
    if not denominator:
        return None
    exact = Decimal(numerator) * per / Decimal(denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
