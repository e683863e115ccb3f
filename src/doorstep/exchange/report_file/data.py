"""A report as data for other programs: the whole document, how far it has come, nothing left out."""

from __future__ import annotations

import json
from typing import Any

from doorstep.indicators.documents.model import Document
from doorstep.indicators.documents.spoken import Stamp

CONTENT_TYPE = "application/json; charset=utf-8"


def write(document: Document, _language: str, stamp: Stamp | None) -> bytes:
    told = {"state": _state(stamp), "report": document.content()}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _state(stamp: Stamp | None) -> dict[str, Any]:
    one = stamp or Stamp()
    return {
        "copy": one.number or None,
        "checked_by": one.checked_by or None,
        "checked_at": one.checked_at.isoformat() if one.checked_at else None,
        "handed_in_by": one.handed_in_by or None,
        "handed_in_at": one.handed_in_at.isoformat() if one.handed_in_at else None,
        "sha256": one.sha256 or None,
    }
