"""Everybody's planned visits worked out at once from the records, with the same rows as ``due_visit`` holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from doorstep.engine.warehouse.quoting import quoted, text
from doorstep.engine.warehouse.run import run
from doorstep.forms.builtin import SERVICE_END, SERVICE_WANTED
from doorstep.lib import db
from doorstep.programmes import feed
from doorstep.programmes.library import Programme, programmes
from doorstep.programmes.moment import Moment
from doorstep.programmes.then import Then, known_then
from doorstep.visits import gate_sql
from doorstep.visits.actions import Key, Values
from doorstep.visits.standing import Standing, standing_of

_COLUMNS = (
    "person_id, episode, contact, k, service, form, from_on, due_on, until_on, ends_on, recurring, priority,"
    " array_to_string(need, ' '), met_by, met_on, place_id"
)
LAST_DAY = "9999-12-31"  # no wish comes after it
ROWS = 20_000  # fetched at once


Windows = Callable[[Programme, date, Then | None], AbstractContextManager[Any]]
"""``feed.windows``, or another engine's."""


def on(
    day: date, place_ids: Iterable[int] | None = None, moment: Moment | None = None, windows: Windows = feed.windows
) -> list[Standing]:
    """What ``standing.on`` gives, worked out from the records instead of read from ``due_visit``."""
    wanted = None if place_ids is None else frozenset(place_ids)
    rows = []
    for key, values in planned(moment, windows):
        person_id, pack_id, episode, contact, k = key
        service, form, from_on, due_on, until_on, ends_on, again, _priority, need, met_by, met_on, place_id = values
        if wanted is None or place_id in wanted:
            bounds = (from_on, due_on, until_on, met_by, met_on, need, again, ends_on)
            rows.append((key, (person_id, pack_id, contact, k, episode, form, service, *bounds)))
    return [standing_of(row, day) for _, row in sorted(rows, key=lambda one: one[0])]


def planned(moment: Moment | None = None, windows: Windows = feed.windows) -> Iterator[tuple[Key, Values]]:
    """Every row ``due_visit`` should hold, or should have held at a moment, in no certain order, a programme at a
    time."""
    then = known_then(moment) if moment else None
    horizon = db.current().value("SELECT value FROM counter WHERE name = 'horizon'")
    for programme in programmes(moment).all_on():
        with windows(programme, date.fromordinal(int(horizon)), then) as connection:
            run((service_words_sql(programme, moment=moment), *gate_sql.STEPS), connection)
            cursor = connection.execute(f"SELECT {_COLUMNS} FROM passing")
            while rows := cursor.fetchmany(ROWS):
                for person_id, episode, contact, k, *values in rows:
                    yield (person_id, programme.pack.id, episode, contact, k), tuple(values)


def service_words_sql(programme: Programme, at: frozenset[int] | None = None, moment: Moment | None = None) -> str:
    """A step that leaves ``service_word``: what ends or asks for a service, as ``intake.follow.service_endings`` reads it.

    ``at``: where the programme is taken to be on, when that is not yet decided. ``moment``: as known then, but whatever
    has ended today is ended (charter C4).
    """
    said = [
        f"SELECT person_id, occurred_on AS \"on\", coalesce(service, '') AS service, {form == SERVICE_END} AS ends"
        f" FROM {quoted(f'entry_{form}')}"
        for form in (SERVICE_END, SERVICE_WANTED)
    ]
    for form, services in feed.opening_forms(programme, at, moment).items():
        for service, at in services.items():
            there = ", ".join(str(place_id) for place_id in sorted(at))
            said.append(
                f"SELECT e.person_id, e.occurred_on, {text(service)}, FALSE FROM {quoted(f'entry_{form}')} e"
                f" JOIN resident r ON r.person_id = e.person_id AND r.place_id IN ({there})"
            )
    if moment is not None:
        said.append(f"SELECT person_id, DATE {text(LAST_DAY)}, service, TRUE FROM ended_today")
    return "CREATE OR REPLACE TABLE service_word AS\n" + "\nUNION ALL ".join(said)
