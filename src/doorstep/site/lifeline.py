"""Workers end with their parent, also when it is killed: a server started again must find its store and port free.

The parent holds one end of a pipe that nobody ever writes to; a worker waits at the other end.
"""

from __future__ import annotations

import os
import threading

_ends: tuple[int, int] | None = None


def hold() -> None:
    """Called by the parent before it makes workers."""
    global _ends
    _ends = os.pipe()


def follow() -> None:
    """Called by a worker: from now on it ends at once when its parent is gone."""
    if _ends is None:
        return
    reading, writing = _ends
    os.close(writing)
    threading.Thread(target=_wait, args=(reading,), name="lifeline", daemon=True).start()


def _wait(reading: int) -> None:
    os.read(reading, 1)  # returns at the end of the file: no process holds the writing end any more
    os._exit(1)
