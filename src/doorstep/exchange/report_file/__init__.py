"""A report as a file: a workbook, a Word document, a page to print, separated values, data.

Every format is a module with ``CONTENT_TYPE`` and ``write(document, language, stamp) -> bytes``; all are made from the
one shown document, so that all show the same figures.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from doorstep.indicators.documents.model import Document
from doorstep.indicators.documents.spoken import Stamp

FORMATS = {"xlsx": "workbook", "docx": "word", "pdf": "printed", "csv": "separated", "json": "data"}
"""Ending of the file → the module that writes it, loaded when it is first asked for."""


class ReportFormat(Protocol):
    CONTENT_TYPE: str

    def write(self, document: Document, language: str, stamp: Stamp | None) -> bytes: ...


def format_of(ending: str) -> ReportFormat:
    """The format of an ending. Raises KeyError for an unknown one."""
    return cast(ReportFormat, import_module(f"{__name__}.{FORMATS[ending]}"))


def name_of(document: Document, ending: str, stamp: Stamp | None) -> str:
    """A file's name: report, period, place, and the copy's number once it is handed in."""
    parts = [document.report, document.period, document.place.code]
    if stamp is not None and stamp.number:
        parts.append(f"copy-{stamp.number}")
    return f"{'-'.join(parts)}.{ending}"
