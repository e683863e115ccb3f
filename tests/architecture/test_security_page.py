"""The security page: every item has a proof, every named test is there, every part it points to is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LINK = re.compile(r"\]\(([^)#]*)(?:#([\w-]+))?\)")


def anchors() -> set[str]:
    heads = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


def test_there_are_items_and_each_stands_once() -> None:
    numbers = [number for number, _, _ in ROWS]
    assert len(numbers) == len(set(numbers)) > 80
    assert numbers == sorted(numbers, key=lambda n: [int(part) for part in n.split(".")])


def test_every_item_is_a_row_that_is_read() -> None:
    assert len(re.findall(r"^\| \d", PAGE, re.MULTILINE)) == len(ROWS)


def test_every_named_test_is_there() -> None:
    named = TEST.findall(PAGE)
    assert len(named) > 60
    assert [f"{file}::{test}" for file, test in named if not _is_there(file, test)] == []


def _is_there(file: str, test: str) -> bool:
    path = ROOT / file
    return path.is_file() and re.search(rf"^def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE) is not None


def test_a_test_that_is_not_there_is_noticed() -> None:
    assert _is_there("tests/architecture/test_security_page.py", "test_every_named_test_is_there")
    assert not _is_there("tests/architecture/test_security_page.py", "test_every_named_test")
    assert not _is_there("tests/architecture/nowhere.py", "test_every_named_test_is_there")


def test_every_item_has_a_proof_or_says_that_it_is_not_met() -> None:
    bare = [n for n, _, proof in ROWS if not TEST.search(proof) and not LINK.search(proof) and "not met" not in proof]
    assert bare == ["7.4.4"]  # a look at any page


def test_what_it_points_to_is_there() -> None:
    for file, anchor in LINK.findall(PAGE):
        assert not file or (ROOT / "docs" / file).is_file(), file
        assert file or anchor in anchors(), anchor
