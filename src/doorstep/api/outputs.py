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
