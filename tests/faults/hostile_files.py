"""Files made to do harm, made here by code: what each is called, which reader it is given to, and what that reader must say.

``SAYS`` is the set of problem codes of which the first must be one; empty where the file may be taken in, harmless as it is then.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import xlsxwriter

XLSX_SAYS = frozenset(
    {"exchange.unreadable_file", "exchange.table_too_large", "exchange.no_header", "xlsform.not_spreadsheet"}
    | {"xlsform.zip_bomb", "xlsform.has_dtd", "xlsform.suffix_lies", "xlsform.locked_or_old", "xlsform.too_large"}
)
READERS_OF_TABLES = ("register", "typed", "form")
MEGABYTE = 1_000_000
BIDI = "\u202e\u2066\u200b\u200f\ufeff"
LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10)
)  # the last of them would be 20 GB
ENTITIES: Mapping[str, tuple[str, str]] = {
    "a billion laughs": (LAUGHS, "&l9;"),
    "one long entity many times": (f'<!ENTITY a "{"x" * 50_000}">', "&a;" * 20_000),
    "an entity that is a file": ('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
    "an entity that is an address": ('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;"),
    "a parameter entity": ('<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;', ""),
    "a document type and nothing else": ("", ""),
}


@dataclass(frozen=True, slots=True)
class Hostile:
    """``reader``: register, typed, form, pack or zip. ``name``: the file's (or, of a pack, the file inside it)."""

    what: str
    reader: str
    name: str
    make: Callable[[], bytes]
    says: frozenset[str] = frozenset()


@cache
def workbook() -> bytes:
    """An honest workbook that is a form, a register and a typed table at once."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for sheet, rows in (
            ("survey", [("type", "name", "label", "姓名", "出生日期"), ("text", "a", "A", "王一", "1990-01-01")]),
            ("settings", [("form_title", "form_id"), ("T", "t")]),
        ):
            page = book.add_worksheet(sheet)
            for r, row in enumerate(rows):
                page.write_row(r, 0, row)
    return out.getvalue()


def changed(
    parts: Mapping[str, bytes | Callable[[bytes], bytes]], *, method: int = zipfile.ZIP_DEFLATED, leaving_out: str = ""
) -> bytes:
    """The honest workbook with some of its parts changed, or with more parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as had, zipfile.ZipFile(out, "w", method) as made:
        for name in [one for one in had.namelist() if one != leaving_out]:
            new = parts.get(name, had.read(name))
            made.writestr(name, new(had.read(name)) if callable(new) else new)
        for name in parts.keys() - set(had.namelist()):
            new = parts[name]
            assert not callable(new)
            made.writestr(name, new)
    return out.getvalue()


SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def with_type(declared: str, used: str) -> Callable[[bytes], bytes]:
    """A part of a workbook with a document type before it and what that declares used in it."""

    def change(part: bytes) -> bytes:
        head, _, rest = part.partition(b"?>")
        root = rest.lstrip()[1:].split(b" ")[0].split(b">")[0].decode()
        doctype = f"<!DOCTYPE {root} [{declared}]>".encode()
        return head + b"?>" + doctype + rest.replace(b"<t>", b"<t>" + used.encode(), 1)

    return change


def sheet_of(cells: str, more: str = "") -> bytes:
    return f'<?xml version="1.0"?><worksheet {NAMESPACE}>{more}<sheetData>{cells}</sheetData></worksheet>'.encode()


