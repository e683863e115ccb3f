"""A backup file: a line anybody may read, then the store's files, packed and sealed."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from gettext import gettext as _
from pathlib import Path
from typing import IO, Any

from doorstep.lib import sealing
from doorstep.site.backup.databases import Told
from doorstep.site.store import Failure

FORMAT = "doorstep backup 1"
ABOUT = "about.json"
_NAME = re.compile(r"(attachments/[0-9a-f]{2}/)?[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""What may be laid down: files of the store's own folder, and attachments under their digest."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a backup once it is opened."""

    made_at: str  # ISO 8601, UTC
    version: str
    database: str  # the name of the database's copy in it
    told: Told

    def as_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, content: bytes) -> About:
        said = json.loads(content)
        return cls(**{**said, "told": Told(**said["told"])})


def _sentence(code: str) -> str:
    if code == "other_key":
        return _("This backup was sealed with another key.")
    if code == "altered":
        return _("This backup was cut off or altered on its way. Use another one.")
    if code == "key_text":
        return _("This is not the text of a key, or a letter of it is wrong. It has 14 groups of letters and digits.")
    return _("This file is no backup of Doorstep.")


@contextmanager
def sentences() -> Iterator[None]:
    """What cannot be read is told as a sentence. Raises Failure."""
    try:
        yield
    except sealing.Unreadable as error:
        raise Failure(_sentence(error.code)) from error
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise Failure(_("The backup could not be read or written: {why}").format(why=error)) from error


def write(out: IO[bytes], key: bytes, about: About, files: dict[str, Path], log_end: str) -> None:
    """Pack ``files`` (name in the backup → file) and seal them into ``out``. ``log_end``: where the access log's chain stood,
    for anybody to read: it says nothing of anybody, and shows later that nothing was cut off."""
    plain = {"format": FORMAT, "made_at": about.made_at, "version": about.version, "log_end": log_end}
    with (
        sealing.Sealing(out, key, plain) as sealed,
        gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=1) as packed,
        tarfile.open(mode="w|", fileobj=packed) as tar,
    ):
        told = tarfile.TarInfo(ABOUT)
        told.size = len(about.as_json())
        tar.addfile(told, io.BytesIO(about.as_json()))
        for name, file in files.items():
            tar.add(file, arcname=name, recursive=False)


def open_into(file: Path, key: bytes, folder: Path) -> About:
    """Everything in a backup, laid into ``folder``. Raises Failure; what was laid down by then is not whole."""
    about = None
    with sentences(), file.open("rb") as source:
        opened = io.BufferedReader(sealing.Opening(source, key), sealing.PIECE)
        with tarfile.open(mode="r|gz", fileobj=opened) as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None or not _NAME.fullmatch(member.name):
                    raise sealing.Unreadable("not_sealed")
                if member.name == ABOUT:
                    about = About.read(content.read())
                else:
                    _lay_down(content, folder / member.name)
        while opened.read(sealing.PIECE):  # to the last piece, which tells that nothing was cut off
            pass
    if about is None:
        raise Failure(_sentence("not_sealed"))
    return about


def _lay_down(content: IO[bytes], target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with target.open("xb") as out:
        target.chmod(0o600)
        while piece := content.read(1 << 20):
            out.write(piece)


def plain_words(file: Path) -> dict[str, Any]:
    """What a backup says without its key. Raises Failure."""
    with sentences(), file.open("rb") as source:
        found = sealing.first_line(source)
        if found.get("format") != FORMAT:
            raise sealing.Unreadable("not_sealed")
        return found
