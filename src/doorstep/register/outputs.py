"""What lists and pages of the register show: names and homes, nothing of anybody's health or care."""

from __future__ import annotations

from dataclasses import replace

from doorstep.engine.outputs import Column, Filter, Output

CARERS = frozenset({"worker", "clinician"})
VILLAGE = frozenset({"worker"})
OVERSEERS = frozenset({"supervisor"})

FAMILIES = Output(
    id="families",
    kind="list",
    title={"en": "Families in walking order", "zh": "走访顺序的家庭"},
    audience=VILLAGE,
    scope="catchment",
    grain="household",
    columns=(
        Column("household_id", "household.id"),
        Column("number", "household.number"),
        Column("place_id", "place.id"),
        Column("address", "household.address"),
        Column("listed", "household.listed"),
        Column("visits", "household.visits"),
        Column("person_id", "person.id"),
        Column("name", "person.name"),
        Column("sex", "person.sex"),
        Column("birth_date", "person.birth_date"),
    ),
    filters=(Filter("household.id", "in"),),
    sorts=("household.walk_order", "household.number", "person.birth_date"),
    logged=True,
)

# Whom to invite: to a volunteer house numbers and names, and nothing else of anybody.
INVITE = replace(
    FAMILIES,
    id="invite",
    title={"en": "Whom to invite", "zh": "要请谁来"},
    audience=VILLAGE | {"volunteer"},
    columns=tuple(
        column
        if column.source in {"household.id", "household.number", "place.id", "person.name"}
        else replace(column, roles=VILLAGE)
        for column in FAMILIES.columns
    ),
    sorts=("household.walk_order", "household.number"),
)

FIND = Output(
    id="find",
    kind="search",
    title={"en": "Find a person", "zh": "找人"},
    audience=CARERS,
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
    filters=(
        Filter("person.id", "in"),
        Filter("person.name", "prefix"),
        Filter("person.pinyin", "pinyin"),
        Filter("person.phone", "ending"),
    ),
    logged=True,
)

PICK = replace(
    FIND,
    id="type",
    title={"en": "Find whom a paper form is about", "zh": "找纸质表格上的人"},
    audience=frozenset({"clerk"}),
)

TYPE_FOR = Output(
    id="type.for",
    kind="form",
    title={"en": "Type in a paper form", "zh": "录入纸质表格"},
    audience=frozenset({"clerk"}),
    scope="catchment",
    grain="person",
    columns=FIND.columns,
    filters=(Filter("person.id"), Filter("person.id", "in")),
    logged=True,
    single=True,
)

ALIKE = Output(
    id="alike",
    kind="list",
    title={"en": "People much like the one being registered", "zh": "与正在登记的人相像的人"},
    audience=CARERS,
    scope="catchment",
    grain="person",
    columns=FIND.columns,
    filters=(Filter("person.id", "in"),),
    logged=True,
)

TWICE = Output(
    id="twice",
    kind="list",
    title={"en": "Maybe the same person", "zh": "可能是同一个人"},
    audience=VILLAGE | OVERSEERS,
    scope="catchment",
    grain="person",
    columns=(
        Column("person_id", "person.id"),
        Column("name", "person.name"),
        Column("sex", "person.sex"),
        Column("birth_date", "person.birth_date"),
        Column("number", "household.number"),
        Column("place_id", "place.id"),
        Column("phone", "person.phone"),
    ),
    filters=(Filter("person.id", "in"),),
    logged=True,
)

