"""What boards and reports show: counts, small ones hidden, sensitive care by township alone (charter C1, C2, C15)."""

from __future__ import annotations

from dataclasses import replace

from doorstep.access.permissions import ROLES
from doorstep.engine.outputs import Column, Filter, Output

OVERSEERS = frozenset({"supervisor", "manager"})
MANAGERS = frozenset({"manager"})
CARERS = frozenset({"worker", "clinician"})

BOARD = Output(
    id="board",
    kind="board",
    title={"en": "The month at a glance", "zh": "本月情况"},
    audience=OVERSEERS,
    scope="township",
    grain="aggregate",
    columns=(
        Column("pack_id", "pack.id"),
        Column("due", "visit.due"),
        Column("done", "visit.done"),
        Column("overdue", "visit.overdue"),
    ),
    filters=(Filter("place.township", "in"),),
    groups=("pack.id",),
    counts="rounded",
)

REGISTER_PLACES = Output(
    id="board.register",
    kind="board",
    title={"en": "People and families by village", "zh": "各村登记的人和家庭"},
    audience=OVERSEERS,
    scope="township",
    grain="aggregate",
    columns=(
        Column("place_id", "place.id"),
        Column("people", "place.people"),
        Column("families", "place.families"),
    ),
    filters=(Filter("place.id", "in"),),
    groups=("place.id",),
    counts="rounded",
)

REGISTER_MAP = replace(
    REGISTER_PLACES,
    id="board.map",
    kind="map",
    title={"en": "Map of people registered by village", "zh": "各村登记人数地图"},
)

REPORT = Output(
    id="report",
    kind="report",
    title={"en": "A report of indicators", "zh": "指标报表"},
    audience=MANAGERS,
    scope="township",
    grain="aggregate",
    columns=(
        Column("place", "place.township"),
        Column("period", "period.id"),
        Column("indicator", "indicator.id"),
        Column("numerator", "indicator.numerator"),
        Column("denominator", "indicator.denominator"),
        Column("rate", "indicator.rate"),
    ),
    filters=(Filter("place.township"), Filter("period.id")),
    groups=("place.township", "period.id"),
    counts="rounded",
)

REPORT_DIFFERENCES = replace(
    REPORT,
    id="report.differences",
    title={"en": "What has changed since a report was handed in", "zh": "报表上交以后的变化"},
)

REPORT_PLACES = replace(
    REPORT,
    id="report.places",
    title={"en": "A report of indicators by village", "zh": "各村指标报表"},
    columns=(Column("place", "place.id"), *REPORT.columns[1:]),
    filters=(Filter("place.id"), Filter("period.id")),
    groups=("place.id", "period.id"),
    up_to="identity",
)

PREVIEW = Output(
    id="pack.preview",
    kind="board",
    title={"en": "What a programme's version would change", "zh": "换用服务包的这个版本会改变什么"},
    audience=frozenset(role for role, verbs in ROLES.items() if "pack.draft" in verbs),
    scope="township",
    grain="aggregate",
    columns=(
        Column("pack_id", "pack.id"),
        Column("contact", "visit.contact"),
        Column("count", "visit.due"),
        Column("indicator", "indicator.id"),
        Column("numerator", "indicator.numerator"),
        Column("denominator", "indicator.denominator"),
        Column("rate", "indicator.rate"),
    ),
    filters=(Filter("place.township", "in"),),
    groups=("place.township",),
    counts="rounded",
)

PICTURES = Output(
    id="pictures",
    kind="report",
    title={"en": "Pictures of an area", "zh": "一个地方的图表"},
    audience=MANAGERS,
    scope="township",
    grain="aggregate",
    columns=(
        Column("place", "place.township"),
        Column("period", "period.id"),
        Column("indicator", "indicator.id"),
        Column("count", "indicator.numerator"),
    ),
    filters=(Filter("place.township", "in"), Filter("period.id")),
    groups=("place.township", "period.id"),
    counts="rounded",
)

AGES = Output(
    id="pictures.ages",
    kind="report",
    title={"en": "People by age and sex", "zh": "人口年龄构成"},
    audience=MANAGERS,
    scope="township",
    grain="aggregate",
    columns=(
        Column("sex", "person.sex"),
        Column("band", "person.age"),
        Column("people", "place.people"),
    ),
    filters=(Filter("place.township", "in"),),
    groups=("person.sex", "person.age"),
    counts="rounded",
    up_to="identity",
)

BORN = Output(
    id="pictures.born",
    kind="report",
    title={"en": "Boys and girls born in a year", "zh": "一年出生的男孩和女孩"},
    audience=MANAGERS,
    scope="township",
    grain="aggregate",
    columns=(
        Column("year", "person.birth_year"),
        Column("sex", "person.sex"),
        Column("children", "place.people"),
    ),
    filters=(Filter("place.county", "in"),),
    groups=("person.birth_year", "person.sex"),
    counts="rounded",
    up_to="identity",
)

OWN = Output(
    id="figures.own",
    kind="page",
    title={"en": "My figures", "zh": "我的数字"},
    audience=CARERS,
    scope="own",
    grain="aggregate",
    columns=(
        Column("period", "period.id"),
        Column("indicator", "indicator.id"),
        Column("numerator", "indicator.numerator"),
        Column("denominator", "indicator.denominator"),
        Column("rate", "indicator.rate"),
    ),
    filters=(Filter("period.id"),),
    groups=("period.id",),
    counts="raw",
)

OWN_PEOPLE = Output(
    id="figures.own.people",
    kind="list",
    title={"en": "My people in a figure", "zh": "我服务的人在一个数字里"},
    audience=CARERS,
    scope="care_team",
    grain="person",
    columns=(
        Column("person_id", "person.id"),
        Column("name", "person.name"),
        Column("birth_date", "person.birth_date"),
        Column("listed", "person.listed"),
    ),
    filters=(Filter("person.id", "in"),),
    logged=True,
)

OUTPUTS = (
    OWN,
    OWN_PEOPLE,
    PREVIEW,
    PICTURES,
    AGES,
    BORN,
    BOARD,
    REGISTER_PLACES,
    REGISTER_MAP,
    REPORT,
    REPORT_DIFFERENCES,
    REPORT_PLACES,
)
