"""What pages about records show. What a health record holds is for the care team of its service alone."""

from __future__ import annotations

from dataclasses import replace

from doorstep.access.permissions import ROLES
from doorstep.engine.outputs import Column, Filter, Output

CARERS = frozenset({"worker", "clinician"})
_RECORD = (
    Column("seq", "entry.seq"),
    Column("form_id", "entry.form"),
    Column("occurred_on", "entry.occurred_on"),
    Column("author", "entry.author"),
    Column("answers", "entry.answers"),
    Column("state", "entry.state"),
)

CARE = Output(
    id="person.care",
    kind="page",
    title={"en": "A person's care and records", "zh": "个人的服务和记录"},
    audience=CARERS,
    scope="care_team",
    grain="entry",
    columns=(*_RECORD, Column("episode", "episode.opened_on"), Column("next", "visit.due_on")),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
)

CARE_THEN = replace(
    CARE,
    id="person.then",
    title={"en": "A person's care and records, as known on an earlier day", "zh": "按当时掌握的个人服务和记录"},
)

PHONE_RECORDS = Output(
    id="phone.records",
    kind="feed",
    title={
        "en": "Care and records, kept on the phone of those named for it",
        "zh": "存在服务人员本人手机上的服务和记录",
    },
    audience=CARERS,
    scope="care_team",
    grain="entry",
    columns=(
        *(column for column in _RECORD if column.name != "answers"),
        Column("said", "entry.said"),  # of what must never sort people nothing: it is not put on a phone
        Column("episode", "episode.opened_on"),
        Column("known", "fact.known"),
    ),
    filters=(Filter("person.id", "in"),),
    logged=True,
)

FILL = Output(
    id="fill",
    kind="form",
    title={"en": "Fill in a form", "zh": "填表"},
    audience=CARERS,
    scope="care_team",
    grain="person",
    columns=(
        Column("person_id", "person.id"),
        Column("name", "person.name"),
        Column("household", "household.number"),
        Column("known", "fact.known"),
    ),
    filters=(Filter("person.id", "is"),),
    logged=True,
    single=True,
)

CORRECT = Output(
    id="correct",
    kind="form",
    title={"en": "Correct a record", "zh": "更正记录"},
    audience=CARERS,
    scope="own",
    grain="entry",
    columns=_RECORD,
    filters=(Filter("entry.seq", "is"),),
    logged=True,
    single=True,
)

RECEIPT = Output(
    id="receipt",
    kind="page",
    title={"en": "What became of a record", "zh": "记录的回执"},
    audience=CARERS,
    scope="own",
    grain="entry",
    columns=(
        Column("seq", "entry.seq"),
        Column("name", "person.name"),
        Column("state", "entry.state"),
        Column("next", "visit.due_on"),
        Column("advice", "advice.words"),
    ),
    filters=(Filter("entry.seq", "is"),),
    logged=True,
    single=True,
)

_WAITS = (
    Column("seq", "entry.seq"),
    Column("form_id", "entry.form"),
    Column("occurred_on", "entry.occurred_on"),
    Column("author", "entry.author"),
    Column("state", "entry.state"),
)

REPAIRS = Output(
    id="repairs",
    kind="list",
    title={"en": "My records that do not count yet", "zh": "我还不能算数的记录"},
    audience=CARERS,
    scope="own",
    grain="entry",
    columns=_WAITS,
    logged=True,
)

REPAIR = Output(
    id="repair",
    kind="page",
    title={"en": "Repair a record", "zh": "修改一份记录"},
    audience=CARERS,
    scope="own",
    grain="entry",
    columns=(*_RECORD, Column("name", "person.name")),
    filters=(Filter("entry.seq", "is"),),
    logged=True,
    single=True,
)

PROBLEMS = Output(
    id="problems",
    kind="list",
    title={"en": "Records of the register that do not count yet", "zh": "还不能算数的登记"},
    audience=frozenset({"supervisor"}),
    scope="township",
    grain="entry",
    columns=_WAITS,
    filters=(Filter("entry.state", "in"),),
    logged=True,
    up_to="identity",  # what tells of anybody's health is for its author and the care team to repair
)

PROBLEM = Output(
    id="problem",
    kind="page",
    title={"en": "Repair a record of the register", "zh": "修改一份登记"},
    audience=frozenset({"supervisor"}),
    scope="township",
    grain="entry",
    columns=(*_RECORD, Column("name", "person.name")),
    filters=(Filter("entry.seq", "is"),),
    logged=True,
    single=True,
    up_to="identity",
)

CARE_PROBLEMS = Output(
    id="problems.care",
    kind="board",
    title={"en": "How many records of care do not count yet", "zh": "还有多少服务记录不能算数"},
    audience=frozenset({"supervisor"}),
    scope="township",
    grain="aggregate",
    columns=(Column("waiting", "entry.waiting"),),
    counts="rounded",
)