ERASE_ASKED = Output(
    id="erase.asked",
    kind="list",
    title={"en": "Who asked to be erased", "zh": "要求删除的人"},
    audience=OVERSEERS,
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

PERSON = Output(
    id="person",
    kind="page",
    title={"en": "One person", "zh": "个人页面"},
    audience=CARERS,
    scope="catchment",
    grain="person",
    columns=(
        Column("person_id", "person.id"),
        Column("name", "person.name"),
        Column("sex", "person.sex"),
        Column("birth_date", "person.birth_date"),
        Column("phone", "person.phone"),
        Column("reach", "person.reach"),
        Column("listed", "person.listed"),
        Column("left_on", "person.left_on"),
        Column("household_id", "household.id"),
        Column("number", "household.number"),
        Column("address", "household.address"),
        Column("place_id", "place.id"),
        Column("purpose", "consent.purpose"),
        Column("given", "consent.given"),
        Column("since", "consent.since"),
    ),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
)

PHONE_PEOPLE = replace(
    PERSON,
    id="phone.people",
    kind="feed",
    title={"en": "People of my area and care, kept on my phone", "zh": "存在本人手机上的片区居民和服务对象"},
    scope="care_team",
    columns=tuple(column for column in PERSON.columns if not column.source.startswith("consent.")),
    filters=(Filter("person.id", "in"),),
    single=False,
)

PHONE_FAMILIES = replace(
    FAMILIES,
    id="phone.families",
    kind="feed",
    title={"en": "Families of my area, kept on my phone", "zh": "存在本人手机上的片区家庭"},
    columns=FAMILIES.columns[:6],
    sorts=(),
)


ROUND = Output(
    id="round",
    kind="list",
    title={"en": "The round in walking order", "zh": "按走访顺序走一遍"},
    audience=VILLAGE,
    scope="catchment",
    grain="household",
    columns=(
        *FAMILIES.columns,
        Column("outcome", "household.round"),
        Column("called_on", "household.called_on"),
        Column("findings", "household.findings"),
    ),
    filters=FAMILIES.filters,
    sorts=FAMILIES.sorts,
    logged=True,
)

FINDINGS = Output(
    id="round.findings",
    kind="list",
    title={"en": "What the round found, to be looked into", "zh": "走一遍发现、还要查清的"},
    audience=OVERSEERS,
    scope="catchment",
    grain="household",
    columns=(
        Column("seq", "household.call"),
        Column("household_id", "household.id"),
        Column("number", "household.number"),
        Column("place_id", "place.id"),
        Column("walked_on", "household.called_on"),
        Column("findings", "household.findings"),
        Column("remark", "household.remark"),
    ),
    filters=(Filter("household.call", "in"),),
    sorts=("household.called_on", "household.number", "household.call"),
    logged=True,
)

ROUND_PROGRESS = Output(
    id="round.progress",
    kind="board",
    title={"en": "How far the round has come, by village", "zh": "各村走到哪里了"},
    audience=OVERSEERS,
    scope="township",
    grain="aggregate",
    columns=(
        Column("place_id", "place.id"),
        Column("families", "place.families"),
        Column("done", "place.round_done"),
        Column("not_in", "place.round_not_in"),
        Column("to_do", "place.round_to_do"),
        Column("wrong", "place.round_wrong"),
        Column("missing", "place.round_missing"),
        Column("double", "place.round_double"),
        Column("invented", "place.round_invented"),
    ),
    filters=(Filter("place.id", "in"),),
    groups=("place.id",),
    counts="rounded",
)

ROUND_SHEET = Output(
    id="print.round",
    kind="print",
    title={"en": "Round sheet", "zh": "入户走访登记表"},
    audience=VILLAGE,
    scope="catchment",
    grain="household",
    columns=(
        Column("household_id", "household.id"),
        Column("number", "household.number"),
        Column("place_id", "place.id"),
        Column("address", "household.address"),
        Column("listed", "household.listed"),
        Column("visits", "household.visits"),
        Column("person_id", "person.id"),
        Column("name", "person.name"),
        Column("birth_date", "person.birth_date"),
    ),
    filters=(Filter("household.id", "in"),),
    sorts=("household.walk_order", "household.number", "person.birth_date"),
    logged=True,
)

HOUSEHOLD_CARD = Output(
    id="print.household",
    kind="print",
    title={"en": "Household card", "zh": "家庭卡"},
    audience=VILLAGE,
    scope="catchment",
    grain="household",
    columns=(*ROUND_SHEET.columns, Column("phone", "person.phone"), Column("reach", "person.reach")),
    filters=(Filter("household.id", "in"),),
    sorts=("household.walk_order", "household.number", "person.birth_date"),
    logged=True,
)

HAND_OVER = Output(
    id="hand_over",
    kind="form",
    title={"en": "A code to take along", "zh": "带走记录的口令"},
    audience=VILLAGE,
    scope="care_team",
    grain="person",
    columns=(Column("person_id", "person.id"), Column("name", "person.name"), Column("known", "fact.known")),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
)

ARRIVE = replace(HAND_OVER, id="arrive", title={"en": "Came with a code", "zh": "带着口令来的人"})

PRINT_CODE = Output(
    id="print.code",
    kind="print",
    title={"en": "Slip with a code", "zh": "口令条"},
    audience=VILLAGE,
    scope="catchment",
    grain="person",
    columns=(Column("code", "user.code"), Column("until", "user.code_until")),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
)

OUTPUTS = (
    HAND_OVER,
    ARRIVE,
    PRINT_CODE,
    FAMILIES,
    INVITE,
    FIND,
    PICK,
    TYPE_FOR,
    ALIKE,
    TWICE,
    ERASE_ASKED,
    PERSON,
    PHONE_PEOPLE,
    PHONE_FAMILIES,
    ROUND,
    FINDINGS,
    ROUND_PROGRESS,
    ROUND_SHEET,
    HOUSEHOLD_CARD,
)
