"""What devices are shown."""

from __future__ import annotations

from doorstep.access.permissions import ROLES
from doorstep.engine.outputs import Column, Filter, Output

WHO_FILLS = frozenset(role for role, verbs in ROLES.items() if "entry.write" in verbs)

OUTPUTS: tuple[Output, ...] = (
    Output(
        id="device.places",
        kind="feed",
        title={"en": "Places of my area, on my phone", "zh": "手机上的片区地方名单"},
        audience=WHO_FILLS,
        scope="catchment",
        grain="place",
        columns=(Column("name", "place.code"), Column("label", "place.name")),
    ),
    Output(
        id="device.people",
        kind="feed",
        title={"en": "People of my area, for another app on my phone", "zh": "给手机上别的软件的本片区名单"},
        audience=WHO_FILLS,
        scope="catchment",
        grain="person",
        columns=(
            Column("name", "person.id"),  # as ODK calls an item's id
            Column("label", "person.name"),
            Column("__version", "system.version"),
            Column("household_number", "household.number"),
            Column("birth_year", "person.birth_year"),
        ),
        filters=(Filter("place.id", "in"),),
        sorts=("household.number", "person.id"),
        logged=True,
    ),
    Output(
        id="device.families",
        kind="feed",
        title={"en": "House numbers of my area, for another app on my phone", "zh": "给手机上别的软件的本片区门牌"},
        audience=WHO_FILLS,
        scope="catchment",
        grain="household",
        columns=(
            Column("name", "household.id"),
            Column("label", "household.number"),
            Column("__version", "system.version"),
            Column("number", "household.number"),
        ),
        filters=(Filter("place.id", "in"),),
        sorts=("household.number", "household.id"),
        logged=True,
    ),
    Output(
        id="device.still_mine",
        kind="feed",
        title={"en": "Which of the people my phone asks about are in my area", "zh": "手机询问的人是否还在我的片区"},
        audience=WHO_FILLS,
        scope="catchment",
        grain="person",
        columns=(Column("id", "person.id"),),
        filters=(Filter("person.id", "in"), Filter("place.id", "in")),
        logged=True,
    ),
)
