"""What lists and pages about due visits show."""

from __future__ import annotations

from dataclasses import replace

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

TODAY_THEN = replace(
    TODAY,
    id="today.then",
    title={"en": "Whom to visit, as known on an earlier day", "zh": "按当时掌握应走访的人"},
)

PHONE_VISITS = replace(
    TODAY,
    id="phone.visits",
    kind="feed",
    title={"en": "Planned visits, kept on the worker's own phone", "zh": "存在本人手机上的走访安排"},
    filters=(Filter("person.id", "in"),),
)

OWN_VISITS = replace(
    TODAY,
    id="resident.visits",
    kind="page",
    title={"en": "What is next, on one's own page", "zh": "本人页面上的随访安排"},
    audience=frozenset({"resident"}),
    scope="own",
    filters=(Filter("person.id", "is"),),
    single=True,
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

WALKING_LIST = Output(
    id="print.walking",
    kind="print",
    title={"en": "Walking list", "zh": "走访清单"},
    audience=CARERS,
    scope="care_team",
    grain="visit",
    columns=(
        Column("id", "visit.id"),
        Column("person_id", "person.id"),
        Column("pack_id", "visit.pack"),
        Column("contact", "visit.contact"),
        Column("service", "visit.service"),
        Column("from_on", "visit.from_on"),
        Column("due_on", "visit.due_on"),
        Column("until_on", "visit.until_on"),
        Column("place_id", "place.id"),
        Column("number", "household.number"),
        Column("visits", "household.visits"),
        Column("name", "person.name"),
        Column("birth_date", "person.birth_date"),
        Column("reach", "person.reach"),
        Column("listed", "person.listed"),
    ),
    filters=(Filter("visit.id", "in"),),
    sorts=("household.walk_order", "household.number", "person.birth_date", "visit.id"),
    logged=True,
)

# What a household card says is planned: of small children alone, and nothing stricter than that a child's visit is due.
CHILDREN_PLANNED = Output(
    id="print.household.planned",
    kind="print",
    title={"en": "Household card: what is planned for the children", "zh": "家庭卡：孩子接下来的服务"},
    audience=frozenset({"worker"}),
    scope="care_team",
    grain="visit",
    columns=(
        Column("person_id", "person.id"),
        Column("pack_id", "visit.pack"),
        Column("contact", "visit.contact"),
        Column("from_on", "visit.from_on"),
        Column("due_on", "visit.due_on"),
        Column("place_id", "place.id"),
    ),
    filters=(Filter("person.id", "in"),),
    sorts=("visit.due_on", "visit.id"),
    logged=True,
    up_to="sensitive.health",
)

SLIP = Output(
    id="print.slip",
    kind="print",
    title={"en": "Slip to take along", "zh": "随访小条"},
    audience=CARERS,
    scope="care_team",
    grain="visit",
    columns=(
        Column("when", "visit.due_on"),
        Column("what", "visit.contact"),
        Column("who", "user.name"),
        Column("who_phone", "user.phone"),
        Column("where", "place.name"),
    ),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
)

_WHO = (
    Column("name", "person.name"),
    Column("sex", "person.sex"),
    Column("born", "person.birth_date"),
    Column("village", "place.name"),
    Column("number", "household.number"),
)

VACCINE_CARD = Output(
    id="print.vaccines",
    kind="print",
    title={"en": "Vaccine card", "zh": "预防接种卡"},
    audience=CARERS,
    scope="care_team",
    grain="visit",
    columns=(
        *_WHO,
        Column("chain", "visit.contact"),
        Column("dose", "visit.dose"),
        Column("given", "entry.occurred_on"),
        Column("more", "entry.dose"),
        Column("by", "entry.author"),
        Column("next", "visit.from_on"),
        Column("counts", "visit.counts"),
        Column("caution", "entry.caution"),
    ),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
    up_to="sensitive.health",
)

HEALTH_CARD = Output(
    id="print.health",
    kind="print",
    title={"en": "Health record: cover and card", "zh": "居民健康档案：封面和信息卡"},
    audience=CARERS,
    scope="care_team",
    grain="person",
    columns=(
        *_WHO,
        Column("address", "household.address"),
        Column("phone", "person.phone"),
        Column("since", "episode.opened_on"),
        Column("question", "entry.question"),
        Column("answers", "entry.finding"),
        Column("on", "entry.occurred_on"),
        Column("by", "user.name"),
        Column("by_phone", "user.phone"),
    ),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
    up_to="sensitive.health",
)

CARE_SHEET = Output(
    id="print.care",
    kind="print",
    title={"en": "Care sheet of one person", "zh": "个人随访记录表"},
    audience=CARERS,
    scope="care_team",
    grain="entry",
    columns=(
        *_WHO,
        Column("dates", "fact.day"),
        Column("visit", "entry.occurred_on"),
        Column("question", "entry.question"),
        Column("answer", "entry.finding"),
        Column("by", "entry.author"),
        Column("next", "visit.due_on"),
    ),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
    up_to="sensitive.mental",  # that a form with such a question was filled; its answers are left out,
)

PRINTS = (WALKING_LIST, CHILDREN_PLANNED, SLIP, VACCINE_CARD, HEALTH_CARD, CARE_SHEET)

OUTPUTS = (TODAY, TODAY_THEN, PHONE_VISITS, OWN_VISITS, CARD, *PRINTS)
