"""Office files (zips of XML) looked through before anything opens them: what bursts, lies, is locked or declares a type.

A document type is how XML is made to read other files or to grow without end; no office program writes one.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Literal
from xml.parsers import expat

Trouble = Literal["", "broken", "bomb", "type"]

_CHUNK = 64 * 1024
_LOCKED = 0x1
_XML = (".xml", ".rels", ".vml")


def trouble(source: Path | IO[bytes], most_unpacked: int, most_parts: int = 2000) -> Trouble:
    """What is wrong with a packed file; '' when it may be opened. Nothing larger than a piece of it is held in memory."""
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
            if len(parts) > most_parts or sum(part.file_size for part in parts) > most_unpacked:
                return "bomb"
            if any(part.flag_bits & _LOCKED for part in parts):
                return "broken"
            for part in parts:
                if part.filename.lower().endswith(_XML) and _declares_type(archive, part):
                    return "type"
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        zlib.error,
        struct.error,
    ):
        return "broken"
    return ""


class _Enough(Exception):
    """The first element has begun: no type can be declared any more."""


class _Declared(Exception):
    """A document type is declared."""


def _declares_type(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """By a real parser, so that neither remarks before it nor another encoding hide it."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = _enough
    parser.StartDoctypeDeclHandler = _declared
    try:
        with archive.open(part) as content:
            while piece := content.read(_CHUNK):
                parser.Parse(piece, False)
    except _Declared:
        return True
    except (_Enough, expat.ExpatError):
        return False  # what is broken is said by who reads it
    return False


def _enough(*_: object) -> None:
    raise _Enough


def _declared(*_: object) -> None:
    raise _Declared
