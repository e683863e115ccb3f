"""Writing the derived register. Every change comes from an entry; nothing here is called by a screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, fields
from datetime import date

import orjson

from doorstep.lib import db
from doorstep.register.fold import HouseholdRow, Item, PersonRow
from doorstep.register.rounds import Call
from doorstep.register.search import terms


def _upsert_sql(table: str, columns: list[str]) -> str:
    others = ", ".join(f"{c} = excluded.{c}" for c in columns if c != "id")
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {others}"


PERSON_COLUMNS = [f.name for f in fields(PersonRow)]
HOUSEHOLD_COLUMNS = [f.name for f in fields(HouseholdRow)]
_UPSERT_PERSON = _upsert_sql("person", PERSON_COLUMNS)
_UPSERT_HOUSEHOLD = _upsert_sql("household", HOUSEHOLD_COLUMNS)


def write_people(connection: db.Db, wanted: Mapping[str, PersonRow | None], had: Mapping[str, PersonRow]) -> None:
    """Make these persons exactly as given (None: no such person), with their search terms."""
    changed = [row for i, row in wanted.items() if row is not None and had.get(i) != row]
    connection.many(_UPSERT_PERSON, [astuple(row) for row in changed])
    gone = [i for i, row in wanted.items() if row is None and i in had]
    connection.many("DELETE FROM person WHERE id = ?", [(i,) for i in gone])
    gone_terms, new_terms = [(i,) for i in gone], []
    for row in changed:
        before, after = _search_rows(had.get(row.id)), _search_rows(row)
        if before != after:
            if before:
                gone_terms.append((row.id,))
            new_terms += sorted(after)
    connection.many("DELETE FROM search_term WHERE person_id = ?", gone_terms)
    connection.many("INSERT INTO search_term (place_id, term, person_id) VALUES (?, ?, ?)", new_terms)


def write_sealed(connection: db.Db, rows: Sequence[PersonRow]) -> None:
    """The same people, sealed anew, with what they are found by."""
    connection.many(_UPSERT_PERSON, [astuple(row) for row in rows])
    connection.many("DELETE FROM search_term WHERE person_id = ?", [(row.id,) for row in rows])
    terms_of = [one for row in rows for one in sorted(_search_rows(row))]
    connection.many("INSERT INTO search_term (place_id, term, person_id) VALUES (?, ?, ?)", terms_of)


def _search_rows(row: PersonRow | None) -> set[tuple[int, str, str]]:
    """Nobody who asked not to be listed, died or moved away is found by a search."""
    if row is None or not row.listed or row.place_id is None or not row.is_here:
        return set()
    return {(row.place_id, term, row.id) for term in terms(row.name, row.phone, _id_number(row))}


def _id_number(row: PersonRow) -> str:
    """Her ID number, where a form of somebody's own asked for it; sealed."""
    return str(orjson.loads(row.properties).get("id_number", "")) if '"id_number"' in row.properties else ""


def write_households(
    connection: db.Db, wanted: Mapping[str, HouseholdRow | None], had: Mapping[str, HouseholdRow]
) -> None:
    """Make these households exactly as given (None: no such household)."""
    changed = [row for i, row in wanted.items() if row is not None and had.get(i) != row]
    connection.many(_UPSERT_HOUSEHOLD, [astuple(row) for row in changed])
    gone = [(i,) for i, row in wanted.items() if row is None and i in had]
    connection.many("DELETE FROM household WHERE id = ?", gone)


def write_calls(connection: db.Db, household_ids: Iterable[str], wanted: Iterable[Call]) -> None:
    """Make the calls of these households on rounds exactly as given."""
    columns = ", ".join(Call._fields)
    found = connection.rows_in(f"SELECT {columns} FROM round_call WHERE household_id IN (?*)", household_ids)
    had = {Call(*row)._replace(settled=bool(row[-1])) for row in found}
    now = set(wanted)
    gone = sorted((call.household_id, call.n) for call in had - now)
    connection.many("DELETE FROM round_call WHERE household_id = ? AND n = ?", gone)
    marks = ", ".join("?" * len(Call._fields))
    new = sorted(now - had, key=lambda call: (call.household_id, call.n))
    connection.many(f"INSERT INTO round_call ({columns}) VALUES ({marks})", new)


def write_entities(connection: db.Db, wanted: Mapping[tuple[str, str], Item | None]) -> None:
    """Make these items of other entity lists exactly as given: (dataset, id) → item."""
    gone = [key for key, item in wanted.items() if item is None]
    connection.many("DELETE FROM entity WHERE dataset = ? AND entity_id = ?", gone)
    rows = [
        (
            dataset,
            i,
            item.label,
            item.version,
            orjson.dumps(dict(item.properties), option=orjson.OPT_SORT_KEYS).decode(),
        )
        for (dataset, i), item in wanted.items()
        if item is not None
    ]
    connection.many(
        "INSERT INTO entity (dataset, entity_id, label, version, properties) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (dataset, entity_id) DO UPDATE SET label = excluded.label, version = excluded.version,"
        " properties = excluded.properties",
        rows,
    )


def write_aliases(connection: db.Db, ids: Iterable[str], wanted: Mapping[str, tuple[str, date]]) -> None:
    """Make it exactly so who of these is known to be another, and since when."""
    connection.many("DELETE FROM person_alias WHERE person_id = ?", [(i,) for i in ids])
    rows = [(i, root, since) for i, (root, since) in sorted(wanted.items())]
    connection.many("INSERT INTO person_alias (person_id, same_as, since) VALUES (?, ?, ?)", rows)


def ids(rows: Iterable[PersonRow]) -> list[str]:
    return [row.id for row in rows]
