"""Standing between SQLite and the disk.

SQLite speaks to the disk through a table of functions (its VFS). Here a copy of the system's own table is registered in the very
library Python's driver uses, as the default, with the functions that change files going through a listener first: it may write
down what passes, refuse it with an error code, or end the process. Everything else, reading above all, stays as it was, so what
runs is the program itself on its own driver. Only for a process that does nothing but fault tests.
"""

from __future__ import annotations

import ctypes
import sqlite3
import traceback
from collections.abc import Callable
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_int64, c_void_p, cast
from gettext import gettext as _
from pathlib import Path
from typing import Any, Literal, NamedTuple

from doorstep.site.store import Failure

OK, IO_ERROR, FULL, READ_ONLY = 0, 10, 13, 8
WRITE_ERROR, SYNC_ERROR, TRUNCATE_ERROR, DELETE_ERROR = 778, 1034, 1546, 2570  # SQLITE_IOERR_…
_MAIN_FILES = (
    0x00000100 | 0x00000800 | 0x00080000
)  # SQLITE_OPEN_MAIN_DB, _MAIN_JOURNAL, _WAL: what must outlive the process
_NAME = b"doorstep-faults"
Kind = Literal["write", "truncate", "sync", "delete"]


class Event(NamedTuple):
    """Something that changes a file, before it is done. ``at``: where a write begins, the size a truncation leaves, whether a
    deletion waits for the disk."""

    kind: Kind
    path: str
    at: int
    data: bytes


Listener = Callable[[Event], int]
"""Gives OK to let an event pass, else the code of the error SQLite is told."""


class _Methods(Structure):
    """sqlite3_io_methods; only what is replaced is typed."""


_CLOSE = ctypes.CFUNCTYPE(c_int, c_void_p)
_WRITE = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = ctypes.CFUNCTYPE(c_int, c_void_p, c_int)
_OPEN = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = ctypes.CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_REST_OF_METHODS = ("size", "lock", "unlock", "reserved", "control", "sector", "device", "shm_map", "shm_lock",
                    "shm_barrier", "shm_unmap", "fetch", "unfetch")  # fmt: skip
_Methods._fields_ = [
    ("version", c_int),
    ("close", c_void_p),
    ("read", c_void_p),
    ("write", c_void_p),
    ("truncate", c_void_p),
    ("sync", c_void_p),
    *[(name, c_void_p) for name in _REST_OF_METHODS],
]


class _Vfs(Structure):
    """sqlite3_vfs, as far as version 3 goes."""

    _fields_ = [
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        *[(f"rest_{n}", c_void_p) for n in range(14)],
    ]


class Disk:
    """Put in place once per process; every SQLite database opened from then on goes through it. ``listener`` may be changed at
    any time; None lets everything pass."""

    def __init__(self) -> None:
        self.listener: Listener | None = None
        self._library = _library()
        self._library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self._library.sqlite3_vfs_find.argtypes = [c_char_p]
        system = self._library.sqlite3_vfs_find(None)
        assert system and system.contents.name != _NAME, "a second Disk in one process"
        self._vfs = _Vfs.from_buffer_copy(system.contents)
        self._real_open, self._real_delete = _OPEN(self._vfs.open), _DELETE(self._vfs.delete)
        self._open, self._delete = _OPEN(self._on_open), _DELETE(self._on_delete)
        self._vfs.name, self._vfs.next = _NAME, None
        self._vfs.open, self._vfs.delete = cast(self._open, c_void_p).value, cast(self._delete, c_void_p).value
        self._paths: dict[int, str] = {}  # by the address of SQLite's file
        self._known: dict[int, _Replaced] = {}  # by the address of the system's methods
        self._library.sqlite3_vfs_register.argtypes = [POINTER(_Vfs), c_int]
        done = self._library.sqlite3_vfs_register(byref(self._vfs), 1)
        assert done == OK, done

    def heard(self, file: int, kind: Kind, at: int = 0, data: bytes = b"") -> int:
        """What the listener says to an event on a file SQLite holds open."""
        path = self._paths.get(file)
        return self._ask(Event(kind, path, at, data)) if path is not None else OK

    def closed(self, file: int) -> None:
        self._paths.pop(file, None)

    def _ask(self, event: Event) -> int:
        if self.listener is None:
            return OK
        try:
            return self.listener(event)
        except Exception:  # there is nobody above but C
            traceback.print_exc()
            return IO_ERROR

    def _on_open(self, vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        code = self._real_open(vfs, name, file, flags, out)
        methods = cast(file, POINTER(c_void_p))
        if code != OK or not methods[0] or name is None or not flags & _MAIN_FILES:
            return int(code)
        self._paths[file] = cast(name, c_char_p).value.decode()  # type: ignore[union-attr]
        real = methods[0]
        if real not in self._known:
            self._known[real] = _Replaced(self, real)
        methods[0] = self._known[real].address
        return OK

    def _on_delete(self, vfs: int, name: bytes, waits: int) -> int:
        return self._ask(Event("delete", name.decode(), waits, b"")) or int(self._real_delete(vfs, name, waits))


class _Replaced:
    """A copy of the system's functions for an open file, with those that change it asking first."""

    def __init__(self, disk: Disk, real: int):
        self._methods = _Methods.from_buffer_copy(_Methods.from_address(real))
        close, write = _CLOSE(self._methods.close or 0), _WRITE(self._methods.write or 0)
        truncate, sync = _TRUNCATE(self._methods.truncate or 0), _SYNC(self._methods.sync or 0)

        def on_close(file: int) -> int:
            disk.closed(file)
            return int(close(file))

        def on_write(file: int, buffer: int, length: int, at: int) -> int:
            return disk.heard(file, "write", at, ctypes.string_at(buffer, length)) or write(file, buffer, length, at)

        def on_truncate(file: int, size: int) -> int:
            return disk.heard(file, "truncate", size) or truncate(file, size)

        def on_sync(file: int, flags: int) -> int:
            return disk.heard(file, "sync") or sync(file, flags)

        self._kept: list[Any] = [_CLOSE(on_close), _WRITE(on_write), _TRUNCATE(on_truncate), _SYNC(on_sync)]
        for name, function in zip(("close", "write", "truncate", "sync"), self._kept, strict=True):
            setattr(self._methods, name, cast(function, c_void_p).value)
        self.address = ctypes.addressof(self._methods)


def _library() -> Any:
    """The SQLite library this process's driver runs on. Raises Failure when it is sealed inside the interpreter."""
    probe = sqlite3.connect(":memory:")  # by now it is loaded
    probe.close()
    loaded = {
        line.split(maxsplit=5)[5].strip()
        for line in Path("/proc/self/maps").read_text().splitlines()
        if "sqlite3" in line
    }
    for path in sorted(loaded, key=lambda one: "libsqlite3" not in one):
        found = ctypes.CDLL(path)
        if hasattr(found, "sqlite3_vfs_register"):
            return found
    raise Failure(
        _("This Python carries its SQLite sealed inside; the fault tests need one that uses the system's library.")
    )
