"""What the desk shows of those who work here. Nothing of it is about a person served."""

from __future__ import annotations

from doorstep.access.permissions import ROLES
from doorstep.engine.outputs import Column, Filter, Output

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

_MAY_BREAK = frozenset(role for role, verbs in ROLES.items() if "glass.break" in verbs)

EMERGENCY = Output(
    id="emergency",
    kind="form",
    title={"en": "Open a record in an emergency", "zh": "紧急打开记录"},
    audience=_MAY_BREAK,
    scope="catchment",
    grain="person",
    columns=(Column("person_id", "person.id"),),  # found by name and birthday alone; nobody is listed
    filters=(Filter("person.name"), Filter("person.birth_date"), Filter("household.number"), Filter("place.id", "in")),
    logged=True,
)

EMERGENCY_RECORD = Output(
    id="emergency.record",
    kind="page",
    title={"en": "One person's record, opened in an emergency", "zh": "紧急打开的个人记录"},
    audience=_MAY_BREAK,
    scope="emergency",
    grain="entry",
    columns=(
        Column("name", "person.name"),
        Column("sex", "person.sex"),
        Column("birth_date", "person.birth_date"),
        Column("seq", "entry.seq"),
        Column("form_id", "entry.form"),
        Column("occurred_on", "entry.occurred_on"),
        Column("author", "entry.author"),
        Column("answers", "entry.finding"),
    ),
    filters=(Filter("person.id"),),
    logged=True,
    single=True,
    up_to="sensitive.violence",  # never choice, whatever the emergency
)

OPENINGS = Output(
    id="openings",
    kind="list",
    title={"en": "How many records each opened", "zh": "每个人打开过多少份记录"},
    audience=frozenset(role for role, verbs in ROLES.items() if "log.read" in verbs),
    scope="store",
    grain="place",  # of those who work here; whose records they were stands nowhere
    columns=(
        Column("name", "user.name"),
        Column("role", "user.role"),
        Column("month", "period.month"),
        Column("pages", "user.pages_opened"),
        Column("emergencies", "user.emergencies"),
        Column("proof", "system.log_proof"),
    ),
)

OUTPUTS = (WORKERS, ACCOUNT, EMERGENCY, EMERGENCY_RECORD, OPENINGS)
