"""A small keep-alive HTTP client, cheap enough to leave the machine to the server it measures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Request(NamedTuple):
    method: str
    path: str
    headers: tuple[str, ...] = ()
    body: bytes = b""


@dataclass(slots=True)
class Answers:
    """Statuses and times in seconds, in order of arrival; ``seconds`` is how long everything took."""

    statuses: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0


async def send_all(host: str, requests: Sequence[Request], senders: int) -> Answers:
    """Send all requests over ``senders`` connections at once, each sending its next when it has its answer."""
    answers = Answers()
    waiting = iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(_sender(host, lambda: next(waiting, None), answers) for _ in range(senders)))
    answers.seconds = time.perf_counter() - began
    return answers


def send(host: str, requests: Sequence[Request], senders: int = 1) -> Answers:
    """``send_all`` for callers that wait."""
    return asyncio.run(send_all(host, requests, senders))


async def _sender(host: str, take: Callable[[], Request | None], answers: Answers) -> None:
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port), limit=2**22)
    while (request := take()) is not None:
        began = time.perf_counter()
        writer.write(_bytes(host, request))
        status, keeps = await _answer(reader)
        answers.times.append(time.perf_counter() - began)
        answers.statuses.append(status)
        if not keeps:
            writer.close()
            reader, writer = await asyncio.open_connection(name, int(port), limit=2**22)
    writer.close()


def _bytes(host: str, request: Request) -> bytes:
    lines = [f"{request.method} {request.path} HTTP/1.1", f"Host: {host}", *request.headers]
    if request.body or request.method == "POST":
        lines.append(f"Content-Length: {len(request.body)}")
    return "\r\n".join([*lines, "", ""]).encode() + request.body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status, and whether the connection may be used again."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    status = int(head[0].split(" ", 2)[1])
    fields = {k.strip(): v.strip() for k, _, v in (line.partition(":") for line in head[1:])}
    if fields.get("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(fields.get("content-length", "0")))
    return status, fields.get("connection") != "close"