def cell(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def flagged(content: bytes) -> bytes:
    """Every part marked as encrypted, which it is not."""
    out = bytearray(content)
    at = 0
    while (at := out.find(b"PK\x01\x02", at)) >= 0:
        out[at + 8] |= 1
        at += 4
    at = 0
    while (at := out.find(b"PK\x03\x04", at)) >= 0:
        out[at + 6] |= 1
        at += 4
    return bytes(out)


def lying(content: bytes, says: int) -> bytes:
    """Every part said to be of another size when unpacked."""
    out, at = bytearray(content), 0
    while (at := out.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<I", out, at + 24, says)
        at += 4
    return bytes(out)


def packed_as(method: int) -> bytes:
    """Every part said to be packed in a way nobody knows."""
    out = bytearray(workbook())
    for mark, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        at = 0
        while (at := out.find(mark, at)) >= 0:
            struct.pack_into("<H", out, at + offset, method)
            at += 4
    return bytes(out)


def badly_packed() -> bytes:
    """Every part's packing made senseless from its first byte."""
    out, at = bytearray(workbook()), 0
    while (at := out.find(b"PK\x03\x04", at)) >= 0:
        first = at + 30 + sum(struct.unpack_from("<HH", out, at + 26))
        out[first : first + 8] = b"\xff" * 8
        at = first
    return bytes(out)


def zip_of(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
    return out.getvalue()


def link(name: str, to: str) -> bytes:
    out, info = io.BytesIO(), zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(info, to)
    return out.getvalue()


@cache
def bomb(megabytes: int) -> bytes:
    """A sheet of nothing but zeros, a thousand times smaller when packed."""
    row = '<row r="1">' + cell("A1", "0" * 1000) + "</row>"
    head, tail = sheet_of("|").split(b"|")
    out = io.BytesIO(changed({}, leaving_out=SHEET))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as made, made.open(SHEET, "w") as part:
        part.write(head)
        for _ in range(megabytes):
            part.write((row * 1000).encode())
        part.write(tail)
    return out.getvalue()


def bombs_in_bombs() -> bytes:
    inner = zip_of(("a", bytes(20 * MEGABYTE)))
    for _ in range(3):
        inner = zip_of(*((f"{n}.zip", inner) for n in range(8)))
    return inner


def utf(encoding: str, mark: bytes = b"") -> Callable[[bytes], bytes]:
    return lambda part: mark + part.decode().replace("UTF-8", encoding).encode(encoding)


WORKBOOKS: Mapping[str, Callable[[], bytes]] = {
    **{
        f"{what}, in the strings of a workbook": (lambda d=declared, u=used: changed({STRINGS: with_type(d, u)}))
        for what, (declared, used) in ENTITIES.items()
    },
    "a billion laughs, in the plan of a workbook": lambda: changed({BOOK: with_type(LAUGHS, "&l9;")}),
    "a document type after a long remark": lambda: changed(
        {STRINGS: lambda part: with_type(LAUGHS, "&l9;")(part).replace(b"<!DOCTYPE", b"<!--" + b"x" * 5000 + b"--><!DOCTYPE")}
    ),
    "a billion laughs in UTF-16": lambda: changed(
        {STRINGS: lambda part: utf("UTF-16")(with_type(LAUGHS, "&l9;")(part))}
    ),
    "a zip bomb of 250 MB": lambda: bomb(250),
    "a zip bomb that says it is small": lambda: lying(bomb(250), 1000),
    "zips in zips in zips": bombs_in_bombs,
    "a zip marked as encrypted": lambda: flagged(workbook()),
    "a zip that says its parts are 4 GB": lambda: lying(workbook(), 2**32 - 2),
    "a zip cut off": lambda: workbook()[:-200],
    "a zip without its beginning": lambda: workbook()[100:],
    "a zip of another kind of packing": lambda: packed_as(99),
    "parts packed badly": badly_packed,
    "three thousand parts": lambda: changed({f"xl/more/{n}.xml": b"<a/>" for n in range(3000)}),
    "a workbook without a sheet": lambda: zip_of(("xl/workbook.xml", b"<workbook/>"), ("[Content_Types].xml", b"<Types/>")),
    "a workbook of broken XML": lambda: changed({BOOK: b"<workbook><sheets>"}),
    "an old workbook's first bytes": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
    "nothing at all": lambda: b"",
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(500),
    "a program": lambda: b"\x7fELF" + bytes(range(256)) * 20,
    "elements inside elements, 100,000 deep": lambda: changed({STRINGS: b"<sst>" + b"<si>" * 100_000 + b"</si>" * 100_000 + b"</sst>"}),
}  # fmt: skip
"""Not to be read as a table by any of the readers."""

ODD_SHEETS: Mapping[str, Callable[[], bytes]] = {
    "20,000 attributes of one element": lambda: changed(
        {SHEET: sheet_of("", "<x " + " ".join(f'a{n}="1"' for n in range(20_000)) + "/>")}
    ),
    "a sheet that says it reaches to the last cell there is": lambda: changed(
        {SHEET: sheet_of(f'<row r="1">{cell("A1", "姓名")}{cell("B1", "出生日期")}</row>', '<dimension ref="A1:XFD1048576"/>')}
    ),
    "one cell in the last row and column": lambda: changed(
        {SHEET: sheet_of(f'<row r="1">{cell("A1", "姓名")}{cell("B1", "出生日期")}</row><row r="1048576">{cell("XFD1048576", "x")}</row>')}
    ),
    "many rows, each with a cell far to the right": lambda: changed(
        {SHEET: sheet_of("".join(f'<row r="{n}">{cell(f"XFD{n}", "x")}</row>' for n in range(1, 20_001)))}
    ),
    "a cell that names no cell": lambda: changed({SHEET: sheet_of(f'<row r="1">{cell("ZZZZZ99999999", "x")}</row>')}),
    "a row of a number that is none": lambda: changed({SHEET: sheet_of(f'<row r="-7">{cell("A1", "x")}</row>')}),
    "a string that is not there": lambda: changed({SHEET: sheet_of('<row r="1"><c r="A1" t="s"><v>99999999</v></c></row>')}),
    "a number too large for numbers": lambda: changed({SHEET: sheet_of('<row r="1"><c r="A1"><v>1e99999</v></c></row>')}),
    "a day before days": lambda: changed({SHEET: sheet_of('<row r="1"><c r="A1" t="d"><v>-5</v></c></row>')}),
    "cells joined across the whole sheet": lambda: changed(
        {SHEET: sheet_of(f'<row r="1">{cell("A1", "姓名")}{cell("B1", "出生日期")}</row>').replace(
            b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')}
    ),
    "a style sheet of another program": lambda: changed(
        {BOOK: lambda part: part.replace(b"?>", b'?><?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?>', 1)}
    ),
    "another file drawn in": lambda: changed(
        {STRINGS: lambda part: part.replace(b"<si>", b'<si><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>', 1)}
    ),
    "parts with names that climb out of the folder": lambda: changed({"../../../../tmp/doorstep-was-here": b"x", "/tmp/doorstep-was-here": b"x"}),
}  # fmt: skip
"""Odd, to be refused or read, as the reader can; never a fall, never much memory."""

TEXTS: Mapping[str, bytes] = {
    "a table in UTF-16": "姓名,出生日期\n王一,1990-01-01\n".encode("utf-16"),
    "a table in UTF-32": "姓名,出生日期\n王一,1990-01-01\n".encode("utf-32"),
    "UTF-16 that says it is UTF-8": b"\xef\xbb\xbf" + "姓名,出生日期\n".encode("utf-16-le"),
    "UTF-7": "姓名,出生日期\n+ADw-script+AD4-\n".encode("utf-7"),
    "letters written longer than they may": b"name,birth date\n\xc0\xaf\xe0\x80\xaf,1990-01-01\n",
    "half a letter": b"name,birth date\n\xed\xa0\x80,1990-01-01\n",
    "nothing but zeros": bytes(100_000),
    "a zero in a name": "姓名,出生日期\n王\0一,1990-01-01\n".encode(),
    "one cell of 5 MB": "姓名,出生日期\n".encode() + b"x" * (5 * MEGABYTE),
    "a quote that never ends": '姓名,出生日期\n"王一,1990-01-01\n'.encode() + b"a,b\n" * 50_000,
    "200,001 columns": b",".join([b"a"] * 200_001),
    "a million empty lines": "姓名,出生日期\n".encode() + b"\n" * 1_000_000,
    "only separators": b";,\t" * 200_000,
    "signs that turn writing round": f"姓名,出生日期\n{BIDI}王一,1990-01-01\n".encode(),
    "a table that is a web page": b"<html><script>alert(1)</script></html>",
}

PACK = (
    "id: p\nversion: '1'\ntitles: {en: P, zh: P}\nsources: {}\nservices: {}\nuses: {}\n"  # a beginning, honest so far
)
PACKS: Mapping[str, tuple[str, bytes, frozenset[str]]] = {
    "laughs by aliases": (
        "pack.yaml",
        ("a: &a [x, x]\n" + "".join(f"{c}: &{c} [*{p}, *{p}, *{p}]\n" for p, c in zip("abcdefghijklmnopqrstuvwxy", "bcdefghijklmnopqrstuvwxyz", strict=True))).encode(),
        frozenset({"packs.alias"}),
    ),
    "an alias of itself": ("pack.yaml", b"a: &a {b: *a}\n", frozenset({"packs.alias"})),
    "a word that runs a program": ("pack.yaml", b"!!python/object/apply:os.system ['touch /tmp/doorstep-was-here']\n", frozenset({"packs.not_mapping", "packs.not_yaml"})),
    "a word that makes an object": ("pack.yaml", PACK.encode() + b"about: !!python/object:os.environ {}\n", frozenset()),
    "lists in lists, 100,000 deep": ("pack.yaml", b"[" * 100_000, frozenset({"packs.too_deep", "packs.not_yaml"})),
    "maps in maps": ("pack.yaml", b"".join(b" " * n + b"a:\n" for n in range(3000)), frozenset({"packs.too_deep", "packs.not_yaml"})),
    "a key that is a list": ("pack.yaml", b"? [a, b]\n: c\n", frozenset()),
    "a key that is a map": ("pack.yaml", b"{{a: b}: c}\n", frozenset()),
    "the same key 5,000 times": ("pack.yaml", b"a: b\n" * 5_000, frozenset()),
    "a merge key": ("pack.yaml", b"<<: {a: b}\n", frozenset()),
    "a hundred documents": ("pack.yaml", b"--- a\n" * 100, frozenset({"packs.not_yaml"})),
    "zeros": ("pack.yaml", bytes(1000), frozenset({"packs.not_yaml"})),
    "UTF-16": ("pack.yaml", PACK.encode("utf-16"), frozenset({"packs.not_utf8"})),
    "half a letter": ("pack.yaml", PACK.encode() + b"about: {en: \xed\xa0\x80}\n", frozenset({"packs.not_utf8"})),
    "a number of a million digits": ("numbers/n.yaml", b"title: {en: n}\nunit: d\nvalues: [{value: " + b"9" * 1_000_000 + b", since: 2020-01-01, source: s, status: verified}]\n", frozenset()),
    "a number with an exponent of a billion": ("numbers/n.yaml", b"title: {en: n}\nunit: d\nvalues: [{value: 1e999999999, since: 2020-01-01, source: s, status: verified}]\n", frozenset()),
    "a whole number with an exponent of a billion": ("schedules/s.yaml", b"title: {en: n}\ncontacts: [{id: a, title: {en: a}, form: f, priority: 1e99999999}]\n", frozenset()),
    "a rule of brackets": ("pack.yaml", PACK.encode() + b"facts:\n  f: \"" + b"(" * 50_000 + b"\"\n", frozenset()),
    "a table of 200,001 columns": ("tables/t.csv", b",".join([b"a"] * 200_001), frozenset()),
    "a table with zeros": ("tables/t.csv", b"a:whole\n\0\n", frozenset()),
    "a form that is a bomb": ("forms/f.xlsx", b"", frozenset()),  # filled in below: it takes a moment
    "a file outside its folders": ("etc/passwd.yaml", b"a: b\n", frozenset()),
}  # fmt: skip


def all_of_them() -> Iterator[Hostile]:
    """Every file with every reader it may be given to."""
    for what, make in WORKBOOKS.items():
        for reader in READERS_OF_TABLES:
            yield Hostile(
                what, reader, "table.xlsx", make, XLSX_SAYS | ({"xlsform.empty"} if what == "nothing at all" else set())
            )
    for what, make in ODD_SHEETS.items():
        for reader in READERS_OF_TABLES:
            yield Hostile(what, reader, "table.xlsx", make)
    for what, content in TEXTS.items():
        for reader in READERS_OF_TABLES:
            yield Hostile(what, reader, "table.csv", lambda c=content: c)
    for what, (name, content, says) in PACKS.items():
        make = (lambda: bomb(250)) if what == "a form that is a bomb" else (lambda c=content: c)
        yield Hostile(what, "pack", name, make, says)


def zips() -> Mapping[str, bytes]:
    """Packed packs that would write elsewhere, or more than there is room for."""
    return {
        "climbing out": zip_of(("../out.yaml", b"x")),
        "from the root": zip_of(("/tmp/doorstep-was-here", b"x")),
        "climbing out and in again": zip_of(("a/../../p2/out.yaml", b"x")),
        "a beginning of the name is not the folder": zip_of(("../packed-up-elsewhere/x", b"x")),
        "a link to elsewhere": link("pack.yaml", "/etc/passwd"),
        "as another system climbs": zip_of(("..\\..\\out.yaml", b"x")),
        "a bomb": zip_of(("words/a.yaml", bytes(250 * MEGABYTE))),
    }
