"""Reading courses of care and ended services as they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from doorstep.lib import days, db
from doorstep.programmes.moment import aware


def ended_services(person_ids: Iterable[str]) -> dict[tuple[str, str], date]:
    """(person, service) → the day it ended, for services that have not been asked for again since."""
    sql = "SELECT person_id, service, ended_on FROM service_end WHERE person_id IN (?*)"
    return {(person, service): on for person, service, on in db.current().rows_in(sql, person_ids)}


def on_since(pack_id: str, place_ids: Sequence[int]) -> date | None:
    """The day a programme was first switched on at one of these places; None if it never was."""
    sql = "SELECT at FROM pack_switch WHERE pack_id = ? AND is_on AND place_id IN (?*)"
    found = [row[0] for row in db.current().rows_in(sql, place_ids, [pack_id])]
    return days.day_of(min(map(aware, found))) if found else None


def ended_on(person_id: str, service: str) -> date | None:
    """The day a person's service ended, None while it goes on."""
    sql = "SELECT ended_on FROM service_end WHERE person_id = ? AND service = ?"
    found: date | None = db.current().value(sql, [person_id, service])
    return found
