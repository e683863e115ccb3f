"""The settings derived rows are worked out under, read from the store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from doorstep.access import queries as access
from doorstep.forms import queries as forms
from doorstep.intake.life import World
from doorstep.lib import db
from doorstep.places import queries as places
from doorstep.programmes import library as programmes
from doorstep.programmes.moment import Moment


def world(connection: db.Db, household_ids: Iterable[str] = (), moment: Moment | None = None) -> World:
    """The settings as they stand, with the places of these households; decided by a moment, if one is asked about.

    Who works here and what each may do, and how far the calendar is worked out, are always today's.
    """
    horizon = connection.value("SELECT value FROM counter WHERE name = 'horizon'")
    return World(
        forms.library(),
        access.staff(),
        programmes.programmes(moment),
        places.tree(),
        date.fromordinal(int(horizon)),
        household_places(connection, household_ids),
    )


def household_places(connection: db.Db, household_ids: Iterable[str]) -> dict[str, int | None]:
    return dict(connection.rows_in("SELECT id, place_id FROM household WHERE id IN (?*)", household_ids))
