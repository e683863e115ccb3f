"""Reading courses of care and ended services as they are stored."""

from __future__ import annotations

from datetime import date

from doorstep.lib import db


def ended_on(person_id: str, service: str) -> date | None:
    """The day a person's service ended, None while it goes on."""
    sql = "SELECT ended_on FROM service_end WHERE person_id = ? AND service = ?"
    found: date | None = db.current().value(sql, [person_id, service])
    return found
