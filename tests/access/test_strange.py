"""Signs no store can hold, and values no page expects, at every address there is: refused or answered, never a fault of ours.

It runs on PostgreSQL as well, which keeps no NUL and no number beyond its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.signals import request_started
from django.db import close_old_connections, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern

from doorstep import web
from doorstep.access.showing import Shows, declared
from doorstep.places import counters
from doorstep.site.requests import Handler
from tests.access.matrix_town import NOBODY, PHONE, Town, addresses, filled, found, subjects
from tests.shares import WIDE

NUL = "a\0b"
WORDS = "This could not be read."
# what a number in an address may be, and any text; how they are told to a page by name
NUMBERS = ("9" * 30, str(2**63), str(2**31), "0", "٣")
TEXTS = ("9" * 400, "²", "'\u202e\"<b>", "../../etc/passwd", "a\r\nX-Evil: 1", "[[", "%", "-1", "1e999", "9999-12-31", "0000-00-00", "ü" * 250)  # fmt: skip
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
_NAMES = re.compile(r'(?:GET|POST|asked|told|typed|said)(?:\.get(?:list)?\(|\[)"(\w+)"')


def names() -> list[str]:
    """What pages ask of an address or a form by name, gathered from their code."""
    code = (file.read_text(encoding="utf-8") for file in Path(web.__file__).parent.rglob("*.py"))
    gathered = {name for text in code for name in _NAMES.findall(text)}
    assert {"typed", "place", "birth_date", "purpose", "code"} <= gathered
    return sorted(gathered | {"entry", "from", "size", "sha256", "since", "after", "id", "name"})


def reader_of(path: str, one: URLPattern) -> str:
    """Somebody the door lets in."""
    said: Shows = one.callback.shows  # type: ignore[attr-defined]
    if said.to == "device":
        return NOBODY if path.startswith("odk/") else PHONE
    if said.to != "member":
        return NOBODY
    return sorted(declared()[said.output].audience)[0] if said.output else "worker"


def asked(browser: Client, method: str, address: str, told: Mapping[str, str]) -> HttpResponse:
    before = dict(browser.cookies)
    with transaction.atomic():
        answer: HttpResponse = getattr(browser, method)(address, told)
        transaction.set_rollback(True)
    browser.cookies.clear()
    browser.cookies.update(before)
    counters.forget()
    return answer


def with_nul(path: str) -> str:
    return "/" + _PART.sub(lambda part: quote(NUL) if part[1] != "int" else "1", path)


def not_refused(town: Town) -> Iterator[str]:
    """Where signs no store can hold are not refused with a sentence."""
    for path, one in addresses():
        browser = town.browsers[reader_of(path, one)]
        address = filled(path, town, subjects(path)[0])
        answers = {
            "the address": asked(browser, "get", with_nul(path), {}) if "%00" in with_nul(path) else None,
            "what is asked": asked(browser, "get", address, {NUL: "a"} if len(path) % 2 else {"typed": NUL}),
            "a form": None if getattr(one.callback, "csrf_exempt", False) else asked(browser, "post", address, {"a": NUL}),
        }  # fmt: skip
        for where, answer in answers.items():
            if answer is not None and (answer.status_code != 400 or WORDS not in answer.content.decode()):
                yield f"{path}: {where}: {answer.status_code}"


def odd_asks(path: str, town: Town, n: int) -> Iterator[tuple[str, str, str]]:
    """Method, address with odd values in it, and what each name it may ask for is told; all of them with ``make test-wide``."""
    plain = filled(path, town, subjects(path)[0])
    for k in range(len(TEXTS) if WIDE else 1):
        number, text = NUMBERS[(n + k) % len(NUMBERS)], TEXTS[(n + k) % len(TEXTS)]
        parts = {"int": quote(number)}
        odd = "/" + _PART.sub(lambda part: parts.get(part[1], quote(text.replace("/", ""), safe="")), path)  # noqa: B023
        yield "get", odd, text
        if not path.endswith(".pdf"):
            yield "post", plain, text
        if odd != plain and (WIDE or n % 3 == 0):
            yield "get", plain, text


def faults(town: Town) -> Iterator[str]:
    """Where odd values end in a fault of ours, or in a header."""
    asks = names()
    for n, (path, one) in enumerate(addresses()):
        browser = town.browsers[reader_of(path, one)]
        for method, address, value in odd_asks(path, town, n):
            try:
                answer = asked(browser, method, address, dict.fromkeys(asks, value))
            except Exception as error:
                yield f"{method} {path} with {value[:20]!r} at {address[:60]!r}: {type(error).__name__}: {error}"[:300]
                continue
            if answer.status_code >= 500 or "X-Evil" in answer.headers:
                yield f"{method} {path} with {value[:20]!r}: {answer.status_code}"


def test_whatever_stands_in_an_address_or_a_form_is_answered_at_every_address(store: None) -> None:
    town = found()
    assert list(not_refused(town)) == []
    assert list(faults(town)) == []


def served(headers: Mapping[str, str], body: bytes = b"", address: str = "/login?next=%5Cud800") -> tuple[str, str]:
    """Status and page as the server's own application answers, without a browser that would mend what is sent."""
    path, _, query = address.partition("?")
    environ = RequestFactory().generic("POST", path, body, headers.get("content-type", ""), QUERY_STRING=query).environ
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    environ["CONTENT_TYPE"] = headers.get("content-type", "")
    said: list[Any] = []
    request_started.disconnect(close_old_connections)  # the test's own connection stays, as the test client does it
    try:
        answer = b"".join(Handler()(environ, lambda status, named, _=None: said.extend((status, dict(named)))))  # type: ignore[arg-type]
    finally:
        request_started.connect(close_old_connections)
    assert "X-Evil" not in said[1]
    return said[0], answer.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": r'sessionid="a\000b"'},
        {"cookie": r'language="\000"'},
        {"cookie": r'own_page="\000"'},
        {"user-agent": NUL},
        {"accept-language": "en\r\nX-Evil: 1"},
        {"referer": "http://x/\r\nX-Evil: 1"},
        {"content-type": "text/html; charset=rot13"},
        {"content-type": "text/html; charset=a\0b"},
        {"content-type": "text/html; charset*=zlib''x"},
        {"content-type": "text/html; charset*=nonsense''x"},
        {"content-type": "text/html; charset=unicode_escape"},
        {"content-type": "application/x-www-form-urlencoded; charset=utf-7"},
        {"host": "a b"},
        {"host": "evil.example/../x"},
        {"host": "a\r\nX-Evil: 1"},
    ],
    ids=str,
)
def test_what_stands_in_a_header_is_looked_at_too(headers: dict[str, str], store: None) -> None:
    status, page = served({"accept-language": "en"} | headers)
    assert (status, "<h1>" in page and ("This could not" in page or "看不懂" in page)) == ("400 Bad Request", True)


def test_a_form_that_says_it_is_utf8_is_read(store: None) -> None:
    """The control: not every kind of writing is refused, and a text of several lines is no fault."""
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    csrf = {"cookie": "csrftoken=" + "a" * 32, "x-csrftoken": "a" * 32}
    status, page = served({"content-type": kind} | csrf, b"kind=other&text=one%0D%0Atwo%E2%80%AE", "/complain")
    assert (status[:3], "看不懂" in page) in {("200", False), ("422", False)}


@pytest.mark.parametrize("body", [b"a=b&" * 1001, b"a=" + b"x" * 20_000_001], ids=["names", "bytes"])
def test_a_form_too_long_is_refused_with_a_sentence(body: bytes, store: None) -> None:
    status, page = served({"content-type": "application/x-www-form-urlencoded"}, body, "/login")
    assert (status, "看不懂" in page) == ("400 Bad Request", True)


def test_it_is_said_in_the_readers_language(store: None) -> None:
    browser = Client()
    assert "这次填的内容看不懂" in browser.get("/login?next=%00").content.decode()
    assert WORDS in browser.get("/login?next=%00", headers={"accept-language": "en"}).content.decode()
    assert browser.get("/login?next=%00").headers["X-Frame-Options"] == "DENY"
