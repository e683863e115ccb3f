"""How long each kind of data is kept: dated numbers with their source, the program's own and those entered here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from doorstep.intake.problems import Refused
from doorstep.lib import days, db, writer

LOCAL, OF_A_PACK = "local entry", "records:"


@dataclass(frozen=True, slots=True)
class Kept:
    """How long a kind of data is kept on some day. ``days``: none while it is not known; nothing is ended then."""

    purpose: str
    title: dict[str, str]
    days: int | None
    since: date
    source: str
    status: str


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("keeping.yaml").read_text(encoding="utf-8")
    )
    return found


def kept(purpose: str, on: date | None = None) -> Kept:
    """How long this is kept. ``records:PACK`` is what was entered for a programme, else for records of any."""
    on, told = on or days.today(), _shipped()[_kind(purpose)]
    rows = db.current().rows_in(
        "SELECT days, from_on, source, purpose FROM keep_word WHERE from_on <= ? AND purpose IN (?*) ORDER BY from_on, id",
        {purpose, _kind(purpose)},
        [on],
    )
    if told.get("fixed"):
        rows = []
    rows.sort(key=lambda row: row[3] == purpose)  # what was entered for the very programme comes last
    if rows:
        return Kept(purpose, told["title"], rows[-1][0], rows[-1][1], rows[-1][2], LOCAL)
    last = ([one for one in told["values"] if one["since"] <= on] or told["values"])[-1]
    return Kept(purpose, told["title"], last["days"], last["since"], last["source"], last["status"])


def every(on: date | None = None) -> list[Kept]:
    """Every kind of data, with those programmes for which something was entered."""
    entered = {p for (p,) in db.current().rows("SELECT DISTINCT purpose FROM keep_word")} - _shipped().keys()
    return [kept(purpose, on) for purpose in (*_shipped(), *sorted(entered))]


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody's decision on how long something is kept here."""

    purpose: str
    days: int | None
    from_on: date
    source: str
    by: int


def decide(word: Word) -> None:
    """Enter how long a kind of data is kept from a day on. Raises Refused for a kind there is not, a number that is the
    charter's own, or one that is shorter or longer than can be meant."""
    told = _shipped().get(_kind(word.purpose))
    if told is None:
        raise Refused("intake.no_such_purpose", 404, purpose=word.purpose, known=", ".join(_shipped()))
    if told.get("fixed"):
        raise Refused("intake.kept_as_the_charter_says", 409, purpose=word.purpose)
    least, most = told.get("shortest", 1), told.get("longest", 36_500)
    if word.days is not None and not least <= word.days <= most:
        raise Refused("intake.kept_too_short_or_long", 400, least=least, most=most)
    if word.days is None and _kind(word.purpose) == "free_text":
        raise Refused("intake.kept_as_the_charter_says", 409, purpose=word.purpose)
    if not word.source.strip():
        raise Refused("intake.kept_without_source", 400)
    writer.do(_decide, word)


def _decide(connection: db.Db, words: Sequence[Word]) -> list[None]:
    rows = [(w.purpose, w.days, w.from_on, w.source[:250], days.now(), w.by) for w in words]
    sql = "INSERT INTO keep_word (purpose, days, from_on, source, at, by_id) VALUES (?, ?, ?, ?, ?, ?)"
    connection.many(sql, rows)
    return [None] * len(words)


def _kind(purpose: str) -> str:
    return "records" if purpose.startswith(OF_A_PACK) else purpose
