"""What fault tests may cost of ``make test``: one table of every suite in this folder (``hostile`` with ``hostile_…``).

``seconds`` is what a suite may take on the machine alone. Those that are told by command stop when their seconds are over, but try
their floor whatever that takes; the others try as many as fit. ``here`` is how often it tries in ``make test`` when there is time,
``wide`` with ``DOORSTEP_TESTS=wide``, ``by_command`` what docs/faults.md tells to run before a release; 1: it is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.shares import WIDE


@dataclass(frozen=True)
class Share:
    seconds: float
    here: int = 1
    wide: int = 1
    by_command: int = 1
    floor: int = 1

    @property
    def count(self) -> int:
        return self.wide if WIDE else self.here

    @property
    def words(self) -> tuple[str, ...]:
        """As the command takes it."""
        seconds = 1e9 if WIDE else self.seconds
        return ("--count", str(self.count), "--seconds", str(seconds), "--floor", str(self.floor))


SEED = 20261122
SHARES = {
    "kill": Share(seconds=10, floor=5, here=40, wide=200, by_command=500),
    "power": Share(seconds=7, floor=25, here=100, wide=500, by_command=2000),
    "disk": Share(seconds=7, floor=30, here=150, wide=600, by_command=10_000),
    "schedules": Share(seconds=25, here=12, wide=100, by_command=1000),
    "postgresql": Share(seconds=20, here=400, wide=400, by_command=400),  # records to send while it is hurt three times
    "fuzz": Share(seconds=5, here=100, wide=3000, by_command=100_000),
    "api_schema": Share(seconds=12, here=40, wide=1000, by_command=1000),  # questions to each address
    "hostile": Share(seconds=40),
    "canaries": Share(seconds=1),
    "children": Share(seconds=1),
    "names": Share(seconds=1),
}
