"""The register of a place as a table in the columns an import reads, so that nothing is typed twice; and the empty
table to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from doorstep.access.actions import log_shown
from doorstep.access.permissions import Actor, may
from doorstep.engine.outputs import Condition, Gate, select
from doorstep.exchange.grid import Grid, format_of
from doorstep.exchange.outputs import REGISTER_FILE
from doorstep.exchange.problems import refuse
from doorstep.exchange.register_file.known import FROM, SOURCES
from doorstep.exchange.register_file.mapping import fields, titles
from doorstep.exchange.register_file.people import REACHES, SEXES
from doorstep.exchange.register_file.where import village_and_group
from doorstep.lib import db, sealed
from doorstep.places import queries as places

SHEET = {"zh": "登记表", "en": "Register"}
_LIVES_HERE = Gate(
    "p.listed AND p.died_on IS NULL AND (p.left_on IS NULL OR (p.moved_in_on IS NOT NULL AND p.moved_in_on > p.left_on))"
    " AND NOT EXISTS (SELECT 1 FROM household unlisted WHERE unlisted.id = p.household_id AND NOT unlisted.listed)"
)


def template(path: Path, language: str = "zh") -> None:
    """Write an empty table with the headers an import knows. Raises Problems for an unknown kind of file."""
    format_of(path).write(path, Grid([titles(language)], SHEET[language]))


def export(path: Path, actor: Actor, place_id: int, language: str = "zh") -> int:
    """Write the people who live at a place and want to be listed. Gives how many. Raises Problems when the actor may
    not, or for an unknown kind of file.

    That they are shown is put on record before anything is read.
    """
    table_format = format_of(path)
    tree = places.tree()
    inside = sorted(actor.places & tree.below(place_id))
    if not may(actor, "register.import") or not inside:
        raise refuse("exchange.not_allowed", file=path.name)
    sql = f"SELECT p.id FROM person p WHERE {_LIVES_HERE.sql} AND p.place_id IN (?*)"
    log_shown(actor, REGISTER_FILE.id, [person_id for (person_id,) in db.current().rows_in(sql, inside)])
    query, params = select(
        REGISTER_FILE, SOURCES, FROM, [Condition("place.id", "in", inside), _LIVES_HERE], REGISTER_FILE.sorts
    )
    names = [column.name for column in REGISTER_FILE.columns]
    people = [dict(zip(names, row, strict=True)) for row in db.current().rows(query, params)]
    rows = [_line(person, tree, language) for person in people]
    table_format.write(path, Grid([titles(language), *rows], SHEET[language]))
    return len(rows)


def _line(person: Mapping[str, Any], tree: places.Tree, language: str) -> list[str]:
    told = {**person, **village_and_group(tree, person["place_id"], language)}
    told["phone"] = sealed.opened(told["phone"] or "")
    told["sex"] = _word(SEXES, person["sex"], language)
    told["reach"] = _word(REACHES, person["reach"], language, offset=1)
    return [_text(told[field]) for field in fields()]


def _word(words: Mapping[str, tuple[str, ...]], value: str, language: str, offset: int = 0) -> str:
    """The word for a value in a language: the first in Chinese (after its id, for ``offset``), the id in English."""
    if value not in words:
        return ""
    return words[value][offset] if language == "zh" else value


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
