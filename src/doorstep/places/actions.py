"""Writing places."""

from __future__ import annotations

import json
from collections.abc import Mapping

from doorstep.lib import db
from doorstep.places.counters import settings_changed


def add(code: str, kind: str, names: Mapping[str, str], parent_id: int | None, polygon: str = "") -> int:
    """Add a place, or bring an existing one of this code up to date. Gives its id."""
    connection = db.current()
    values = [kind, json.dumps(dict(names), ensure_ascii=False), parent_id, polygon]
    found = connection.value("SELECT id FROM place WHERE code = ?", [code])
    if found is None:
        connection.run(
            "INSERT INTO place (kind, names, parent_id, polygon, code) VALUES (?, ?, ?, ?, ?)", [*values, code]
        )
        found = connection.value("SELECT id FROM place WHERE code = ?", [code])
    else:
        connection.run(
            "UPDATE place SET kind = ?, names = ?, parent_id = ?, polygon = ? WHERE id = ?", [*values, found]
        )
    settings_changed(connection)
    return int(found)
