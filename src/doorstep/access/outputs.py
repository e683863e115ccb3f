"""What the desk shows of those who work here. Nothing of it is about a person served."""

from __future__ import annotations

from doorstep.access.permissions import ROLES
from doorstep.engine.outputs import Column, Output

WORKERS = Output(
    id="workers",
    kind="list",
    title={"en": "Workers and their phones", "zh": "工作人员和手机"},
    audience=frozenset(role for role, verbs in ROLES.items() if "worker.read" in verbs),
    scope="township",
    grain="place",
    columns=(
        Column("id", "user.id"),
        Column("name", "user.name"),
        Column("role", "user.role"),
        Column("place_id", "place.id"),
        Column("clinic_id", "user.clinic"),
        Column("covers", "user.covers"),
        Column("covers_from", "user.covers_from"),
        Column("covers_to", "user.covers_to"),
        Column("label", "device.label"),
        Column("last_contact", "device.last_contact_at"),
        Column("sent", "device.sent"),
        Column("unsent", "device.unsent"),
        Column("received", "device.received"),
        Column("in_force", "device.in_force"),
        Column("waiting", "device.waiting"),
        Column("why", "device.why_waiting"),
    ),
)

ACCOUNT = Output(
    id="account",
    kind="page",
    title={"en": "My log-in", "zh": "我的登录"},
    audience=frozenset(ROLES),
    scope="own",
    grain="place",
    columns=(
        Column("log_in", "user.log_in"),
        Column("seen_on", "user.seen_on"),
        Column("phone", "device.label"),
        Column("happened", "user.happened"),
        Column("on", "user.happened_on"),
        Column("by", "user.name"),
    ),
)

OUTPUTS = (
    WORKERS,
    ACCOUNT,
)
