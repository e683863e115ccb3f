"""The store's keys in their file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorstep.lib import keyring


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    before = keyring.file()
    keyring.configure(tmp_path / keyring.FILE)
    keyring.LOOK_AGAIN_SECONDS, patience = 0.0, keyring.LOOK_AGAIN_SECONDS
    yield tmp_path / keyring.FILE
    keyring.LOOK_AGAIN_SECONDS = patience
    keyring.configure(before)


def test_keys_are_made_once_and_only_their_owner_reads_them(place: Path) -> None:
    with pytest.raises(keyring.NoKeys):
        keyring.ring()
    keyring.make()
    first = keyring.ring()
    keyring.make()
    assert keyring.ring() == first
    assert place.stat().st_mode & 0o777 == 0o600
    assert {len(key) for key in (*first.data.by_name.values(), *first.log.by_name.values())} == {32}
    assert first.data.current != first.log.current


def test_turning_keeps_the_old_until_they_are_dropped(place: Path) -> None:
    keyring.make()
    first = keyring.ring()
    turned = keyring.turn()
    assert turned.data.current not in first.data.by_name
    assert dict(turned.data.by_name) == {
        **first.data.by_name,
        turned.data.current: turned.data.by_name[turned.data.current],
    }
    keyring.drop_old()
    assert list(keyring.ring().data.by_name) == [turned.data.current]
    assert set(keyring.ring().log.by_name) == {first.log.current, turned.log.current}  # they prove what they sealed


def test_another_process_that_turns_the_keys_is_noticed(place: Path) -> None:
    keyring.make()
    before = keyring.ring()
    content = place.read_text()
    keyring.turn()
    other = place.read_text()
    place.write_text(content)
    assert keyring.ring() == before
    place.write_text(other)
    assert keyring.ring() != before


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"data": {"current": "x", "keys": {}}, "log": {}}'])
def test_a_file_that_cannot_be_read_says_so(place: Path, content: str) -> None:
    place.write_text(content)
    with pytest.raises(keyring.NoKeys):
        keyring.ring()
