"""Records made wrong in every way: values, structure, encodings, parts of a message, pushes of a phone.

Everything is drawn from one source of chance, so that a seed makes the same again, and a property test can make it smaller.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from lxml import etree

from doorstep.engine.model.spec import DERIVED, FormSpec, Question
from doorstep.forms.filling import Filler, Item

BOUNDARY = "between-parts"
NASTY: tuple[str, ...] = (
    "", " ", "\t\n", "²", "٣", "Ⅷ", "-0", "+1", "1e999", "1e-999", "1e99999999999", "9" * 400, "0x10", "NaN", "Infinity",
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "2147483648", "0.0000001", ".", "1.", "1,5",
    "2025-02-30", "2025-W01-1", "0000-00-00", "99999-01-01", "1899-12-31", "2101-01-01", "20250101", "2025-01-01T99:99",
    "true", "null", "None", "[]", "{}", "{0}", "%s%n", "${jndi:ldap://x}", "'; DROP TABLE entry;--", "=1+1", "@SUM(1)",
    "../../etc/passwd", "/etc/passwd", "C:\\x", "a/b\\c.jpg", ".", "..", "con.jpg", "x" * 70, "x" * 300, "é" * 260, "𠀀" * 130,
    "王" * 5000, "\u202e\u2066evil", "a\u200b\u200d", "\ufeff", "e\u0301" * 50, "uuid:", "uuid:" + "0" * 36, "0" * 64, "none none none",
    "00000000-0000-4000-8000-000000000000", "uuid:00000000-0000-4000-8000-000000000001", "<b>&amp;", "]]>", "&#0;", "\\u0000",
)  # fmt: skip
FILES = (
    "a.jpg",
    "../a.jpg",
    "a\\b.jpg",
    "",
    "x" * 300,
    "王.jpg",
    "\u202egpj.exe",
    'a";b="c',
    "a.jpg\r\nX: y",
    "a%00.jpg",
    "xml_submission_file",
)
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "gb18030", "utf-7", "cp037")

_Tree = Any  # lxml's element


def filled(spec: FormSpec, chance: random.Random) -> bytes:
    """A form filled so that most of it is right."""
    answers = {
        q.key: _answer(spec, q, chance) for q in spec.questions if q.type not in (DERIVED, "note") and not q.repeat
    }
    for repeat in spec.repeats:
        answers[repeat[-1]] = [
            {q.key: _answer(spec, q, chance) for q in spec.in_repeat(repeat) if q.type not in (DERIVED, "note")}
            for _ in range(chance.randrange(3))
        ]
    return Filler(spec).fill(
        answers, instance=f"uuid:{new_id(chance)}", item=Item(new_id(chance), "王"), counter=chance.randrange(99)
    )


def _answer(spec: FormSpec, question: Question, chance: random.Random) -> object:
    if question.list_name in spec.choices:
        names = [choice.name for choice in spec.choices[question.list_name]]
        return chance.sample(names, min(2, len(names))) if question.type == "select_multiple" else chance.choice(names)
    kinds: dict[str, Callable[[], object]] = {
        "int": lambda: chance.randrange(200),
        "decimal": lambda: f"{chance.randrange(2000) / 10}",
        "date": lambda: f"20{chance.randrange(20, 27)}-0{chance.randrange(1, 10)}-{chance.randrange(10, 29)}",
        "binary": lambda: chance.choice(FILES[:1]),
    }
    made = kinds.get(question.data_type)
    if made is not None:
        return made()
    return f"uuid:{new_id(chance)}" if question.list_name else chance.choice(("王", "c1-v1", "12", "yes"))


def new_id(chance: random.Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


# ---------------------------------------------------------------- one record


def mutated(xml: bytes, chance: random.Random) -> bytes:
    """A record after one to four mishaps. Its id stays in most, so that two of one id meet too."""
    root = etree.fromstring(xml)
    for _ in range(chance.randrange(1, 5)):
        nodes = [node for node in root.iter() if isinstance(node.tag, str)]
        chance.choice(_ON_TREES)(chance.choice(nodes), chance)
    content: bytes = etree.tostring(root)
    return chance.choice(_ON_BYTES)(content, chance) if chance.random() < 0.3 else content


def _set_text(node: _Tree, chance: random.Random) -> None:
    node.text = chance.choice(NASTY)


def _set_attribute(node: _Tree, chance: random.Random) -> None:
    name = chance.choice(
        [
            *node.keys(),
            "id",
            "version",
            "counter",
            "create",
            "update",
            "baseVersion",
            "dataset",
            "trunkVersion",
            "branchId",
        ]
    )
    node.set(name, chance.choice(NASTY))


def _drop(node: _Tree, _chance: random.Random) -> None:
    if node.getparent() is not None:
        node.getparent().remove(node)


def _twice(node: _Tree, chance: random.Random) -> None:
    if node.getparent() is not None:
        for _ in range(chance.choice((1, 2, 50))):
            node.addnext(etree.fromstring(etree.tostring(node)))


def _rename(node: _Tree, chance: random.Random) -> None:
    node.tag = chance.choice(("meta", "instanceID", "deprecatedID", "entity", "person", "{urn:x}y", "label"))


def _nest(node: _Tree, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 20, 100))):
        inside = etree.SubElement(node, "group")
        inside.text, node = "x", inside


def _add(node: _Tree, chance: random.Random) -> None:
    for name in ("deprecatedID", "instanceID", "entity", "label"):
        if chance.random() < 0.4:
            etree.SubElement(node, name).text = chance.choice(NASTY)


def _move(node: _Tree, _chance: random.Random) -> None:
    parent = node.getparent()
    if parent is not None and parent.getparent() is not None:
        parent.getparent().insert(0, node)


_ON_TREES = (_set_text, _set_text, _set_attribute, _drop, _twice, _rename, _nest, _add, _move)


def _flip(content: bytes, chance: random.Random) -> bytes:
    out = bytearray(content)
    for _ in range(chance.randrange(1, 8)):
        out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _encoded(content: bytes, chance: random.Random) -> bytes:
    encoding = chance.choice(ENCODINGS)
    text = content.decode("ascii", "replace")
    said = chance.choice((encoding, "utf-8", "nonsense"))
    return f"<?xml version='1.0' encoding='{said}'?>{text}".encode(encoding, "replace")


def _typed(content: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"<!DOCTYPE a [<!ENTITY x 'y'>]>", b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>")) + content


def _padded(content: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"\0", b"\xef\xbb\xbf", b"<!--" + b"x" * 3000 + b"-->", b"<?x y?>", b"\n")) + content


def _packed(content: bytes, _chance: random.Random) -> bytes:
    return gzip.compress(content)[:-4]


_ON_BYTES = (_flip, _flip, _cut, _encoded, _typed, _padded, _packed)


# ---------------------------------------------------------------- how it is sent


def message(xml: bytes, chance: random.Random) -> tuple[dict[str, str], bytes]:
    """A record in parts, with files or none, sometimes broken: headers and body."""
    parts = [("xml_submission_file", "submission.xml", "text/xml", xml)]
    for _ in range(chance.choice((0, 0, 1, 3))):
        name = chance.choice(FILES)
        parts.append((name, name, chance.choice(("image/jpeg", "x" * 200, "")), chance.randbytes(chance.randrange(40))))
    if chance.random() < 0.1:
        parts = [chance.choice(parts) for _ in range(chance.choice((0, 2, 600)))]
    body = b"".join(_part(*part) for part in parts) + f"--{BOUNDARY}--\r\n".encode()
    headers = {"X-OpenRosa-Version": "1.0", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    if chance.random() < 0.2:
        body = chance.choice((_flip, _cut, _packed))(body, chance)
    if chance.random() < 0.1:
        headers |= chance.choice(_ODD_HEADERS)
    return headers, body


def _part(name: str, file_name: str, kind: str, content: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type: {kind}\r\n\r\n'
    return head.encode() + content + b"\r\n"


_ODD_HEADERS: Sequence[dict[str, str]] = (
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "multipart/form-data; boundary="},
    {"Content-Type": "multipart/form-data; boundary=" + "x" * 5000},
    {"Content-Type": 'multipart/form-data; boundary="be\\"tween'},
    {"Content-Type": "text/xml"},
    {"Content-Type": ";;;=;"},
    {"Content-Encoding": "gzip"},
    {"X-OpenRosa-Version": "99"},
    {"Accept-Language": "zh;q=x, ,,;;q=9e999, *"},
    {"Accept-Language": "en-" + "x" * 2000},
    {"User-Agent": "é" * 300},
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
)


def push(records: Sequence[bytes], chance: random.Random) -> bytes:
    """Some records as a phone pushes them, with something about the push itself sometimes wrong."""
    entries: list[Any] = []
    for xml in records:
        text = xml.decode("utf-8", "replace")
        entry: dict[str, Any] = {
            "id": f"uuid:{new_id(chance)}",
            "xml": text,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }
        if chance.random() < 0.2:
            entry[chance.choice(tuple(entry))] = chance.choice(_ODD_JSON)
        entries.append(entry)
    told: dict[str, Any] = {"entries": entries, "sent": 1, "unsent": 0}
    if chance.random() < 0.2:
        told[chance.choice(("entries", "sent", "unsent", "more"))] = chance.choice(_ODD_JSON)
    body = json.dumps(told).encode()
    return chance.choice(_OF_PUSHES)(body, chance) if chance.random() < 0.2 else body


_ODD_JSON: Sequence[Any] = (
    None, True, -1, 0, 10**30, 1e308, "", "\0", "a\0b", "x" * 300, [], {}, [[]], {"id": 1}, "王" * 300, "²", [None], [{}], "9" * 400,
)  # fmt: skip
_OF_PUSHES: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _flip,
    _cut,
    _packed,
    lambda _body, _chance: b"[" * 100_000,
    lambda body, _chance: body.replace(b'"entries"', b'"entries": [], "entries"'),
    lambda body, _chance: body.decode().encode("utf-16"),
    lambda body, _chance: body.replace(b"uuid:", b"\\ud800"),
    lambda _body, _chance: b'{"entries": [], "sent": ' + b"9" * 5000 + b"}",
    lambda _body, _chance: b"NaN",
)


# ---------------------------------------------------------------- tables, forms and packs


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A file after a mishap: words put in place of others, lines gone or doubled, bytes turned, cut, in another encoding. A
    packed one is damaged inside as well."""
    if content.startswith(b"PK") and chance.random() < 0.8:
        return _damaged_inside(content, chance)
    ways = (
        _flip,
        _cut,
        _lines,
        _words,
        _words,
        lambda c, _: c.decode("utf-8", "replace").encode(chance.choice(ENCODINGS), "replace"),
    )
    for _ in range(chance.randrange(1, 4)):
        content = chance.choice(ways)(content, chance) or b" "
    return content


def _damaged_inside(content: bytes, chance: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as had, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        hit = chance.choice(had.namelist())
        for name in had.namelist():
            part = had.read(name)
            made.writestr(name, chance.choice((_flip, _cut, _words))(part, chance) if name == hit and part else part)
    return out.getvalue()


def _lines(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    return b"\n".join(lines[:at] + chance.choice(([], [lines[at]] * 3, [b" " * 9 + lines[at]])) + lines[at + 1 :])


def _words(content: bytes, chance: random.Random) -> bytes:
    words = re.split(rb"([\s|,:<>\"']+)", content)
    for _ in range(chance.randrange(1, 4)):
        words[chance.randrange(len(words))] = chance.choice(NASTY).encode()
    return b"".join(words)
