"""The words of a complaint as they lie in the store: nobody reads them there without the store's keys."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from doorstep.lib import keyring, sealed

_NONCE = 12


def seal(text: str, complaint_id: int) -> bytes:
    """The words, sealed for this complaint alone."""
    return sealed.seal_bytes(text.encode(), _bound(complaint_id))


def opened(stored: bytes, complaint_id: int) -> str:
    """Raises ValueError for words that were altered, or are another complaint's."""
    if not sealed.key_of(stored):
        return _of_an_older_version(stored, complaint_id)
    text = sealed.open_bytes(stored, _bound(complaint_id)).decode()
    if not text:
        raise ValueError(complaint_id)
    return text


def sealed_again(stored: bytes, complaint_id: int) -> bytes | None:
    """The words sealed with the current key; None when they are."""
    if sealed.key_of(stored) == keyring.ring().data.current:
        return None
    return seal(opened(stored, complaint_id), complaint_id)


def _bound(complaint_id: int) -> str:
    return f"complaint {complaint_id}"


def _of_an_older_version(stored: bytes, complaint_id: int) -> str:
    """Words sealed by the key of sessions."""
    key = HKDF(hashes.SHA256(), 32, b"", b"doorstep complaints").derive(settings.SECRET_KEY.encode())
    return AESGCM(key).decrypt(stored[:_NONCE], stored[_NONCE:], _bound(complaint_id).encode()).decode()
