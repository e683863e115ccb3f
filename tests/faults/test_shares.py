"""The table of what fault tests may cost names every suite there is."""

from __future__ import annotations

from pathlib import Path

from tests.faults.shares import SHARES


def test_the_table_names_every_suite() -> None:
    suites = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")} - {"shares"}
    assert {one for one in suites if not any(one == name or one.startswith(f"{name}_") for name in SHARES)} == set()
    assert set(SHARES) <= suites
