"""The disk says no, at every write and every wait in turn."""

from __future__ import annotations

from tests.faults.conftest import Faults
from tests.faults.shares import SHARES

SOUND = {"unclear": {}, "lost": 0, "doubled": 0, "half": 0, "damaged": 0, "stuck": 0}


def test_a_disk_that_says_no_gets_no_receipt_out_of_the_server(faults: Faults) -> None:
    found = faults("disk")
    assert {name: found[name] for name in SOUND} == SOUND
    assert int(str(found["trials"])) >= SHARES["disk"].floor
    assert int(str(found["refused"])) > 0
