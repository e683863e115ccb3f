"""How the server writes its log: never what a person said or which person it was about (charter C18).

Addresses hold people's ids and devices' tokens, and errors quote values. So a request is named by its pattern, and an
error by its kind and where it arose.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType

MOST_FRAMES = 8


class Discreet(logging.Formatter):
    """``time LEVEL logger: message``; of other people's messages and of errors only what cannot tell of a person."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {_words(record)}"
        if record.exc_info and record.exc_info[0] is not None:
            line += f" [{kind_and_place(record.exc_info[0], record.exc_info[2])}]"
        return line


class Structured(Discreet):
    """The same, one JSON object per line: time (UTC), level, logger, message, and what else is known of a request or an error."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _words(record),
        }
        told |= getattr(record, "request_told", {})
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = kind_and_place(record.exc_info[0], record.exc_info[2])
        return json.dumps(told, ensure_ascii=False)


def _words(record: logging.LogRecord) -> str:
    """Our own sentences whole; of others only what cannot tell of a person."""
    return record.getMessage() if record.name.startswith(("doorstep", "_granian", "granian")) else _pattern(record)


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
