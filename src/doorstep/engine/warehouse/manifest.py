"""What a warehouse is made of: one small file names every other, so that a good state is replaced by the next at once.

A table is a row of segments, each written once, with the keys that later generations took out of earlier ones. Whatever
the manifest does not name is left from work that was cut short, and is swept away.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
SCRATCH = "scratch"
_LOCKS = ("sync.lock", "read.lock")


class Busy(Exception):
    """Somebody else is writing this warehouse."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One file, of the rows a generation brought, or of the keys it took out of all before it."""

    file: str
    generation: int
    rows: int
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """``key``: the column by which rows are replaced. ``order``: how the rows of a segment are sorted."""

    key: str
    order: str
    segments: tuple[Segment, ...] = ()
    gone: tuple[Segment, ...] = ()

    @property
    def columns(self) -> dict[str, str]:
        """Every column of any segment, with its type."""
        return {name: type_ for one in self.segments for name, type_ in one.columns.items()}


@dataclass(frozen=True, slots=True)
class Manifest:
    """``source`` says of what, and of which life of it, this is, and ``born`` by chance which filling from nothing it is;
    ``watermark`` is the last entry looked at."""

    source: str = ""
    born: str = ""
    generation: int = 0
    watermark: int = 0
    whole: bool = False
    shape: str = ""
    forms: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)

    @property
    def files(self) -> set[str]:
        return {one.file for table in self.tables.values() for one in (*table.segments, *table.gone)}

    def with_table(self, name: str, table: Table) -> Manifest:
        return replace(self, tables={**self.tables, name: table})


def read(folder: Path) -> Manifest | None:
    """The state the folder holds; None when there is none, or one this version cannot use."""
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        if told.pop("format") != FORMAT:
            return None
        tables = {
            name: Table(one["key"], one["order"], _segments(one["segments"]), _segments(one["gone"]))
            for name, one in told.pop("tables").items()
        }
        found = Manifest(**told, tables=tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if all((folder / file).exists() for file in found.files) else None


def _segments(told: list[dict[str, Any]]) -> tuple[Segment, ...]:
    return tuple(Segment(**one) for one in told)


def write(folder: Path, manifest: Manifest) -> None:
    """Make this the state, durably and at once. Every file it names must have been written durably before."""
    partial = folder / f"{MANIFEST}.partial"
    with partial.open("w") as out:
        json.dump({"format": FORMAT, **asdict(manifest)}, out, ensure_ascii=False, sort_keys=True)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(folder / MANIFEST)
    make_durable(folder)


def make_durable(path: Path) -> None:
    """Have what was written to a file, or the names in a folder, survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, manifest: Manifest) -> int:
    """Delete every file the manifest does not name. Waits for those who still read. Gives how many there were."""
    named = manifest.files | {MANIFEST}
    with _held(folder / "read.lock", fcntl.LOCK_EX):
        shutil.rmtree(folder / SCRATCH, ignore_errors=True)
        left = [
            file
            for file in folder.rglob("*")
            if file.is_file() and file.name not in _LOCKS and str(file.relative_to(folder)) not in named
        ]
        for file in left:
            file.unlink()
    return len(left)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Be the one who writes. Raises Busy when somebody else does."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with _held(folder / "sync.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield
    except BlockingIOError as error:
        raise Busy(str(folder)) from error


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Keep the files of the state now named from being swept away."""
    with _held(folder / "read.lock", fcntl.LOCK_SH):
        yield


@contextmanager
def _held(path: Path, how: int) -> Iterator[IO[str]]:
    with path.open("a+") as file:
        fcntl.flock(file, how)
        yield file
