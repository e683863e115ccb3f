"""The one writer: a thread that commits many waiting writes together.

SQLite has one write lock; threads that fight for it lose most of their time. Here every durable write of the
server is handed to one thread, which takes what is waiting (up to ``MOST_AT_ONCE``), lets each handler work on
its items, commits once, and only then answers. Without a running writer (commands, tests) the work is done
at once in the caller's thread, in a transaction of its own.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from doorstep.lib import db

MOST_AT_ONCE = 64
Handler = Callable[[db.Db, Sequence[Any]], Sequence[Any]]
Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Job:
    handler: Handler
    item: Any
    future: Future[Any]


class Writer:
    """Start it once per process; ``submit`` from any thread."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def submit(self, handler: Handler, item: Any) -> Future[Any]:
        """Have ``handler`` called with this item (and others waiting for it); the future holds its answer
        once the commit is durable, or the error."""
        future: Future[Any] = Future()
        with self._closing:
            if not self._closed:
                self._queue.put(_Job(handler, item, future))
                return future
        return _here_and_now(
            handler, item
        )  # after the last one nobody would take it, and who waits would wait for ever

    def alive(self) -> bool:
        """Whether somebody still takes what is handed over."""
        return self._thread.is_alive()

    def waiting(self) -> int:
        """How many items wait to be taken."""
        return self._queue.qsize()

    def stop(self) -> None:
        """Finish what is waiting, then end."""
        with self._closing:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            jobs, ending = [first], False
            while len(jobs) < MOST_AT_ONCE and not self._queue.empty():
                job = self._queue.get()
                if job is None:
                    ending = True
                    break
                jobs.append(job)
            _commit_together(jobs)
            if ending:
                return


def _commit_together(jobs: list[_Job]) -> None:
    """All jobs in one transaction; if anything fails, each alone, so that one bad item harms no other."""
    try:
        answers = _in_one_transaction(jobs)
    except Exception as error:
        if len(jobs) == 1:
            jobs[0].future.set_exception(error)
            return
        for job in jobs:
            _commit_together([job])
        return
    for job, answer in zip(jobs, answers, strict=True):
        job.future.set_result(answer)


def _in_one_transaction(jobs: list[_Job]) -> list[Any]:
    answers: dict[int, Any] = {}
    by_handler: dict[Handler, list[tuple[int, Any]]] = {}
    for n, job in enumerate(jobs):
        by_handler.setdefault(job.handler, []).append((n, job.item))
    with db.transaction():
        connection = db.current()
        for handler, items in sorted(by_handler.items(), key=lambda one: one[0] in _last):
            results = handler(connection, [item for _, item in items])
            answers.update(zip((n for n, _ in items), results, strict=True))
    return [answers[n] for n in range(len(jobs))]


_last: set[Handler] = set()
AnyHandler = TypeVar("AnyHandler", bound=Handler)


def goes_last(handler: AnyHandler) -> AnyHandler:
    """Marks a handler that is called after all others of a transaction, so that locks are always taken in one order."""
    _last.add(handler)
    return handler


_running: Writer | None = None


def start() -> Writer:
    """Start this process's writer (once)."""
    global _running
    if _running is None:
        _running = Writer()
    return _running


def stop() -> None:
    """Stop this process's writer, if one runs."""
    global _running
    if _running is not None:
        _running.stop()
        _running = None


def alive() -> bool:
    """Whether this process can write: its writer lives, or none was started (then writes are done at once)."""
    return _running is None or _running.alive()


def waiting() -> int:
    """How many writes of this process wait."""
    return _running.waiting() if _running is not None else 0


def submit(handler: Callable[[db.Db, Sequence[Item]], Sequence[Answer]], item: Item) -> Future[Answer]:
    """Hand one item to the writer, or do it here and now when none runs."""
    running = _running
    return running.submit(handler, item) if running is not None else _here_and_now(handler, item)


def _here_and_now(handler: Handler, item: Any) -> Future[Any]:
    """Do the work in the caller's thread, in a transaction of its own."""
    future: Future[Any] = Future()
    try:
        with db.transaction():
            answer = handler(db.current(), [item])[0]
        future.set_result(answer)
    except Exception as error:
        future.set_exception(error)
    return future


def do(handler: Callable[[db.Db, Sequence[Item]], Sequence[Answer]], item: Item) -> Answer:
    """``submit`` and wait for the durable answer. Raises what the handler raised."""
    return submit(handler, item).result()
