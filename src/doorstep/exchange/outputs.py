"""What importing and exporting a register shows: names and homes, nothing of anybody's health or care."""

from __future__ import annotations

from doorstep.access.permissions import ROLES
from doorstep.engine.outputs import Column, Filter, Output

IMPORTERS = frozenset(role for role, verbs in ROLES.items() if "register.import" in verbs)

LOOK_ALIKES = Output(
    id="import.alike",
    kind="list",
    title={"en": "People much like those in the file", "zh": "与文件里的人相像的人"},
    audience=IMPORTERS,
    scope="catchment",
    grain="person",
    columns=(
        Column("person_id", "person.id"),
        Column("name", "person.name"),
        Column("sex", "person.sex"),
        Column("birth_date", "person.birth_date"),
        Column("number", "household.number"),
        Column("place_id", "place.id"),
    ),
    filters=(Filter("person.id", "in"),),
    logged=True,
)

REGISTER_FILE = Output(
    id="export.register",
    kind="export",
    title={"en": "Register of a place, as a table", "zh": "一个地方的登记表"},
    audience=IMPORTERS,
    scope="catchment",
    grain="person",
    columns=(
        Column("person_id", "person.id"),
        Column("place_id", "place.id"),
        Column("number", "household.number"),
        Column("address", "household.address"),
        Column("name", "person.name"),
        Column("sex", "person.sex"),
        Column("birth_date", "person.birth_date"),
        Column("phone", "person.phone"),
        Column("reach", "person.reach"),
        Column("moved_in_on", "person.moved_in_on"),
    ),
    filters=(Filter("place.id", "in"),),
    sorts=("place.id", "household.walk_order", "household.number", "person.birth_date", "person.id"),
    logged=True,
)

OUTPUTS = (LOOK_ALIKES, REGISTER_FILE)
