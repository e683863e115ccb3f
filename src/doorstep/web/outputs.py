"""What a person is shown of herself, on her own page and on paper, and what is printed for her to get there."""

from __future__ import annotations

from dataclasses import replace

from doorstep.engine.outputs import Column, Filter, Output

_WHO = (
    Column("person_id", "person.id"),
    Column("name", "person.name"),
    Column("born", "person.birth_date"),
    Column("reach", "person.reach"),
)
_OPENED = (Column("who", "user.name"), Column("role", "user.role"), Column("day", "log.day"))
_CONSENTS = (Column("purpose", "consent.purpose"), Column("given", "consent.given"), Column("since", "consent.since"))
_DISCLOSED = (
    Column("given_on", "disclosure.given_on"),
    Column("office", "disclosure.office"),
    Column("document", "disclosure.number"),
    Column("law", "disclosure.law"),
    Column("signed", "user.name"),
    Column("kinds", "form.title"),
)
_DATES = (Column("what", "visit.contact"), Column("when", "visit.due_on"), Column("why", "visit.why"))

OWN = Output(
    id="resident.page",
    kind="page",
    title={"en": "My own page", "zh": "我自己的页面"},
    audience=frozenset({"resident"}),
    scope="own",
    grain="person",
    columns=(
        *_WHO,
        *_OPENED,
        *_CONSENTS,
        *_DATES,
        *_DISCLOSED,
        Column("on", "entry.occurred_on"),
        Column("by", "entry.author"),
        Column("answers", "entry.answers"),
        Column("complaint", "complaint.words"),
    ),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
)

# The same with a guardian's card: nothing a child told in confidence (charter C13).
OWN_CHILD = replace(
    OWN,
    id="resident.child",
    title={"en": "My child's page", "zh": "我孩子的页面"},
    audience=frozenset({"guardian"}),
    up_to="sensitive.health",
)

COPY = replace(OWN, id="resident.copy", kind="export", title={"en": "A copy of my record", "zh": "我的记录副本"})

PAPER = replace(
    OWN,
    id="print.resident",
    kind="print",
    title={"en": "My record on paper", "zh": "打印我的记录"},
    columns=(
        *_WHO,
        *_OPENED,
        *_CONSENTS,
        *_DATES,
        *_DISCLOSED,
        Column("on", "entry.occurred_on"),
        Column("by", "entry.author"),
        Column("form", "entry.form"),
        Column("question", "entry.question"),
        Column("answer", "entry.finding"),
    ),
)

CARD = Output(
    id="resident.card",
    kind="form",
    title={"en": "A card for one's own page", "zh": "看自己记录的卡片"},
    audience=frozenset({"worker", "clinician", "supervisor", "clerk"}),
    scope="catchment",
    grain="person",
    columns=(Column("person_id", "person.id"), Column("name", "person.name"), Column("born", "person.birth_date")),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
)

PRINT_CARD = replace(
    CARD,
    id="print.own_card",
    kind="print",
    title={"en": "Card with a code", "zh": "编码卡"},
    columns=(Column("code", "user.code"),),
)

WRONG = Output(
    id="said_wrong",
    kind="list",
    title={"en": "What people say is wrong", "zh": "有人说写得不对"},
    audience=frozenset({"worker", "clinician", "supervisor"}),
    scope="care_team",
    grain="entry",
    columns=(
        Column("person_id", "person.id"),
        Column("name", "person.name"),
        Column("form", "entry.form"),
        Column("on", "entry.occurred_on"),
        Column("said", "entry.said"),
    ),
    logged=True,
)

OUTPUTS = (OWN, OWN_CHILD, COPY, PAPER, CARD, PRINT_CARD, WRONG)
