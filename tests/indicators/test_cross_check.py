"""What is hidden beside another program's judgement: τ-ARGUS, that statistical offices hide cells with."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pytauargus import protect

from doorstep.indicators.showing import SMALLEST_SHOWN, shown_counts

PRIMARY, SECONDARY = "U", "M"


def by_tau_argus(counts: list[int], folder: Path) -> list[str]:
    """How it judges each part of a table with its shown total: safe, unsafe by itself, or hidden because of others."""
    people = {"place": [f"v{n}" for n, count in enumerate(counts) for _ in range(count)], "one": [1.0] * sum(counts)}
    made = protect(people, ["place"], "one", f"FREQ({SMALLEST_SHOWN},{SMALLEST_SHOWN})", "OPT(1)", workdir=str(folder))
    _total, *parts = made.tables[0].status()
    return list(parts)


@pytest.mark.parametrize("seed", range(12))
def test_what_another_program_hides_is_hidden_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.chdir(tmp_path)  # it leaves its logs where it stands
    rng = random.Random(seed)
    counts = [rng.randint(1, rng.choice((12, 60))) for _ in range(rng.randint(3, 8))]
    theirs = by_tau_argus(counts, tmp_path)
    ours = shown_counts(dict(enumerate(counts)), sum(counts))
    assert [n for n, said in enumerate(theirs) if said == PRIMARY] == [
        n for n, c in enumerate(counts) if c < SMALLEST_SHOWN
    ]
    hidden = [n for n, count in ours.items() if count is None]
    assert all(n in hidden for n, said in enumerate(theirs) if said == PRIMARY)
    if len(hidden) < sum(said in (PRIMARY, SECONDARY) for said in theirs):
        # it takes counts as exact; ours are rounded, and one hidden count may be anything from 0 to 9 without a second
        bounds = [(count - 2, count + 2) for count in ours.values() if count is not None]
        whole = 5 * round(sum(counts) / 5)
        low, high = whole - 2 - sum(b for _, b in bounds), whole + 2 - sum(a for a, _ in bounds)
        assert (len(hidden), low <= 0, high >= SMALLEST_SHOWN - 1) == (1, True, True), (counts, theirs, ours)
    assert any(said == PRIMARY for said in theirs) or not hidden
