"""A pack's folder as bytes and back, so that every installed version is kept whole."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_BYTES = 60_000_000
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the same folder always gives the same bytes


def pack_up(folder: Path) -> bytes:
    """The folder's files as a zip, in order of name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
            archive.writestr(zipfile.ZipInfo(file.relative_to(folder).as_posix(), FIXED_TIME), file.read_bytes())
    return out.getvalue()


@contextmanager
def unpack(archive: bytes, name: str) -> Iterator[Path]:
    """The folder again under its name, which a pack's id must be; for as long as the context lasts. Raises ValueError for
    what would be written outside it, and for more than any pack holds."""
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer) / name
        folder.mkdir()
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            if sum(member.file_size for member in files.infolist()) > MOST_BYTES:
                raise ValueError(name)
            for member in files.namelist():
                target = (folder / member).resolve()
                if not target.is_relative_to(folder.resolve()):
                    raise ValueError(member)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(files.read(member))
        yield folder
