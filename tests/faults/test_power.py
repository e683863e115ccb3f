"""The power fails: what a disk may hold then."""

from __future__ import annotations

from tests.faults.conftest import Faults
from tests.faults.shares import SHARES

SOUND = {"lost": 0, "doubled": 0, "half": 0, "damaged": 0}


def test_every_receipt_holds_in_every_image_of_a_disk_without_power(faults: Faults) -> None:
    found = faults("power")
    assert {name: found[name] for name in SOUND} == SOUND
    assert int(str(found["images"])) >= SHARES["power"].floor
    control: dict[str, int] = found["control"]  # type: ignore[assignment]
    assert (
        control["lost"] > 0
    )  # synchronous=NORMAL does not wait at a commit: were nothing lost, this would look at nothing
    assert {name: control[name] for name in ("doubled", "half", "damaged")} == {"doubled": 0, "half": 0, "damaged": 0}
