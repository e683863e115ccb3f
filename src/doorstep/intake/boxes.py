"""Films and pictures made of boxes (MP4, MOV, 3GP, HEIC, AVIF): what is said about the taking is blanked where it stands. Pure.

Nothing is moved, because other boxes say at which byte the picture begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_HOLDS_BOXES = frozenset({b"moov", b"trak", b"mdia"})
_TELLS = frozenset({b"udta", b"meta", b"uuid", b"XMP_"})
_ITEMS_THAT_TELL = frozenset({b"Exif", b"mime", b"uri "})
_TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_MOST_DEEP = 4
_MOST_PIECES = 64  # an item lies in; a camera's lies in one


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    at: int
    start: int  # of its content
    end: int


def is_made_of_boxes(content: bytes) -> bool:
    return content[4:8] == b"ftyp"


def emptied(content: bytes) -> bytes:
    """The same file with zeros in place of where, when and with which phone it was taken."""
    out = bytearray(content)
    for start, end in _items_that_tell(content):
        out[start:end] = bytes(end - start)
    _empty(out, content, 0, len(content), 0)
    return bytes(out)


def _empty(out: bytearray, content: bytes, start: int, end: int, depth: int) -> None:
    for box in _boxes(content, start, end):
        if box.kind in _TELLS and not _is_plan(content, box):
            out[box.start : box.end] = bytes(box.end - box.start)
            out[box.at + 4 : box.at + 8] = b"free"
        elif box.kind in _TIMED:
            times = 16 if content[box.start : box.start + 1] == b"\1" else 8
            first, last = min(box.start + 4, box.end), min(box.start + 4 + times, box.end)
            out[first:last] = bytes(last - first)  # when it was made and changed
        elif box.kind in _HOLDS_BOXES and depth < _MOST_DEEP:
            _empty(out, content, box.start, box.end, depth + 1)


def _boxes(content: bytes, start: int, end: int) -> Iterator[_Box]:
    while start + 8 <= end:
        size, head = int.from_bytes(content[start : start + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(content[start + 8 : start + 16], "big"), 16
        stop = end if size == 0 else start + size
        if stop > end:
            stop = end  # cut off on the way
        if size and size < head:
            return
        yield _Box(content[start + 4 : start + 8], start, min(start + head, stop), stop)
        start = stop


# ---------------------------------------------------------------- pictures: which items tell, and where they lie


def _inside(content: bytes, meta: _Box) -> dict[bytes, _Box]:
    return {box.kind: box for box in _boxes(content, meta.start + 4, meta.end)}


def _is_plan(content: bytes, box: _Box) -> bool:
    """Whether a box says where the parts of a picture lie: without it there is no picture."""
    return box.kind == b"meta" and b"iloc" in _inside(content, box)


def _items_that_tell(content: bytes) -> Iterator[tuple[int, int]]:
    for meta in _boxes(content, 0, len(content)):
        inside = _inside(content, meta) if meta.kind == b"meta" else {}
        if b"iinf" in inside and b"iloc" in inside:
            told = set(_told(content, inside[b"iinf"]))
            for item, start, length in _places(content, inside[b"iloc"]):
                if item in told and start < len(content):
                    yield start, min(start + length, len(content)) if length else len(content)


def _told(content: bytes, iinf: _Box) -> Iterator[int]:
    """Ids of the items that say something about the taking."""
    first = iinf.start + (8 if content[iinf.start : iinf.start + 1] > b"\0" else 6)
    for box in _boxes(content, first, iinf.end):
        version = content[box.start : box.start + 1]
        if box.kind != b"infe" or version < b"\2":
            continue
        wide = 2 if version == b"\2" else 4
        at = box.start + 4
        if content[at + wide + 2 : at + wide + 6] in _ITEMS_THAT_TELL:
            yield int.from_bytes(content[at : at + wide], "big")


def _places(content: bytes, iloc: _Box) -> Iterator[tuple[int, int, int]]:
    """(item, first byte, how many) of everything that lies in the file itself."""
    if iloc.end - iloc.start < 8:
        return
    version, at = content[iloc.start], iloc.start + 4
    sizes = (content[at] >> 4, content[at] & 15, content[at + 1] >> 4, content[at + 1] & 15 if version else 0)
    at += 2

    def number(wide: int) -> int:
        nonlocal at
        at += wide
        return int.from_bytes(content[at - wide : at], "big")

    for _ in range(number(4 if version == 2 else 2)):
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version else 0
        number(2)  # which file; ours has no other
        base, pieces = number(sizes[2]), number(2)
        if pieces > _MOST_PIECES:
            return
        for _ in range(pieces):
            number(sizes[3])
            offset, length = number(sizes[0]), number(sizes[1])
            if method == 0:
                yield item, base + offset, length
        if at > iloc.end:
            return
