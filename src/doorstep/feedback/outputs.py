"""What is shown of complaints: their words to the reviewer alone, counts of finished quarters to the manager."""

from __future__ import annotations

from doorstep.engine.outputs import Column, Filter, Output

COMPLAINTS = Output(
    id="complaints",
    kind="list",
    title={"en": "Complaints", "zh": "投诉"},
    audience=frozenset({"reviewer"}),
    scope="store",
    grain="complaint",
    columns=(
        Column("id", "complaint.id"),
        Column("kind", "complaint.kind"),
        Column("way", "complaint.way"),
        Column("received_at", "complaint.received_at"),
        Column("acknowledged_at", "complaint.acknowledged_at"),
        Column("answered_at", "complaint.answered_at"),
        Column("reopened_at", "complaint.reopened_at"),
    ),
    filters=(Filter("complaint.id", "is"),),
    logged=True,
)

COUNTS = Output(
    id="complaint.counts",
    kind="board",
    title={"en": "Complaints and their clocks", "zh": "投诉数和办理时限"},
    audience=frozenset({"manager", "reviewer"}),
    scope="store",
    grain="aggregate",
    columns=(
        Column("quarter", "period.quarter"),
        Column("came", "complaint.came"),
        Column("acknowledged", "complaint.acknowledged_in_time"),
        Column("answered", "complaint.answered_in_time"),
    ),
    groups=("period.quarter",),
    counts="rounded",
)

VOICES = Output(
    id="voices",
    kind="board",
    title={"en": "What people say, in figures", "zh": "大家说的（数字）"},
    audience=frozenset({"supervisor"}),
    scope="township",
    grain="aggregate",
    columns=(
        Column("township", "place.township"),
        Column("objections", "complaint.objections"),  # said to be wrong, not answered yet
        Column("open", "complaint.open"),  # of the whole store: a complaint stands under no place
        Column("in_time", "complaint.in_time"),
        Column("late", "complaint.late"),
    ),
    groups=("place.township",),
    counts="rounded",
)

OUTPUTS = (COMPLAINTS, COUNTS, VOICES)
