"""What lists and pages about due visits show."""

from __future__ import annotations

from doorstep.engine.outputs import Column, Filter, Output

CARERS = frozenset({"worker", "clinician"})

TODAY = Output(
    id="today",
    kind="list",
    title={"en": "Whom to visit", "zh": "今天要走访的人"},
    audience=CARERS,
    scope="care_team",
    grain="visit",
    columns=(
        Column("id", "visit.id"),
        Column("person_id", "person.id"),
        Column("pack_id", "visit.pack"),
        Column("contact", "visit.contact"),
        Column("episode", "visit.episode"),
        Column("k", "visit.k"),
        Column("form_id", "visit.form"),
        Column("service", "visit.service"),
        Column("from_on", "visit.from_on"),
        Column("due_on", "visit.due_on"),
        Column("until_on", "visit.until_on"),
        Column("recurring", "visit.recurring"),
        Column("need", "visit.need"),
        Column("priority", "visit.priority"),
        Column("ends_on", "visit.ends_on"),
        Column("met_by", "visit.met_by"),
        Column("met_on", "visit.met_on"),
        Column("place_id", "place.id"),
        Column("name", "person.name"),
        Column("birth_date", "person.birth_date"),
        Column("phone", "person.phone"),
        Column("reach", "person.reach"),
        Column("listed", "person.listed"),
        Column("number", "household.number"),
        Column("visits", "household.visits"),
    ),
    filters=(Filter("visit.id", "in"),),
    logged=True,
)

CARD = Output(
    id="person.card",
    kind="page",
    title={"en": "One person's card of doses", "zh": "个人的接种卡"},
    audience=CARERS,
    scope="care_team",
    grain="visit",
    columns=(
        Column("person_id", "person.id"),
        Column("name", "person.name"),
        Column("birth_date", "person.birth_date"),
        Column("given_on", "entry.occurred_on"),
        Column("answers", "entry.answers"),
        Column("contact", "visit.contact"),
        Column("from_on", "visit.from_on"),
        Column("due_on", "visit.due_on"),
        Column("until_on", "visit.until_on"),
    ),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
)

OUTPUTS = (TODAY, CARD)
