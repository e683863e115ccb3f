"""How the server writes its log: never what a person said or which person it was about (charter C18).

Addresses hold people's ids and devices' tokens, and errors quote values. So a request is named by its pattern, and an
error by its kind and where it arose.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

MOST_FRAMES = 8


class Discreet(logging.Formatter):
    """``time LEVEL logger: message``; of other people's messages and of errors only what cannot tell of a person."""

    def format(self, record: logging.LogRecord) -> str:
        said = record.getMessage() if record.name.startswith(("doorstep", "_granian", "granian")) else _pattern(record)
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {said}"
        if record.exc_info and record.exc_info[0] is not None:
            line += f" [{kind_and_place(record.exc_info[0], record.exc_info[2])}]"
        return line


def kind_and_place(kind: type[BaseException], trace: TracebackType | None) -> str:
    """An error without its words: its kind, and the innermost places it passed."""
    frames = traceback.extract_tb(trace)[-MOST_FRAMES:]
    at = " < ".join(
        f"{frame.name} {frame.filename.rpartition('doorstep/')[2]}:{frame.lineno}" for frame in frames[::-1]
    )
    return f"{kind.__name__} at {at}"


def _pattern(record: logging.LogRecord) -> str:
    """The address pattern of a request that went wrong, else the message before its values were put in."""
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    status = getattr(record, "status_code", "")
    if request is not None:
        return f"{status} {getattr(request, 'method', '')} {match.route if match else '?'}"
    return str(record.msg)
