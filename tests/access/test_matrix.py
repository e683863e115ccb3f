"""Endpoint × reader × whose record × method (charter C15), made from the URL configuration and asked for real.

What each may is declared in ``matrix.yaml``; whatever is not said there must be refused. Papers (``.pdf``) are asked for by GET alone. An address that is not declared, one
that is no more, an unknown role, and any answer other than declared fail. Every answer is searched for people the reader may
not know of. After a change, ``DOORSTEP_MATRIX=/tmp/new.yaml`` has what is there now written beside, to be read line by line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

from doorstep.access.permissions import ROLES
from doorstep.access.showing import Shows, declared
from tests.access.matrix_bodies import BODIES, BY_BODY, TOO_LONG
from tests.access.matrix_town import (
    KINDS,
    LOST,
    METHODS,
    NOBODY,
    OTHERS,
    OUT,
    PHONE,
    READERS,
    RESIDENT,
    TOKENS,
    Town,
    addresses,
    asked,
    filled,
    found,
    subjects,
)
from tests.shares import WIDE

# address → method → (status and whose records) → readers; "members" are all who log in
DECLARED: Mapping[str, Mapping[str, Mapping[str, str]]] = yaml.safe_load(
    Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8")
)
# Whose name and house each may come to know anywhere at all, and whose care.
KNOWS = {
    "worker": {"hers", "east"}, "volunteer": {"hers", "east"}, "clerk": {"hers", "east"}, "clinician": {"hers"},
    "supervisor": {"hers", "east", "west"}, PHONE: {"hers", "east"}, RESIDENT: {"hers"},
}  # fmt: skip
CARES = {"worker": {"hers"}, "clinician": {"hers"}, PHONE: {"hers"}, RESIDENT: {"hers"}}
ROOT = Path(__file__).resolve().parents[2]
HIDES = frozenset({401, 404})
SHOWS: Mapping[str, Shows] = {path: one.callback.shows for path, one in addresses()}  # type: ignore[attr-defined]
NO_MEMBERS = frozenset({NOBODY, PHONE, LOST, OUT, OTHERS, RESIDENT})
READ: list[str] = []  # what pages read of what was posted
UNSAID: set[str] = set()  # addresses that read what nobody declared
Cells = dict[str, dict[str, str]]  # method → reader → "status kinds, status kinds"


def cells_of(path: str, town: Town, leaks: list[str]) -> Cells:
    """What every reader is answered at one address; what is refused is left out."""
    cells: Cells = {}
    said: Shows = SHOWS[path]
    for n, reader in enumerate(_asking(said)):
        for method in METHODS[:2]:
            if (method == "post" and path.endswith(".pdf")) or _waits_its_turn(path, said, reader, n):
                continue
            told = dict(_answers(path, town, reader, method, leaks))
            if told:
                cells.setdefault(method, {})[reader] = ", ".join(
                    f"{code} {' '.join(kinds)}".strip() for code, kinds in sorted(told.items())
                )
    return cells


def _at_the_door(said: Shows, reader: str) -> bool:
    """Whether the door refuses this reader before any view is called."""
    if said.to != "member":
        return False
    return reader in NO_MEMBERS or (bool(said.output) and reader not in declared()[said.output].audience)


def _waits_its_turn(path: str, said: Shows, reader: str, n: int) -> bool:
    """The door looks at nothing but who asks: of those it refuses two or three ask at each address, all with ``make test-wide``."""
    return not WIDE and _at_the_door(said, reader) and (n + len(path)) % 6 != 0


def _asking(said: Shows) -> tuple[str, ...]:
    """What anyone may open is the same for all, and a phone's address asks for no log-in: a few readers stand for all."""
    return {
        "anyone": (NOBODY, "installer"),
        "device": (NOBODY, PHONE, LOST, OUT, OTHERS, "worker", "installer"),
        "resident": (RESIDENT, NOBODY, PHONE, "worker", "reviewer", "installer"),
    }.get(said.to, READERS)


