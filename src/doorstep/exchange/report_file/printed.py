"""A report as pages to print (A4)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from doorstep.indicators.documents.model import Document
from doorstep.indicators.documents.spoken import Stamp, speak
from doorstep.lib import typeset

CONTENT_TYPE = "application/pdf"
TEMPLATE = Path(__file__).with_name("report.typ")
WIDE = 7  # columns of figures from which a page is turned


def write(document: Document, language: str, stamp: Stamp | None) -> bytes:
    sheet = speak(document, language, stamp)
    widest = max((len(block.table.heads) for block in sheet.blocks if block.table is not None), default=0)
    return typeset.pdf(TEMPLATE, {**_told(asdict(sheet)), "wide": widest >= WIDE})


def _told(value: object) -> dict[str, object]:
    """Exact numbers stay out: a page shows words alone."""
    told = _without_numbers(value)
    assert isinstance(told, dict)
    return told


def _without_numbers(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_numbers(one) for key, one in value.items() if key not in ("number", "per")}
    if isinstance(value, list | tuple):
        return [_without_numbers(one) for one in value]
    return value
