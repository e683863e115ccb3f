"""Reading acts: those of an area, one, those a person has to be told, and how many there were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson

from doorstep.access.permissions import Actor
from doorstep.disclosures import acts
from doorstep.disclosures.acts import DECIDED, GIVEN, TOLD, Act, Step
from doorstep.lib import days, db, sealed

_ACT = "SELECT id, kind, at, first_id, place_id, hidden_until FROM disclosure"


def one(act_id: int) -> Act | None:
    found = _acts(db.current().rows(f"{_ACT} WHERE id = ?", [act_id]))
    return _with_words(found)[0] if found else None


def of_area(actor: Actor) -> list[Act]:
    """Those of the reader's area without their words, the latest first; drafts are their writer's alone."""
    now = days.now()
    rows = db.current().rows_in(f"{_ACT} WHERE place_id IN (?*)", sorted(actor.places))
    found = [a for a in _acts(rows) if a.first_id == actor.user_id or a.state(now) != "draft"]
    return sorted(found, key=lambda a: a.id, reverse=True)


def to_be_known(person_id: str) -> list[Act]:
    """What was given of a person and may be told her, the latest first."""
    sql = (
        "SELECT DISTINCT disclosure_id FROM disclosure_word WHERE person_id = ?"
        " OR person_id IN (SELECT person_id FROM person_alias WHERE same_as = ?)"
    )
    ids = {act_id for (act_id,) in db.current().rows(sql, [person_id, person_id])}
    if not ids:
        return []
    found = _acts(db.current().rows_in(f"{_ACT} WHERE id IN (?*)", sorted(ids)))
    known = [a for a in found if a.tellable(days.today())]
    return sorted(_with_words(known), key=lambda a: a.id, reverse=True)


def to_tell(person_id: str) -> list[Act]:
    """The same as far as she does not know it yet."""
    return [act for act in to_be_known(person_id) if TOLD not in act.steps]


@dataclass(frozen=True, slots=True)
class Year:
    """How often it happened in a year: acts of offices and of those who work here, of nobody who is cared for."""

    year: int
    agreed: int = 0
    refused: int = 0
    given: int = 0
    told: int = 0
    not_told: int = 0
    told_later: int = 0  # the order forbids to tell her yet


def counted() -> list[Year]:
    """Every year from the first act to this one, the latest first; where there was none it says so."""
    today, by_year = days.today(), dict[int, Counter[str]]()
    for act in _acts(db.current().rows(_ACT)):
        decided = act.steps.get(DECIDED)
        if decided is None or decided.what == "dropped":
            continue
        of = by_year.setdefault(days.day_of(decided.at).year, Counter())
        of[decided.what] += 1
        if GIVEN in act.steps:
            known = "told" if TOLD in act.steps else "not_told" if act.tellable(today) else "told_later"
            of.update(("given", known))
    first = min((*by_year, today.year))
    return [_year(year, by_year.get(year, Counter())) for year in range(max((*by_year, today.year)), first - 1, -1)]


def _year(year: int, of: Counter[str]) -> Year:
    return Year(year, of["agreed"], of["refused"], of["given"], of["told"], of["not_told"], of["told_later"])


def _acts(rows: Iterable[db.Row]) -> list[Act]:
    found = {row[0]: Act(*row) for row in rows}
    steps: dict[int, dict[int, Step]] = {i: {} for i in found}
    sql = "SELECT disclosure_id, stage, what, at, by_id FROM disclosure_step WHERE disclosure_id IN (?*)"
    for act_id, stage, what, at, by_id in db.current().rows_in(sql, sorted(found)):
        steps[act_id][stage] = Step(what, at, by_id)
    return [replace(act, steps=steps[i]) for i, act in found.items()]


def _with_words(found: Iterable[Act]) -> list[Act]:
    by_id = {act.id: act for act in found}
    sql = "SELECT disclosure_id, person_id, what, sealed, id FROM disclosure_word WHERE disclosure_id IN (?*)"
    said: dict[int, dict[str, Any]] = {i: {} for i in by_id}
    whose: dict[int, str] = {}
    for act_id, person_id, what, content, _n in sorted(
        db.current().rows_in(sql, sorted(by_id)), key=lambda row: row[4]
    ):
        said[act_id][what] = orjson.loads(sealed.open_bytes(content))
        whose[act_id] = person_id
    return [_told(act, whose.get(i, ""), said[i]) for i, act in by_id.items()]


def _told(act: Act, person_id: str, said: dict[str, Any]) -> Act:
    return replace(
        act,
        person_id=_now_known_as(person_id),
        order=acts.order_read(said["order"]) if "order" in said else None,
        asked=acts.asked_read(said["asked"]) if "asked" in said else None,
        given=acts.fields_read(said.get("given", {})),
        why_not=said.get("why_not", {}).get("text", ""),
    )


def _now_known_as(person_id: str) -> str:
    """Somebody written down twice stands under one id."""
    if not person_id:
        return ""
    return str(db.current().value("SELECT same_as FROM person_alias WHERE person_id = ?", [person_id]) or person_id)


def on_day(step: Step | None) -> date | None:
    return days.day_of(step.at) if step else None
