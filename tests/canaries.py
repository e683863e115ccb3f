"""Marks of the made-up people of the tests, looked for in all that must never tell of anybody (charter C18).

While any test runs, what the server would log, every address asked for (by tests, browsers and redirects), names given to files
that are handed out, cookies, notices shown by a phone, and what real servers wrote are read; at the end, so are the names of all
files the run made. One mark anywhere, and the run is red.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from doorstep.site.logs import Discreet, Structured

NAMES = (
    "王秀英", "李四", "李梅", "赵奶奶", "李桂兰", "李小红", "王大明", "何小满", "李桂花", "王小宝", "吴三", "赵不列", "钱阿姨",
    "张三", "孙丽", "李早", "赵六", "张秀英", "陈不愿", "李平", "赵小兰", "周静文", "王小花", "孙新来", "陈愿意", "李芳", "王秀红",
    "wangxiuying", "CANARY",
)  # fmt: skip
# a run of digits is a number of somebody unless it is a part of an id written in hexadecimal, or what follows a decimal point
_ALONE, _ENDED = r"(?<![0-9a-fA-F])(?<!\d\.)", r"(?![0-9a-fA-F])"
PHONES = rf"{_ALONE}(?:1[39]\d{{9}}|100\d{{8}}){_ENDED}"
IDS = rf"{_ALONE}\d{{6}}(?:19|20)\d{{2}}(?:0\d|1[0-2])[0-3]\d\d{{3}}[\dXx]{_ENDED}"  # of an identity card
OPEN_PAGES = ("/metrics", "/health/live", "/health/ready", "/about")  # read without logging in
_TOKENS = r"(?<=Bearer )[\w-]{40,}"
_MARK = re.compile("|".join((*map(re.escape, NAMES), PHONES, IDS, _TOKENS)))
_UNITS = re.compile(r"\\u([0-9a-fA-F]{4})")


def marks_in(text: str) -> list[str]:
    """The marks in a text, also where it is written for an address or as JSON."""
    if "=?" in text:  # as a header carries other scripts
        text = str(make_header(decode_header(text)))
    plain = _UNITS.sub(lambda unit: chr(int(unit[1], 16)), unquote(unquote(text)))
    return _MARK.findall(plain)


def _around(text: str, mark: str) -> str:
    """The part of ``text`` the mark stands in, where it stands there as it is; else how the text begins."""
    at = max(text.find(mark), 0)
    return text[max(at - 80, 0) : at + 120]


@dataclass
class Watch(logging.Handler):
    """What was read so far. ``found``: where, and the mark; ``read``: how many of each kind were looked at."""

    found: list[tuple[str, str, str]] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    on_purpose: bool = False  # a test asks for an address with a mark in it itself

    def __post_init__(self) -> None:
        super().__init__()
        self._as_served = (Discreet(), Structured())

    def look(self, kind: str, text: str) -> None:
        self.read[kind] = self.read.get(kind, 0) + 1
        if not (self.on_purpose and kind == "address"):
            self.found += [(kind, mark, _around(text, mark)) for mark in marks_in(text)]

    def emit(self, record: logging.LogRecord) -> None:
        """What the server would write of this, in either of its ways."""
        for formatter in self._as_served:
            self.look("log", formatter.format(record))

    def exchange(self, request: Any, response: Any) -> None:
        """A request and its answer: addresses, names of files handed out, cookies. The body is the reader's own."""
        self.look("address", request.get_full_path())
        if request.path in OPEN_PAGES:
            self.look("open page", response.content.decode())
        for header in ("Location", "HX-Redirect", "HX-Push-Url", "Content-Disposition", "Server-Timing", "ETag"):
            if header in response.headers:
                self.look(header, response.headers[header])
        for cookie in response.cookies.values():
            self.look("cookie", cookie.value)

    def files_below(self, *folders: Path) -> None:
        for folder in folders:
            for path in folder.rglob("*"):
                self.look("file name", str(path.relative_to(folder)))

    def __hash__(self) -> int:
        return id(self)


def watch_the_server(watch: Watch) -> Callable[[], None]:
    """Let ``watch`` see what this process logs and serves, until what is given back is called."""
    from django.core.handlers.base import BaseHandler

    answer = BaseHandler.get_response

    def seen(self: BaseHandler, request: Any) -> Any:
        response = answer(self, request)
        watch.exchange(request, response)
        return response

    BaseHandler.get_response = seen  # type: ignore[method-assign]
    logging.getLogger().addHandler(watch)

    def end() -> None:
        BaseHandler.get_response = answer  # type: ignore[method-assign]
        logging.getLogger().removeHandler(watch)

    return end


def watch_a_browser(watch: Watch, browser: Any) -> None:
    """Let ``watch`` see every address that pages of a browser ask for, and what they say on their console."""
    make = browser.new_context

    def made(**told: Any) -> Any:
        context = make(**told)
        context.on("request", lambda request: watch.look("address in a browser", request.url))
        context.on("console", lambda message: watch.look("console", message.text))
        return context

    browser.new_context = made


WATCH = Watch()
"""The one of this run; ``tests.server`` and ``tests.conftest`` give it what they see."""
