"""Stories in plain sentences: read strictly, run against the rules, and told in the same words when they fail."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from doorstep.engine import rules
from doorstep.engine.model.history import EpisodeRow, History, Plan, Window
from doorstep.engine.packs import load, run_cases, sentences, untried
from doorstep.engine.packs.outcomes import Outcome, in_period, judge
from doorstep.engine.packs.sentences import (
    AdviceIs,
    Counts,
    DoseCounts,
    DoseFails,
    EpisodeIs,
    EpisodesAre,
    FactIs,
    FitsNowhere,
    StartsWith,
    VisitIs,
    VisitNeeds,
    VisitNotListed,
    WhichVisit,
    parse,
)
from doorstep.engine.packs.stories import Story

from .clinic import CLINIC, changed

MARCH_2 = date(2026, 3, 2)

PAIRS = [
    ("look is coming from 2026-03-02 to 2026-03-09", "look：未到，从 2026-03-02 到 2026-03-09"),
    ("look is due soon due 2026-03-02", "look：快到，应在 2026-03-02"),
    ("look is met on 2026-03-02", "look：已做，2026-03-02"),
    ("look is overdue", "look：超期"),
    ("look 2 of care 2026-03-02 is missed", "look 2（care 2026-03-02）：错过"),
    ("look is not listed", "look：不列出"),
    ("look needs a, b", "look：缺 a、b"),
    ("advice on visit 2026-03-02 is go, come", "visit 2026-03-02 的建议：go、come"),
    ("advice on visit 2026-03-02 is none", "visit 2026-03-02 的建议：无"),
    ("rate counts 1 of 2 in 2026-Q1", "rate：2026-Q1 计 1/2"),
    ("rate counts 1.5 in 2026", "rate：2026 计 1.5"),
    ("fact lump is 3", "事实 lump：3"),
    ("fact lump of care 2026-03-02 is unknown", "事实 lump（care 2026-03-02）：未知"),
    ("care 2026-03-02 closed on 2026-03-02", "care 2026-03-02：结束于 2026-03-02"),
    ("care 2026-03-02 is not closed", "care 2026-03-02：未结束"),
    ("there are 2 care", "care：共 2 次"),
    ("visit 2026-03-02 fits nowhere", "visit 2026-03-02：无处可归"),
    ("visit on 2026-03-02 starts with weight 60.5", "visit 2026-03-02 预填 weight 60.5"),
    ("shots:HepB-2 is met on 2026-03-02", "shots:HepB-2：已做，2026-03-02"),
    ("look needs person.birth_date", "look：缺 person.birth_date"),
    ("shot 2026-03-02 counts as HepB-2, A", "shot 2026-03-02：算作 HepB-2、A"),
    (
        "shot 2026-03-02 does not count for A: too soon after an earlier dose by 1 day",
        "shot 2026-03-02：对 A 不算，间隔不够，差 1 天",
    ),
    ("shot 2026-03-02 does not count: not in the schedule", "shot 2026-03-02：不算，程序里没有"),
]
MEANT = [
    VisitIs(WhichVisit("look"), "coming", from_on=MARCH_2, until_on=date(2026, 3, 9)),
    VisitIs(WhichVisit("look"), "due_soon", due_on=MARCH_2),
    VisitIs(WhichVisit("look"), "met", met_on=MARCH_2),
    VisitIs(WhichVisit("look"), "overdue"),
    VisitIs(WhichVisit("look", 2, "care", MARCH_2), "missed"),
    VisitNotListed(WhichVisit("look")),
    VisitNeeds(WhichVisit("look"), frozenset({"a", "b"})),
    AdviceIs("visit", MARCH_2, frozenset({"go", "come"})),
    AdviceIs("visit", MARCH_2, frozenset()),
    Counts("rate", Decimal(1), Decimal(2), "2026-Q1"),
    Counts("rate", Decimal("1.5"), None, "2026"),
    FactIs("lump", "3"),
    FactIs("lump", "", "care", MARCH_2),
    EpisodeIs("care", MARCH_2, MARCH_2),
    EpisodeIs("care", MARCH_2, None),
    EpisodesAre("care", 2),
    FitsNowhere("visit", MARCH_2),
    StartsWith("visit", MARCH_2, "weight", "60.5"),
    VisitIs(WhichVisit("shots:HepB-2"), "met", met_on=MARCH_2),
    VisitNeeds(WhichVisit("look"), frozenset({"person.birth_date"})),
    DoseCounts("shot", MARCH_2, frozenset({"HepB-2", "A"})),
    DoseFails("shot", MARCH_2, "A", "too_early_interval", 1),
    DoseFails("shot", MARCH_2, "", "not_in_schedule", None),
]


@pytest.mark.parametrize(("pair", "meant"), list(zip(PAIRS, MEANT, strict=True)), ids=[en for en, _ in PAIRS])
def test_a_sentence_means_the_same_in_both_languages(pair: tuple[str, str], meant: sentences.Sentence) -> None:
    assert [parse(text) for text in pair] == [meant, meant]


@pytest.mark.parametrize(
    "text",
    [
        "look is late",
        "look is coming to 2026-03-09 from 2026-03-02",
        "look is open on 2026-03-02",
        "look is met on 2026-02-30",
        "Look is met",
        "look is met on 2026-03-02 or so",
        "look 0 is met",
        "rate counts few in 2026",
        "rate counts 1 of 2 in 2026-Q5",
        "advice on visit is go",
        "",
    ],
)
def test_anything_else_is_no_sentence(text: str) -> None:
    assert parse(text) is None


def test_every_documented_sentence_is_one() -> None:
    shown = list(sentences._SHOWN)
    assert len(shown) == 17
    assert [parse(en) == parse(zh) is not None for en, zh in shown] == [True] * 17


@pytest.mark.parametrize(
    ("day", "period", "inside"),
    [
        ("2026-03-31", "2026-Q1", True),
        ("2026-04-01", "2026-Q1", False),
        ("2026-04-01", "2026-04", True),
        ("2026-05-01", "2026-04", False),
        ("2026-12-31", "2026", True),
        ("2025-12-31", "2026", False),
    ],
)
def test_periods(day: str, period: str, inside: bool) -> None:
    assert in_period(date.fromisoformat(day), period) is inside


def test_the_packs_own_stories_pass_and_try_every_rule() -> None:
    pack = load(CLINIC)
    results = run_cases(pack)
    assert [(r.id, r.schedule, r.passed, set(r.tries)) for r in results] == [
        (
            "looks-1",
            "plain",
            True,
            {"contact:plain/first_look", "contact:plain/second_look", "advice:visit/go_now", "indicator:seen_rate"},
        ),
        ("corrected", "plain", True, {"contact:plain/first_look", "indicator:seen_rate"}),
        ("short", "short", True, {"contact:short/only_look"}),
    ]
    assert untried(pack, results) == []


def _window(episode: str, k: int = 0, met_on: date | None = None) -> Window:
    return Window("look", k, episode, "visit", "feet", MARCH_2, None, date(2026, 3, 9), "m" if met_on else "", met_on)


def outcome(*windows: Window) -> Outcome:
    """Two courses of care, the first closed, with these planned visits, asked on 2026-03-03."""
    rows = (EpisodeRow("care", "a", date(2025, 3, 2), closed_on=date(2025, 6, 1)), EpisodeRow("care", "b", MARCH_2))
    plan = Plan(rows, windows, facts={"a": {"sores": 1}, "b": {"sores": 2}})
    pack = load(CLINIC)
    ready = Story(pack.cases[0], "plain", History("p", {}, ()), date(2026, 3, 3), 7, ())
    return Outcome(ready, rules.compile(pack, "plain"), plan)


def test_a_sentence_about_one_visit_does_not_hold_for_two() -> None:
    both = outcome(_window("a"), _window("b"))
    said = [parse(text) for text in ("look is open", "look of care 2025-03-02 is open", "look 2 is open")]
    assert [judge(s, both) is None for s in said if s is not None] == [False, True, False]
    again = outcome(_window("b", met_on=MARCH_2), _window("b", k=1))
    said = [parse(t) for t in ("look is open", "look 2 is open", "look 1 is met", "look is met", "look 1 is open")]
    assert [judge(s, again) is None for s in said if s is not None] == [True, True, True, True, False]


def test_sentences_about_courses_of_care() -> None:
    two = outcome()
    said = [
        "care 2025-03-02 closed on 2025-06-01",
        "care 2025-03-02 is not closed",
        "care 2026-03-02 is not closed",
        "there are 2 care",
        "fact sores of care 2025-03-02 is 1",
        "fact sores is 1",
    ]
    assert [judge(s, two) is None for s in map(parse, said) if s is not None] == [True, False, True, True, True, False]


LOOKS = "cases/looks.yaml"

FALSE = [
    ("first_look is met on 2026-03-10", "first_look is met on 2026-03-11", "first_look is met on 2026-03-10"),
    ("first_look is met on 2026-03-10", "first_look is open", "first_look is met on 2026-03-10"),
    ("to 2026-04-11", "to 2026-04-12", "second_look is coming from 2026-04-01 due 2026-04-06 to 2026-04-11"),
    ("from 2026-04-01 due", "from 2026-04-02 due", "second_look is coming from 2026-04-01"),
    ("due 2026-04-06 to", "due 2026-04-07 to", "second_look is coming from 2026-04-01 due 2026-04-06"),
    (
        "second_look is coming from 2026-04-01 due 2026-04-06 to 2026-04-11",
        "second_look is not listed",
        "second_look is",
    ),
    (
        "second_look is coming from 2026-04-01 due 2026-04-06 to 2026-04-11",
        "second_look 2 is coming",
        "it is not listed",
    ),
    ("second_look is coming from 2026-04-01 due 2026-04-06 to 2026-04-11", "second_look needs sores", "second_look is"),
    ("advice on visit 2026-03-10 is go_now", "advice on visit 2026-03-10 is none", "it is go_now"),
    ("advice on visit 2026-03-10 is go_now", "advice on visit 2026-03-11 is go_now", "there is no visit on 2026-03-11"),
    ("fact sores is 3", "fact sores is 2", "sores is 3"),
    ("fact sores is 3", "fact sores is unknown", "sores is 3"),
    ("fact sores is 3", "fact sores of care 2026-03-03 is 3", "sores is unknown"),
    ("started 2026-03-02\n", "started 2026-03-03\n", "it starts with started 2026-03-02"),
    ("counts 1 of 1 in 2026-03", "counts 1 of 2 in 2026-03", "it counts 1 of 1 in 2026-03"),
    ("counts 1 of 1 in 2026-03", "counts 1 of 1 in 2026-04", "it counts 0 of 0 in 2026-04"),
    ("care 2026-03-02 is not closed", "care 2026-03-02 closed on 2026-03-10", "care: 2026-03-02 is not closed"),
    ("there is 1 care", "there are 2 care", "there are 1"),
    ("there is 1 care", "visit 2026-03-10 fits nowhere", "it has its place"),
    ("there is 1 care", "visit 2026-03-12 fits nowhere", "there is no such entry"),
]


@pytest.mark.parametrize(("old", "new", "got"), FALSE, ids=[new for _, new, _ in FALSE])
def test_a_false_sentence_fails_and_tells_what_happened(tmp_path: Path, old: str, new: str, got: str) -> None:
    pack = load(changed(tmp_path, [(LOOKS, old, new)]))
    (problem,) = [p for r in run_cases(pack) for p in r.problems]
    assert (problem.code, problem.where.file, problem.where.item) == (
        "packs.case_fails",
        "clinic/cases/looks.yaml",
        "case looks-1",
    )
    assert (tmp_path / "clinic" / LOOKS).read_text().splitlines()[problem.where.row - 1].strip() == "- " + problem.args[
        "said"
    ]  # type: ignore[operator]
    assert str(problem.args["got"])[: len(got)] == got


WRONG = [
    ("first_look is met on 2026-03-10", "fist_look is met on 2026-03-10", "unknown_contact", 8),
    ("first_look is met on 2026-03-10", "first_look of cure 2026-03-02 is met", "unknown_subject", 8),
    ("first_look is met on 2026-03-10", "only_look is not listed", "unknown_contact", 8),
    ("advice on visit 2026-03-10 is go_now", "advice on visit 2026-03-10 is stay", "unknown_word", 10),
    ("advice on visit 2026-03-10 is go_now", "advice on visits 2026-03-10 is go_now", "unknown_form", 10),
    ("fact sores is 3", "fact scores is 3", "unknown_fact", 11),
    ("seen_rate counts 1 of 1 in 2026-03", "rate counts 1 of 1 in 2026-03", "unknown_indicator", 13),
    ("care 2026-03-02 is not closed", "cure 2026-03-02 is not closed", "unknown_subject", 14),
    ("first_look is met on 2026-03-10", "first_look was met on 2026-03-10", "sentence_unknown", 8),
    ("person: {birth_date: 1950-02-03, sex: female}", "person: {age: 70}", "unknown_property", 1),
    ("person: {birth_date: 1950-02-03, sex: female}", "person: {birth_date: long ago}", "not_date", 1),
    ("weight: 60.50", "weigt: 60.50", "unknown_question", 5),
    ("weight: 60.50", "weight: heavy", "answer_type", 5),
    ("weight: 60.50", "weight: [60.50]", "answer_shape", 5),
    ("weight: 60.50", "thanks: 60.50", "unknown_question", 5),
    ("steps: 12", "steps: 1.5", "answer_type", 5),
    ("signs: [fever], toes", "signs: fever, toes", "answer_shape", 5),
    ("signs: [fever], toes", "signs: [ache], toes", "unknown_choice", 5),
    ("{sores: 1}", "{sore: 1}", "unknown_question", 5),
    ("toes: [{sores: 1}, {sores: 2}]", "toes: 2", "unknown_question", 5),
    ("form: visit, on: 2026-03-10, weight", "form: visits, on: 2026-03-10, weight", "unknown_form", 5),
    ("form: visit, on: 2026-03-10, weight", "form: visit, weight", "not_date", 5),
    ("corrects: seen", "corrects: other", "corrects_nothing", 22),
    ("  then:\n    - first_look is", "  than:\n    - first_look is", "key_unknown", 1),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"), WRONG, ids=[f"{c}-{i}" for i, (_, _, c, _) in enumerate(WRONG)]
)
def test_a_wrong_story_is_told_at_its_line(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    pack = load(changed(tmp_path, [(LOOKS, old, new)]))
    problems = [p for r in run_cases(pack) for p in r.problems]
    assert (problems[0].code, problems[0].where.file, problems[0].where.row) == (
        f"packs.{code}",
        "clinic/cases/looks.yaml",
        line,
    )
    for problem in problems:
        assert not re.search(r"\{\w+\}", problem.text("en") + problem.text("zh"))  # every place is filled


def test_a_story_on_an_unknown_schedule(tmp_path: Path) -> None:
    pack = load(changed(tmp_path, [("cases/short.yaml", "schedule: short", "schedule: shot")]))
    assert [p.code for r in run_cases(pack) for p in r.problems] == ["packs.unknown_schedule"]


def test_a_failing_story_tries_nothing_and_not_listed_tries_no_rule(tmp_path: Path) -> None:
    changes = [
        ("cases/short.yaml", "overdue due 2026-03-16", "missed"),
        (LOOKS, "second_look is coming from 2026-04-01 due 2026-04-06 to 2026-04-11", "there are 1 care"),
    ]
    pack = load(changed(tmp_path, changes))
    assert [(p.code, p.where.row, p.where.item) for p in untried(pack, run_cases(pack))] == [
        ("packs.no_case", 11, "contact plain/second_look"),
        ("packs.no_case", 3, "contact short/only_look"),
    ]


def test_answers_are_stored_by_type(tmp_path: Path) -> None:
    from doorstep.engine.packs.stories import SUBJECT, story
    from doorstep.engine.packs.yaml_file import Found

    pack = load(CLINIC)
    found = Found("clinic")
    ready = story(pack.cases[0], pack, found)
    assert ready is not None and found.problems == []
    assert ready.history.properties == {"birth_date": date(1950, 2, 3), "sex": "female"}
    entry = ready.history.entries[1]
    assert entry.answers == {
        "person": SUBJECT,
        "seen_on": "2026-03-10",
        "weight": "60.50",
        "steps": 12,
        "signs": ["fever"],
        "toes": [{"sores": 1}, {"sores": 2}],
    }
    assert (entry.instance_id, entry.root_id, entry.counter, entry.occurred_on) == (
        "seen",
        "seen",
        2,
        date(2026, 3, 10),
    )
    corrected = story(pack.cases[1], pack, found)
    assert corrected is not None
    assert [(e.form, e.root_id, e.counter) for e in corrected.history.entries] == [
        ("sign_up", "sign_up-1", 1),
        ("visit", "seen", 2),
    ]


def test_a_story_gives_a_number_that_each_place_enters(tmp_path: Path) -> None:
    """Until a place enters its own the number is missing; a story may enter one that is local, and no other."""
    number = ("numbers/late_days.yaml", None, "title: {en: Late after, zh: 晚}\nunit: days\nlocal: true\nvalues: []\n")
    story = """say: {en: A story., zh: 故事。}
numbers: {NAME: 3}
person: {birth_date: 1990-01-01, sex: male}
when: 2026-03-02
then: [fact late is 3]
"""
    fact = ("pack.yaml", "facts:\n", "facts:\n  late: {is: \"number('late_days', person.birth_date)\", of: person}\n")

    def results(name: str, text: str, folder: Path) -> list[str]:
        pack = load(changed(folder, [number, fact, ("cases/entered.yaml", None, text.replace("NAME", name))]))
        return [p.code for r in run_cases(pack) if r.id == "entered" for p in r.problems]

    assert results("late_days", story, tmp_path / "a") == []
    assert results("late_days", story.replace("is 3", "is 4"), tmp_path / "b") == ["packs.case_fails"]
    assert results("other", story, tmp_path / "c") == ["packs.unknown_number"]
    silent = story.replace("numbers: {NAME: 3}\n", "").replace("is 3", "is unknown")
    assert results("", silent, tmp_path / "d") == []