PUBLISHERS = frozenset(role for role, verbs in ROLES.items() if "form.publish" in verbs)
# Records on forms of one's own are about nobody in the register: whoever they speak of stands in free answers only.
_OF_ONES_OWN = (
    Column("seq", "entry.seq"),
    Column("form_version", "form.version"),
    Column("instance_id", "entry.instance"),
    Column("occurred_on", "entry.occurred_on"),
    Column("received_at", "entry.received_at"),
    Column("state", "entry.state"),
    Column("problem", "entry.problem"),
    Column("answers", "bare.answers"),
)

OWN_FORMS = Output(
    id="forms.own",
    kind="list",
    title={"en": "My own forms", "zh": "我自己的表单"},
    audience=PUBLISHERS,
    scope="own",
    grain="aggregate",
    columns=(Column("form_id", "form.id"), Column("records", "entry.count")),
    groups=("form.id",),
    counts="raw",
)

OWN_RECORDS = Output(
    id="forms.own.records",
    kind="list",
    title={"en": "Records on a form of my own", "zh": "我自己的表单上的记录"},
    audience=PUBLISHERS,
    scope="own",
    grain="entry",
    columns=_OF_ONES_OWN,
    sorts=("entry.seq",),
    logged=True,
)

OWN_RECORD = Output(
    id="forms.own.record",
    kind="page",
    title={"en": "One record on a form of my own", "zh": "我自己的表单上的一份记录"},
    audience=PUBLISHERS,
    scope="own",
    grain="entry",
    columns=_OF_ONES_OWN,
    filters=(Filter("entry.seq", "is"),),
    logged=True,
    single=True,
)

OWN_EXPORT = Output(
    id="forms.own.export",
    kind="export",
    title={"en": "Everything sent on a form of my own, as tables", "zh": "我自己的表单上的全部记录，做成表格"},
    audience=PUBLISHERS,
    scope="own",
    grain="entry",
    columns=_OF_ONES_OWN,
    sorts=("entry.seq",),
    logged=True,
)

NOTICES = Output(
    id="notices",
    kind="list",
    title={"en": "Births a hospital told me of", "zh": "医院告诉我的生产"},
    audience=frozenset(role for role, verbs in ROLES.items() if "notice.read" in verbs),
    scope="own",  # each goes to one worker; nobody else reads, counts or searches it (charter C9)
    grain="entry",
    columns=(
        Column("seq", "entry.seq"),
        Column("received_on", "entry.received_on"),
        Column("answers", "notice.answers"),
    ),
    sorts=("entry.seq",),
    logged=True,
)

NOTICE = Output(
    id="notice.write",
    kind="form",
    title={"en": "Tell a worker of a birth, with the mother's yes", "zh": "妈妈同意后，把生产告诉村医"},
    audience=frozenset(role for role, verbs in ROLES.items() if "notice.write" in verbs),
    scope="own",
    grain="place",
    columns=(Column("place_id", "place.id"),),  # the form lists places; of nobody anything is shown, nor afterwards
)

_OVERSEERS = frozenset({"supervisor", "manager"})

HELD = Output(
    id="outreach",
    kind="list",
    title={"en": "What was held", "zh": "办过的活动"},
    audience=CARERS | {"supervisor"},
    scope="catchment",
    grain="place",
    columns=(
        Column("seq", "form.seq"),
        Column("form_id", "form.id"),
        Column("form_version", "form.version"),
        Column("place_id", "place.id"),
        Column("on", "period.day"),
        Column("answers", "form.filled"),
    ),
    filters=(Filter("place.id", "in"),),
)

HELD_FIGURES = Output(
    id="outreach.figures",
    kind="board",
    title={"en": "Events in figures", "zh": "活动数字"},
    audience=_OVERSEERS,
    scope="township",
    grain="place",
    columns=(Column("form_id", "form.id"), Column("place_id", "place.id"), Column("answers", "form.filled")),
    filters=(Filter("place.id", "in"), Filter("period.day", "from"), Filter("period.day", "to")),
    counts="rounded",
)

# Anonymous answers tell of nobody: no author, no person, no day. They stand by township, and small counts are hidden.
VOICES = Output(
    id="outreach.voices",
    kind="board",
    title={"en": "What people said without a name", "zh": "大家不记名说的话"},
    audience=_OVERSEERS,
    scope="township",
    grain="place",
    columns=(Column("form_id", "form.id"), Column("answers", "form.filled")),
    filters=(
        Filter("form.id"),
        Filter("place.id", "in"),
        Filter("period.month", "from"),
        Filter("period.month", "to"),
    ),
    counts="rounded",
)

ASK = Output(
    id="outreach.ask",
    kind="form",
    title={"en": "Questions without a name", "zh": "不记名问卷"},
    audience=CARERS | {"supervisor"},
    scope="catchment",
    grain="place",
    columns=(Column("form_id", "form.id"),),
)

OUTPUTS = (
    PHONE_RECORDS,
    NOTICE,
    NOTICES,
    CARE,
    CARE_THEN,
    FILL,
    CORRECT,
    RECEIPT,
    REPAIRS,
    REPAIR,
    PROBLEMS,
    PROBLEM,
    CARE_PROBLEMS,
    HELD,
    HELD_FIGURES,
    VOICES,
    ASK,
    OWN_FORMS,
    OWN_RECORDS,
    OWN_RECORD,
    OWN_EXPORT,
)
