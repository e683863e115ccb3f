"""From the writer's futures to the event loop, with one wake-up for a whole commit.

``asyncio.wrap_future`` wakes the loop once per future, and each wake-up hands the interpreter lock to and fro; the
writer finishes up to 64 at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class _Bridge:
    """What finished in other threads, on its way to one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self._loop = loop
        self._finished: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._on_its_way = False

    def wait(self, future: Future[T]) -> asyncio.Future[T]:
        waiter: asyncio.Future[T] = self._loop.create_future()
        future.add_done_callback(lambda done: self._hand_over(waiter, done))
        return waiter

    def _hand_over(self, waiter: asyncio.Future[Any], done: Future[Any]) -> None:
        """Called in the thread that finished the work."""
        self._finished.append((waiter, done))
        if not self._on_its_way:
            self._on_its_way = True
            self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._on_its_way = False  # before looking: what is added from now on calls again
        while self._finished:
            waiter, done = self._finished.popleft()
            if waiter.done():
                continue  # the sender hung up
            error = done.exception()
            if error is None:
                waiter.set_result(done.result())
            else:
                waiter.set_exception(error)


_bridges: WeakKeyDictionary[asyncio.AbstractEventLoop, _Bridge] = WeakKeyDictionary()


async def answered(future: Future[T]) -> T:
    """Wait for a future of another thread. Raises what its work raised."""
    loop = asyncio.get_running_loop()
    bridge = _bridges.get(loop)
    if bridge is None:
        bridge = _bridges[loop] = _Bridge(loop)
    return await bridge.wait(future)
