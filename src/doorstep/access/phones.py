"""A phone's address, and the code ODK Collect sets itself up from."""

from __future__ import annotations

import base64
import json
import zlib


def address(server: str, token: str) -> str:
    """The OpenRosa address of a device, as apps are given it."""
    return f"{server.rstrip('/')}/odk/{token}"


def collect_code(url: str, name: str) -> str:
    """Text of the QR code ODK Collect scans to set up a project. Left-out settings take Collect's own defaults."""
    settings = {
        "general": {"server_url": url, "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"},
        "admin": {},
        "project": {"name": name},
    }
    return base64.b64encode(zlib.compress(json.dumps(settings, ensure_ascii=False).encode())).decode()
