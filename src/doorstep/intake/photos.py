"""A photo without what the camera wrote beside it: where and when, with which phone, by whom. Pure.

The picture itself is untouched, bit for bit; only which way up it is shown stays of what stood beside it. Cleaning twice
changes nothing more, and what is no picture comes back as it is. A picture that is cut off or broken keeps what can be read.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from doorstep.intake import boxes

_JPEG, _PNG, _GIF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
_EXIF = b"Exif\0\0"
_COLOURS = b"ICC_PROFILE\0"
_UPRIGHT = 1
_ORIENTATION = 0x0112
_TOLD_OF_A_PNG = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"dSIG"})
_TOLD_OF_A_WEBP = frozenset({b"EXIF", b"XMP "})
_EXIF_AND_XMP = 0x0C  # the two bits of a WebP's head that announce them
_LOOPS = b"NETSCAPE2.0"


def without_hidden(content: bytes) -> bytes:
    """The same picture, or film, without what is hidden in it; anything else unchanged."""
    if content.startswith(_JPEG):
        return _jpeg(content)
    if content.startswith(_PNG):
        return _png(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    if content.startswith(_GIF):
        return _gif(content)
    return boxes.emptied(content) if boxes.is_made_of_boxes(content) else content


# ---------------------------------------------------------------- JPEG


def _jpeg(content: bytes) -> bytes:
    out = [content[:2]]
    for marker, piece in _segments(content):
        if marker == 0xE1 and piece[4:10] == _EXIF:
            turned = _orientation(piece[10:])
            if turned not in (0, _UPRIGHT):
                out.append(_only_turned(turned))
        elif not _tells(marker, piece):
            out.append(piece)
    return b"".join(out)


def _tells(marker: int, piece: bytes) -> bool:
    """Whether a segment may say more than how the picture looks: application data but for sizes and colours, and remarks."""
    if marker == 0xE2:
        return not piece[4:].startswith(_COLOURS)
    return marker == 0xFE or (0xE0 < marker <= 0xEF and marker != 0xEE)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment after the first, the data of a scan with its head; nothing after the end."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        end = at + 2 + length
        if marker == 0xD9 or length < 2 or end > len(content):
            break
        if marker == 0xDA:
            end = _end_of_scan(content, end)
        yield marker, content[at:end]
        at = end
    if content[at : at + 2] == b"\xff\xd9":
        yield 0xD9, content[at : at + 2]


def _end_of_scan(content: bytes, at: int) -> int:
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2
    return len(content)


def _orientation(tiff: bytes) -> int:
    """Which way up the picture is (1 to 8); 0 when it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return 0
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    if first + 2 > len(tiff):
        return 0
    (count,) = struct.unpack_from(f"{order}H", tiff, first)
    for n in range(count):
        at = first + 2 + 12 * n
        if at + 12 > len(tiff):
            break
        tag, kind, _many, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if (tag, kind) == (_ORIENTATION, 3):
            return int(value) if 1 <= value <= 8 else 0
    return 0


def _only_turned(turned: int) -> bytes:
    """A segment that says which way up the picture is, and nothing else."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + (len(_EXIF) + len(tiff) + 2).to_bytes(2, "big") + _EXIF + tiff


# ---------------------------------------------------------------- PNG, WebP, GIF


def _png(content: bytes) -> bytes:
    out, at, turned = [content[:8]], 8, 0
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if end > len(content):
            break
        if kind == b"eXIf":
            turned = _orientation(content[at + 8 : end - 4])
        elif kind not in _TOLD_OF_A_PNG:
            out.append(content[at:end])
        if turned not in (0, _UPRIGHT):
            out.append(_png_chunk(b"eXIf", _only_turned(turned)[10:]))
            turned = 0
        at = end
        if kind == b"IEND":
            break
    else:
        return b"".join(out)
    # a last piece that is cut off still shows the upper part of the picture
    return b"".join(out) + (content[at:] if content[at + 4 : at + 8] == b"IDAT" else b"")


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def _webp(content: bytes) -> bytes:
    out, at = [], 12
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        piece = content[at:end]
        if kind == b"VP8X" and len(piece) > 8:
            piece = piece[:8] + bytes([piece[8] & ~_EXIF_AND_XMP]) + piece[9:]
        if kind not in _TOLD_OF_A_WEBP:
            out.append(piece)
        at = end
    inside = b"WEBP" + b"".join(out)
    return b"RIFF" + len(inside).to_bytes(4, "little") + inside


def _gif(content: bytes) -> bytes:
    if len(content) < 13:
        return content
    at = 13 + _palette(content[10])
    out = [content[:at]]
    while at < len(content):
        end = at + 1
        if content[at] == 0x3B:
            out.append(b";")
            break
        if content[at] == 0x2C and at + 10 <= len(content):
            end = _blocks(content, at + 11 + _palette(content[at + 9]))
            out.append(content[at:end])
        elif content[at] == 0x21:
            end = _blocks(content, at + 2)
            if content[at + 1 : at + 2] == b"\xf9" or content[at + 3 : at + 14] == _LOOPS:
                out.append(content[at:end])
        else:
            break
        at = end
    return b"".join(out)


def _palette(packed: int) -> int:
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _blocks(content: bytes, at: int) -> int:
    """Where a row of blocks, each with its length before it, ends."""
    while at < len(content) and content[at]:
        at += 1 + content[at]
    return at + 1
