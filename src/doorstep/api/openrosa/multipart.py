"""A submission's body in its parts: the one filled form and the files that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, MultipartState, parse_options_header

from doorstep.intake.parse import SentFile
from doorstep.intake.problems import Refused

FORM_PART = "xml_submission_file"
MOST_PARTS = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """What one POST holds."""

    form: bytes
    files: tuple[SentFile, ...] = ()


class _Parts:
    """Collects parts as the parser meets them. The whole body is given to the parser at once, but it may still
    tell a header or a part's data in pieces."""

    def __init__(self) -> None:
        self.form: list[bytes] = []
        self.files: list[SentFile] = []
        self._name, self._value = bytearray(), bytearray()
        self._disposition, self._content_type = b"", b""
        self._data: list[bytes] = []

    def begin(self) -> None:
        if len(self.files) + len(self.form) >= MOST_PARTS:
            raise FormParserError("too many parts")
        self._disposition, self._content_type, self._data = b"", b"", []

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        name = bytes(self._name).lower()
        if name == b"content-disposition":
            self._disposition = bytes(self._value)
        elif name == b"content-type":
            self._content_type = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def data(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def end(self) -> None:
        content = b"".join(self._data)
        name, file_name = _names(self._disposition)
        if name == FORM_PART:
            self.form.append(content)
        elif file_name or name:
            self.files.append(SentFile(file_name or name, _text(self._content_type), content))


@lru_cache(maxsize=256)
def _names(disposition: bytes) -> tuple[str, str]:
    """A part's own name and its file name ('' when it has none)."""
    _, options = parse_options_header(disposition)
    return _text(options.get(b"name", b"")), _text(options.get(b"filename", b""))


def _text(value: bytes) -> str:
    """Apps send names as UTF-8; an old one may send Latin-1. No file of a form is named with signs no store can hold."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    if "\0" in text:
        raise FormParserError("a name with NUL")
    return text


@lru_cache(maxsize=256)
def boundary_of(content_type: str) -> bytes:
    """The boundary a Content-Type header states. Raises Refused when the body is not in parts."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise Refused("intake.broken_multipart", 400)
    return boundary


def read(body: bytes, boundary: bytes) -> Sent:
    """Take a body apart. Raises Refused when it is cut off or broken, or does not hold exactly one filled form."""
    parts = _Parts()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": parts.begin,
                "on_part_data": parts.data,
                "on_part_end": parts.end,
                "on_header_field": parts.header_field,
                "on_header_value": parts.header_value,
                "on_header_end": parts.header_end,
            },
        )
        parser.write(body)
    except FormParserError as error:
        raise Refused("intake.broken_multipart", 400) from error
    if parser.state != MultipartState.END:
        raise Refused("intake.broken_multipart", 400)
    if len(parts.form) != 1:
        raise Refused("intake.no_submission", 400)
    return Sent(parts.form[0], tuple(parts.files))
