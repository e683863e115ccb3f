"""What the program itself declares, together with every shipped programme, holds the charter."""

from __future__ import annotations

from pathlib import Path

from doorstep.access.showing import declared
from doorstep.engine import charter
from doorstep.engine.packs import load

PACKS = sorted(f.parent for f in (Path(__file__).parents[2] / "packs").glob("*/pack.yaml"))


def test_every_declared_output_holds_with_every_shipped_programme() -> None:
    report = charter.verify(declared().values(), [load(folder) for folder in PACKS])
    assert len(declared()) > 30 and len(PACKS) > 5
    assert [problem.text() for problem in report.problems] == []
