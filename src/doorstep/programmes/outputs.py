"""What the desk shows of programmes. Nothing of it is about a person."""

from __future__ import annotations

from doorstep.access.permissions import ROLES
from doorstep.engine.outputs import Column, Output

PACKS = Output(
    id="packs",
    kind="list",
    title={"en": "Programmes, their sources and numbers", "zh": "服务包、依据和数字"},
    audience=frozenset(role for role, verbs in ROLES.items() if "pack.read" in verbs),
    scope="store",
    grain="place",
    columns=(
        Column("pack_id", "pack.id"),
        Column("version", "pack.version"),
        Column("place_id", "place.id"),
        Column("source", "pack.source"),
        Column("number", "number.value"),
        Column("status", "number.status"),
    ),
)

DRAFT = Output(
    id="pack.draft",
    kind="list",
    title={"en": "A programme being changed", "zh": "正在修改的服务包"},
    audience=frozenset(role for role, verbs in ROLES.items() if "pack.draft" in verbs),
    scope="own",
    grain="place",
    columns=(
        Column("pack_id", "pack.id"),
        Column("version", "pack.version"),
        Column("rule", "pack.rule"),
        Column("number", "number.value"),
        Column("source", "pack.source"),
        Column("status", "number.status"),
    ),
)

OUTPUTS = (PACKS, DRAFT)
