"""What the feed reads of a store, as it is or as it was known at a past moment.

At a moment the rows of persons who may have stood otherwise are left out, and those they had then put in their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from doorstep.engine.warehouse.source import Snapshot
from doorstep.programmes.then import Then

_WHOSE = ", e.state, COALESCE(e.person_id, '') AS whose"


def entries(store: Snapshot, sql: str, then: Then | None, **names: str) -> Iterator[pa.RecordBatch]:
    """Rows about entries in force. ``sql`` has ``e`` for the entry, and holes for ``{in_force}`` and ``{whose}``."""
    if then is None:
        yield from store.batches(sql.format(in_force="e.state = 0", whose="", **names))
        return
    at = then.moment.at.strftime("%Y-%m-%d %H:%M:%S.%f+00:00")
    known = f"(e.seq <= {then.moment.seq} AND e.received_at <= '{at}')"
    touched, in_force = _ids(then.touched), pa.array(sorted(then.in_force), pa.int64())
    for batch in store.batches(sql.format(in_force=known, whose=_WHOSE, **names)):
        otherwise = pc.is_in(batch.column("whose"), value_set=touched)
        stood = pc.is_in(batch.column("seq"), value_set=in_force)
        kept = batch.filter(pc.if_else(otherwise, stood, pc.equal(batch.column("state"), 0)))
        yield kept.select([name for name in kept.schema.names if name not in ("state", "whose")])


def people(store: Snapshot, sql: str, then: Then | None) -> Iterator[pa.RecordBatch]:
    """Persons with their place, properties and dates, as columns of text."""
    yield from _without(store, sql, then.touched if then else frozenset())
    if then is not None:
        living = [row for row in then.people.values() if row.place_id is not None]
        yield pa.RecordBatch.from_pydict(
            {
                "id": pa.array([row.id for row in living], pa.string()),
                "place_id": pa.array([row.place_id for row in living], pa.int64()),
                "properties": pa.array([row.properties for row in living], pa.string()),
                "birth_date": _days(row.birth_date for row in living),
                "moved_in_on": _days(row.moved_in_on for row in living),
                "left_on": _days(row.left_on for row in living),
                "died_on": _days(row.died_on for row in living),
            }
        )


def homes(store: Snapshot, sql: str, then: Then | None) -> Iterator[pa.RecordBatch]:
    """Households with their place."""
    yield from _without(store, sql, then.households if then else frozenset())
    if then is not None:
        at = {i: row.place_id for i, row in then.households.items() if row is not None and row.place_id is not None}
        yield pa.RecordBatch.from_pydict(
            {"id": pa.array(at, pa.string()), "place_id": pa.array(at.values(), pa.int64())}
        )


def ended_table(then: Then) -> pa.Table:
    """Persons with each service they have ended today."""
    rows = [(person_id, service) for person_id, services in sorted(then.ended.items()) for service in sorted(services)]
    names = {"person_id": [row[0] for row in rows], "service": [row[1] for row in rows]}
    return pa.table({name: pa.array(values, pa.string()) for name, values in names.items()})


def _without(store: Snapshot, sql: str, left_out: Iterable[str]) -> Iterator[pa.RecordBatch]:
    out = _ids(left_out)
    for batch in store.batches(sql):
        yield batch.filter(pc.invert(pc.is_in(batch.column("id"), value_set=out))) if len(out) else batch


def _ids(ids: Iterable[str]) -> pa.Array:
    return pa.array(sorted(ids), pa.string())


def _days(days: Iterable[date | None]) -> pa.Array:
    return pa.array([day.isoformat() if day else "" for day in days], pa.string())
