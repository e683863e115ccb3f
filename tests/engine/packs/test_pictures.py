"""Pictures of a pack: each kind has what it needs, and every name in it leads somewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from doorstep.engine import charter
from doorstep.engine.packs import load
from doorstep.lib.problems import Problems

PACKS = Path(__file__).resolve().parents[3] / "packs"


def changed(folder: Path, pack: str, file: str, old: str, new: str) -> Path:
    """A copy of a shipped pack with one thing changed."""
    copy = Path(shutil.copytree(PACKS / pack, folder / pack))
    path = copy / "pictures" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    ("pack", "file", "old", "new", "code"),
    [
        ("maternal", "care_through.yaml", "of: five_contacts_rate", "of: six_contacts_rate", "packs.unknown_indicator"),
        ("maternal", "care_through.yaml", "source: nbphs", "source: nobody", "packs.unknown_source"),
        ("register", "ages.yaml", "open_at: 85", "open_at: 83", "packs.picture_lacks"),
        ("register", "ages.yaml", "kind: age_pyramid", "kind: cascade", "packs.picture_lacks"),
        (
            "register",
            "sex_ratio_at_birth.yaml",
            "usual: [sex_ratio_from, sex_ratio_to]",
            "usual: []",
            "packs.picture_lacks",
        ),
        ("register", "sex_ratio_at_birth.yaml", "judged_from: births", "judged_from: deaths", "packs.no_such_number"),
    ],
)
def test_a_picture_that_lacks_something_does_not_load(
    tmp_path: Path, pack: str, file: str, old: str, new: str, code: str
) -> None:
    with pytest.raises(Problems) as refused:
        load(changed(tmp_path, pack, file, old, new))
    assert [p.code for p in refused.value.problems] == [code]
    assert [p.where.file for p in refused.value.problems] == [f"{pack}/pictures/{file}"]


def test_a_picture_may_not_speak_of_a_goal(tmp_path: Path) -> None:
    told = changed(tmp_path, "maternal", "care_through.yaml", "Care from signing up", "Target: care from signing up")
    problems = charter.check_pack(load(told), others=[], acceptances=frozenset())
    assert [p.code for p in problems if p.severity == "error"] == ["charter.target_words"]
    assert not [
        p
        for p in charter.check_pack(load(PACKS / "maternal"), others=[], acceptances=frozenset())
        if p.severity == "error"
    ]
