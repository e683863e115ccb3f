"""What Doorstep stands on: locked by hash, installed as locked, under a licence that may be shipped, no advisory we know of."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import audit
from audit import Locked

KNOWN = {"allowed": ["MIT", "Apache-2.0", "MPL-2.0"], "spelled": {"MIT License": "MIT"}, "stated": {"silent": "MIT"}}
BAD = [{"package": "Some_Thing", "affected": "<2.0.1", "id": "CVE-0000-1", "what": "everything"}]


def test_nothing_is_wrong_with_what_we_stand_on() -> None:
    assert audit.found() == []


@pytest.mark.parametrize(
    ("package", "version", "licences", "told"),
    [
        (Locked("fine", "1.0", "", 1), "1.0", ["MIT License"], []),
        (Locked("fine", "1.0", "", 0), "1.0", ["MIT"], ["fine 1.0: locked without a hash"]),
        (Locked("fine", "1.0", "", 1), "1.1", ["MIT"], ["fine 1.0: 1.1 is installed instead"]),
        (Locked("fine", "1.0", "", 1), None, [], ["fine 1.0: not installed", "fine 1.0: does not say its licence"]),
        (Locked("silent", "1.0", "sys_platform == 'nowhere'", 1), None, [], []),
        (Locked("viral", "1.0", "", 1), "1.0", ["GPL-3.0-only"], ["viral 1.0: may not be shipped under GPL-3.0-only"]),
        (Locked("some-thing", "2.0", "", 1), "2.0", ["MIT"], ["some-thing 2.0: CVE-0000-1 (everything)"]),
        (Locked("some-thing", "2.0.1", "", 1), "2.0.1", ["MIT"], []),
    ],
)
def test_what_is_wrong_is_told(package: Locked, version: str | None, licences: list[str], told: list[str]) -> None:
    found = audit.troubles([package], KNOWN, BAD, version_of=lambda _: version, licences_of=lambda _: licences)
    assert list(found) == told


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("MPL-2.0 AND (GPL-2.0-only OR GPL-3.0-only)", False),
        ("", False),
    ],
)
def test_licence_expressions(expression: str, allowed: bool) -> None:
    assert audit.is_allowed(expression, KNOWN) is allowed


def test_a_line_that_is_no_lock_is_refused() -> None:
    line = f"one==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:{'a' * 64}\n"
    assert list(audit.locked(line)) == [Locked("one", "1.0", "sys_platform == 'win32'", 1)]
    for wrong in (
        "one>=1.0\n",
        "git+https://example.org/one\n",
        "--index-url https://example.org\n",
        "one==1.0\n    --hash=md5:aa\n",
    ):
        with pytest.raises(ValueError, match=r".+"):
            list(audit.locked(wrong))


def test_the_front_end_is_locked_by_hash_too() -> None:
    lock = {
        "packages": {
            "": {},
            "node_modules/a": {"version": "1", "license": "MIT"},
            "node_modules/b": {"version": "2", "integrity": "sha512-x"},
        }
    }
    assert list(audit.front_troubles(lock, KNOWN)) == [
        "a 1: locked without a hash",
        "b 2: may not be shipped under no licence",
    ]
