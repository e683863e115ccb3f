"""The words of a PDF as Typst writes it: glyphs looked up in each font's own table. Enough for our papers, no more."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.S)
_RUN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(|<([0-9A-Fa-f]+)>|\b[BE]T\b", re.S)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of(pdf: bytes) -> list[str]:
    """Every run of text, page by page, in the order it is drawn."""
    assert pdf[:5] == b"%PDF-", pdf[:200]
    objects = {int(m[1]): m[2] for m in _OBJECT.finditer(pdf)}
    return [run for page in _pages(objects) for run in _runs(objects, objects[page])]


def text_of(pdf: bytes) -> str:
    """All of it with no blanks, so that a line broken in two is found whole."""
    return re.sub(r"\s+", "", "".join(words_of(pdf)))


def pages_of(pdf: bytes) -> int:
    return len(list(_pages({int(m[1]): m[2] for m in _OBJECT.finditer(pdf)})))


def _pages(objects: dict[int, bytes]) -> list[int]:
    return [number for number, body in objects.items() if re.search(rb"/Type/Page\b(?!s)", body)]


def _runs(objects: dict[int, bytes], page: bytes) -> list[str]:
    resources = objects[_ref(page, b"Resources")]
    fonts = {
        name: _glyphs(_stream(objects[_ref(objects[int(at)], b"ToUnicode")]))
        for name, at in re.findall(rb"/(f\d+) (\d+) 0 R", resources)
    }
    drawn, at = _stream(objects[_ref(page, b"Contents")]), 0
    found: list[str] = []
    run, glyphs, inside = "", {}, False
    while match := _RUN.search(drawn, at):
        at = match.end()
        if match[1]:
            glyphs = fonts[match[1]]
        elif match[0] == b"BT":
            inside = True
        elif match[0] == b"ET":
            assert run, drawn[at - 200 : at]  # a way of writing this reader does not know
            found, run, inside = [*found, run], "", False
        elif match[2] and inside:
            run += _said(bytes.fromhex(match[2].decode()), glyphs)
        elif match[0] == b"(":
            at = _end(drawn, at)
            if inside:  # elsewhere it is the language of a part, say
                run += _said(_ESCAPED.sub(_unescaped, drawn[match.end() : at - 1]), glyphs)
    return found


def _said(codes: bytes, glyphs: dict[int, str]) -> str:
    return "".join(glyphs.get(codes[i] * 256 + codes[i + 1], "") for i in range(0, len(codes), 2))


def _end(drawn: bytes, at: int) -> int:
    """Behind the bracket that closes a string; brackets in pairs may stand inside it."""
    depth = 1
    while depth:
        sign = drawn[at : at + 1]
        at += 2 if sign == b"\\" else 1
        depth += {b"(": 1, b")": -1}.get(sign, 0)
    return at


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    return bytes([int(sign, 8)]) if sign[:1].isdigit() else _PLAIN.get(sign, sign)


def _ref(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found, (name, body[:200])
    return int(found[1])


def _stream(body: bytes) -> bytes:
    head, _, rest = body.partition(b"stream")
    size = re.search(rb"/Length (\d+)", head)
    assert size
    raw = rest.lstrip(b"\r\n")[: int(size[1])]
    return zlib.decompress(raw) if b"FlateDecode" in head else raw


def _glyphs(table: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.S):
        for code, said in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(said.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, said in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int.from_bytes(bytes.fromhex(said.decode()), "big")
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(start + step)
    return found
