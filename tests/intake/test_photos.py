"""Photos lose what the camera wrote beside them and nothing else; whatever is broken or no picture comes to no harm."""

from __future__ import annotations

import random
import struct
import zlib

import pytest

from doorstep.intake.photos import without_hidden

SECRET = b"GPS 31.2304N 121.4737E by Wang"


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def exif(turned: int = 1, order: str = "<") -> bytes:
    """What a camera writes: which way up, and where."""
    mark = b"II" if order == "<" else b"MM"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0) + struct.pack(f"{order}HHII", 0x8825, 4, 1, 38)
    return b"Exif\0\0" + mark + struct.pack(f"{order}HIH", 42, 8, 2) + entries + struct.pack(f"{order}I", 0) + SECRET


JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
COLOURS = segment(0xE2, b"ICC_PROFILE\0\1\1 colours")
ADOBE = segment(0xEE, b"Adobe\0\x64\0\0\0\0\0")
SCAN = segment(0xDB, b"\0" * 65) + segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
SECOND = segment(0xC4, b"tables") + segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x78\xff\x00"  # as in a progressive one
END = b"\xff\xd9"
PLAIN_JPEG = b"\xff\xd8" + JFIF + COLOURS + ADOBE + SCAN + SECOND + END


def jpeg(turned: int = 1, order: str = "<") -> bytes:
    told = segment(0xE1, exif(turned, order)) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)
    told += segment(0xED, b"Photoshop 3.0\0" + SECRET) + segment(0xFE, SECRET) + segment(0xE2, b"MPF\0" + SECRET)
    return b"\xff\xd8" + JFIF + told + COLOURS + ADOBE + SCAN + SECOND + END + b"a film after the picture " + SECRET


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


PNG = b"\x89PNG\r\n\x1a\n"
HEAD, DATA, LAST = chunk(b"IHDR", b"\0" * 13), chunk(b"IDAT", zlib.compress(b"\0\0")), chunk(b"IEND", b"")


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    inside = b"WEBP" + b"".join(k + len(d).to_bytes(4, "little") + d + b"\0" * (len(d) % 2) for k, d in chunks)
    return b"RIFF" + len(inside).to_bytes(4, "little") + inside


def box(kind: bytes, data: bytes) -> bytes:
    return (len(data) + 8).to_bytes(4, "big") + kind + data


FTYP = box(b"ftyp", b"isom\0\0\2\0")


def heic() -> bytes:
    """A picture made of boxes, whose item 2 is what the camera wrote."""
    infe = [
        box(b"infe", b"\2\0\0\0" + n.to_bytes(2, "big") + b"\0\0" + kind + b"\0")
        for n, kind in ((1, b"hvc1"), (2, b"Exif"))
    ]
    iinf = box(b"iinf", b"\0\0\0\0\0\2" + b"".join(infe))

    def places(first: int) -> bytes:
        items = b"".join(
            n.to_bytes(2, "big") + b"\0\0\0\1" + start.to_bytes(4, "big") + length.to_bytes(4, "big")
            for n, start, length in ((1, first, 7), (2, first + 7, len(SECRET)))
        )
        return box(b"iloc", b"\0\0\0\0\x44\0\0\2" + items)

    def meta(first: int) -> bytes:
        return box(b"meta", b"\0\0\0\0" + iinf + places(first))

    first = len(FTYP) + len(meta(0)) + 8
    return FTYP + meta(first) + box(b"mdat", b"picture" + SECRET)


def film() -> bytes:
    times = b"\0\0\0\0" + b"made" + b"altr"
    return (
        FTYP
        + box(b"moov", box(b"mvhd", times + b"rest") + box(b"udta", box(b"\xa9xyz", SECRET)))
        + box(b"mdat", b"film")
    )


GIF = b"GIF89a\1\0\1\0\x80\0\0" + b"\0" * 6
FRAME = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
LOOPS = b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"

CASES = {
    "a JPEG": (jpeg(), PLAIN_JPEG),
    "a JPEG of the other byte order": (jpeg(order=">"), PLAIN_JPEG),
    "a PNG": (
        PNG + HEAD + chunk(b"tEXt", SECRET) + chunk(b"iTXt", SECRET) + chunk(b"eXIf", SECRET) + DATA + LAST + SECRET,
        PNG + HEAD + DATA + LAST,
    ),
    "a PNG cut off in the picture": (PNG + HEAD + chunk(b"tEXt", SECRET) + DATA[:-6], PNG + HEAD + DATA[:-6]),
    "a WebP": (
        riff((b"VP8X", b"\x1c" + b"\0" * 9), (b"VP8 ", b"abc"), (b"EXIF", SECRET), (b"XMP ", SECRET)),
        riff((b"VP8X", b"\x10" + b"\0" * 9), (b"VP8 ", b"abc")),
    ),
    "a GIF": (
        GIF + b"\x21\xfe" + bytes([len(SECRET)]) + SECRET + b"\0" + LOOPS + FRAME
        + b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\0;" + SECRET,
        GIF + LOOPS + FRAME + b";",
    ),
    "a HEIC": (heic(), heic().replace(SECRET, bytes(len(SECRET)))),
    "a film": (
        film(),
        film().replace(b"udta", b"free").replace(b"madealtr", bytes(8)).replace(box(b"\xa9xyz", SECRET), bytes(len(SECRET) + 8)),
    ),
    "a JPEG cut off": (jpeg()[: jpeg().index(b"\x12\xff\x00") + 2], PLAIN_JPEG[: PLAIN_JPEG.index(b"\x12\xff\x00") + 2]),
    "words": (b"GPS in words the sender wrote", b"GPS in words the sender wrote"),
    "nothing": (b"", b""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_only_what_is_hidden_goes(name: str) -> None:
    sent, kept = CASES[name]
    assert without_hidden(sent) == kept
    assert without_hidden(kept) == kept


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photo_held_sideways_stays_the_right_way_up(order: str) -> None:
    upright = segment(0xE1, b"Exif\0\0MM\0\x2a\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0")
    expected = b"\xff\xd8" + JFIF + upright + COLOURS + ADOBE + SCAN + SECOND + END
    assert without_hidden(jpeg(6, order)) == expected
    assert without_hidden(expected) == expected


def test_broken_pictures_do_no_harm_and_say_no_more() -> None:
    chance = random.Random(7)
    samples = [sent for sent, _ in CASES.values() if sent]
    for _ in range(3000):
        sent = bytearray(chance.choice(samples))
        for _ in range(chance.randrange(1, 6)):
            sent[chance.randrange(len(sent))] = chance.randrange(256)
        sent = sent[: chance.randrange(1, len(sent) + 1)]
        once = without_hidden(bytes(sent))
        assert without_hidden(once) == once
        assert len(once) <= len(sent)
