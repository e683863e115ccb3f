"""The words of a complaint as they lie in the store: nobody reads them there without the store's key."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12


def seal(text: str, complaint_id: int) -> bytes:
    """The words, sealed for this complaint alone."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher().encrypt(nonce, text.encode(), _bound(complaint_id))


def opened(sealed: bytes, complaint_id: int) -> str:
    return _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(complaint_id)).decode()


def _bound(complaint_id: int) -> bytes:
    return f"complaint {complaint_id}".encode()


def _cipher() -> AESGCM:
    key = HKDF(hashes.SHA256(), 32, b"", b"doorstep complaints").derive(settings.SECRET_KEY.encode())
    return AESGCM(key)
