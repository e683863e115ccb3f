"""What fault tests may cost of ``make test``: one table.

Each suite stops when its seconds are over, but tries its floor whatever that takes. ``here`` is how often it tries in ``make test``
when there is time, ``wide`` with ``DOORSTEP_TESTS=wide``, ``by_command`` what docs/faults.md tells to run before a release.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.shares import WIDE


@dataclass(frozen=True)
class Share:
    seconds: float
    floor: int
    here: int
    wide: int
    by_command: int

    @property
    def words(self) -> tuple[str, ...]:
        """As the command takes it."""
        count, seconds = (self.wide, 1e9) if WIDE else (self.here, self.seconds)
        return ("--count", str(count), "--seconds", str(seconds), "--floor", str(self.floor))


SEED = 20261122
SHARES = {
    "kill": Share(seconds=10, floor=5, here=40, wide=200, by_command=500),
    "power": Share(seconds=7, floor=25, here=100, wide=500, by_command=2000),
    "disk": Share(seconds=7, floor=30, here=150, wide=600, by_command=10_000),
}
