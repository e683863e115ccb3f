"""Declared outputs against the clauses: what may stand together, sort people, and be seen by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from clinic import CLINIC, REVIEWED

from doorstep.engine.charter import check
from doorstep.engine.outputs import Column, Filter, Output, Registry

DUE = Output(
    id="due", kind="list", title={"en": "Visits due", "zh": "应随访"}, audience=frozenset({"worker"}), scope="care_team",
    grain="visit", columns=(Column("name", "person.name"), Column("number", "household.number"), Column("due", "visit.due_on")),
    filters=(Filter("visit.due_on", "to"), Filter("place.village")), sorts=("visit.due_on",), logged=True,
)  # fmt: skip
SEARCH = Output(
    id="search", kind="search", title={"en": "Find a person", "zh": "找人"}, audience=frozenset({"worker"}), scope="catchment",
    grain="person", columns=(Column("name", "person.name"), Column("number", "household.number")),
    filters=(Filter("person.name", "bigram"), Filter("person.phone", "ending")), logged=True,
)  # fmt: skip
BOARD = Output(
    id="board", kind="board", title={"en": "Reached this month", "zh": "本月服务"}, audience=frozenset({"manager"}), scope="township",
    grain="aggregate", columns=(Column("township", "place.township"), Column("rate", "indicator.clinic.early")),
    groups=("place.township",), sorts=("place.township",), counts="rounded",
)  # fmt: skip
PAGE = Output(
    id="record", kind="page", title={"en": "Her record", "zh": "本人记录"}, audience=frozenset({"worker"}), scope="care_team",
    grain="person", columns=(Column("name", "person.name"), Column("relation", "person.relation"), Column("answers", "entry.answers")),
    filters=(Filter("person.id", "is"),), single=True, logged=True,
)  # fmt: skip
FIGURES = replace(
    BOARD, id="mine", kind="page", scope="own", columns=(Column("n", "indicator.clinic.method_share"), Column("of", "user.name")),
    groups=(), sorts=(), counts="raw", audience=frozenset({"worker"}),
)  # fmt: skip
PRESSURE = replace(
    BOARD, id="pressure", columns=(Column("village", "place.village"), Column("rate", "indicator.clinic.controlled"), Column("goal", "indicator.clinic.controlled.goal")),
    groups=("place.village",), sorts=("place.village",), scope="care_team", kind="report",
)  # fmt: skip
LIST_ON_PAPER = replace(DUE, id="walking", kind="print")
PAPER = replace(
    PAGE, id="slip", kind="print", grain="visit", columns=(Column("name", "person.name"), Column("weight", "entry.clinic.anc_visit.weight")),
)  # fmt: skip
BROKEN_GLASS = replace(
    PAGE, id="glass", scope="emergency", up_to="sensitive.violence",
    columns=(Column("name", "person.name"), Column("answers", "entry.finding")),
)  # fmt: skip
NAMES = replace(
    DUE, id="names", audience=frozenset({"worker", "volunteer"}), filters=(), sorts=("household.number",),
    columns=(*DUE.columns[:2], replace(DUE.columns[2], roles=frozenset({"worker"}))),
)  # fmt: skip
ACT = replace(
    PAGE, id="order", scope="compelled", audience=frozenset({"supervisor"}), grain="entry",
    columns=(Column("name", "person.name"), Column("office", "disclosure.office"), Column("answers", "entry.finding")),
)  # fmt: skip
COUNTED = replace(
    BOARD, id="compelled", audience=frozenset({"anyone"}), scope="store", counts="none", sorts=(), groups=("period.year",),
    columns=(Column("year", "period.year"), Column("agreed", "disclosure.agreed"), Column("told", "disclosure.told")),
)  # fmt: skip
HONEST = (
    DUE,
    SEARCH,
    BOARD,
    PAGE,
    FIGURES,
    PRESSURE,
    LIST_ON_PAPER,
    PAPER,
    BROKEN_GLASS,
    NAMES,
    ACT,
    COUNTED,
    replace(ACT, id="order.print", kind="print"),
)


def codes(*outputs: Output) -> set[str]:
    return {p.code.removeprefix("charter.") for p in check(outputs, (CLINIC,), dictionary=REVIEWED)}


def adding(output: Output, *sources: str) -> Output:
    return replace(output, columns=(*output.columns, *(Column(s, s) for s in sources)))


def selecting(output: Output, source: str) -> Output:
    return replace(output, filters=(*output.filters, Filter(source)))


def sorting(output: Output, source: str) -> Output:
    return replace(output, sorts=(source,))


NOTICES = Output(
    "notices", "list", DUE.title, DUE.audience, "own", "entry", (Column("told", "notice.answers"),), logged=True
)
CASES: list[tuple[str, Output, set[str]]] = [
    ("C21: for the police", replace(DUE, audience=DUE.audience | {"police"}), {"other_use"}),
    *[(f"C21: what a law compels as {kind}", replace(ACT, kind=kind), {"compelled_standing"}) for kind in ("export", "feed", "list", "message")],
    ("C21: what a law compels of many", replace(ACT, single=False), {"compelled_standing"}),
    ("C21: … of a family", replace(ACT, grain="household"), {"compelled_standing"}),
    ("C21: … counted", replace(ACT, grain="aggregate"), {"compelled_standing", "raw_counts"}),
    ("C21: … in the log of nobody", replace(ACT, logged=False), {"not_logged"}),
    ("C21: … for a manager", replace(ACT, audience=frozenset({"supervisor", "manager"})), {"compelled_standing", "other_use", "not_for_role"}),
    ("C21: … for a court", replace(ACT, audience=frozenset({"court"})), {"compelled_standing", "other_use"}),
    ("C21: which office asked, for everybody", adding(COUNTED, "disclosure.office"), {"other_use", "raw_counts"}),
    ("C21: how often, by village", replace(COUNTED, groups=("period.year", "place.village")), {"raw_counts"}),
    # C16
    ("exact figures of others", replace(BOARD, counts="raw"), {"raw_counts"}),
    ("figures of others nobody rounds", replace(BOARD, counts="none"), {"raw_counts"}),
    # C14
    *[(f"{o.id} not logged", replace(o, logged=False), {"not_logged"}) for o in (DUE, SEARCH, PAGE)],
    # C9: forbidden pairs, in a list of visits, in one of entries, in a count, of a family
    *[(f"visits beside {s}", adding(DUE, s), {"forbidden_pair"})
      for s in ("person.relation", "person.children", "person.permit", "person.employer", "person.ethnicity", "household.children")],
    ("weights beside relation", adding(replace(DUE, grain="entry", columns=()), "entry.clinic.anc_visit.weight", "person.relation"), {"forbidden_pair"}),
    ("a record of pregnancy beside a family's form", adding(replace(DUE, columns=()), "entry.clinic.anc_visit.on", "entry.clinic.family.children"), {"forbidden_pair"}),
    ("every answer of many", replace(PAGE, single=False), {"forbidden_pair"}),
    ("every answer of a family", replace(PAGE, grain="household"), {"forbidden_pair"}),
    ("every answer in a report, called single", replace(PAGE, kind="report"), {"forbidden_pair"}),
    ("one person, anybody", replace(PAGE, filters=()), {"single_of_nobody"}),
    ("one person of a name", replace(PAGE, filters=(Filter("person.name", "is"),)), {"single_of_nobody"}),
    ("one person of a place", replace(PAGE, filters=(Filter("place.code", "is"),)), {"single_of_nobody"}),
    ("one person of several", replace(PAGE, filters=(Filter("person.id", "in"),)), {"single_of_nobody"}),
    ("an export", replace(PAGE, kind="export", single=False), {"forbidden_pair"}),
    ("a count by relation", replace(adding(BOARD, "person.relation"), groups=("place.township", "person.relation")), {"forbidden_pair", "selects_people"}),
    ("a fact through pregnancy beside relation", adding(replace(DUE, columns=()), "fact.clinic.lmp", "person.relation"), {"forbidden_pair"}),
    # C9, C21: paper, of one person too
    *[(f"one person's paper beside {s}", adding(PAPER, s), {"on_paper"})
      for s in ("person.relation", "person.children", "person.permit", "person.employer", "person.ethnicity", "household.children")],
    ("a family's form on paper", adding(replace(PAPER, columns=()), "entry.clinic.family.children"), {"on_paper"}),
    ("everything said on paper", adding(PAPER, "entry.answers"), {"on_paper"}),
    ("a list on paper beside children", adding(LIST_ON_PAPER, "person.children"), {"on_paper", "forbidden_pair"}),
    ("a certificate", replace(PAPER, title={"en": "Certificate", "zh": "卡"}), {"certifies"}),
    ("a certificate, zh", replace(PAPER, title={"en": "Card", "zh": "孕情证明"}), {"certifies", "policing_word"}),
    ("a column that certifies", replace(PAPER, columns=(*PAPER.columns, Column("no_objection", "visit.due_on"))), {"certifies"}),
    # C9: selection
    *[(f"chosen by {s}", selecting(SEARCH, s), {"selects_people", "searches_private"})
      for s in ("person.relation", "person.children", "person.marital", "household.children", "person.permit", "person.employer", "person.ethnicity")],
    *[(f"sorted by {s}", replace(sorting(SEARCH, s), kind="list"), {"selects_people"}) for s in ("person.relation", "person.children")],
    ("by last birth", selecting(DUE, "fact.clinic.delivered_on"), {"selects_by_birth"}),
    ("by the closing record", sorting(DUE, "entry.clinic.pregnancy_end.on"), {"selects_by_birth"}),
    ("by the end of care", sorting(DUE, "episode.closed_on"), {"selects_by_birth"}),
    ("by the end of a pregnancy", selecting(DUE, "episode.clinic.pregnancy.closed_on"), {"selects_by_birth"}),
    # C9, C10: search
    ("no filter", replace(SEARCH, filters=()), {"wildcard"}),
    ("wildcard", replace(SEARCH, filters=(Filter("person.name", "contains"),)), {"wildcard"}),  # type: ignore[arg-type]
    ("star", replace(SEARCH, filters=(Filter("person.*"),)), {"wildcard", "outputs.unknown_source"}),
    ("totals", replace(SEARCH, counts="raw"), {"totals_over_search"}),
    ("rounded totals", replace(SEARCH, counts="rounded"), {"totals_over_search"}),
    ("grouped", replace(SEARCH, groups=("place.village",)), {"totals_over_search"}),
    ("by a visit", selecting(replace(SEARCH, scope="care_team"), "visit.due_on"), {"searches_private"}),
    ("by a tag of the record", selecting(SEARCH, "entry.clinic.pressure_visit.upper"), {"searches_private", "outside_care_team"}),
    ("by free text", selecting(DUE, "entry.clinic.method_start.method"), {"searches_text"}),
    ("by anything said", selecting(replace(DUE, up_to="service"), "entry.answers"), {"searches_text"}),
    # C15
    *[(f"due visits for {scope}", replace(DUE, scope=scope), {"outside_care_team"}) for scope in ("catchment", "township", "store")],  # type: ignore[arg-type]
    ("blood pressure outside", adding(SEARCH, "entry.clinic.pressure_visit.upper"), {"outside_care_team"}),
    ("that she came at all", adding(SEARCH, "entry.clinic.anc_visit.on"), {"outside_care_team"}),
    ("who wrote it", adding(SEARCH, "entry.clinic.method_visit.author"), {"outside_care_team"}),
    ("a board of visits", replace(DUE, kind="board"), {"board_of_people"}),
    ("a map of visits", replace(DUE, kind="map"), {"map_of_people"}),
    ("a map of houses", adding(replace(BOARD, kind="map"), "household.number"), {"map_of_people"}),
    ("a map of points", adding(replace(BOARD, kind="map"), "place.point"), {"map_of_people", "by_worker_or_village", "sensitive_by_village"}),
    ("a board by village", replace(BOARD, groups=("place.village",)), {"by_worker_or_village", "sensitive_by_village"}),
    ("visits due for a volunteer", replace(DUE, audience=frozenset({"worker", "volunteer"})), {"not_for_role"}),
    ("names for an auditor", replace(SEARCH, audience=frozenset({"auditor"})), {"not_for_role"}),
    ("names for an installer", replace(SEARCH, audience=frozenset({"worker", "installer"})), {"not_for_role"}),
    ("answers for a clerk", replace(PAGE, audience=frozenset({"clerk"})), {"not_for_role"}),
    ("a day due kept from the volunteer, and yet sorted by", replace(
        DUE, audience=frozenset({"worker", "volunteer"}), columns=(*DUE.columns[:2], replace(DUE.columns[2], roles=frozenset({"worker"}))),
    ), {"not_for_role"}),
    ("choice opened in an emergency", replace(BROKEN_GLASS, up_to="choice"), {"emergency_choice"}),
    ("an emergency over many", replace(DUE, scope="emergency", up_to="sensitive.violence"), {"emergency_of_many"}),
    ("an emergency printed", replace(BROKEN_GLASS, kind="print"), {"emergency_of_many"}),
    ("an emergency without a log", replace(BROKEN_GLASS, logged=False), {"not_logged"}),
    ("blood pressure by village for managers", replace(PRESSURE, scope="township"), {"sensitive_by_village"}),
    ("a board of blood pressure by village", replace(PRESSURE, kind="board"), {"sensitive_by_village"}),
    # C1, C2
    *[(f"{s} of any figure", adding(BOARD, f"indicator.{s}"), {"output_steers"}) for s in ("goal", "trend", "gap", "color", "threshold", "target", "quota")],
    *[(f"{s} of births", adding(BOARD, f"indicator.clinic.early.{s}"), {"output_steers"}) for s in ("goal", "trend", "gap")],
    *[(f"{s}", adding(PRESSURE, f"indicator.clinic.controlled.{s}"), {"ranking"}) for s in ("rank", "position", "percentile")],
    ("places sorted by a figure", sorting(PRESSURE, "indicator.clinic.controlled"), {"ranking"}),
    ("townships sorted by births", sorting(BOARD, "indicator.clinic.early"), {"ranking"}),
    ("workers sorted by visits", replace(PRESSURE, columns=(Column("w", "user.name"), Column("n", "indicator.clinic.controlled")), groups=("user.id",),
                                         sorts=("indicator.clinic.controlled",)), {"ranking"}),
    ("births by worker", adding(BOARD, "user.name"), {"by_worker_or_village"}),
    ("births by author", replace(BOARD, groups=("place.township", "entry.author")), {"by_worker_or_village"}),
    ("any figure by worker", replace(BOARD, columns=(Column("n", "indicator.value"), Column("w", "user.name")), groups=("user.name",)), {"by_worker_or_village"}),
    ("users chosen by worker", selecting(BOARD, "user.id"), {"by_worker_or_village"}),
    ("users by village within the care team", replace(FIGURES, scope="care_team", groups=("place.village",), columns=FIGURES.columns[:1]), {"by_worker_or_village"}),
    ("own page grouped by worker", replace(FIGURES, groups=("user.name",)), {"by_worker_or_village"}),
    ("a title of targets", replace(BOARD, title={"en": "Births against target", "zh": "出生"}), {"target_words"}),
    ("a title of targets, zh", replace(BOARD, title={"en": "Births", "zh": "出生人口任务完成率"}), {"target_words"}),
    # C10 and unknown things
    ("a policing title", replace(DUE, title={"en": "List", "zh": "查环名单"}), {"policing_word"}),
    ("a policing column", replace(DUE, columns=(Column("birth_permit", "person.name"),)), {"policing_word"}),
    ("unknown source", adding(DUE, "person.shoe_size"), {"outputs.unknown_source"}),
    *[(f"notices of births: {name}", replace(NOTICES, **more), {"searches_private"}) for name, more in (
        ("searched", {"kind": "search", "filters": (Filter("person.name"),)}), ("chosen", {"filters": (Filter("entry.seq"),)}),
        ("sorted", {"sorts": ("notice.answers",)}), ("of the care team", {"scope": "care_team"}), ("taken out", {"kind": "export"}),
        ("counted", {"counts": "raw"}))],
    ("a guardian reads what is told in confidence", replace(DUE, audience=frozenset({"guardian"})), {"told_to_guardian"}),
    ("a guardian reads of a method", replace(DUE, audience=frozenset({"guardian"}), columns=(Column("on", "entry.clinic.method_visit.well"),)), {"told_to_guardian"}),
    ("a head of household reads of the others", replace(DUE, audience=frozenset({"household_head"}), up_to="service"), {"told_to_guardian"}),
    ("declines", adding(DUE, "decline.on"), {"outputs.unknown_source", "tells_of_declines"}),
    ("a list of refusals", replace(DUE, title={"en": "Refused visits", "zh": "随访"}), {"tells_of_declines"}),
    ("a list of refusals, zh", replace(DUE, title={"en": "List", "zh": "拒访名单"}), {"tells_of_declines"}),
    ("a column of refusals", replace(DUE, columns=(*DUE.columns, Column("declined", "visit.due_on"))), {"tells_of_declines"}),
    ("half a source", adding(DUE, "person"), {"outputs.unknown_source"}),
    ("unknown tag", replace(DUE, up_to="public"), {"unknown_tag"}),
    ("an indicator nobody knows", adding(replace(SEARCH, scope="township"), "indicator.elsewhere.x"), {"outside_care_team"}),
]  # fmt: skip


@pytest.mark.parametrize("output", HONEST, ids=lambda o: o.id)
def test_honest_outputs_pass(output: Output) -> None:
    assert codes(output) == set()


@pytest.mark.parametrize(("output", "want"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_output_is_refused(output: Output, want: set[str]) -> None:
    assert codes(output) == want


@pytest.mark.parametrize(("change", "want"), [
    (lambda o: replace(o, scope="catchment", up_to="service"), set()),
    (lambda o: adding(replace(o, up_to="sensitive.health"), "person.relation"), set()),
    (lambda o: adding(replace(o, up_to="sensitive.pregnancy"), "person.relation"), {"forbidden_pair"}),
    (lambda o: replace(o, scope="catchment", up_to="sensitive.health"), {"outside_care_team"}),
    (lambda o: adding(replace(o, scope="catchment", up_to="service"), "entry.clinic.anc_visit.on"), {"outside_care_team"}),
])  # fmt: skip
def test_rows_limited_to_looser_tags(change: Callable[[Output], Output], want: set[str]) -> None:
    """``up_to`` speaks of sources of any pack; a question named outright keeps its own tag."""
    assert codes(change(DUE)) == want


def test_a_message_names_file_line_clause_column_and_the_way_out() -> None:
    (problem,) = check((adding(DUE, "person.relation"),), (CLINIC,), dictionary=REVIEWED)
    assert (problem.where.file, problem.where.item) == ("test_charter_outputs.py", "output due person.relation")
    assert problem.where.row is not None
    assert problem.text("en").split(": ", 1)[1] == (
        "C9: person.relation stands beside due (visit.due_on) for more than one person. Pregnancy or contraception beside marriage, "
        "children, permit, employer or ethnicity is a surveillance list. Drop one of the two, or limit the rows (up_to)."
    )
    assert (
        problem.text("zh")
        .split(": ", 1)[1]
        .startswith("C9：多个人的展示里，person.relation 和 due (visit.due_on) 放在了一起。")
    )


def test_the_honest_outputs_make_a_registry() -> None:
    assert [*Registry(HONEST)] == [
        "due",
        "search",
        "board",
        "record",
        "mine",
        "pressure",
        "walking",
        "slip",
        "glass",
        "names",
        "order",
        "compelled",
        "order.print",
    ]


@pytest.mark.parametrize(
    "reader", ["police", "civil_registry", "court", "school", "employer", "discipline", "公安", "Worker", "insurer"]
)
def test_nothing_is_declared_for_anybody_doorstep_does_not_serve(reader: str) -> None:
    for output in HONEST:
        told = check((replace(output, audience=output.audience | {reader}),), (CLINIC,), dictionary=REVIEWED)
        assert [(p.code, p.args["words"]) for p in told] == [("charter.other_use", reader)]
