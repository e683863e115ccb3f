"""Messages made to do harm, made here by code: what each is called, what is sent, and what must become of it."""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from doorstep.site.bench.ground import FORM_ID

NAME = "a.jpg"
ID = "uuid:5f0b4f0e-0000-4000-8000-000000000001"
MULTIPART = "multipart/form-data; boundary=b"
PARTS = {"content-type": MULTIPART, "x-openrosa-version": "1.0", "accept-language": "en"}
JSON = {"content-type": "application/json", "accept-language": "en"}


def record(note: str = "x", photo: str = NAME, instance: str = ID) -> bytes:
    return (
        f'<data id="{FORM_ID}" version="1"><note>{note}</note><photo>{photo}</photo>'
        f"<meta><instanceID>{instance}</instanceID></meta></data>"
    ).encode()


def part(name: str, content: bytes, file: str = "f", kind: str = "text/xml", more: str = "") -> bytes:
    head = (
        f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}\r\n{more}\r\n'
    )
    return head.encode(errors="surrogateescape") + content + b"\r\n"


def parts(*of: bytes) -> bytes:
    return b"".join(of) + b"--b--\r\n"


def whole(*more: bytes, **said: str) -> bytes:
    return parts(part("xml_submission_file", record(**said)), *more)


def photo(content: bytes, name: str = NAME, kind: str = "image/jpeg") -> bytes:
    return whole(part(name, content, name, kind), photo=name)


