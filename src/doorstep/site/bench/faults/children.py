"""Processes that may be killed: forks of this one, so that each begins with everything imported and costs milliseconds."""

from __future__ import annotations

import faulthandler
import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
Tell = Callable[[str], None]
PATIENCE = 900.0  # seconds; what lasts longer hangs: it says where, and ends with code 1


@dataclass(slots=True)
class Child:
    """A process at work. What it told before its end is heard, however it ended."""

    pid: int
    pipe: int

    def kill_after(self, seconds: float) -> None:
        """Let it work for so long, then end it as ``kill -9`` does."""
        time.sleep(seconds)
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> tuple[list[str], int]:
        """Wait for its end: the lines it told whole, and its exit code (negative: the signal that ended it)."""
        pieces = []
        while piece := os.read(self.pipe, 1 << 16):
            pieces.append(piece)
        os.close(self.pipe)
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return b"".join(pieces).decode().split("\n")[:-1], code


def start(work: Callable[[Tell], None]) -> Child:
    """Begin ``work`` in a process of its own. What it tells is written to a pipe, at once."""
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    os.close(reading)
    code = 1
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    try:
        work(lambda line: _write(writing, line))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _write(pipe: int, line: str) -> None:
    os.write(pipe, line.encode() + b"\n")


def apart(work: Callable[[], T]) -> T:
    """The answer of ``work``, done in a process of its own."""

    def tell(say: Tell) -> None:
        say(pickle.dumps(work()).hex())

    lines, code = start(tell).ended()
    if code:
        raise RuntimeError(f"a process of its own ended with {code}")
    answer: Any = pickle.loads(bytes.fromhex(lines[0]))  # noqa: S301 - written by this very program
    return answer  # type: ignore[no-any-return]