def _answers(path: str, town: Town, reader: str, method: str, leaks: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Status → the kinds answered so. A refusal is the same for all kinds, so that it tells nothing."""
    by_status: dict[int, list[str]] = {}
    refusals: set[bytes] = set()
    body = BODIES.get(path) if method == "post" else None
    kinds = KINDS if body and path in BY_BODY else subjects(path)
    for kind in kinds[:1] if _at_the_door(SHOWS[path], reader) else kinds:  # whom the door refuses it refuses for all
        before = len(READ)
        told = body(town, kind) if body else b""
        answer = asked(town, reader, method, filled(path, town, kind), told)
        if method == "post" and not body and len(READ) > before:
            UNSAID.add(path)
        assert answer.status_code < 500, (reader, method, path, kind)
        refused = answer.status_code in HIDES or answer.status_code == 405
        if not refused and not _to_log_in(answer, reader):
            by_status.setdefault(answer.status_code, []).append(kind)
        elif answer.status_code == 404:
            refusals.add(_plain(answer.content))
        leaks += _leaks(
            town,
            PHONE if kind == "collect" else reader,
            answer.content.decode(errors="replace"),
            f"{method} {path} as {reader} for {kind or 'anybody'}",
            told,
        )
    if len(refusals) > 1:
        leaks.append(f"{method} {path} as {reader}: refusals differ")
    yield from by_status.items()


def _to_log_in(answer: HttpResponse, reader: str) -> bool:
    """Sent to log in, or to the page where one's own card is typed: nobody has come in."""
    if answer.status_code != 302:
        return False
    to = answer.headers["Location"].partition("?")[0]
    return to == "/me/enter" or (to == "/login" and reader in NO_MEMBERS)


def _plain(body: bytes) -> bytes:
    """A refusal without what changes at every reading."""
    return b"".join(line for line in body.splitlines() if b"csrf" not in line and b'name="next"' not in line)


def _leaks(town: Town, reader: str, body: str, where: str, told: Mapping[str, Any] | bytes) -> list[str]:
    """Marks of people in an answer that its reader may not know of. What he typed himself and reads again tells him nothing."""
    found: list[str] = []
    typed = {str(value) for value in told.values()} if isinstance(told, Mapping) else set()
    for kind, marks in town.marks.items():
        if kind not in KNOWS.get(reader, ()):
            found += [f"{where}: {mark} of {kind}" for mark in marks.identity if mark in body and mark not in typed]
        if kind not in CARES.get(reader, ()):
            found += [
                f"{where}: {mark} of {kind}"
                for mark in marks.care
                if f">{mark}<" in body or f'"{mark}"' in body or mark in body.split()
            ]
    return found


def readers(said: str) -> list[str]:
    return [one for word in said.split() for one in (ROLES if word == "members" else (word,))]


def declared_cells(path: str) -> Cells:
    """What the file says of one address, reader by reader."""
    told = DECLARED.get(path, {})
    return {method: {one: str(cell) for cell, who in by.items() for one in readers(who)} for method, by in told.items()}


def written(now: Mapping[str, Cells]) -> str:
    """The file as it would be for what is answered now."""
    lines = []
    for path, cells in now.items():
        lines.append(f'"{path}":' if cells else f'"{path}": {{}}')
        for method, told in cells.items():
            by: dict[str, list[str]] = {}
            for reader, cell in told.items():
                by.setdefault(cell, []).append(reader)
            said = {cell: " ".join(who).replace(" ".join(ROLES), "members") for cell, who in by.items()}
            lines.append(f"  {method}: {{" + ", ".join(f'"{cell}": {who}' for cell, who in said.items()) + "}")
    return "\n".join(lines) + "\n"


def test_the_matrix_names_addresses_roles_and_kinds_there_are() -> None:
    there = {path or "(start)" for path, _ in addresses()}
    assert (sorted(there - DECLARED.keys()), sorted(DECLARED.keys() - there)) == ([], [])
    for path, methods in DECLARED.items():
        assert set(methods) <= {"get", "post"}, path
        for by in methods.values():
            named = [one for who in by.values() for one in readers(who)]
            assert set(named) <= set(READERS) and len(named) == len(set(named)), path
            words = {word for cell in by for word in str(cell).replace(",", " ").split() if not word.isdigit()}
            assert words <= {*KINDS, *TOKENS}, path
    assert (BODIES.keys() | TOO_LONG.keys()) <= there
    assert [test for test in TOO_LONG.values() if not (ROOT / test).is_file()] == []
    assert set(KNOWS) <= set(READERS)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a page of ours reads of a form or a body is noted; the middleware that looks at all of it is none."""

    def noting(name: str) -> property:
        real = getattr(WSGIRequest, name)

        def read(request: WSGIRequest) -> object:
            asks = sys._getframe(1).f_code.co_filename
            if "/doorstep/" in asks and not asks.endswith("strange.py"):
                READ.append(name)
            return real.fget(request)

        return property(read, real.fset)

    for name in ("POST", "FILES", "body"):
        monkeypatch.setattr(WSGIRequest, name, noting(name))


def is_taken(cell: str) -> bool:
    """Whether a cell holds an answer that is no refusal."""
    return any(part.split()[0] < "400" for part in cell.split(", "))


@pytest.mark.once
@pytest.mark.usefixtures("noted")
def test_everything_is_answered_as_declared_and_nothing_leaks(store: None) -> None:
    town, leaks, now = found(), list[str](), dict[str, Cells]()
    for path, _ in addresses():
        now[path or "(start)"] = cells_of(path, town, leaks)
    if wanted := os.environ.get("DOORSTEP_MATRIX"):
        Path(wanted).write_text(written(now), encoding="utf-8")
    assert sorted(UNSAID - TOO_LONG.keys()) == []
    never = [path for path in BODIES if not any(map(is_taken, now.get(path, {}).get("post", {}).values()))]
    assert never == [], "what is declared as well-made is refused to everybody"
    wrong = []
    for path, cells in now.items():
        said = declared_cells(path)
        for method in ("get", "post"):
            is_now, should = cells.get(method, {}), said.get(method, {})
            wrong += [
                f"{method} {path} as {reader}: {is_now.get(reader, 'refused')}, declared: {should.get(reader, 'refused')}"
                for reader in sorted(is_now.keys() | should.keys())
                if is_now.get(reader) != should.get(reader)
            ]
    assert sorted(set(leaks)) == []
    assert wrong == []


@pytest.mark.once
def test_no_other_method_is_answered(store: None) -> None:
    """Not even to who may open the page: 405 at every address, before anything is looked at."""
    town, wrong = found(), []
    for path, _ in addresses():
        for method in METHODS[2:] if WIDE else METHODS[2 + len(path) % 3 :][:1]:
            address = filled(path, town, subjects(path)[0])
            status = {reader: asked(town, reader, method, address).status_code for reader in (NOBODY, "worker")}
            wrong += [f"{method} {path} as {reader}: {code}" for reader, code in status.items() if code != 405]
    assert wrong == []
