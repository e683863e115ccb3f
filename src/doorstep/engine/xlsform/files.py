"""What kind of file this is, and that it is safe to open: told from its bytes, never from its name alone."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePath

from doorstep.lib import packed
from doorstep.lib.problems import Problem, Problems, Where

SUFFIXES = (".xlsx", ".xls", ".csv", ".md")
"""The kinds of form file that are read. ``.xlsm`` is read as ``.xlsx``."""

MOST_BYTES = 8_000_000
MOST_UNPACKED = 30_000_000
MOST_PARTS = 2_000

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


def kind_of(data: bytes, name: str) -> str:
    """'.xlsx', '.xls', '.csv' or '.md'. Raises ``Problems`` for anything else, and for files that lie or burst."""
    where = Where(file=name)
    if not data.strip():
        raise Problems([Problem("xlsform.empty", where)])
    if len(data) > MOST_BYTES:
        raise Problems([Problem("xlsform.too_large", where, {"most": MOST_BYTES // 1_000_000})])
    suffix = PurePath(name).suffix.lower().replace(".xlsm", ".xlsx")
    if suffix and suffix not in SUFFIXES:
        raise Problems([Problem("xlsform.wrong_suffix", where, {"suffix": suffix, "known": ", ".join(SUFFIXES)})])
    kind = _kind_by_bytes(data, suffix)
    if suffix and kind != suffix and (kind in (".xls", ".xlsx") or suffix in (".xls", ".xlsx")):
        code = "xlsform.locked_or_old" if (kind, suffix) == (".xls", ".xlsx") else "xlsform.suffix_lies"
        raise Problems([Problem(code, where, {"suffix": suffix, "kind": kind})])
    if kind == ".xlsx":
        _refuse_unsafe_zip(data, where)
    elif kind != ".xls":
        decoded(data, name)
    return suffix or kind


def decoded(data: bytes, name: str) -> str:
    """The text of a .md or .csv file. Raises ``Problems`` when it is not UTF-8."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise Problems([Problem("xlsform.not_utf8", Where(file=name))]) from error


def _kind_by_bytes(data: bytes, suffix: str) -> str:
    if data.startswith(_ZIP):
        return ".xlsx"
    if data.startswith(_OLE):
        return ".xls"
    if suffix in (".csv", ".md"):
        return suffix
    first = data[:5000]
    starts_a_table = first.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"|")
    return ".md" if starts_a_table or first.count(b"|") >= first.count(b",") else ".csv"


def _refuse_unsafe_zip(data: bytes, where: Where) -> None:
    found = packed.trouble(BytesIO(data), MOST_UNPACKED, MOST_PARTS)
    if found == "bomb":
        raise Problems([Problem("xlsform.zip_bomb", where, {"most": MOST_UNPACKED // 1_000_000})])
    if found == "type":
        raise Problems([Problem("xlsform.has_dtd", where)])
    if found or not _is_workbook(data):
        raise Problems([Problem("xlsform.not_spreadsheet", where)])


def _is_workbook(data: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return "xl/workbook.xml" in archive.namelist()
