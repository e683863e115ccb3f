"""How planned visits stand on a day, for counts and for programs: by a person's id, never by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from doorstep.engine.model.history import State, Window, state_on
from doorstep.lib import db
from doorstep.programmes.moment import Moment
from doorstep.programmes.then import known_then
from doorstep.visits.actions import Key, Values
from doorstep.visits.queries import SOON_DAYS

_COLUMNS = (
    "person_id, pack_id, contact, k, episode_key, form_id, service, from_on, due_on, until_on, met_by, met_on, need,"
    " recurring, ends_on"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One planned visit and how it stands."""

    person_id: str
    pack_id: str
    contact: str
    k: int
    from_on: date | None
    due_on: date | None
    until_on: date | None
    met_on: date | None
    state: State

    def as_dict(self) -> dict[str, Any]:
        """For programs: days as ISO text."""
        return {key: v.isoformat() if isinstance(v, date) else v for key, v in asdict(self).items()}


def on(day: date, place_ids: Iterable[int] | None = None, moment: Moment | None = None) -> list[Standing]:
    """Planned visits as they stand on ``day``, of people of these places (None: of the whole store), in order; as they
    were known at a moment, if one is asked about."""
    if moment is not None:
        return _as_known(day, place_ids, moment)
    order = " ORDER BY person_id, pack_id, episode_key, contact, k"
    if place_ids is None:
        rows = db.current().rows(f"SELECT {_COLUMNS} FROM due_visit{order}")
    else:
        sql = f"SELECT {_COLUMNS} FROM due_visit WHERE place_id IN (?*){order}"
        rows = sorted(db.current().rows_in(sql, place_ids), key=lambda row: (row[0], row[1], row[4], row[2], row[3]))
    return [standing_of(row, day) for row in rows]


def _as_known(day: date, place_ids: Iterable[int] | None, moment: Moment) -> list[Standing]:
    """Rows as stored of everybody who stood then as now, and of the others those worked out anew."""
    then, wanted = known_then(moment), None if place_ids is None else frozenset(place_ids)
    rows = [
        row for row in db.current().rows(f"SELECT {_COLUMNS}, place_id FROM due_visit") if row[0] not in then.touched
    ]
    rows += [_as_row(key, values) for key, values in then.visits().items()]
    kept = [row[:-1] for row in rows if wanted is None or row[-1] in wanted]
    return [standing_of(row, day) for row in sorted(kept, key=lambda row: (row[0], row[1], row[4], row[2], row[3]))]


def _as_row(key: Key, values: Values) -> db.Row:
    """A visit worked out, as a row of ``_COLUMNS`` and its place."""
    person_id, pack_id, episode, contact, k = key
    service, form, from_on, due_on, until_on, ends_on, again, _priority, need, met_by, met_on, place_id = values
    bounds = (from_on, due_on, until_on, met_by, met_on, need, again, ends_on)
    return (person_id, pack_id, contact, k, episode, form, service, *bounds, place_id)


def standing_of(row: db.Row, day: date) -> Standing:
    """A row of ``_COLUMNS`` as it stands on ``day``."""
    (
        person_id,
        pack_id,
        contact,
        k,
        episode,
        form,
        service,
        from_on,
        due_on,
        until_on,
        met_by,
        met_on,
        need,
        again,
        ends,
    ) = row
    window = Window(
        contact, k, episode, form, service, from_on, due_on, until_on, met_by, met_on, tuple(need.split()), bool(again), 0, ends
    )  # fmt: skip
    return Standing(person_id, pack_id, contact, k, from_on, due_on, until_on, met_on, state_on(window, day, SOON_DAYS))
