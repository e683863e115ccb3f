"""What is shown of what a law compels: one act to those who sign it, that it happened to her, and how often to everybody."""

from __future__ import annotations

from dataclasses import replace

from doorstep.access.permissions import ROLES
from doorstep.engine.outputs import Column, Filter, Output

SIGNERS = frozenset(role for role, verbs in ROLES.items() if "disclosure.sign" in verbs)
_ORDER = (
    Column("kind", "disclosure.kind"),
    Column("office", "disclosure.office"),
    Column("number", "disclosure.number"),
    Column("dated", "disclosure.dated"),
    Column("law", "disclosure.law"),
    Column("first", "user.name"),
    Column("second", "user.other_name"),
)

LIST = Output(
    id="disclosures",
    kind="list",
    title={"en": "What a law compels", "zh": "依法提供"},
    audience=SIGNERS,
    scope="catchment",
    grain="place",  # of offices and of those who sign; whose records they ask for stands on the act alone
    columns=(
        Column("id", "disclosure.id"),
        Column("kind", "disclosure.kind"),
        Column("written_on", "disclosure.written_on"),
        Column("state", "disclosure.state"),
        Column("first", "user.name"),
    ),
)

NEW = Output(
    id="disclosure.new",
    kind="form",
    title={"en": "Take down an order", "zh": "登记一份文书"},
    audience=SIGNERS,
    scope="catchment",
    grain="person",
    columns=(Column("person_id", "person.id"), Column("place_id", "place.id")),  # found by name and birthday alone
    filters=(Filter("person.name"), Filter("person.birth_date"), Filter("household.number"), Filter("place.id", "in")),
    logged=True,
)

ACT = Output(
    id="disclosure",
    kind="page",
    title={"en": "One order, and what is given", "zh": "一份文书和提供的内容"},
    audience=SIGNERS,
    scope="compelled",
    grain="entry",
    columns=(
        Column("name", "person.name"),
        Column("born", "person.birth_date"),
        *_ORDER,
        Column("until", "disclosure.hidden_until"),
        Column("form", "form.title"),  # which kinds of records are asked for; whether she has any is not shown
        Column("question", "form.question"),
    ),
    filters=(Filter("person.id"),),
    logged=True,
    single=True,
)

PAPER = replace(
    ACT,
    id="print.disclosure",
    kind="print",
    title={"en": "Given because a law compels it", "zh": "依法提供的记录"},
    columns=(
        Column("name", "person.name"),
        Column("born", "person.birth_date"),
        *_ORDER,
        Column("form", "entry.form"),
        Column("on", "entry.occurred_on"),
        Column("question", "entry.question"),
        Column("answer", "entry.finding"),
    ),
)

TO_TELL = Output(
    id="disclosure.tell",
    kind="page",
    title={"en": "What she has to be told", "zh": "要告诉本人的事"},
    audience=frozenset({"worker", "clinician"}),
    scope="catchment",
    grain="person",
    columns=(Column("id", "disclosure.id"), Column("given_on", "disclosure.given_on"), *_ORDER),
    filters=(Filter("person.id"),),
    logged=True,
    single=True,
)

COUNTED = Output(
    id="disclosures.counted",
    kind="board",
    title={"en": "How often a law compelled it", "zh": "依法提供的次数"},
    audience=frozenset({"anyone"}),
    scope="store",
    grain="aggregate",  # acts of offices and of two people here: exact, and open to everybody (decision 0042)
    columns=(
        Column("year", "period.year"),
        Column("agreed", "disclosure.agreed"),
        Column("not_agreed", "disclosure.not_agreed"),
        Column("given", "disclosure.given"),
        Column("told", "disclosure.told"),
        Column("not_told", "disclosure.not_told"),
        Column("told_later", "disclosure.told_later"),
    ),
    groups=("period.year",),
)

OUTPUTS = (LIST, NEW, ACT, PAPER, TO_TELL, COUNTED)
