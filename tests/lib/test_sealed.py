"""Numbers as tokens, bytes sealed whole, and what finds a number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from doorstep.lib import keyring, sealed

PHONE, ID = "13812345678", "11010519491231002X"


@pytest.fixture(autouse=True)
def keys(tmp_path: Path) -> Iterator[None]:
    before = keyring.file()
    keyring.configure(tmp_path / keyring.FILE)
    keyring.make()
    yield
    keyring.configure(before)


def test_a_token_is_opened_again_and_always_the_same() -> None:
    token = sealed.token(PHONE)
    assert token.startswith("sealed:") and PHONE not in token
    assert (sealed.opened(token), sealed.token(PHONE), sealed.token(token)) == (PHONE, token, token)
    assert sealed.token("13812345679")[:40] != token[:40]  # nothing of it is alike
    assert (sealed.token(""), sealed.opened(""), sealed.opened("spoken")) == ("", "", "spoken")


def test_words_that_look_like_a_token_stay_words() -> None:
    name = keyring.ring().data.current
    for words in ("sealed:", "sealed:x:y", f"sealed:{name}:AAAA", f"sealed:{name}:{'A' * 40}"):
        assert sealed.opened(words) == words
        assert sealed.opened(sealed.token(words)) == words


def test_only_numbers_of_somebody_are_sealed() -> None:
    said = {"phone": PHONE, "what": ["phone"], "weight": "61.5", "phone_ok": "yes", "nested": [{"id_number": ID, "n": 7}],
            "hotel": "12345", "her_mobile": PHONE, "身份证号": ID}  # fmt: skip
    stored = sealed.sealed_in(said)
    text = orjson.dumps(stored).decode()
    assert PHONE not in text and ID not in text
    assert (stored["what"], stored["weight"], stored["phone_ok"], stored["hotel"]) == (
        ["phone"],
        "61.5",
        "yes",
        "12345",
    )
    assert sealed.opened_json(text) == said
    assert sealed.sealed_in(stored) == stored


def test_bytes_are_opened_again_and_never_alike() -> None:
    content = b"<data>" + PHONE.encode() + b"</data>"
    stored = sealed.seal_bytes(content)
    assert PHONE.encode() not in stored and stored != sealed.seal_bytes(content)
    assert (sealed.open_bytes(stored), sealed.open_bytes(content), sealed.seal_bytes(b"")) == (content, content, b"")
    for n in (4, 12, 20, len(stored) - 1):
        altered = bytearray(stored)
        altered[n] ^= 1
        try:
            assert sealed.open_bytes(bytes(altered)) == b"", n
        except keyring.NoKeys:
            assert n == 4  # the name of the key is another


def test_a_turned_key_still_opens_and_finds_until_it_is_dropped() -> None:
    token, stored, blind = sealed.token(PHONE), sealed.seal_bytes(b"x"), sealed.blind("5678", "phone")
    keyring.turn()
    assert (sealed.opened(token), sealed.open_bytes(stored)) == (PHONE, b"x")
    assert blind in sealed.blinds("5678", "phone") and blind != sealed.blind("5678", "phone")
    again = sealed.token(token)
    assert again != token and sealed.key_of(again) == keyring.ring().data.current != sealed.key_of(token)
    keyring.drop_old()
    assert sealed.opened(again) == PHONE
    with pytest.raises(keyring.NoKeys):
        sealed.opened(token)
    with pytest.raises(keyring.NoKeys):
        sealed.open_bytes(stored)


def test_a_blind_index_is_of_its_purpose() -> None:
    assert sealed.blind("1234", "phone") != sealed.blind("1234", "id")
