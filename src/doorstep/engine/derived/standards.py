"""A growth standard as its tables say it: L, M and S by sex and age (or length), and what follows from them.

Worked with exact decimals throughout, so that every machine gives the same last digit.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, NamedTuple

from doorstep.engine.model.pack import TableDef

EXACT = Context(prec=18)
TWO_PLACES = Decimal("0.01")
THREE = Decimal(3)
TWO = Decimal(2)
ONE = Decimal(1)
_MOST_KEPT = 32


class Lms(NamedTuple):
    """The three numbers of one sex at one age (or length)."""

    l: Decimal  # noqa: E741 - the letters of the method
    m: Decimal
    s: Decimal

    def at(self, z: Decimal) -> Decimal:
        """The measurement that lies ``z`` standard deviations from the median."""
        if self.l == 0:
            return EXACT.multiply(self.m, EXACT.exp(EXACT.multiply(self.s, z)))
        base = EXACT.add(ONE, EXACT.multiply(EXACT.multiply(self.l, self.s), z))
        return EXACT.multiply(self.m, EXACT.power(base, EXACT.divide(ONE, self.l)))

    def z(self, value: Decimal, *, restricted: bool) -> Decimal:
        """How many standard deviations a measurement lies from the median, to two places, halves away from zero.

        ``restricted``: beyond 3 the steps are those between 2 and 3, as WHO does for all that rests on weight.
        """
        z = self._unrestricted(value)
        if restricted and abs(z) > THREE:
            side = ONE.copy_sign(z)
            third, second = self.at(THREE * side), self.at(TWO * side)
            z = side * THREE + EXACT.divide(value - third, abs(third - second))
        return z.quantize(TWO_PLACES, ROUND_HALF_UP)

    def _unrestricted(self, value: Decimal) -> Decimal:
        ratio = EXACT.divide(value, self.m)
        if self.l == 0:
            return EXACT.divide(EXACT.ln(ratio), self.s)
        return EXACT.divide(EXACT.power(ratio, self.l) - ONE, EXACT.multiply(self.s, self.l))


def between(low: Lms, high: Lms, share: Decimal) -> Lms:
    """The line between two rows, ``share`` of the way from the lower one."""
    return Lms(*(EXACT.add(a, EXACT.multiply(share, b - a)) for a, b in zip(low, high, strict=True)))


class Standard:
    """One table by sex: rows at equal ``step``s of ``key``."""

    def __init__(self, table: TableDef, key: str, step: Decimal):
        self.step = step
        self._rows: dict[str, dict[int, Lms]] = {}
        for row in table.rows:
            place = int(EXACT.divide(Decimal(row[key]), step))
            self._rows.setdefault(row["sex"], {})[place] = Lms(row["l"], row["m"], row["s"])

    def row(self, sex: str, at: Decimal) -> Lms | None:
        """The row at this place, on the line between two neighbours when it stands between them; None outside."""
        rows = self._rows.get(sex)
        if rows is None:
            return None
        whole, rest = divmod(EXACT.divide(at, self.step), ONE)
        low = rows.get(int(whole))
        if low is None or rest == 0:
            return low
        high = rows.get(int(whole) + 1)
        return between(low, high, rest) if high is not None else None


# Made once per table and process: a pack's tables are the same object wherever the pack goes.
_made: OrderedDict[int, tuple[Any, Standard]] = OrderedDict()


def standard(table: TableDef, key: str, step: Decimal = ONE) -> Standard:
    """The standard a table holds."""
    known = _made.get(id(table.rows))
    if known is not None and known[0] is table.rows:
        return known[1]
    made = Standard(table, key, step)
    _made[id(table.rows)] = (table.rows, made)
    if len(_made) > _MOST_KEPT:
        _made.popitem(last=False)
    return made


def columns(key: str, kind: str) -> Mapping[str, str]:
    """What such a table must hold."""
    return {"sex": "text", key: kind, "l": "decimal", "m": "decimal", "s": "decimal"}
