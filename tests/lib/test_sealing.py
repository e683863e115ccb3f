"""A sealed file is read whole or not at all."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.lib import sealing
from doorstep.lib.sealing import Opening, Sealing, Unreadable, key_from, key_text, new_key

KEY = bytes(range(32))


def sealed(content: bytes, key: bytes = KEY) -> bytes:
    out = io.BytesIO()
    with Sealing(out, key, {"format": "test"}) as file:
        for start in range(0, len(content), 7_000):
            file.write(content[start : start + 7_000])
    return out.getvalue()


def opened(content: bytes, key: bytes = KEY) -> bytes:
    return io.BufferedReader(Opening(io.BytesIO(content), key)).read()


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PIECE", 4096)


@pytest.mark.parametrize("length", [0, 1, 4095, 4096, 4097, 8192, 30_000])
def test_what_was_sealed_comes_out(length: int) -> None:
    content = bytes(n % 251 for n in range(length))
    assert opened(sealed(content)) == content


def test_without_the_key_only_the_first_line_is_told() -> None:
    whole = sealed(b"Wang Xiuying 13800001111" * 400)
    assert sealing.first_line(io.BytesIO(whole))["format"] == "test"
    assert b"Wang" not in whole
    assert KEY.hex().encode() not in whole
    with pytest.raises(Unreadable, match="other_key"):
        opened(whole, new_key())


@settings(max_examples=150)
@given(st.data())
def test_no_byte_can_be_changed_and_nothing_cut_off(data: st.DataObject) -> None:
    whole = sealed(b"a record " * 1500)
    if data.draw(st.booleans()):
        spoilt = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        at = data.draw(st.integers(0, len(whole) - 1))
        spoilt = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    with pytest.raises(Unreadable):
        opened(spoilt)


def test_pieces_can_be_neither_swapped_nor_left_out_nor_taken_from_another_file() -> None:
    def pieces(whole: bytes) -> tuple[bytes, list[bytes]]:
        line, _, rest = whole.partition(b"\n")
        found = []
        while rest:
            size = 4 + int.from_bytes(rest[:4], "big")
            found.append(rest[:size])
            rest = rest[size:]
        return line + b"\n", found

    line, (a, b, c, d) = pieces(sealed(b"x" * 14_000))
    assert opened(line + a + b + c + d) == b"x" * 14_000
    _, other = pieces(sealed(b"x" * 14_000))
    for wrong in ([b, a, c, d], [a, c, d], [a, b, c], [a, b, c, d, d], [a, other[1], c, d], [d]):
        with pytest.raises(Unreadable):
            opened(line + b"".join(wrong))


def test_a_key_can_be_written_down_and_a_slip_is_noticed() -> None:
    key = KEY
    text = key_text(key)
    assert [len(group) for group in text.split("-")] == [4] * 14
    assert key_from(text) == key_from(text.lower().replace("-", " ")) == key
    for at, letter in enumerate(text):
        if letter != "-":
            wrong = "A" if letter != "A" else "B"
            with pytest.raises(Unreadable):
                key_from(text[:at] + wrong + text[at + 1 :])


def test_a_file_of_another_kind_is_told_apart() -> None:
    for other in (b"", b"SQLite format 3\0", b"{}\n", b"[1]\n", json.dumps({"salt": 1}).encode()):
        with pytest.raises(Unreadable, match="not_sealed"):
            sealing.first_line(io.BytesIO(other))
