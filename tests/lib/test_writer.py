"""Many writes in one commit, and one bad write that harms no other."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from doorstep.lib import db, writer


class Book:
    """Stands where the store would: a list that a transaction puts back when it fails."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.commits = 0
        self.gate = threading.Event()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        before = list(self.lines)
        try:
            yield
        except BaseException:
            self.lines = before
            raise
        self.commits += 1

    def write(self, _connection: db.Db, items: Sequence[str]) -> list[int]:
        self.gate.wait(5)
        for item in items:
            if item == "bad":
                raise ValueError(item)
            self.lines.append(item)
        return [len(item) for item in items]


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Iterator[Book]:
    found = Book()
    monkeypatch.setattr(db, "transaction", found.transaction)
    monkeypatch.setattr(db, "current", lambda: db.Db(None, "sqlite"))
    writer.start()
    yield found
    found.gate.set()
    writer.stop()


def test_what_waits_is_committed_together_and_answered_after(book: Book) -> None:
    first = writer.submit(book.write, "a")
    waiting = [writer.submit(book.write, "b" * n) for n in range(1, 6)]
    assert not any(f.done() for f in (first, *waiting))
    book.gate.set()
    assert [f.result(5) for f in (first, *waiting)] == [1, 1, 2, 3, 4, 5]
    assert book.commits <= 2


def test_one_bad_item_harms_no_other(book: Book) -> None:
    held = writer.submit(book.write, "a")
    several = [writer.submit(book.write, item) for item in ("b", "bad", "c")]
    book.gate.set()
    assert held.result(5) == 1
    assert isinstance(several[1].exception(5), ValueError)
    assert [several[0].result(5), several[2].result(5)] == [1, 1]
    assert sorted(book.lines) == ["a", "b", "c"]


def test_what_is_handed_over_after_the_end_is_done_all_the_same(book: Book) -> None:
    """A task of every hour still at work while the server stops: were it never answered, the server would never end."""
    book.gate.set()
    running = writer.Writer()
    running.stop()
    assert running.submit(book.write, "late").result(timeout=5) == 4
    assert book.lines == ["late"]
