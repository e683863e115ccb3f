"""``kill -9`` in the middle of everything that writes."""

from __future__ import annotations

from tests.faults.conftest import Faults
from tests.faults.shares import SHARES

SOUND = {"lost": 0, "doubled": 0, "half": 0, "damaged": 0, "stuck": 0}


def test_nothing_promised_is_lost_doubled_or_half_done_by_a_kill(faults: Faults) -> None:
    found = faults("kill")
    assert {name: found[name] for name in SOUND} == SOUND
    killed: dict[str, int] = found["killed"]  # type: ignore[assignment]
    assert set(killed) == {"write", "sync", "migrate", "backup", "restore"}
    assert sum(killed.values()) >= SHARES["kill"].floor / 2  # some were done already when the kill came
    assert int(str(found["kept"])) > 0