@dataclass(frozen=True)
class Row:
    """``kept``: the record is taken, and this is the photo that lies in the store for it; otherwise ``status`` and nothing kept."""

    body: bytes = b""
    status: int = 400
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: bytes | None = None


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(wide: int, high: int, data: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def jpeg(wide: int, high: int, scan: bytes = b"\0" * 40) -> bytes:
    frame = struct.pack(">HBHHB", 11, 8, high, wide, 1) + b"\x01\x11\0"
    return b"\xff\xd8\xff\xc0" + frame + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + scan + b"\xff\xd9"


BOMB = zlib.compress(bytes(100_000_000), 9)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<html><script>alert(1)</script></html>"
PLAIN = jpeg(2, 2)
FILE_NAMES = {
    "climbs out": "../../../../tmp/doorstep-was-here", "climbs out as another system does": "..\\..\\doorstep-was-here",
    "from the root": "/tmp/doorstep-was-here", "a drive": "C:doorstep-was-here", "a stream": "a.jpg:evil", "the folder itself": ".",
    "the folder above": "..", "a link's name": "~root/.ssh/x", "turned round": "\u202egpj.exe", "300 signs": "x" * 300, "a percent": "%2e%2e%2fx",
    "a line break": "a\r\nX-Evil: 1", "half a letter": "\udc80.jpg",
}  # fmt: skip


def named(name: str) -> Row:
    return Row(whole(part(name, PLAIN, name)), kept=b"")


SENT: Mapping[str, Callable[[], Row]] = {
    "an honest one": lambda: Row(photo(PLAIN), kept=PLAIN),
    # the message
    "5,000 parts": lambda: Row(parts(*[part(f"n{n}", b"") for n in range(5000)])),
    "5,000 headers of a part": lambda: Row(parts(part("xml_submission_file", record(), more="X-A: b\r\n" * 5000))),
    "a part's header of 5 MB": lambda: Row(parts(part("xml_submission_file", record(), more=f"X-A: {'b' * 5_000_000}\r\n"))),
    "a part's name of 1 MB": lambda: Row(whole(part("n" * 1_000_000, b"x"))),
    "two records in one": lambda: Row(parts(*[part("xml_submission_file", record())] * 2)),
    "a photo twice": lambda: Row(whole(*[part(NAME, PLAIN, NAME)] * 2), kept=PLAIN),
    "a photo 400 times": lambda: Row(whole(*[part(NAME, PLAIN, NAME)] * 400), kept=PLAIN),
    "no boundary": lambda: Row(whole(), headers={"content-type": "multipart/form-data"}),
    "an empty boundary": lambda: Row(whole(), headers={"content-type": "multipart/form-data; boundary="}),
    "another boundary": lambda: Row(whole(), headers={"content-type": "multipart/form-data; boundary=c"}),
    "a boundary of 1 MB": lambda: Row(whole(), headers={"content-type": "multipart/form-data; boundary=" + "b" * 1_000_000}),
    "two boundaries": lambda: Row(whole(), headers={"content-type": "multipart/form-data; boundary=c; boundary=d"}),
    "a boundary with a line break": lambda: Row(whole(), headers={"content-type": "multipart/form-data; boundary=b\r\nX-Evil: 1"}),
    "parts in parts": lambda: Row(whole(part("more", whole(), kind=MULTIPART)), kept=b""),
    "no end": lambda: Row(whole()[:-6]),
    "nothing": lambda: Row(b""),
    "nothing but boundaries": lambda: Row(b"--b\r\n" * 100_000),
    "zeros": lambda: Row(bytes(1_000_000)),
    "packed": lambda: Row(gzip.compress(whole()), headers={"content-encoding": "gzip"}),
    "packed 100 MB in 100 kB": lambda: Row(gzip.compress(bytes(100_000_000)), headers={"content-encoding": "gzip"}),
    "a packed record in a part": lambda: Row(parts(part("xml_submission_file", gzip.compress(record()), more="Content-Encoding: gzip\r\n"))),
    "said to be 10 bytes long": lambda: Row(photo(PLAIN), kept=PLAIN, headers={"content-length": "10"}),
    "said to be of less than nothing": lambda: Row(photo(PLAIN), kept=PLAIN, headers={"content-length": "-1"}),
    "said to be of a length that is none": lambda: Row(photo(PLAIN), kept=PLAIN, headers={"content-length": "1e9"}),
    "said to be of 4 GB": lambda: Row(whole(), 413, {"content-length": str(2**32)}),
    "21 MB": lambda: Row(photo(bytes(21_000_000)), 413),
    # its headers
    "a host with a line break": lambda: Row(photo(PLAIN), kept=PLAIN, headers={"host": "a\r\nX-Evil: 1"}),
    "another host": lambda: Row(photo(PLAIN), kept=PLAIN, headers={"host": "evil.example", "x-forwarded-host": "evil.example"}),
    "a language with a line break": lambda: Row(b"", headers={"accept-language": "en\r\nX-Evil: 1"}),
    "10,000 languages": lambda: Row(b"", headers={"accept-language": ",".join(f"x{n};q=0.{n}" for n in range(10_000))}),
    "a version with a line break": lambda: Row(whole(), headers={"x-openrosa-version": "1.0\r\nX-Evil: 1"}),
    "a program of 1 MB": lambda: Row(photo(PLAIN), kept=PLAIN, headers={"user-agent": "x" * 1_000_000}),
    "a program that is a formula": lambda: Row(photo(PLAIN), kept=PLAIN, headers={"user-agent": "=cmd|'/c calc'!A0"}),
    # the record
    "a billion laughs": lambda: Row(parts(part("xml_submission_file", b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><d>&b;</d>'))),
    "a file of the machine": lambda: Row(parts(part("xml_submission_file", b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>'))),
    "100,000 deep": lambda: Row(parts(part("xml_submission_file", b"<a>" * 100_000 + b"</a>" * 100_000))),
    "200,000 questions": lambda: Row(whole(note="</note><note>" * 200_000), kept=b""),
    "an answer of 4 MB": lambda: Row(whole(note="x" * 4_000_000), kept=b""),
    "a record of 6 MB": lambda: Row(whole(note="x" * 6_000_000), 413),
    "50,000 attributes": lambda: Row(parts(part("xml_submission_file", record().replace(b"<note>", b"<note " + b" ".join(b"a%d='1'" % n for n in range(50_000)) + b">"))), kept=b""),
    "signs that turn writing round": lambda: Row(whole(note="\u202e\u2066\u200f王"), kept=b""),
    "a sign beyond the plane": lambda: Row(whole(note="\U0001f9d1\u200d\U0001f33e"), kept=b""),
    "half a sign": lambda: Row(parts(part("xml_submission_file", record().replace(b"<note>x", b"<note>\xed\xa0\x80")))),
    "half a sign by number": lambda: Row(whole(note="&#xD800;")),
    "a zero by number": lambda: Row(whole(note="&#0;")),
    "a zero": lambda: Row(parts(part("xml_submission_file", record().replace(b"<note>x", b"<note>\0")))),
    "an id of 300 signs": lambda: Row(whole(instance="x" * 300)),
    "an id that climbs": lambda: Row(whole(instance="../../../tmp/doorstep-was-here"), kept=b""),
    "a table dropped": lambda: Row(whole(note="'); DROP TABLE entry;--"), kept=b""),
    # its photos
    "a drawing with a program": lambda: Row(photo(SVG, "a.svg", "image/svg+xml"), kept=SVG),
    "a drawing that says it is a photo": lambda: Row(photo(SVG), kept=SVG),
    "a web page that says it is a photo": lambda: Row(photo(PAGE, "a.html", "text/html"), kept=PAGE),
    "a PNG of 100 MB in 100 kB": lambda: Row(photo(png(10_000, 10_000, BOMB), "a.png"), kept=png(10_000, 10_000, BOMB)),
    "a PNG of 4 milliard by 4 milliard": lambda: Row(photo(png(2**32 - 1, 2**32 - 1, b"")), kept=png(2**32 - 1, 2**32 - 1, b"")),
    "a PNG with a remark of 100 MB in 100 kB": lambda: Row(
        photo(png(1, 1, b"").replace(chunk(b"IEND", b""), chunk(b"zTXt", b"a\0\0" + BOMB) + chunk(b"IEND", b""))), kept=png(1, 1, b"")
    ),
    "a PNG whose part is longer than it": lambda: Row(photo(png(1, 1, b"")[:33] + b"\xff\xff\xff\xffIDAT"), kept=None, status=201),
    "a JPEG of 65,535 by 65,535": lambda: Row(photo(jpeg(65_535, 65_535)), kept=jpeg(65_535, 65_535)),
    "a JPEG with half a million empty parts": lambda: Row(photo(b"\xff\xd8" + b"\xff\xc4\0\x02" * 500_000 + b"\xff\xd9"), kept=b"\xff\xd8" + b"\xff\xc4\0\x02" * 500_000 + b"\xff\xd9"),
    "a JPEG that is a web page at its end": lambda: Row(photo(PLAIN + PAGE), kept=PLAIN),
    "a JPEG that is a packed program at its end": lambda: Row(photo(PLAIN + b"PK\x03\x04" + bytes(500)), kept=PLAIN),
    "a JPEG with a page in its remark": lambda: Row(photo(PLAIN[:2] + b"\xff\xfe" + struct.pack(">H", len(PAGE) + 2) + PAGE + PLAIN[2:]), kept=PLAIN),
    "a photo of no bytes": lambda: Row(photo(b""), kept=b""),
    **{f"a photo's name: {what}": partial(named, name) for what, name in FILE_NAMES.items()},
}  # fmt: skip


def pushed(told: Any) -> bytes:
    return json.dumps(told).encode()


def one(**other: Any) -> dict[str, Any]:
    xml = record(photo="").decode()
    return {"id": ID, "xml": xml, "sha256": hashlib.sha256(xml.encode()).hexdigest()} | other


PUSHED: Mapping[str, Callable[[], Row]] = {
    "an honest one": lambda: Row(pushed({"entries": [one()]}), kept=b""),
    "100,000 deep": lambda: Row(b"[" * 100_000 + b"]" * 100_000),
    "deep inside": lambda: Row(b'{"entries": [], "more": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}"),
    "a key twice": lambda: Row(b'{"entries": 7, ' + pushed({"entries": [one()]})[1:], kept=b""),
    "no number": lambda: Row(b'{"entries": [], "sent": NaN}'),
    "endless": lambda: Row(b'{"entries": [], "sent": Infinity}'),
    "a number of 5,000 digits": lambda: Row(b'{"entries": [], "sent": ' + b"9" * 5000 + b"}"),
    "a number of a huge power": lambda: Row(b'{"entries": [], "sent": 1e999999999}'),
    "half a sign": lambda: Row(pushed({"entries": [one(id="uuid:\ud800")]})),
    "half a sign in the record": lambda: Row(pushed({"entries": [one(xml="\udfff")]})),
    "a zero in the id": lambda: Row(pushed({"entries": [one(id="a\0b")]}), kept=b""),
    "a zero in the record": lambda: Row(pushed({"entries": [one(xml="\0", sha256=hashlib.sha256(b"\0").hexdigest())]}), 200),
    "UTF-16": lambda: Row(pushed({"entries": []}).decode().encode("utf-16")),
    "a mark before it": lambda: Row(b"\xef\xbb\xbf" + pushed({"entries": []})),
    "nothing": lambda: Row(b""),
    "null": lambda: Row(b"null"),
    "a list": lambda: Row(b"[]"),
    "no entries": lambda: Row(b"{}"),
    "entries that are a word": lambda: Row(b'{"entries": "abc"}'),
    "entries that are a number": lambda: Row(b'{"entries": 1e5}'),
    "501 records": lambda: Row(pushed({"entries": [one(id=f"{ID}{n}") for n in range(501)]}), 413),
    "packed": lambda: Row(gzip.compress(pushed({"entries": [one()]})), headers={"content-encoding": "gzip"}),
    "a form": lambda: Row(whole(), headers={"content-type": MULTIPART}),
    "another's sum": lambda: Row(pushed({"entries": [one(sha256="0" * 64)]})),
    "a length that is none": lambda: Row(pushed({"entries": [one()]}), 400, {"content-length": "1e9"}),
    "a wait of minus one": lambda: Row(pushed({"entries": [], "sent": -1, "unsent": -(10**18)}), 200),
}  # fmt: skip
