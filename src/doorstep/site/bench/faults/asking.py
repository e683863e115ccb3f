"""The whole server in one process without its sockets: asked over ASGI, as the HTTP server asks it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from doorstep.site.bench.faults.stage import Message, Talk, elsewhere

SENDERS = 4
Application = Callable[..., Any]
Answered = Callable[[Message, int, bytes], None]


def application() -> Application:
    """The server's application, with everything read that its first request would read. Its threads are started by that request,
    so a process may still fork after this."""
    from django.urls import get_resolver

    from doorstep.site.asgi import application as made

    assert get_resolver().url_patterns
    return made


@asynccontextmanager
async def living(app: Application) -> AsyncIterator[None]:
    """From the start of a worker, with its one writer, to its stop. Raises what keeps it from starting."""
    inbox: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    said: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    await inbox.put({"type": "lifespan.startup"})
    life = asyncio.create_task(app({"type": "lifespan"}, inbox.get, said.put))
    started = asyncio.create_task(said.get())
    await asyncio.wait((life, started), return_when=asyncio.FIRST_COMPLETED)
    if not started.done():
        started.cancel()
        await life
        raise RuntimeError("the server's life ended before it had begun")
    try:
        yield
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        await life


async def ask(app: Application, message: Message) -> tuple[int, bytes]:
    """The status and body of one answer."""
    headers = [(name.lower().encode(), value.encode()) for name, value in message.headers]
    headers.append((b"host", b"localhost"))
    if message.method == "POST":
        headers.append((b"content-length", str(len(message.body)).encode()))
    scope = {"type": "http", "http_version": "1.1", "scheme": "http", "method": message.method, "path": message.path,
             "root_path": "", "query_string": message.query.encode(), "headers": headers, "server": ("localhost", 80),
             "client": ("127.0.0.1", 1)}  # fmt: skip
    waiting: deque[MutableMapping[str, Any]] = deque(
        [{"type": "http.request", "body": message.body, "more_body": False}]
    )
    status, body = 0, b""

    async def receive() -> MutableMapping[str, Any]:
        return waiting.popleft() if waiting else await asyncio.Future()

    async def send(piece: MutableMapping[str, Any]) -> None:
        nonlocal status, body
        status = piece.get("status", status)
        body += piece.get("body", b"")

    await app(scope, receive, send)
    return status, body


async def ask_until_right(app: Application, message: Message) -> tuple[int, bytes]:
    """As a phone asks: a piece of a photo that the server wants from elsewhere on is sent from there on."""
    status, body = await ask(app, message)
    other = elsewhere(message, status, body)
    return (status, body) if other is None else await ask(app, other)


async def send_all(app: Application, talks: Sequence[Talk], answered: Answered, senders: int = SENDERS) -> None:
    """Have all talks, several at once; ``answered`` is told each answer as it comes."""
    waiting = deque(talks)

    async def sender() -> None:
        while waiting:
            for message in waiting.popleft():
                answered(message, *await ask_until_right(app, message))

    await asyncio.gather(*(sender() for _ in range(senders)))


def serve(app: Application, talks: Sequence[Talk], answered: Answered) -> None:
    """A worker's whole life, with these talks had with it."""

    async def run() -> None:
        async with living(app):
            await send_all(app, talks, answered)

    asyncio.run(run())
